"""One customer is one task, in whatever order it becomes known what they showed and where they were."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mien.action import TaskState
from mien.journey import Outcome
from mien.runtime.reacting import Reactions
from mien.spoken import language
from mien.store import ClosedVisit, PlacedInteraction, RecordingKey, Source
from mien.visits import Ended
from runtime.test_reacting import FILE as SHOP
from runtime.test_reacting import WORSENED
from support.lyon import agree, pay
from support.visits import NINE, READER, SITE, calibrated, seen

FILE = (
    SHOP
    + """\
[touchpoints.desk]
role = "counter"
[touchpoints.out]
role = "exit"
[cameras.desk]
touchpoint = "desk"
webcam = 2
[cameras.out]
touchpoint = "out"
webcam = 3
"""
)


class Way:
    """The way of one customer through the shop, a stop a minute."""

    def __init__(self, site, store, clock, stops, *, begin_s=0.0):
        self.site, self.store, self.clock = site, store, clock
        self.stops = [
            replace(
                found,
                score=found.score
                if score is None
                else replace(score, hi_mean=found.score.hi_mean, hi_sd=1.0),
            )
            for number, (touchpoint, valence, score) in enumerate(stops)
            for found in [seen(touchpoint, begin_s + 60.0 * number, valence)]
        ]

    def store_stops(self):
        for one in self.stops:
            place = one.context.touchpoint
            key = RecordingKey(f"{place} {one.start_s}", SITE, place)
            source = Source(f"{place}.mp4", recorded_at=NINE, camera=place)
            with self.store.recordings.begin(key, "s", reader=READER, source=source) as run:
                run.commit([one], {}, 3600.0, {})
                run.finish({})

    def join(self):
        first = self.stops[0].id
        placed = [PlacedInteraction(one.id, first, None if one.id == first else 0.98) for one in self.stops]
        self.store.visits.place(SITE, "a", placed)

    def end(self):
        last = NINE + timedelta(hours=1)
        self.store.visits.close(SITE, "a", [ClosedVisit(self.stops[0].id, Ended.EXIT, last)])

    def follow(self):
        reactions = Reactions(self.site, self.store, self.clock)
        while reactions.follow():
            pass

    @property
    def tasks(self):
        return self.store.tasks.listed([SITE])

    @property
    def alerts(self):
        return [alert for _, alert in self.store.alerts.listed([SITE])]


@pytest.fixture
def way(site, store, clock):
    calibrated(store, "door", "desk", "till", "out")

    def of(*stops, begin_s=0.0):
        return Way(site, store, clock, stops, begin_s=begin_s)

    return of


TWICE = (("door", 0.1, None), ("desk", -0.5, WORSENED), ("till", -0.5, WORSENED))


@pytest.mark.parametrize(
    "order",
    [
        ("store_stops", "join", "follow", "end", "follow"),
        ("store_stops", "join", "end", "follow"),
        ("store_stops", "follow", "join", "end", "follow"),
        ("store_stops", "follow", "join", "follow", "end", "follow"),
    ],
    ids=["joined first", "ended first", "joined after both", "step by step"],
)
def test_a_customer_who_worsened_at_two_touchpoints_is_one_task_in_any_order(way, order):
    one = way(*TWICE)
    for step in order:
        getattr(one, step)()
    (task,) = one.tasks
    assert task.touchpoint == "desk"
    assert len(task.subjects) == 1
    assert [found.said.partition(":")[2][:3] for found in task.about] == ["01,", "02,", "01:"]


def test_a_customer_whose_visit_is_known_is_one_alert(way):
    one = way(*TWICE)
    for step in ("store_stops", "join", "follow", "end", "follow"):
        getattr(one, step)()
    (alert,) = one.alerts
    assert (alert.signal.touchpoint, alert.count) == ("desk", 1)


def test_who_is_told_of_a_task_that_was_joined_to_another_is_told_that_it_is_gone(way, store):
    one, other = way(*TWICE), way(("till", -0.5, WORSENED), begin_s=600.0)
    one.store_stops()
    other.store_stops()
    one.follow()
    assert sorted((task.touchpoint, len(task.subjects)) for task in one.tasks) == [("desk", 1), ("till", 2)]
    till = next(task for task in one.tasks if task.touchpoint == "till")
    one.join()
    one.end()
    one.follow()
    desk = next(task for task in one.tasks if task.touchpoint == "desk")
    assert (len(desk.subjects), len(desk.about)) == (1, 3)
    left = store.tasks.get(till.uid)
    assert left.subjects == (other.stops[0].id,), "the other customer's stays"
    kinds = [entry.event.type for entry in store.outbox.after(0) if entry.event.subject == till.uid]
    assert kinds == ["mien.task.changed"]


def test_a_task_that_is_done_stays_as_it_is_and_none_is_opened_anew(way, store):
    one = way(*TWICE)
    one.store_stops()
    one.join()
    one.follow()
    (task,) = one.tasks
    store.tasks.close(task.uid, TaskState.DONE)
    done = store.tasks.get(task.uid)
    one.end()
    one.follow()
    assert one.tasks == [done]


def test_a_known_customer_has_one_task_of_their_own_and_none_among_the_unnamed(way, store):
    one = way(("desk", -0.5, WORSENED), ("till", -0.5, WORSENED))
    agree(store, "C-17")
    one.store_stops()
    one.join()
    pay(store, "C-17", one.stops[1])
    one.follow()
    (task,) = one.tasks
    assert (task.folded, len(task.about)) == (False, 2)


def test_a_visit_says_where_it_turned_and_when_though_it_went_on(way):
    one = way(("door", 0.1, None), ("desk", -0.6, None), ("out", -0.5, None))
    one.store_stops()
    one.join()
    one.end()
    one.follow()
    (task,) = one.tasks
    (about,) = task.about
    assert task.touchpoint == "desk"
    assert about.said.startswith(
        "09:01: it turned at desk, where the face showed a valence of -0.6 after 0.1 at door. At the end, at out, it "
        "showed -0.5: -60 points against door (95 % interval "
    )
    assert about.curve == one.stops[1].id
    said = language("fr").told(about.text, about.values)
    assert "−0,6" in said
    assert "09:01" in said


def test_a_smile_at_the_door_that_fades_into_an_even_face_is_no_task(way):
    one = way(("door", 0.4, None), ("desk", -0.6, None), ("out", -0.5, None))
    for step in ("store_stops", "join", "end", "follow"):
        getattr(one, step)()
    assert one.tasks == []


def test_what_a_rejoined_visit_showed_goes_and_its_interactions_stay(way, store):
    one = way(*TWICE)
    for step in ("store_stops", "join", "end", "follow"):
        getattr(one, step)()
    (task,) = one.tasks
    visit = task.subjects[0]
    store.tasks.forget([visit], "joined anew")
    (task,) = one.tasks
    assert task.subjects == tuple(found.id for found in one.stops[1:])
    assert visit not in str(task)


def test_nothing_changes_for_whoever_reads_the_events_again(way, store):
    one = way(*TWICE)
    for step in ("store_stops", "join", "follow", "end", "follow"):
        getattr(one, step)()
    before = one.tasks, store.outbox.last()
    store.outbox.move(SITE, "reactions", since=store.outbox.reached(SITE, "reactions"), to=0)
    one.follow()
    assert (one.tasks, store.outbox.last()) == before


def test_a_visit_that_did_not_worsen_still_joins_what_two_tasks_told_of(way):
    one = way(("desk", -0.5, WORSENED), ("till", -0.5, WORSENED), ("out", -0.5, None))
    one.store_stops()
    one.follow()
    assert len(one.tasks) == 2
    one.join()
    one.end()
    one.follow()
    (task,) = one.tasks
    assert one.stops[2].score.outcome is Outcome.UNCLEAR
    assert len(task.about) == 2
