"""What is asked of the store is what comes back, in order, by page, by place and by time."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from store_making import READER, assert_same, interaction

from mien.errors import SettingError, StoreError
from mien.expressions import SCALES
from mien.journey.types import Context, Interaction, Moment, MomentKind, Outcome, Score
from mien.store import RecordingKey, Source

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
A, B, C = (RecordingKey("a", "Riga", "checkout"), RecordingKey("b", "Riga", "exit"), RecordingKey("c"))


def add(store, key, found, recorded_at=None):
    source = Source(f"{key.fingerprint}.mp4", recorded_at=recorded_at)
    with store.recordings.begin(key, "s", reader=READER, source=source) as run:
        run.commit(found, {}, 1.0, {})
        run.finish({})
        return run.recording_id


@pytest.fixture
def filled(store):
    """Ten in Riga at the checkout from noon, ten at the exit from 13:00, ten from a file of one's own."""
    add(store, A, [interaction(n) for n in range(10)], NOON)
    add(store, B, [interaction(n, touchpoint="exit", start_s=n - 10.0) for n in range(10, 20)],
        (NOON + timedelta(hours=1)).astimezone(timezone(timedelta(hours=3))))  # fmt: skip
    add(store, C, [interaction(n, site=None, touchpoint=None, start_s=n - 20.0) for n in range(20, 30)])
    return store


def numbers(found):
    return [i.track_id for i in found]


def test_recordings_come_in_order_and_their_interactions_by_start(filled):
    assert numbers(filled.recordings.interactions()) == list(range(30))


def test_pages_join_to_the_whole(filled):
    pages = [filled.recordings.interactions(limit=7, offset=k) for k in range(0, 35, 7)]
    assert [n for page in pages for n in numbers(page)] == list(range(30))
    assert filled.recordings.interactions(limit=0) == []
    for wrong in ({"limit": -1}, {"offset": -1}):
        with pytest.raises(SettingError, match="0 or more"):
            filled.recordings.interactions(**wrong)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"recording": A}, range(10)),
        ({"recording": 2}, range(10, 20)),
        ({"recording": RecordingKey("nothing")}, ()),
        ({"site": "Riga"}, range(20)),
        ({"site": "Tartu"}, ()),
        ({"touchpoint": "exit"}, range(10, 20)),
        ({"site": "Riga", "touchpoint": "checkout"}, range(10)),
        ({"since": NOON + timedelta(seconds=4)}, range(4, 20)),
        ({"until": NOON + timedelta(seconds=4)}, range(4)),
        ({"since": NOON + timedelta(seconds=8), "until": NOON + timedelta(hours=1, seconds=2)}, range(8, 12)),
        ({"since": NOON.astimezone(timezone(timedelta(hours=-7))), "touchpoint": "exit"}, range(10, 20)),
    ],
)
def test_filters(filled, filters, expected):
    assert numbers(filled.recordings.interactions(curves=False, **filters)) == list(expected)
    assert sum(filled.recordings.outcomes(**filters).values()) == len(expected)


def test_every_outcome_is_counted_even_where_there_is_none(store):
    assert store.recordings.outcomes() == dict.fromkeys(Outcome, 0)
    add(store, A, [interaction(n, outcome=Outcome.WORSENED) for n in range(3)])
    assert store.recordings.outcomes() == dict.fromkeys(Outcome, 0) | {Outcome.WORSENED: 3}


def test_curves_can_be_left_packed(filled):
    (found,) = filled.recordings.interactions(limit=1, curves=False)
    assert (found.curve, found.seconds) == (None, ())
    assert found.score == interaction(0).score


def test_one_is_found_by_its_id(filled):
    assert_same(filled.recordings.get(interaction(13).id), interaction(13, touchpoint="exit", start_s=3.0))
    assert filled.recordings.get("nothing") is None


def test_a_time_without_a_zone_is_refused(filled):
    with pytest.raises(StoreError, match="has no zone"):
        filled.recordings.interactions(since=datetime(2026, 5, 1))


def test_times_come_back_in_utc(filled):
    times = [r.source.recorded_at for r in filled.recordings.list_recordings()]
    assert times == [NOON, NOON + timedelta(hours=1), None]
    assert times[1].tzinfo is UTC


