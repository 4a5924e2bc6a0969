"""Tasks and praise follow from what has happened, once, however often the events are read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mien.action import RuleName
from mien.journey import Outcome, Score
from mien.journey.types import Moment, MomentKind, SecondRecord
from mien.runtime.reacting import Reactions
from mien.store import Store
from support.lyon import agree, pay
from support.sites import HEAD
from support.stored import SITE, put, seen
from support.visits import shop_day

FILE = (
    HEAD
    + """\
[touchpoints.door]
role = "entrance"
[touchpoints.till]
role = "checkout"
[cameras.door]
touchpoint = "door"
webcam = 0
[cameras.till]
touchpoint = "till"
webcam = 1
[rules.left_unhappy]
cooldown_s = 3600
[rules.delight]
customers = 10
[shifts.early]
hours = "08:00-14:00"
"""
)
WORSENED = Score(
    -41.0, -55.0, -27.0, 0.1, -0.31, 40.0, 33.0, 47.0, Outcome.WORSENED, 9.0, 90, None,
    moments=(Moment(14.0, MomentKind.FALL, -0.6, 0.99), Moment(11.0, MomentKind.FALL, -0.3, 0.97)),
)  # fmt: skip


def follow(site, store, clock):
    reactions = Reactions(site, store, clock)
    while reactions.follow():
        pass


def test_who_left_the_till_unhappy_becomes_one_task_of_the_day_and_one_alert(site, store, clock):
    calm = replace(WORSENED, outcome=Outcome.UNCLEAR, hi_high=60.0)
    put(store, seen(0, WORSENED), seen(1, calm), seen(2, WORSENED))
    follow(site, store, clock)
    (task,) = store.tasks.listed([SITE])
    assert (task.touchpoint, task.folded, len(task.about)) == ("till", True, 2)
    assert task.due_at == clock() + timedelta(hours=24)
    assert task.about[0].said == (
        "09:00, till: at the end the face showed a valence of -0.31, -41 points against its start "
        "(95 % interval -55 to -27, 90 readings); it turned 14 s after the start."
    )
    ((_, alert),) = store.alerts.listed([SITE])
    assert (alert.signal.rule, alert.count) == (RuleName.LEFT_UNHAPPY, 2)


def test_reading_the_events_again_changes_nothing(site, store, clock):
    put(store, seen(0, WORSENED))
    follow(site, store, clock)
    before = store.outbox.last()
    # Killed after it was done and before it was noted how far it came.
    since = store.outbox.reached(SITE, "reactions")
    store.outbox.move(SITE, "reactions", since=since, to=0)
    follow(site, store, clock)
    assert store.outbox.last() == before
    assert len(store.tasks.listed([SITE])) == 1


def test_a_kill_after_several_customers_changes_nothing_nor_do_older_ones_that_come_late(site, store, clock):
    put(store, *(seen(k, WORSENED) for k in (3, 4, 5, 7)))
    follow(site, store, clock)
    put(store, seen(0, WORSENED), seen(6, WORSENED), name="late.mp4")
    follow(site, store, clock)
    assert told_of(store) == ([6], [6])
    before = store.outbox.last()
    for place in (0, 2, 4):
        since = store.outbox.reached(SITE, "reactions")
        store.outbox.move(SITE, "reactions", since=since, to=place)
        follow(site, store, clock)
    assert told_of(store) == ([6], [6])
    assert store.outbox.last() == before
    # Of who is found no more nothing comes back either.
    put(store, seen(9, replace(WORSENED, outcome=Outcome.UNCLEAR, hi_high=60.0)), name="late.mp4")
    follow(site, store, clock)
    assert told_of(store) == ([4], [4])
    before = store.outbox.last()
    store.outbox.move(SITE, "reactions", since=store.outbox.reached(SITE, "reactions"), to=0)
    follow(site, store, clock)
    assert told_of(store) == ([4], [4])
    assert store.outbox.last() == before


def told_of(store):
    """How many customers each alert and each task is about."""
    return (
        [alert.count for _, alert in store.alerts.listed([SITE])],
        [len(task.about) for task in store.tasks.listed([SITE])],
    )


def test_a_kill_between_alert_and_task_loses_neither(site, store, clock, monkeypatch):
    put(store, seen(0, WORSENED))

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(store.tasks, "open", killed)
        with pytest.raises(KeyboardInterrupt):
            follow(site, store, clock)
    assert len(store.alerts.listed([SITE])) == 1
    follow(site, store, clock)
    assert len(store.tasks.listed([SITE])) == 1
    ((_, alert),) = store.alerts.listed([SITE])
    assert alert.count == 1


def test_an_unpleasant_face_all_along_counts_and_one_that_only_got_less_happy_does_not(site, store, clock):
    low = replace(WORSENED, outcome=Outcome.UNCHANGED, eps=1.0, happiness_index=3.0, hi_low=1.5, hi_high=4.5)
    stern = replace(low, happiness_index=6.5, hi_low=4.0, hi_high=9.0)
    sobered = replace(WORSENED, final_valence=0.1, hi_high=60.0)
    put(store, seen(0, low), seen(1, sobered), seen(2, WORSENED, touchpoint="door"), seen(3, stern))
    follow(site, store, clock)
    ((about,),) = [one.about for one in store.tasks.listed([SITE])]
    assert about.said.startswith("09:00, till: the face showed an unpleasant expression all along")


def test_who_came_with_a_smile_left_unhappy_only_if_they_fell_below_how_they_look_without_it(
    site, store, clock
):
    def left(number, final):
        shown = [0.8] * 5 + [-0.3] * 10 + [final] * 10
        seconds = tuple(SecondRecord(t, 10, (0.125,) * 8, value, 0.002) for t, value in enumerate(shown))
        score = replace(WORSENED, initial_valence=0.8, final_valence=final)
        return replace(seen(number, score), seconds=seconds)

    put(store, left(0, -0.35), left(1, -0.6))
    follow(site, store, clock)
    ((about,),) = [one.about for one in store.tasks.listed([SITE])]
    assert about.subject == left(1, -0.6).id


@pytest.mark.parametrize(
    ("states", "read", "unhappy"),
    [
        ((-0.1, -0.7), (-0.1, -0.45), True),
        ((-0.1, -0.7), (-0.4, -0.45), False),
        ((-0.2, -0.31), (-0.1, -0.45), False),
    ],
)
def test_states_and_single_seconds_must_both_say_that_a_face_ended_low(
    site, store, clock, states, read, unhappy
):
    shown = [read[0]] * 12 + [read[1]] * 12
    seconds = tuple(SecondRecord(t, 10, (0.125,) * 8, value, 0.002) for t, value in enumerate(shown))
    score = replace(WORSENED, initial_valence=states[0], final_valence=states[1])
    put(store, replace(seen(0, score), seconds=seconds))
    follow(site, store, clock)
    assert len(store.tasks.listed([SITE])) == unhappy


def test_what_is_long_ago_becomes_no_task(site, store, clock):
    put(store, seen(0, WORSENED))
    clock.forward(86_400)
    follow(site, store, clock)
    assert store.tasks.listed([SITE]) == []


def test_a_customer_who_agreed_to_be_known_has_a_task_of_their_own(site, store, clock):
    put(store, seen(0, WORSENED), seen(1, WORSENED))
    agree(store, "C-17")
    pay(store, "C-17", seen(0, WORSENED))
    follow(site, store, clock)
    assert sorted(one.folded for one in store.tasks.listed([SITE])) == [False, True]


def test_a_customer_whose_analysis_finds_them_no_more_is_no_task(site, store, clock):
    put(store, seen(0, WORSENED))
    follow(site, store, clock)
    put(store, seen(5, replace(WORSENED, outcome=Outcome.UNCLEAR, hi_high=60.0)))
    follow(site, store, clock)
    assert store.tasks.listed([SITE]) == []
    assert store.alerts.listed([SITE]) == []


def test_the_team_is_praised_once_a_shift_for_ten_happier_customers(site, store, clock):
    better = replace(WORSENED, outcome=Outcome.IMPROVED, final_valence=0.4, hi_high=70.0)
    put(store, *(seen(k, better, shift="early") for k in range(9)))
    follow(site, store, clock)
    assert store.alerts.listed([SITE]) == []
    put(store, *(seen(k, better, shift="early") for k in range(9, 14)), name="later.mp4")
    follow(site, store, clock)
    ((_, alert),) = store.alerts.listed([SITE])
    assert alert.signal.why == "10 customers left till with a happier face than they came with in this shift."
    assert alert.count == 1


def test_a_visit_that_worsened_from_door_to_exit_is_one_task_where_it_ended(site, clock, tmp_path):
    path = tmp_path / "visits.sqlite"
    shop_day(path, [-0.6, 0.4, None])
    with Store.open(path) as store:
        follow(site, store, clock)
        (task,) = store.tasks.listed([SITE])
        ((_, alert),) = store.alerts.listed([SITE])
    assert task.touchpoint == "out"
    assert task.about[0].said.startswith(
        "09:00: it turned at out, where the face showed a valence of -0.7 after -0.1 at door. That is -60 points"
    )
    assert alert.signal.subject == task.subjects[0]
