"""The queue of a sender: nothing lost, nothing doubled, the order kept of each record, whatever the other side does."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete

from mien.crm import Again, Done, Parked
from mien.errors import BusyError, StoreError
from mien.runtime.delivery import Courier
from mien.runtime.delivery.courier import LONGEST_PAUSE_S, LONGEST_WAIT_S
from mien.store import Store, Wanted
from mien.store.events import CloudEvent
from mien.store.outbox import enter
from mien.store.sites import site_id
from mien.store.tables import outbox
from support.clock import Clock
from support.new_store import ready_made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mien.crm import Result
    from mien.store import OutboxEntry

SITE = "Lyon 2"
DAY_S = 86_400


class Other:
    """Another system that takes each event once by its id, with the sender that leads to it."""

    name, shown = "other", "other://"

    def __init__(self, clock: Clock, *, whole: bool = False) -> None:
        self.clock, self.whole = clock, whole
        self.answer: Callable[[OutboxEntry], Result] = lambda _: Done()
        self.got: dict[str, tuple[str, int]] = {}
        self.asked: list[tuple[datetime, str]] = []

    def wants(self, entry: OutboxEntry) -> Wanted | None:
        if entry.event.type == "mien.other.unwanted":
            return None
        after = entry.event.data.get("after")
        return Wanted(entry.event.subject, whole=self.whole, after=() if after is None else (after,))

    def send(self, entry: OutboxEntry) -> Result:
        self.asked.append((self.clock(), entry.event.subject))
        result = self.answer(entry)
        if isinstance(result, Done) or (isinstance(result, Again) and result.text == "lost answer"):
            self.got.setdefault(entry.event.id, (entry.event.subject, entry.event.data["n"]))
        return result

    def read_back(self) -> int:
        return 0

    def close(self) -> None:
        """Nothing is open."""

    def of(self, subject: str) -> list[int]:
        return [n for one, n in self.got.values() if one == subject]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with Store.open(ready_made(tmp_path / "s.sqlite"), clock=clock) as opened:
        yield opened


@pytest.fixture
def other(clock: Clock) -> Other:
    return Other(clock)


@pytest.fixture
def enter_one(store: Store, clock: Clock) -> Callable[..., str]:
    numbers = Counter[str]()

    def one(subject: str, kind: str = "mien.visit.scored", **data: object) -> str:
        numbers[subject] += 1
        event = CloudEvent(
            source="/sites/x",
            type=kind,
            subject=subject,
            dataschema="urn:x",
            data={"n": numbers[subject], **data},
        )
        with store._database.write() as connection:
            enter(connection, site_id(connection, SITE, clock()), None, [event], now=clock())
        return event.id

    return one


def work(courier: Courier, most: int = 10_000) -> None:
    """Until there is nothing more to do at this moment."""
    for _ in range(most):
        if courier.step():
            return
    raise AssertionError("it does not come to rest")


def test_a_day_without_the_other_side_loses_nothing_and_doubles_nothing(
    store, other, clock, enter_one
) -> None:
    rng, sent = random.Random(7), []
    courier = Courier(store, SITE, other)
    away = Again("away")
    began = clock()
    down_since, down_until = began + timedelta(hours=1), began + timedelta(hours=25)

    def answer(_: OutboxEntry) -> Result:
        if down_since <= clock() < down_until:
            return rng.choice([away, away, Again("lost answer")])
        return Done() if rng.random() > 0.2 else rng.choice([Again("lost answer"), away])

    other.answer = answer
    while clock() < began + timedelta(hours=26):
        sent.append(enter_one(f"visit {rng.randrange(9)}"))
        work(courier)
        clock.forward(600)
        if rng.random() < 0.04:
            courier = Courier(store, SITE, other)  # the process was killed and is there again
    while courier.waiting:
        assert clock() < began + timedelta(hours=40)
        work(courier)
        clock.forward(10)
    assert set(other.got) == set(sent), "all, and nothing else"
    for subject in {subject for subject, _ in other.got.values()}:
        assert other.of(subject) == sorted(other.of(subject)), "in order"


def test_who_is_away_is_probed_and_not_flooded_and_goes_on_at_once(store, other, clock, enter_one) -> None:
    for n in range(60):
        enter_one(f"visit {n}")
    courier = Courier(store, SITE, other)
    other.answer = lambda _: Again("away")
    began = clock()
    while clock() < began + timedelta(hours=1):
        work(courier)
        clock.forward(1)
    asked = [at for at, _ in other.asked]
    late = [at for at in asked if at > began + timedelta(minutes=10)]
    assert len(late) <= 50 * 60 / (LONGEST_PAUSE_S / 2)
    assert max((b - a).total_seconds() for a, b in pairwise(asked)) <= LONGEST_PAUSE_S + 1
    assert courier.waiting == 60
    other.answer = lambda _: Done()
    clock.forward(LONGEST_PAUSE_S)
    work(courier)
    assert (len(other.got), courier.waiting) == (60, 0)
    assert list(other.got.values())[1:] == sorted(
        list(other.got.values())[1:], key=lambda one: int(one[0][6:])
    )


def test_one_that_fails_holds_up_its_own_record_alone_and_waits_ever_longer(
    store, other, clock, enter_one
) -> None:
    enter_one("bad"), enter_one("good"), enter_one("bad")
    other.answer = lambda entry: Again("no") if entry.event.subject == "bad" else Done()
    courier = Courier(store, SITE, other)
    began, sent = clock(), 1
    while clock() < began + timedelta(hours=8):
        sent += enter_one("good") is not None
        work(courier)
        clock.forward(240)
    # The last one may wait for the pause after a failure.
    clock.forward(LONGEST_PAUSE_S)
    work(courier)
    assert len(other.of("good")) == sent
    tries = [at for at, subject in other.asked if subject == "bad"]
    gaps = [(b - a).total_seconds() for a, b in pairwise(tries)]
    assert LONGEST_WAIT_S / 2 <= min(gaps[-4:]) <= max(gaps[-4:]) <= LONGEST_WAIT_S + 480
    other.answer = lambda _: Done()
    clock.forward(LONGEST_WAIT_S)
    work(courier)
    assert other.of("bad") == [1, 2]


def test_who_asks_to_wait_is_waited_for(store, other, clock, enter_one) -> None:
    enter_one("a"), enter_one("b")
    other.answer = lambda _: Again("busy", {}, 170.0)
    courier = Courier(store, SITE, other)
    work(courier)
    other.answer = lambda _: Done()
    for _ in range(16):
        clock.forward(10)
        work(courier)
    assert len(other.asked) == 1
    clock.forward(10)
    work(courier)
    assert (other.of("a"), other.of("b")) == ([1], [1])


def test_what_is_refused_is_parked_the_others_go_on_and_it_goes_once_it_is_mended(
    store, other, clock, enter_one
) -> None:
    for subject in ("a", "bad", "b", "bad"):
        enter_one(subject)
    first = [True]

    def answer(entry: OutboxEntry) -> Result:
        if entry.event.subject == "bad" and first:
            first.clear()
            return Parked("no column %(column)s", {"column": "mien_x"})
        return Done()

    other.answer = answer
    courier = Courier(store, SITE, other)
    work(courier)
    assert (other.of("a"), other.of("b"), other.of("bad")) == ([1], [1], [2])
    (parked,) = store.dispatches.listed(SITE, parked=True)
    assert (parked.reason, parked.attempts, parked.entry.event.data["n"]) == ("no column mien_x", 1, 1)
    (queue,) = store.dispatches.queues(SITE, ["other"])
    assert (queue.waiting, queue.parked, queue.unseen) == (0, 1, 0)
    clock.forward(DAY_S)
    work(courier)
    assert len(other.asked) == 4, "nobody has said that it is mended"
    assert store.dispatches.retry(SITE, "other", parked.id) == 1
    work(courier)
    assert other.of("bad") == [2, 1]
    assert store.dispatches.listed(SITE) == []


def test_where_each_event_says_all_only_the_last_one_goes_out(store, clock, enter_one) -> None:
    other = Other(clock, whole=True)
    courier = Courier(store, SITE, other)
    enter_one("a"), enter_one("a")
    other.answer = lambda _: Again("away")
    work(courier)
    enter_one("a"), enter_one("b")
    other.answer = lambda entry: Parked("no") if entry.event.subject == "b" else Done()
    clock.forward(60)
    work(courier)
    assert (other.of("a"), other.of("b")) == ([3], [])
    enter_one("b")
    other.answer = lambda _: Done()
    work(courier)
    assert other.of("b") == [2]
    assert store.dispatches.listed(SITE) == [], "what was parked is of no use any more"


def test_what_refers_to_a_record_goes_out_after_it(store, other, clock, enter_one) -> None:
    enter_one("visit"), enter_one("task", after="visit"), enter_one("alone")
    failing = {"visit"}
    other.answer = lambda entry: Again("no") if entry.event.subject in failing else Done()
    courier = Courier(store, SITE, other)
    for _ in range(30):
        work(courier)
        clock.forward(60)
    assert [subject for subject, _ in other.got.values()] == ["alone"]
    failing.clear()
    clock.forward(LONGEST_WAIT_S)
    work(courier)
    clock.forward(2)
    work(courier)
    assert [subject for subject, _ in other.got.values()] == ["alone", "visit", "task"]


def test_events_and_their_place_are_taken_together_or_not_at_all(store, other, enter_one) -> None:
    sent = [enter_one(f"v{n}") for n in range(5)]

    def dies(entry: OutboxEntry) -> Wanted | None:
        if entry.event.id == sent[3]:
            raise KeyboardInterrupt
        return other.wants(entry)

    turn = store.dispatches.turn(SITE, "other")
    with pytest.raises(KeyboardInterrupt):
        turn.take(dies)
    assert store.dispatches.listed(SITE) == []
    assert (store.outbox.reached(SITE, "other"), store.dispatches.unseen(SITE, "other")) == (0, 5)
    work(Courier(store, SITE, other))
    assert list(other.got) == sent


def test_what_nobody_wants_is_passed_over_and_what_is_erased_or_over_is_not_sent(
    store, other, clock, enter_one
) -> None:
    enter_one("a", "mien.other.unwanted")
    gone, stays = enter_one("b"), enter_one("c")
    other.answer = lambda _: Again("away")
    courier = Courier(store, SITE, other)
    work(courier)
    assert courier.waiting == 2
    with store._database.write() as connection:
        connection.execute(delete(outbox).where(outbox.c.event_id == gone))
    assert [one.entry.event.id for one in store.dispatches.listed(SITE)] == [stays]
    clock.forward(31 * DAY_S)
    store.retention.expire(clock())
    other.answer = lambda _: Done()
    work(courier)
    assert (other.got, courier.waiting) == ({}, 0)


def test_of_two_that_deliver_by_one_channel_the_first_is_told_and_two_channels_are_apart(
    store, other, clock, enter_one
) -> None:
    enter_one("a")
    first = Courier(store, SITE, other)
    second = Courier(store, SITE, other)
    with pytest.raises(BusyError, match="Another process delivers the events of 'Lyon 2' by other too"):
        first.step()
    work(second)
    another = Other(clock)
    another.name = "another"
    another.answer = lambda _: Again("away")
    work(Courier(store, SITE, another))
    enter_one("b")
    work(second)
    assert len(other.got) == 2
    assert store.dispatches.waiting(SITE, "another") == 2


def test_a_mistake_of_the_programme_parks_its_event_and_the_others_go_on(
    store, other, clock, enter_one
) -> None:
    enter_one("bad"), enter_one("good")

    def answer(entry: OutboxEntry) -> Result:
        if entry.event.subject == "bad":
            raise ZeroDivisionError
        return Done()

    other.answer = answer
    work(Courier(store, SITE, other))
    assert other.of("good") == [1]
    (parked,) = store.dispatches.listed(SITE, parked=True)
    assert parked.reason == "Mien itself failed at it (ZeroDivisionError); please report this."


def test_a_store_that_is_busy_while_something_is_looked_up_parks_nothing(
    store, other, clock, enter_one
) -> None:
    enter_one("a")
    busy = [True]

    def answer(_: OutboxEntry) -> Result:
        if busy:
            busy.clear()
            raise StoreError("Another program writes.")
        return Done()

    other.answer = answer
    courier = Courier(store, SITE, other)
    work(courier)
    (left,) = store.dispatches.listed(SITE)
    assert (left.state, left.reason) == ("waiting", "The store cannot be read (Another program writes).")
    clock.forward(2)
    work(courier)
    assert other.of("a") == [1]
