"""The report of a day is written once, after the day is over, and shows no mean of fewer than ten."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mien.journey import Outcome, Score
from mien.runtime.nightly import Nightly
from mien.site import load_site
from mien.store import Store
from support.clock import Clock
from support.new_store import ready_made
from support.sites import HEAD
from support.stored import NINE, put, seen

CAMERAS = "".join(
    f'[touchpoints.{name}]\nrole = "{role}"\n[cameras.{name}]\ntouchpoint = "{name}"\nwebcam = {k}\n'
    for k, (name, role) in enumerate((("desk", "counter"), ("till", "checkout")))
)


@pytest.fixture
def site(tmp_path):
    path = tmp_path / "lyon.toml"
    path.write_text(HEAD + '[opening_hours]\nmonday = ["09:00-12:00"]\n' + CAMERAS)
    return load_site(path)


def day(store, touchpoint, numbers):
    """A day of interactions with an index that is known well, and none of an EPS."""
    found = []
    for number in numbers:
        score = Score(
            None, None, None, None, None, 60.0, 55.0, 65.0, Outcome.UNCLEAR, 9.0, 90, "simulated",
            hi_mean=60.0 + number % 3, hi_sd=1.0,
        )  # fmt: skip
        found.append(seen(number, score, touchpoint))
    put(store, *found, name=touchpoint)


@pytest.fixture
def clock():
    return Clock(NINE + timedelta(hours=3))


@pytest.fixture
def store(tmp_path, clock):
    with Store.open(ready_made(tmp_path / "s.sqlite"), clock=clock) as opened:
        yield opened


def told(store) -> list[dict[str, Any]]:
    return [one.event.data for one in store.outbox.after(0) if one.event.type == "mien.report.day"]


def test_a_day_is_reported_once_after_it_is_over(site, store, clock):
    day(store, "till", range(25))
    day(store, "desk", range(30, 34))
    assert Nightly(site, store, clock).write_due() is None, "the day is not over"
    clock.time = datetime(2026, 5, 4, 22, 1, tzinfo=UTC)  # a minute past midnight in Lyon
    assert Nightly(site, store, clock).write_due() is not None
    assert Nightly(site, store, clock).write_due() is None, "another process"
    (report,) = told(store)
    assert report["day"] == "2026-05-04"
    (index,) = [one for one in report["figures"] if one["of"] == "index"]
    assert index["counted"] == 25 + 4
    places = {one["touchpoint"]: one["figures"][0] for one in report["places"]}
    assert places["desk"]["mean"] is None, "four customers are too few to show"
    # Of the whole and one of two touchpoints the other could be worked out.
    assert index["mean"] is None or places["till"]["mean"] is None
    assert report["unread_hours"] == {"desk": 1.0, "till": 1.0}


def test_a_day_on_which_nobody_was_seen_has_no_report(site, store, clock):
    clock.forward(3 * 86_400)
    assert Nightly(site, store, clock).write_due() is None
    assert told(store) == []
