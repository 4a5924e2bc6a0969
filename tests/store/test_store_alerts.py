"""What staff are told is stored once, whoever finds it again, and goes with what it is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from mien.action import AlertState, Answer, Held, RuleName, Signal, Situation, TaskState, Unhappy
from mien.errors import StoreError
from mien.privacy import KeepDays
from mien.site.hours import Hours
from mien.site.rules import Checkout, HealthRule, LeftUnhappy
from mien.store import Store
from mien.store.alert_tables import alert_signals, alerts
from mien.store.alerts import Raised

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
RULES = {"checkout": Checkout(daily_cap=3, escalate_s=60)}


def fell(subject="a", *, after_s=0.0, touchpoint="till"):
    at = NOON + timedelta(seconds=after_s)
    return Signal(
        RuleName.CHECKOUT, Situation.CHECKOUT_FALLING, touchpoint, subject, at - timedelta(seconds=5), at,
        "The face has shown %(fall)s less for %(s)s s.", {"fall": 0.4, "s": 5}, probability=0.97, n=60,
    )  # fmt: skip


@pytest.fixture
def store(address, clock):
    clock.time = NOON
    with Store.open(address, clock=clock) as opened:
        yield opened


def take(store, *signals, rules=None):
    return store.alerts.take("Lyon", signals, rules or RULES, PARIS)


def kinds(store):
    return [entry.event.type for entry in store.outbox.after(0)]


def test_an_alert_and_its_event_are_one_and_stay_one(store):
    (alert,) = take(store, fell()).new
    assert take(store, fell()).new == ()
    assert alert.signal == fell()
    assert alert.signal.why == "The face has shown 0.4 less for 5 s."
    assert alert.state is AlertState.OPEN
    (entry,) = store.outbox.after(0)
    assert (entry.event.type, entry.event.subject, entry.touchpoint) == (
        "mien.alert.raised",
        alert.uid,
        "till",
    )
    assert "a" not in entry.event.data.values(), "no event says whom it is about"
    assert [one.uid for _, one in store.alerts.listed(["Lyon"])] == [alert.uid]


def test_what_is_alike_is_counted_within_the_cooldown_at_the_same_touchpoint_alone(store):
    (first,) = take(store, fell("a")).new
    (counted,) = take(store, fell("b", after_s=60)).together
    assert (counted.uid, counted.count) == (first.uid, 2)
    assert take(store, fell("late", after_s=-60)).together[0].count == 3
    # From when it was raised, not from the last one on: a busy till would never be told of again.
    (second,) = take(store, fell("c", after_s=120)).new
    assert take(store, fell("d", after_s=121, touchpoint="desk")).new
    assert kinds(store).count("mien.alert.raised") == 3
    assert second.last_at - first.signal.at == timedelta(seconds=120)
    assert store.alerts.of(first.uid).last_at - first.signal.at == timedelta(seconds=60)


def test_an_alert_that_somebody_saw_or_that_is_over_takes_nobody_in(store, clock):
    rules = {"checkout": Checkout(cooldown_s=3600.0, expires_s=300.0)}
    for number, see in enumerate((store.alerts.acknowledge, answered(store), None)):
        (alert,) = take(store, fell(f"{number}a", after_s=60.0 * number), rules=rules).new
        assert take(store, fell(f"{number}b", after_s=60.0 * number + 10), rules=rules).together
        if see is not None:
            see(alert.uid, "Ada")
    # The last one is open for five minutes: by its own time, and by that of who looks.
    (later,) = take(store, fell("c", after_s=60.0 * 2 + 300), rules=rules).new
    clock.forward(60.0 * 2 + 300 + 300)
    assert take(store, fell("d", after_s=60.0 * 2 + 301), rules=rules).new
    assert [alert.count for _, alert in store.alerts.listed(["Lyon"])] == [1, 1, 2, 2, 2]
    assert store.alerts.of(later.uid).state is AlertState.OVER


def answered(store):
    return lambda uid, by: store.alerts.answer(uid, Answer.DONE, by)


def test_of_a_busy_till_on_which_everybody_is_seen_to_nobody_is_swallowed(store):
    rules = {"checkout": Checkout()}
    for number in range(12):
        (alert,) = take(store, fell(str(number), after_s=100.0 * number), rules=rules).new
        store.alerts.answer(alert.uid, Answer.DONE, "Ada")


def test_whatever_was_taken_changes_nothing_however_often_and_late_it_is_told_again(store):
    many = [fell(str(k), after_s=50.0 * k) for k in range(6)]
    found = take(store, *many)
    assert (len(found.new), len(found.together)) == (2, 4)
    late = fell("late", after_s=75.0)
    assert take(store, late).together
    before, last = store.alerts.listed(["Lyon"]), store.outbox.last()
    for again in (reversed(many), [late], [many[4], late, many[1]]):
        assert take(store, *again) == Raised((), (), {})
    store.alerts.acknowledge(found.new[0].uid, "Ada")
    assert take(store, *many, late) == Raised((), (), {})
    assert [alert.count for _, alert in before] == [4, 3]
    assert store.outbox.last() == last + 1, "but for the acknowledgement"


def trouble(camera, what, after_s=0.0, touchpoint="till"):
    alike = f"camera:{camera}:{what}"
    return replace(
        fell(f"{alike}:{after_s}", after_s=after_s, touchpoint=touchpoint),
        rule=RuleName.HEALTH, situation=Situation.CAMERA_TROUBLE, alike=alike,
    )  # fmt: skip


@pytest.mark.parametrize("touchpoint", ["till", None])
def test_two_troubles_at_one_touchpoint_are_both_told_and_one_that_comes_and_goes_is_counted(
    store, touchpoint
):
    rules = {"health": HealthRule()}
    both = [trouble("a", "lost", 0.0, touchpoint), trouble("b", "lost", 1.0, touchpoint)]
    assert len(take(store, *both, trouble("a", "black", 2.0, touchpoint), rules=rules).new) == 3
    (flaps,) = take(store, trouble("a", "lost", 60.0, touchpoint), rules=rules).together
    assert (flaps.signal, flaps.count) == (both[0], 2)


def test_no_more_than_the_cap_a_day_and_nothing_in_quiet_hours(store):
    many = [fell(str(k), after_s=200.0 * k) for k in range(5)]
    found = take(store, *many)
    assert len(found.new) == 3
    assert found.held == {Held.CAP: 2}
    quiet = {"checkout": RULES["checkout"].model_copy(update={"quiet": (Hours.parse("23:00-02:00"),)})}
    midnight = replace(fell("n"), at=datetime(2026, 5, 5, 22, 30, tzinfo=UTC))  # half past midnight in Paris
    assert take(store, midnight, rules=quiet).held == {Held.QUIET: 1}
    after = replace(fell("n"), at=datetime(2026, 5, 6, 0, 30, tzinfo=UTC))
    assert take(store, after, rules=quiet).new


def test_the_manager_is_told_once_of_what_nobody_acknowledged(store, clock):
    (alert,) = take(store, fell("a")).new
    (seen,) = take(store, fell("b", after_s=150)).new
    clock.forward(59)
    assert store.alerts.escalate("Lyon", RULES) == []
    assert store.alerts.acknowledge(seen.uid, "Ada").acknowledged_by == "Ada"
    clock.forward(1)
    assert [one.uid for one in store.alerts.escalate("Lyon", RULES)] == [alert.uid]
    assert store.alerts.escalate("Lyon", RULES) == []
    assert store.outbox.after(0)[-1].event.data["escalated"] is True


def test_who_acknowledges_first_counts_and_the_last_answer(store):
    (alert,) = take(store, fell()).new
    store.alerts.acknowledge(alert.uid, "Ada")
    assert store.alerts.acknowledge(alert.uid, "Bob").acknowledged_by == "Ada"
    store.alerts.answer(alert.uid, Answer.WRONG, "Bob")
    assert store.alerts.answers("Lyon", NOON)[RuleName.CHECKOUT].wrong == 1
    done = store.alerts.answer(alert.uid, Answer.DONE, "Ada")
    assert (done.state, done.answer, done.answered_by) == (AlertState.ACKNOWLEDGED, Answer.DONE, "Ada")
    told = store.outbox.last()
    assert store.alerts.answer(alert.uid, Answer.DONE, "Ada") == done
    assert store.outbox.last() == told, (
        "a tablet that got no answer says the same again, and nobody is told twice"
    )
    assert store.alerts.answers("Lyon", NOON)[RuleName.CHECKOUT].scored == ((0.97, True),)
    assert store.alerts.listed(["Lyon"], open_only=True) == []
    with pytest.raises(StoreError, match="no such alert"):
        store.alerts.answer("nobody", Answer.DONE, "Ada")


def test_it_is_open_until_it_expires(store, clock):
    take(store, fell())
    clock.forward(299)
    assert len(store.alerts.listed(["Lyon"], open_only=True)) == 1
    clock.forward(2)
    assert store.alerts.listed(["Lyon"], open_only=True) == []
    assert store.alerts.listed(["Lyon"])[0][1].state is AlertState.OVER


def test_alerts_go_when_the_interactions_of_the_site_do(store, clock):
    store.retention.record("Lyon", KeepDays(1, 2, 2))
    take(store, fell(), fell("b", after_s=1))
    assert taken_ids(store) == (1, 1)
    clock.forward(2 * 86_400 + 1)
    removed = store.retention.expire(clock()).removed
    assert removed["alerts"] == 1
    assert sum(taken_ids(store)) == 0
    assert store.alerts.listed(["Lyon"]) == []


def taken_ids(store):
    """How many alerts there are, and how many signals are kept that are counted with one."""
    with store._database.read() as connection:
        return tuple(
            connection.execute(select(func.count()).select_from(one)).scalar_one()
            for one in (alerts, alert_signals)
        )


def test_who_was_only_counted_with_another_is_forgotten_and_the_alert_stands_for_one_less(store):
    (alert,) = take(store, fell("stays")).new
    take(store, fell("too", after_s=20), fell("gone", after_s=60))
    assert store.tasks.forget(["gone"], "erased") == 1
    left = store.alerts.of(alert.uid)
    assert (left.count, left.last_at - alert.signal.at) == (2, timedelta(seconds=20))
    assert taken_ids(store) == (1, 1)
    assert kinds(store)[-1] == "mien.alert.changed"
    assert store.outbox.after(0)[-1].event.data["count"] == 2
    # Its words are about who is gone now: it goes whole.
    assert store.tasks.forget(["stays"], "erased") == 1
    assert taken_ids(store) == (0, 0)
    assert kinds(store) == ["mien.alert.withdrawn"]


def unhappy(name, where="till 2"):
    return Unhappy(name, "%(where)s: a fall.", {"where": where})


def open_task(store, about, *, folded=True, also=(), touchpoint="till"):
    due = NOON + timedelta(hours=24)
    return store.tasks.open("Lyon", NOON.date(), touchpoint, about, due_at=due, folded=folded, also=also)


def test_unnamed_customers_of_a_day_and_touchpoint_are_one_task(store):
    first = open_task(store, unhappy("i1"))
    second = open_task(store, unhappy("i2", "till 3"))
    assert second.uid == first.uid
    assert second.evidence == "till 2: a fall.\ntill 3: a fall."
    assert open_task(store, unhappy("i2")) is None, "the same customer again"
    assert open_task(store, unhappy("v1"), also=("i1", "i9")) is None, "the visit of the same customer"
    assert open_task(store, unhappy("i3"), touchpoint="desk").uid != first.uid
    named = open_task(store, unhappy("i4"), folded=False)
    assert named.subjects == ("i4",)
    assert kinds(store) == ["mien.task.opened", "mien.task.changed", "mien.task.opened", "mien.task.opened"]


def test_after_a_task_was_closed_the_next_customer_opens_another_one(store):
    first = open_task(store, unhappy("i1"))
    assert store.tasks.close(first.uid, TaskState.DONE).state is TaskState.DONE
    assert store.tasks.close(first.uid, TaskState.DONE) is None
    second = open_task(store, unhappy("i2"))
    assert second.uid != first.uid
    assert [one.uid for one in store.tasks.listed(["Lyon"], open_only=True)] == [second.uid]


def test_nothing_stays_of_who_is_forgotten(store):
    task = open_task(store, unhappy("gone", "till 7"))
    open_task(store, unhappy("stays"))
    rule = {"left_unhappy": LeftUnhappy()}
    told = replace(fell("gone"), rule=RuleName.LEFT_UNHAPPY, situation=Situation.LEFT_UNHAPPY)
    store.alerts.take("Lyon", [told], rule, PARIS)
    assert store.tasks.forget(["gone", "never there"], "erased") == 2
    assert store.alerts.listed(["Lyon"]) == []
    assert store.tasks.get(task.uid).subjects == ("stays",)
    left = store.outbox.after(0)
    assert [entry.event.type for entry in left] == ["mien.alert.withdrawn", "mien.task.changed"]
    assert not any("gone" in entry.event.to_json() for entry in left)
    assert not any("till 7" in entry.event.to_json() for entry in left)
    store.tasks.forget(["stays"], "erased")
    assert store.tasks.get(task.uid) is None
    assert [entry.event.type for entry in store.outbox.after(0)][1:] == ["mien.task.withdrawn"]