def test_numpy_numbers_are_stored_as_plain_ones(store):
    made = interaction(1)
    wide = Interaction(
        made.id, np.int64(1), made.context, np.float32(0.5), np.float64(9.5), np.int32(88),
        {"blurred": np.int64(3)}, tuple(np.full(8, 0.125, np.float32)),
        Score(*[np.float32(1.5)] * 8, Outcome.UNCLEAR, np.float32(2.0), np.int64(7), None,
              moments=(Moment(np.float32(1), MomentKind.RISE, np.float64(0.5), np.float32(1)),)),
        made.curve, made.seconds, "balance", READER, np.bool_(True), np.int64(5),
    )  # fmt: skip
    add(store, A, [wide])
    stored = store.recordings.get(made.id)
    assert (stored.start_s, stored.readings, stored.left_out) == (0.5, 88, {"blurred": 3})
    assert (stored.score.eps, stored.score.n, stored.interrupted, stored.by_eyes) == (1.5, 7, True, 5)
    assert stored.expressions == (0.125,) * 8


text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
number = st.none() | st.floats(-200, 200)


@st.composite
def interactions(draw):
    base = interaction(draw(st.integers(0, 99)))
    score = Score(
        *[draw(number) for _ in range(8)], draw(st.sampled_from(Outcome)), draw(st.floats(0, 1e6)),
        draw(st.integers(0, 2**31 - 1)), draw(st.none() | text), *[draw(number) for _ in range(4)],
        moments=tuple(
            Moment(draw(st.floats(0, 1e6)), draw(st.sampled_from(MomentKind)), draw(st.floats(-2, 2)), 0.99)
            for _ in range(draw(st.integers(0, 3)))
        ),
        window_s=draw(number),
    )  # fmt: skip
    with_curve = draw(st.booleans())
    return Interaction(
        id=draw(st.uuids().map(str)),
        track_id=draw(st.integers(1, 10**6)),
        context=Context(*[draw(st.none() | text) for _ in range(6)]),
        start_s=draw(st.floats(0, 1e7)),
        end_s=draw(st.floats(0, 1e7)),
        readings=draw(st.integers(0, 10**6)),
        left_out=draw(st.dictionaries(text, st.integers(0, 10**6), max_size=3)),
        expressions=draw(st.none() | st.tuples(*[st.floats(0, 1)] * 8)),
        score=score,
        curve=base.curve if with_curve else None,
        seconds=base.seconds if with_curve else (),
        scale=draw(st.sampled_from(SCALES)),
        reader=draw(text),
        interrupted=draw(st.booleans()),
        by_eyes=draw(st.integers(0, 10**6)),
    )


@given(found=interactions())
@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
def test_any_interaction_comes_back_as_it_was(store, found):
    add(store, A, [found])
    (stored,) = store.recordings.interactions(recording=A)
    assert_same(stored, found)


def test_a_page_of_a_full_store_is_found_by_index(file_store):
    store = file_store
    add(store, A, [interaction(1)], NOON)
    seen = []
    engine = store._database.engine
    event.listen(engine, "before_cursor_execute", lambda *call: seen.append((call[2], call[3])))
    store.recordings.interactions(recording=A, limit=50)
    store.recordings.interactions(limit=50)
    store.recordings.get("x")
    plans = []
    with store._database.read() as connection:
        for statement, values in [call for call in seen if "JOIN scores" in call[0]]:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.append([row[3] for row in plan])
    assert len(plans) == 3
    for plan in plans:
        assert not any("TEMP B-TREE" in step for step in plan), plan
        assert not any(step.startswith("SCAN interactions") and "INDEX" not in step for step in plan), plan


def test_storing_ten_times_as_many_interactions_costs_no_more_than_in_proportion(store):
    minute = interaction(1, seconds=60)
    found = [replace(minute, id=f"interaction {n}") for n in range(1000)]
    took = []
    with store.recordings.begin(A, "s", reader=READER, source=Source("long.mp4")) as run:
        run.commit(found[:10], {}, 1.0, {})
        for some in (found[:100], found):
            began = time.process_time()
            run.commit(some, {}, 1.0, {})
            took.append(time.process_time() - began)
    # Ten times, where each is looked up by an index; a hundred times, where all are read for each.
    assert took[1] < 30 * took[0]
    assert sum(store.recordings.outcomes(recording=A).values()) == 1000
