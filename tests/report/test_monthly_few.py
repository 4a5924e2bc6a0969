"""What report and table tell side by side never tells the mean of a few, whatever two things have one name."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mien.insight import Grouping
from mien.journey.types import Context
from mien.runtime.analyst import daily_batches
from mien.runtime.monthly import Month, store_month
from mien.store import RecordingKey, Source, Store
from store.store_making import READER, interaction
from support.new_store import ready_made

PLACES = {"desk": ("advice", 16), "clothing": (None, 9), "tills": ("purchase", 20), "door": (None, 30)}
"""What each touchpoint is for, and how many are seen there: who asks for advice does so at the desk."""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(ready_made(tmp_path_factory.mktemp("few") / "mien.sqlite")) as opened:
        number = 0
        for touchpoint, (kind, count) in PLACES.items():
            begun = Source(f"{touchpoint}.mp4", datetime(2026, 5, 4, 9, tzinfo=UTC), 600.0, touchpoint)
            made = []
            for _ in range(count):
                number += 1
                one = interaction(number, site="Riga", touchpoint=touchpoint, start_s=number // 4)
                made.append(replace(one, context=Context("Riga", touchpoint, kind), by_eyes=0))
            key = RecordingKey(touchpoint, "Riga", touchpoint)
            with opened.recordings.begin(key, "d", reader=READER, source=begun) as run:
                run.commit(made, {}, 600.0, {})
                run.finish({})
        yield opened


def is_told(shown):
    """Whether the nine follow: the whole less the others, by whichever of their two names."""
    others = [{"desk", "advice"}, {"tills", "purchase"}, {"door"}]
    return "clothing" in shown or all(shown & names for names in others)


def test_the_sections_of_a_report_do_not_tell_of_the_nine(store):
    found = store_month(store, "Riga", Month(2026, 5), now=datetime(2026, 6, 10, tzinfo=UTC))
    sections = {part.by: part for part in found.sections}
    for measure in ("index", "eps"):
        rows = [
            row for by in (Grouping.TOUCHPOINT, Grouping.TYPE) for row in getattr(sections[by], measure).rows
        ]
        shown = {row.label for row in rows if row.found.mean is not None}
        assert shown, "not everything is hidden"
        assert not is_told(shown)
        assert all(row.change is None for row in rows if row.label not in shown)


def test_a_table_of_days_does_not_tell_of_the_nine(store):
    [batch] = daily_batches(store, ["Riga"], date(2026, 5, 1), date(2026, 5, 31))
    rows = batch.to_pylist()
    whole = [row for row in rows if row["by"] == "site"]
    assert (whole[0]["interactions"], whole[0]["index_n"]) == (75, 75)
    assert whole[0]["index_sum"] == pytest.approx(75 * 51.0)
    for column in ("index_sum", "index_mean", "index_squares", "eps_sum", "eps_mean", "improved", "fell_end"):
        shown = {row["name"] for row in rows if row["by"] != "site" and row[column] is not None}
        assert not is_told(shown), column


@pytest.mark.parametrize("size", [1, 7, 74, 75, 100])
def test_batches_have_each_interaction_once_also_where_several_begin_together(store, size):
    batches = list(store.singles.batches("Riga", date(2026, 5, 4), date(2026, 5, 4), size=size))
    assert [len(batch) for batch in batches[:-1]] == [size] * (len(batches) - 1)
    rows = [row for batch in batches for row in batch]
    times = [row["started_at"] for row in rows]
    assert (len(rows), times) == (75, sorted(times))
    assert {name: [row["touchpoint"] for row in rows].count(name) for name in PLACES} == {
        name: count for name, (_, count) in PLACES.items()
    }
    assert list(store.singles.batches("Riga", date(2026, 5, 5), date(2026, 5, 9), size=size)) == []
