"""Periods in which people were counted: stored with the point to go on from, once, and kept as long as promised."""

from datetime import UTC, datetime, timedelta

import pytest
from store_making import READER

from mien.errors import StoreError
from mien.journey.flow import Durations, FlowCounts, FlowQuarter, LineCounts, QueueCounts, ZoneCounts
from mien.privacy import KeepDays
from mien.store import RecordingKey, Source

NINE = datetime(2026, 5, 4, 9, tzinfo=UTC)
DAY = timedelta(days=1)
KEEP = KeepDays(30, 400, 90)


def period(begin_s=0.0, came_in=3, watched_s=900.0):
    """A period of a stream, with something in every part."""
    counts = FlowCounts(
        watched_s=watched_s,
        people=7,
        lines={"sill": LineCounts(came_in=came_in, went_out=1, unclear=2)},
        zones={"queue": ZoneCounts(stays=Durations.of([12.0, 40.0], cut=[8.0]), person_s=60.5)},
        queues={"queue": QueueCounts(joined=3, served=Durations.of([12.0]), length_s={0: 800.0, 1: 100.0})},
        paths={"sill (in)": {"queue": 2}},
        heat={17: 12.5, 300: 0.25},
    )
    return FlowQuarter(begin_s=begin_s, end_s=begin_s + 900.0, counts=counts)


def begin(store, *, key="live:1:door", camera="door", recorded_at=NINE, settings="s", site="Riga"):
    source = Source("door", recorded_at=recorded_at, camera=camera)
    return store.recordings.begin(RecordingKey(key, site, "hall"), settings, reader=READER, source=source)


def came_in(store, **filters):
    return [
        (one.camera, one.begins_at, one.counts.lines["sill"].came_in)
        for one in store.flow.periods("Riga", **filters)
    ]


def test_a_period_comes_back_as_it_was_with_its_time(store):
    # Seconds of a stream that began in the midst of a quarter are a hair off.
    with begin(store, recorded_at=NINE + timedelta(seconds=100.25)) as run:
        run.commit([], {}, 1000.0, {}, counted=[period(-100.25001), period(799.74999, came_in=5)])
    first, second = store.flow.periods("Riga")
    assert first.counts == period().counts
    assert (first.begins_at, first.ends_at) == (NINE, NINE + timedelta(minutes=15))
    assert (first.seen_from, first.seen_until) == (NINE + timedelta(seconds=100.25), first.ends_at)
    assert (second.begins_at, second.counts.lines["sill"].came_in) == (first.ends_at, 5)
    assert second.seen_until == NINE + timedelta(seconds=1100.25)


def test_a_period_told_twice_counts_once_the_one_that_was_watched_longer(store):
    with begin(store) as run:
        run.commit([], {}, 900.0, {}, counted=[period(came_in=3)])
        run.commit([], {}, 900.0, {}, counted=[period(came_in=2, watched_s=890.0)])
        assert came_in(store) == [("door", NINE, 3)]
        run.commit([], {}, 900.0, {}, counted=[period(came_in=4)])
        assert came_in(store) == [("door", NINE, 4)]


def test_a_replay_takes_the_place_of_the_one_before_when_it_ends(store):
    for settings, people in (("s", 3), ("other", 5)):
        with begin(store, key="file:1:door", settings=settings) as run:
            run.commit([], {}, 900.0, {}, counted=[period(came_in=people)])
            assert came_in(store) == [("door", NINE, 3)]
            run.finish({})
    assert came_in(store) == [("door", NINE, 5)]


def test_periods_are_found_by_camera_and_time(store):
    for key, camera in (("1", "door"), ("2", "back")):
        with begin(store, key=key, camera=camera) as run:
            run.commit([], {}, 2700.0, {}, counted=[period(900.0 * n, came_in=n) for n in range(3)])
    later = NINE + timedelta(minutes=15)
    assert [one[0] for one in came_in(store)] == ["back"] * 3 + ["door"] * 3
    assert came_in(store, camera="door", since=later, until=later + timedelta(minutes=15)) == [
        ("door", later, 1)
    ]
    assert store.flow.periods("Tallinn") == []


def test_it_goes_when_interactions_of_the_day_go(store):
    store.retention.record("Riga", KEEP)
    with begin(store) as run:
        run.commit([], {}, 87_300.0, {}, counted=[period(), period(86_400.0)])
        run.finish({})
        run.release()
    assert "flow counts" not in store.retention.expire(NINE + 400 * DAY).removed
    until = NINE + timedelta(minutes=15) + 400 * DAY
    assert store.retention.expire(until, dry_run=True).removed["flow counts"] == 1
    assert store.retention.expire(until).removed["flow counts"] == 1
    assert [one.begins_at for one in store.flow.periods("Riga")] == [NINE + DAY]


def test_fewer_days_hold_for_what_is_counted_already(store):
    with begin(store) as run:
        run.commit([], {}, 900.0, {}, counted=[period()])
    assert "flow counts" not in store.retention.expire(NINE + 3000 * DAY).removed
    store.retention.record("Riga", KeepDays(10, 20, 20))
    assert store.retention.expire(NINE + 21 * DAY).removed["flow counts"] == 1


@pytest.mark.parametrize("about", [{"recorded_at": None}, {"camera": None}])
def test_where_nobody_knows_when_or_where_nothing_is_stored(store, about):
    with begin(store, **about) as run:
        with pytest.raises(StoreError, match="at a camera of a site at a known time"):
            run.commit([], {}, 900.0, {"frames": 1}, counted=[period()])
        assert store.flow.periods("Riga") == []
