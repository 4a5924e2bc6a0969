"""Counts by segment: written once, never twice of one time, marked where they were lost, kept as long as promised."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mien.insight import Scored, SegmentCell, Sum
from mien.privacy import KeepDays
from mien.segments import Age, Gender, Segment
from mien.store import PartKey, PartState

NINE = datetime(2026, 5, 4, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = date(2026, 5, 4)
KEY = PartKey("Riga", "tills", MONDAY, "reader 1", "balance")
CELLS = (
    SegmentCell(Segment(Age.MIDDLE, Gender.WOMAN), Scored.EPS, 14, Sum(1.25, 0.4), Sum(-3.5, 0.26)),
    SegmentCell(Segment(None, Gender.MAN), Scored.NONE, 11),
    SegmentCell(Segment(Age.OLD, None), Scored.INDEX, 10, None, Sum(0.01, 0.02)),
)
SEEN = {Scored.EPS: 30, Scored.INDEX: 25, Scored.NONE: 21}


def write(store, begins=NINE, ends=NINE + HOUR, *, key=KEY, cameras=("left",), cells=CELLS):
    number = store.segments.begin(key, begins)
    return store.segments.write(number, cells, between=(begins, ends), cameras=cameras, seen=SEEN)


def parts(store, first=MONDAY, last=MONDAY):
    return store.segments.parts("Riga", first, last)


def test_a_part_comes_back_as_it_was(store):
    assert write(store) is PartState.WRITTEN
    (part,) = parts(store)
    assert part.key == KEY
    assert (part.begins_at, part.ends_at, part.state) == (NINE, NINE + HOUR, PartState.WRITTEN)
    assert (part.seen, part.cells) == (SEEN, CELLS)
    assert store.segments.last("Riga") == MONDAY
    assert (store.segments.last("Oslo"), parts(store, MONDAY + DAY, MONDAY + DAY)) == (None, [])


def test_a_part_is_written_once(store):
    number = store.segments.begin(KEY, NINE)
    for cells in (CELLS, CELLS[:1]):
        written = store.segments.write(
            number, cells, between=(NINE, NINE + HOUR), cameras=["left"], seen=SEEN
        )
        assert written is PartState.WRITTEN
    assert [part.cells for part in parts(store)] == [CELLS]


@pytest.mark.parametrize(
    ("begins", "cameras", "state"),
    [
        (NINE + HOUR, ("left", "right"), PartState.TWICE),
        (NINE + HOUR, ("right",), PartState.WRITTEN),
        (NINE + 1.5 * HOUR, ("left",), PartState.WRITTEN),
    ],
)
def test_a_time_of_a_camera_is_counted_once(store, begins, cameras, state):
    write(store)
    assert write(store, begins, begins + HOUR, cameras=cameras) is state
    found = parts(store)
    assert [part.state for part in found] == [PartState.WRITTEN, state]
    assert bool(found[1].cells) is (state is PartState.WRITTEN)


def test_what_was_held_by_a_writer_that_is_gone_is_lost_and_told_since_when(store):
    store.segments.begin(KEY, NINE)
    write(store, NINE + 2 * HOUR, NINE + 3 * HOUR)
    assert store.segments.lose("Oslo") == 0
    assert store.segments.lose("Riga") == 1
    found = parts(store)
    assert [(part.state, part.begins_at) for part in found] == [
        (PartState.LOST, NINE),
        (PartState.WRITTEN, NINE + 2 * HOUR),
    ]
    assert (found[0].seen, found[0].cells, found[0].ends_at) == ({}, (), None)


@pytest.mark.parametrize("early", [True, False], ids=["dated when written", "dated later"])
def test_counts_are_kept_as_long_as_interactions(store, early):
    keep = KeepDays(30, 100, 90)
    if early:
        store.retention.record("Riga", keep)
    write(store)
    store.segments.begin(KEY, NINE + HOUR)
    if not early:
        store.retention.record("Riga", keep)
    assert store.retention.expire(NINE + 99 * DAY).removed.get("segment counts") is None
    assert len(parts(store)) == 2
    assert store.retention.expire(NINE + HOUR + 100 * DAY).removed["segment counts"] == 2
    assert parts(store) == []
    # Its cells went with it: a new part has none of them.
    assert write(store, cells=CELLS[:1]) is PartState.WRITTEN
    assert [part.cells for part in parts(store)] == [CELLS[:1]]
