"""Whoever follows the events has the visits that the store shows, whatever happens and wherever it is cut off."""

import json
from datetime import UTC, datetime
from importlib.resources import files

from event_replay import Gallows, follow, may_be_killed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from store_making import READER
from visit_making import NOON, PLACES, SITE, analyse, ended, made, uid

from mien.store import PlacedInteraction, RecordingKey, Source, visit_uid
from mien.visits import Ended

SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
NUMBERS = st.integers(0, 5)
SESSIONS = st.sampled_from(["a", "b"])
STEPS = st.one_of(
    st.tuples(st.just("begin"), st.sampled_from(PLACES), st.sampled_from(["s", "t"])),
    st.tuples(st.just("commit"), st.lists(st.tuples(NUMBERS, st.sampled_from([40.0, 60.0])), max_size=6)),
    st.tuples(st.just("finish")),
    st.tuples(st.just("place"), SESSIONS, st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=4)),
    st.tuples(st.just("close"), SESSIONS, st.lists(NUMBERS, min_size=1, max_size=3)),
    st.tuples(st.just("interrupt"), st.none() | SESSIONS),
)


def fill(store):
    """Every interaction is there and two visits are closed."""
    analyse(store, [made(n) for n in range(6)])
    store.visits.place(SITE, "a", [place_in(n, n - n % 3) for n in range(6)])
    store.visits.close(SITE, "a", [ended(0), ended(3)])


def begin(store, place, asked):
    source = Source(f"{place}.mp4", recorded_at=NOON, camera=f"{place} camera")
    return store.recordings.begin(RecordingKey(place, SITE, place), asked, reader=READER, source=source)


def place_in(number, first):
    return PlacedInteraction(uid(number), uid(first), None if number == first else 0.98)


def take(store, at, step):
    """Do one step; the touchpoint whose recording is analysed then, and the run."""
    place, run = at
    match step:
        case ("begin", place, asked):
            return place, begin(store, place, asked)
        case ("commit", found):
            own = {n: mean for n, mean in found if PLACES[n % 3] == place}
            run.commit([made(n, hi_mean=mean) for n, mean in own.items()], {}, 1.0, {})
        case ("finish",):
            run.finish({})
        case ("place", session, placed):
            store.visits.place(SITE, session, [place_in(*one) for one in placed])
        case ("close", session, numbers):
            store.visits.close(SITE, session, [ended(n, Ended.CLOSING) for n in numbers])
        case ("interrupt", but):
            store.visits.interrupt(SITE, but=but)
    return at


@settings(max_examples=16, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(steps=st.lists(st.tuples(STEPS, st.none() | st.integers(0, 25)), max_size=8))
def test_replaying_the_events_gives_the_visits_that_are_shown_after_any_steps_and_kills(new_store, steps):
    now = [datetime(2026, 5, 1, 20, tzinfo=UTC)]
    with new_store(clock=lambda: now[0]) as store:
        fill(store)
        at, gallows = ("door", begin(store, "door", "t")), Gallows(store)
        for step, kill_at in steps:
            with may_be_killed(store, gallows, now, kill_at, given_up=step[0] == "begin"):
                at = take(store, at, step)
            there = store.visits.placed([uid(n) for n in range(6)])
            held = [member.interaction for visit in store.visits.list_visits() for member in visit.members]
            assert sorted(held) == sorted(there), "an interaction is in two visits, or one is lost"


def test_events_of_visits_fulfil_the_published_schema(store):
    published = json.loads(
        files("mien.store.events").joinpath("events.schema.json").read_text(encoding="utf-8")
    )
    fill(store)
    store.visits.place(SITE, "b", [place_in(0, 0)])
    told = [json.loads(entry.event.to_json()) for entry in follow(store) if entry.event.thing == "visit"]
    assert [event["type"].rpartition(".")[2] for event in told] == ["scored", "scored", "withdrawn"]
    assert told[2]["subject"] == visit_uid(uid(0))
    for event in told:
        name = event["dataschema"].removeprefix(f"{published['$id']}#/$defs/")
        Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": published["$defs"]}).validate(event["data"])
