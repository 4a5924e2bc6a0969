"""States come from the store as they went in, at the touchpoints and in the time that are asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import event

from mien.errors import StoreError
from mien.store import RecordingKey, Source
from support.shop import NAME, READER, record, seen

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def between(store, *touchpoints, since=NOON, until=LATER, site=NAME):
    return sorted(
        store.states.between(site, touchpoints, since=since, until=until), key=lambda one: one.started_at
    )


def test_a_state_comes_back_as_it_was_stored(store):
    record(store, "door", NOON, [seen(1, "door", 60.0, -0.25, n=9, by_eyes=3, interrupted=True)])
    (found,) = between(store, "door")
    assert found.valence == pytest.approx(-0.25)
    assert (found.touchpoint, found.started_at) == ("door", NOON + timedelta(seconds=60))
    assert (found.n, found.usable_s, found.by_eyes) == (9, 0.9, 3)
    assert (found.scale, found.reader) == ("balance", READER)
    assert found.state is None  # under a second


def test_interactions_without_a_state_are_among_them(store):
    record(store, "door", NOON, [seen(1, "door", 0.0, None, n=0)])
    (found,) = between(store, "door")
    assert (found.valence, found.state) == (None, None)


def test_touchpoints_site_and_time_are_those_that_are_asked_for(store):
    record(store, "door", NOON, [seen(k, "door", 600.0 * k, 0.1) for k in range(8)])
    record(store, "out", NOON, [seen(k, "out", 600.0 * k, 0.1) for k in range(8)])
    record(store, "tills", NOON, [seen(1, "tills", 0.0, 0.1)])
    assert len(between(store, "door", "out")) == 12
    assert len(between(store, "tills", "nowhere")) == 1
    assert between(store, "door", site="Riga") == []
    east = NOON.astimezone(timezone(timedelta(hours=3)))
    times = [one.started_at for one in between(store, "door", since=east, until=east + timedelta(minutes=20))]
    assert times == [NOON, NOON + timedelta(minutes=10)]
    with pytest.raises(StoreError, match="has no zone"):
        between(store, "door", since=datetime(2026, 5, 4))


def test_an_analysis_done_again_takes_the_place_of_the_first(store):
    record(store, "door", NOON, [seen(k, "door", 60.0 * k, 0.1) for k in range(5)], name="monday")
    key = RecordingKey("door monday", NAME, "door")
    with store.recordings.begin(
        key, "s", reader=READER, source=Source("x", recorded_at=NOON), anew=True
    ) as run:
        run.commit([seen(1, "door", 60.0, 0.5)], {}, 1.0, {})
    assert [one.valence for one in between(store, "door")] == pytest.approx([0.1] * 5)
    record(store, "door", NOON, [seen(k, "door", 60.0 * k, 0.5) for k in range(3)], name="monday")
    assert [one.valence for one in between(store, "door")] == pytest.approx([0.5, 0.5, 0.5])


def test_what_has_no_time_of_day_is_counted_apart(store):
    record(store, "door", None, [seen(k, "door", 60.0 * k, 0.1) for k in range(5)])
    assert store.states.undated(NAME, ["door", "out"]) == 5
    assert store.states.last(NAME, ["door"]) is None
    record(store, "out", NOON, [seen(1, "out", 30.0, 0.1)])
    assert store.states.last(NAME, ["door", "out"]) == NOON + timedelta(seconds=30)
    assert store.states.undated(NAME, ["out"]) == 0


def test_they_are_found_by_the_index_of_site_touchpoint_and_time(file_store):
    store = file_store
    record(store, "door", NOON, [seen(k, "door", 60.0 * k, 0.1) for k in range(5)])
    calls = []
    event.listen(store._database.engine, "before_cursor_execute", lambda *c: calls.append((c[2], c[3])))
    between(store, "door", "out")
    store.states.last(NAME, ["door"])
    store.states.undated(NAME, ["door"])
    asked = [call for call in calls if "interactions" in call[0]]
    assert len(asked) == 3
    with store._database.read() as connection:
        for statement, values in asked:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            assert any("ix_interactions_site_id" in step and "touchpoint=?" in step for step in plan), plan
