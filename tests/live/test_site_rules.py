"""Rules that look at the moment, in the writer, told by words as workers send them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mien.action import RuleName, Situation
from mien.runtime.live import plan_of
from mien.runtime.live.alerting import Alerting
from mien.runtime.live.book import Book
from mien.runtime.live.link import Link
from mien.runtime.live.messages import Trouble
from mien.site import load_site
from mien.site.roster import load_roster
from mien.site.rules import Rules, Tension
from mien.store import Store
from mien.vision.types import FaceCues, LeftOut, TiredLook
from support.new_store import ready_made
from support.site_words import face, hello, tick, ticks, writing
from support.sites import HEAD
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mien.action import Alert
    from mien.runtime.live import Plan
    from mien.runtime.live.messages import Tick
    from mien.runtime.live.seen import SeenFace

SITE = (
    HEAD
    + """\
[touchpoints.tills]
role = "{role}"

[cameras.till]
touchpoint = "tills"
url = "rtsp://192.0.2.1/cam"

[rules.{rule}]
{settings}
"""
)


def planned(tmp_path: Path, rule: str, settings: str = "", role: str = "checkout") -> Plan:
    file = tmp_path / "shop.toml"
    file.write_text(SITE.format(rule=rule, settings=settings, role=role))
    return plan_of(load_site(file), file, store=str(tmp_path / "s.sqlite"))


def shown(t_s: float, valence: float, *, track: int = 1, x: float = 100.0) -> SeenFace:
    """A face of so much valence: happiness above 0, sadness below."""
    pleasant, sad = max(valence, 0.0), max(-valence, 0.0)
    shares = (1.0 - pleasant - sad, pleasant, 0.0, sad, 0.0, 0.0, 0.0, 0.0)
    return face(t_s, track=track, x=x).model_copy(update={"probabilities": shares, "shown": shares})


def words(
    seconds: float, valence: Callable[[float], float | None], *, people: int = 1, after: int = 0
) -> list[Tick]:
    """Ten pictures a second of people of whom each shows a valence, or looks down where there is none."""

    def one(t_s: float, track: int) -> SeenFace:
        value, x = valence(t_s), 100.0 * track
        if value is not None:
            return shown(t_s, value, track=track, x=x)
        return shown(t_s, 0.0, track=track, x=x).model_copy(update={"left_out": LeftOut.PHONE})

    return [
        tick(n, n / 10, tuple(one(n / 10, track + 1) for track in range(people)))
        for n in range(after + 1, round(seconds * 10) + 1)
    ]


def alerts(store: Store) -> list[Alert]:
    return [alert for _, alert in store.alerts.listed(["Lyon 2"])]


def taken(plan: Plan, told: list[Tick], store: Store, *, kill_after: int | None = None) -> list[Alert]:
    """What comes of words; after some of them the writer is killed, and all that it had not stored comes again."""
    alerting, roster = Alerting(plan, store), load_roster(plan.site)
    book = Book(plan.site, roster, store, hello(plan))
    for number, word in enumerate(told):
        if number == kill_after:
            book.close()
            book = Book(plan.site, roster, store, hello(plan))
            for again in told[:number]:
                book.take(again)
                alerting.take(book.signals())
        book.take(word)
        alerting.take(book.signals())
    book.close()
    return alerts(store)


def falls(t_s: float) -> float:
    return 0.05 if t_s < 8.0 else -0.5


def test_a_lasting_fall_rings_once_while_the_customer_is_there_and_says_when_it_crossed_the_bound(
    tmp_path: Path,
) -> None:
    plan = planned(tmp_path, "checkout")
    with Store.open(ready_made(plan.store)) as store:
        (alert,) = taken(plan, words(30.0, falls), store)
    signal, begins = alert.signal, hello(plan).recorded_at
    assert (signal.rule, signal.situation) == (RuleName.CHECKOUT, Situation.CHECKOUT_FALLING)
    assert signal.probability is not None
    assert signal.probability >= 0.95
    assert signal.values["first"] == pytest.approx(0.05, abs=0.03)
    assert signal.values["now"] == pytest.approx(-0.5, abs=0.1)
    assert timedelta(seconds=12.0) < signal.at - begins < timedelta(seconds=16.0)
    assert signal.at - signal.since >= timedelta(seconds=4.0)


@pytest.mark.parametrize("kill_after", [60, 95, 125, 160])
def test_a_writer_that_is_killed_raises_nothing_twice_and_loses_nothing(
    tmp_path: Path, kill_after: int
) -> None:
    plan = planned(tmp_path, "checkout", "cooldown_s = 0.0")
    with Store.open(ready_made(plan.store)) as store:
        told = words(20.0, falls)
        book = Book(plan.site, load_roster(plan.site), store, hello(plan))
        for word in told[: kill_after - 10]:
            book.take(word)
        Alerting(plan, store).take(book.signals())
        book.commit()  # the last that is stored before the kill
        book.close()
        found = taken(plan, told, store, kill_after=kill_after)
    assert [alert.count for alert in found] == [1]
    since = (found[0].signal.since - hello(plan).recorded_at).total_seconds()
    assert 8.0 < since < 10.5


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (words(20.0, lambda t_s: 0.5 if t_s < 8.0 else 0.05), "a smile of greeting that fades"),
        (words(25.0, lambda t_s: 0.8 if t_s < 4.0 else -0.4), "a smile that fades into a stern resting face"),
        (words(25.0, lambda t_s: 0.8 if t_s < 9.0 else -0.4), "a long smile that does"),
        (words(20.0, lambda _: -0.5), "a face that is no other than it was"),
        (words(30.0, lambda t_s: -0.5 if 8.0 < t_s < 10.0 else 0.05), "two seconds of frowning"),
        (words(12.0, falls), "who left before it had lasted"),
        (words(30.0, lambda t_s: 0.05 if t_s < 8.0 else None), "who looks at a phone"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_lasting_fall_rings_nothing(tmp_path: Path, told: list[Tick], why: str) -> None:
    plan = planned(tmp_path, "checkout")
    with Store.open(ready_made(plan.store)) as store:
        assert taken(plan, told, store) == [], why


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (
            words(30.0, lambda t_s: 0.8 if t_s < 4.0 else -0.2 if t_s < 15.0 else -0.7),
            "it falls below how it looks without its smile",
        ),
        (
            words(30.0, lambda t_s: 0.8 if t_s < 8.0 else -0.98),
            "it falls from a smile to what no resting face looks like",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_face_that_smiled_at_first_rings_where_it_falls_below_its_resting_look(
    tmp_path: Path, told: list[Tick], why: str
) -> None:
    plan = planned(tmp_path, "checkout")
    with Store.open(plan.store) as store:
        assert len(taken(plan, told, store)) == 1, why


def test_nothing_counts_while_a_mouth_is_wide_open(tmp_path: Path) -> None:
    plan = planned(tmp_path, "checkout")

    def yawning(word: Tick) -> Tick:
        jaw = 0.5 if word.t_s > 8.0 else 0.02
        cues = FaceCues(0.0, 0.0, 0.0, 0.2, 0.3, 0.0, 0.0, None, None, jaw_open=jaw)
        faces = tuple(one.model_copy(update={"cues": cues}) for one in word.faces)
        return word.model_copy(update={"faces": faces})

    with Store.open(ready_made(plan.store)) as store:
        assert taken(plan, [yawning(word) for word in words(25.0, falls)], store) == []


def test_nothing_is_raised_of_who_is_walking_away(tmp_path: Path) -> None:
    plan = planned(tmp_path, "checkout")

    def at(t_s: float) -> float:
        return 100.0 + 200.0 * max(t_s - 10.0, 0.0)

    told = [tick(n, t_s, (shown(t_s, falls(t_s), x=at(t_s)),)) for n in range(1, 201) if (t_s := n / 10)]
    with Store.open(ready_made(plan.store)) as store:
        assert taken(plan, told, store) == []


def test_an_arrival_card_comes_once_for_each_with_what_the_face_shows(tmp_path: Path) -> None:
    plan = planned(tmp_path, "arrival", role="entrance")
    told = [
        tick(n, n / 10, (shown(n / 10, 0.6), shown(n / 10, -0.98, track=2, x=300.0)))
        for n in range(1, 80)
    ]  # fmt: skip
    with Store.open(ready_made(plan.store)) as store:
        found = taken(plan, told, store, kill_after=50)
    assert sorted(one.signal.situation for one in found) == [
        Situation.ARRIVAL_PLEASANT,
        Situation.ARRIVAL_UNPLEASANT,
    ]
    came = {(one.signal.at - hello(plan).recorded_at).total_seconds() for one in found}
    assert max(came) <= 3.4


def test_who_crosses_an_entrance_quickly_gets_a_card_when_they_are_gone(tmp_path: Path) -> None:
    plan = planned(tmp_path, "arrival", role="entrance")
    told = [*words(1.6, lambda _: 0.0), tick(17, 1.7, (), ended=(1,))]
    with Store.open(ready_made(plan.store)) as store:
        (card,) = taken(plan, told, store)
    assert card.signal.situation is Situation.ARRIVAL
    dropped = tmp_path / "dropped"
    dropped.mkdir()
    plan = planned(dropped, "arrival", role="entrance")
    with Store.open(ready_made(plan.store)) as store:
        assert taken(plan, [*told[:-1], tick(17, 1.7, (), dropped=(1,))], store) == []


def test_a_queue_that_turns_sour_rings_once_for_a_stretch_and_only_from_three_people_on(
    tmp_path: Path,
) -> None:
    plan = planned(tmp_path, "queue", "sustained_s = 5.0\ncooldown_s = 0.0")
    with Store.open(ready_made(plan.store)) as store:
        told = words(30.0, lambda t_s: 0.0 if t_s < 8.0 else -0.5, people=3)
        (alert,) = taken(plan, told, store, kill_after=200)
    assert alert.signal.values["people"] == 3
    stern = tmp_path / "stern"
    stern.mkdir()
    plan = planned(stern, "queue", "sustained_s = 5.0")
    with Store.open(plan.store) as store:
        assert taken(plan, words(30.0, lambda _: -0.4, people=3), store) == [], (
            "they look no other than before"
        )
    pair = tmp_path / "pair"
    pair.mkdir()
    plan = planned(pair, "queue", "sustained_s = 5.0")
    with Store.open(ready_made(plan.store)) as store:
        assert taken(plan, words(30.0, lambda t_s: 0.0 if t_s < 8.0 else -0.5, people=2), store) == []


def test_the_writer_tells_while_the_customer_is_there(tmp_path: Path) -> None:
    plan = planned(tmp_path, "checkout")
    with writing(plan) as lines, Store.open(plan.store) as store, closing(Link(lines, hello(plan))) as link:
        assert link.welcome(10.0) is not None
        for word in words(18.0, falls):
            link.put(word)
        until(lambda: alerts(store), "the alert is there while the customer is")
        assert store.recordings.interactions() == []


def test_the_manager_is_told_where_nobody_acknowledged_in_time(tmp_path: Path) -> None:
    plan = planned(tmp_path, "checkout", "escalate_s = 60.0")
    now = hello(plan).recorded_at + timedelta(seconds=14)
    with Store.open(ready_made(plan.store), clock=lambda: now) as store:
        taken(plan, words(20.0, falls), store)
        escalated = []
        for waited_s in (59, 61):
            now = hello(plan).recorded_at + timedelta(seconds=14 + waited_s)
            Alerting(plan, store).tend({})
            escalated.append(alerts(store)[0].escalated_at)
    assert escalated == [None, now]


def test_a_camera_that_is_lost_for_long_is_told_once_whoever_tends_it(tmp_path: Path) -> None:
    plan = planned(tmp_path, "health")
    camera = plan.cameras[0]
    # The run began ten minutes ago.
    began = replace(camera.begins, steady_s=camera.begins.steady_s - 600.0)
    plan = replace(plan, cameras=(replace(camera, begins=began),))
    lost = Trouble(number=6, what="lost", since_s=0.5, until_s=None, reason="It does not answer.")
    with Store.open(ready_made(plan.store)) as store:
        for _ in range(2):
            book = Book(plan.site, load_roster(plan.site), store, hello(plan))
            for word in (*ticks(5), lost):
                book.take(word)
            Alerting(plan, store).tend({"till": book})
            book.close()
        (alert,) = alerts(store)
    assert (alert.signal.values["what"], alert.signal.values["camera"]) == ("lost", "till")
    assert alert.count == 1


def test_nothing_stays_told_of_who_turns_out_to_be_staff(tmp_path: Path) -> None:
    plan = planned(tmp_path, "checkout")
    with writing(plan) as lines, Store.open(plan.store) as store, closing(Link(lines, hello(plan))) as link:
        assert link.welcome(10.0) is not None
        for word in words(16.0, falls):
            link.put(word)
        until(lambda: alerts(store), "the alert is there")
        link.put(tick(161, 16.1, (), dropped=(1,)))
        until(lambda: not alerts(store), "the alert is gone with the track")
        told = [entry.event.type for entry in store.outbox.after(0)]
    assert told == ["mien.alert.withdrawn"]


def angry(t_s: float, track: int) -> SeenFace:
    """A face that shows anger from eight seconds on, and nothing much before."""
    anger = 0.85 if t_s >= 8.0 else 0.05
    shares = (1.0 - anger, 0.0, 0.0, 0.0, anger, 0.0, 0.0, 0.0)
    return face(t_s, track=track, x=100.0 * track).model_copy(
        update={"probabilities": shares, "shown": shares}
    )


@pytest.mark.parametrize(("people", "found"), [(2, 1), (1, 0)])
def test_tension_is_of_several_and_names_a_place_and_nobody(tmp_path: Path, people: int, found: int) -> None:
    plan = planned(tmp_path, "health")
    rules = Rules(tension=Tension(enabled=True, passed="groups.json", sustained_s=5.0))
    plan = replace(plan, site=plan.site.model_copy(update={"rules": rules}))
    told = [
        tick(n, n / 10, tuple(angry(n / 10, track + 1) for track in range(people))) for n in range(1, 251)
    ]
    with Store.open(ready_made(plan.store)) as store:
        raised = taken(plan, told, store)
        assert store.recordings.interactions() == []
    assert len(raised) == found
    for alert in raised:
        assert alert.signal.subject.startswith("tension:tills:")
        assert alert.signal.at - hello(plan).recorded_at > timedelta(seconds=13)


@pytest.mark.parametrize(("looks", "situation"), [(0.65, Situation.ARRIVAL_TIRED), (0.2, Situation.ARRIVAL)])
def test_a_tired_looking_guest_has_a_card_of_its_own(
    tmp_path: Path, looks: float, situation: Situation
) -> None:
    plan = planned(tmp_path, "arrival", role="entrance")
    tired = TiredLook(
        watched_s=3.0, looks_tired=looks, at_start=None, untold=None, blinks=2, blink_rate=None,
        blink_low=None, blink_high=None, blinks_untold=None, shut_share=0.1, long_closures=0, droop=None,
    )  # fmt: skip
    told = [tick(n, n / 10, (shown(n / 10, 0.0).model_copy(update={"tired": tired}),)) for n in range(1, 60)]
    with Store.open(ready_made(plan.store)) as store:
        (card,) = taken(plan, told, store)
    assert card.signal.situation is situation
    assert ("looks tired" in card.signal.why) is (situation is Situation.ARRIVAL_TIRED)
