"""Whoever follows the events has what the store shows: nothing missing, nothing twice, whatever happens between."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from event_replay import Gallows, Killed, follow, may_be_killed, replay, shown
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from store_making import KEY, READER, SOURCE, interaction

from mien.errors import BusyError, StoreError
from mien.store import RecordingKey
from mien.store.events import CloudEvent, scored
from mien.store.outbox import KEPT, enter
from mien.store.sites import site_id
from mien.store.tables import outbox

pytestmark = pytest.mark.once

RECORDED = replace(SOURCE, recorded_at=datetime(2026, 5, 4, 9, 0, tzinfo=UTC))
LATER = datetime(2026, 5, 5, tzinfo=UTC)
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def begin(store, asked="s", *, key=KEY, source=RECORDED, anew=False):
    return store.recordings.begin(key, asked, reader=READER, source=source, anew=anew)


def changed(number, by=0.0, **how):
    """An interaction of which something that is told depends on `by`."""
    made = interaction(number, **how)
    return replace(made, score=replace(made.score, eps=made.score.eps + by))


def types(entries):
    return [(entry.event.type.rpartition(".")[2], int(entry.event.subject[-12:])) for entry in entries]


def test_a_shown_interaction_is_told_with_the_commit_that_stores_it(store):
    with begin(store) as run:
        run.commit([interaction(2), interaction(0)], {}, 1.0, {})
        assert types(follow(store)) == [("scored", 0), ("scored", 2)]
        run.finish({})
    (first, _) = follow(store)
    assert (first.site, first.touchpoint) == ("Riga", "checkout")
    assert first.event.source == "/sites/Riga/touchpoints/checkout"
    assert first.event.time == datetime(2026, 5, 4, 9, 0, 8, tzinfo=UTC)
    assert replay(follow(store)) == shown(store)


def test_what_is_stored_again_alike_is_told_once_and_what_differs_anew(store):
    with begin(store) as run:
        for seconds in (3, 3, 9):
            run.commit([interaction(1), interaction(5, seconds=seconds)], {}, 1.0, {})
        run.finish({})
    assert types(follow(store)) == [("scored", 1), ("scored", 5), ("scored", 5)]
    assert replay(follow(store)) == shown(store)


def test_a_rerun_tells_only_what_it_changes_and_only_when_it_is_shown(store):
    with begin(store) as run:
        run.commit([interaction(n) for n in range(4)], {}, 1.0, {})
        run.finish({})
    with begin(store, "other") as run:
        run.commit([interaction(1), changed(2, 5.0), interaction(3), interaction(7)], {}, 1.0, {})
        assert len(follow(store)) == 4
        run.finish({})
    assert types(follow(store)[4:]) == [("withdrawn", 0), ("scored", 2), ("scored", 7)]
    assert replay(follow(store)) == shown(store)
    with begin(store, "third") as run:
        run.commit([interaction(n) for n in range(4)], {}, 1.0, {})
        run.finish({})
    assert types(follow(store)[7:]) == [("withdrawn", 7), ("scored", 0), ("scored", 2)]
    assert replay(follow(store)) == shown(store)


def test_what_was_told_is_remembered_when_the_outbox_is_empty(store, clock):
    with begin(store) as run:
        run.commit([interaction(0), interaction(1), interaction(2)], {}, 1.0, {})
        run.finish({})
    before = {entry.event.subject: entry.event.id for entry in follow(store)}
    clock.forward(KEPT.total_seconds() - 1)
    assert not store.retention.expire(clock.time).removed.get("events")
    clock.forward(1)
    assert store.retention.expire(clock.time).removed["events"] == 3
    with begin(store, "again") as run:
        run.commit([interaction(0), changed(1, 3.0)], {}, 1.0, {})
        run.finish({})
    found = follow(store)
    assert types(found) == [("withdrawn", 2), ("scored", 1)]
    assert [entry.event.data["replaces"] for entry in found] == [before[interaction(n).id] for n in (2, 1)]
    assert found[0].number > 3, "a number never comes again"


def test_an_interaction_at_no_named_site_is_told_to_nobody(store):
    key = RecordingKey("f")
    with begin(store, key=key, source=SOURCE) as run:
        run.commit([interaction(0, site=None)], {}, 1.0, {})
        run.finish({})
    with begin(store, "again", key=key, source=SOURCE) as run:
        run.finish({})
    assert follow(store) == []
    with pytest.raises(StoreError, match="at no named site"):
        scored(interaction(0, site=None), None)


def test_where_nobody_knows_the_time_none_is_told(store):
    with begin(store, source=SOURCE) as run:
        run.commit([interaction(0)], {}, 1.0, {})
    (entry,) = follow(store)
    assert entry.event.time is None
    assert '"time"' not in entry.event.to_json()


def test_a_number_that_was_deleted_last_never_comes_again(store):
    made = [scored(interaction(n), None) for n in range(3)]
    for one in made:
        with store._database.write() as connection:
            enter(
                connection,
                site_id(connection, "Riga", RECORDED.recorded_at),
                None,
                [one],
                now=LATER,
            )
        with store._database.write() as connection:
            assert connection.execute(delete(outbox)).rowcount == 1
    with store._database.write() as connection:
        enter(connection, site_id(connection, "Riga", RECORDED.recorded_at), None, [made[0]], now=LATER)
    assert [entry.number for entry in follow(store)] == [4]


def test_any_event_can_be_entered(store):
    visit = CloudEvent(
        source="/sites/Riga", type="mien.visit.scored", subject="v", dataschema="urn:mien:events:1#/$defs/Visit",
        data={"eps": None, "reason": "visibility changed", "words": ["ä", 1.5, True]},
    )  # fmt: skip
    now = store._database.now()
    with store._database.write() as connection:
        enter(connection, site_id(connection, "Riga", now), None, [visit], now=now)
    (entry,) = follow(store)
    assert entry.event == visit.numbered(1)
    assert (entry.event.thing, entry.touchpoint) == ("visit", None)


def test_channels_follow_apart_and_sites_too(store):
    for site, number in (("Riga", 0), ("Oslo", 1), ("Riga", 2)):
        with begin(store, key=RecordingKey(f"f{number}", site)) as run:
            run.commit([interaction(number, site=site)], {}, 1.0, {})
    box = store.outbox
    assert [entry.number for entry in box.after(0, site="Riga")] == [1, 3]
    assert [entry.number for entry in box.after(1, limit=1)] == [2]
    box.move("Riga", "mqtt", since=0, to=1)
    assert (box.reached("Riga", "mqtt"), box.reached("Riga", "webhook"), box.reached("Oslo", "mqtt")) == (
        1,
        0,
        0,
    )
    assert (box.waiting("Riga", "mqtt"), box.waiting("Riga", "webhook"), box.waiting("Oslo", "mqtt")) == (
        1,
        2,
        1,
    )
    with pytest.raises(BusyError, match="Another process delivers the events of 'Riga' by mqtt too"):
        box.move("Riga", "mqtt", since=0, to=3)
    assert box.reached("Riga", "mqtt") == 1


FOUND = st.tuples(st.integers(0, 5), st.sampled_from([0.0, 4.0]), st.sampled_from(["Riga", None]))
STEPS = st.one_of(
    st.tuples(st.just("commit"), st.lists(FOUND, min_size=1, max_size=3)),
    st.tuples(st.just("begin"), st.sampled_from(["a", "b"]), st.booleans()),
    st.just(("finish",)),
)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(steps=st.lists(st.tuples(STEPS, st.none() | st.integers(0, 20)), max_size=8))
def test_replaying_the_events_gives_what_is_shown_after_any_steps_and_kills(new_store, steps):
    now = [datetime(2026, 5, 4, 20, 0, tzinfo=UTC)]
    with new_store(clock=lambda: now[0]) as store:
        run, gallows = begin(store, "a"), Gallows(store)
        for step, kill_at in steps:
            with may_be_killed(store, gallows, now, kill_at, given_up=step[0] == "begin"):
                match step:
                    case ("begin", asked, anew):
                        run = begin(store, asked, anew=anew)
                    case ("commit", found):
                        run.commit([changed(n, by, site=site) for n, by, site in found], {}, 1.0, {})
                    case _:
                        run.finish({})


@pytest.mark.parametrize("rerun", [False, True])
def test_a_kill_before_any_statement_of_a_step_tells_nothing_of_it(new_store, rerun):
    with new_store() as store:
        with begin(store) as run:
            run.commit([interaction(0), interaction(1)], {}, 1.0, {})
            if rerun:
                run.finish({})
        run, gallows = begin(store, "s"), Gallows(store)
        found = [changed(1, 2.0), interaction(2)]
        if rerun:
            run.commit(found, {}, 1.0, {})
        told, statements = follow(store), 0
        while True:
            gallows.left = statements
            try:
                run.finish({}) if rerun else run.commit(found, {}, 1.0, {})
            except Killed:
                statements += 1
                assert follow(store) == told
            else:
                break
        gallows.left = None
        assert statements > 8
        expected = [("withdrawn", 0)] * rerun + [("scored", 1), ("scored", 2)]
        assert types(follow(store)[2:]) == expected
        assert replay(follow(store)) == shown(store)
