"""The matcher, told by templates and words as workers send them: who is joined, and what becomes of the visit."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from mien.runtime.live import plan_of
from mien.runtime.live.matcher import rules_of
from mien.runtime.live.templates import TemplateLine
from mien.site import load_site
from mien.store import Store
from mien.vision.matching import Place, TravelTime, no_core_dumps
from mien.visits import Ended
from support.invented import picture
from support.site_words import face, matching, tick, told, writing
from support.sites import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mien.runtime.live import Plan
    from mien.runtime.live.link import Lines
    from mien.runtime.live.messages import Tick
    from mien.store import StoredVisit

SITE = (
    HEAD
    + """\
[touchpoints.entrance]
role = "entrance"

[touchpoints.shelf]
role = "department"

[touchpoints.exit]
role = "exit"

[cameras.door]
touchpoint = "entrance"
url = "rtsp://192.0.2.1/cam"

[cameras.aisle]
touchpoint = "shelf"
url = "rtsp://192.0.2.2/cam"

[cameras.out]
touchpoint = "exit"
url = "rtsp://192.0.2.3/cam"

[matching]
enabled = true
legal_basis = "consent at the door, record 12"
decided_on = 2026-05-04
decided_by = "A. Martin"

[[matching.travel]]
leaving = "entrance"
reaching = "exit"
least_s = 10
most_s = 1200
"""
)
DOOR, AISLE, OUT = range(3)
RATE = 5


@pytest.fixture(autouse=True)
def _secret() -> Iterator[None]:
    with no_core_dumps():
        yield


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Three cameras, waited for as those of a replay, so that the order of words decides nothing."""
    file = tmp_path / "shop.toml"
    file.write_text(SITE)
    live = plan_of(load_site(file), file, store=str(tmp_path / "s.sqlite"))
    return dataclasses.replace(
        live, cameras=tuple(dataclasses.replace(one, pace="replay") for one in live.cameras)
    )


class Seen:
    """What one camera saw: people who stand before it, each for some seconds, and how much they smile."""

    def __init__(self, plan: Plan, camera: int) -> None:
        self.plan, self.camera = plan, camera
        self.people: list[tuple[int, float, float, float]] = []

    def person(self, number: int, begin_s: float, end_s: float, *, smile: float = 0.3) -> Seen:
        self.people.append((number, begin_s, end_s, smile))
        return self

    def words(self, end_s: float) -> list[Tick]:
        found, open_ = [], set[int]()
        for n in range(1, round(end_s * RATE) + 1):
            t_s = n / RATE
            there = {
                track: face(t_s, track=track, smile=smile)
                for track, (_, begin_s, until_s, smile) in enumerate(self.people, start=1)
                if begin_s <= t_s < until_s
            }
            found.append(tick(n, t_s, tuple(there.values()), ended=tuple(open_ - set(there))))
            open_ = set(there)
        return found

    def tell(self, lines: Lines, end_s: float = 100.0, *, whole: bool = True) -> None:
        """Tell all, to the end of the stream."""
        line = TemplateLine(lines.templates)
        stream = self.plan.cameras[self.camera].stream
        for track, (number, *_) in enumerate(self.people, start=1):
            line.send(picture(number, shot=10 * self.camera + track), stream, track)
        line.close()
        words = self.words(end_s)
        told(self.plan, lines, words, after=len(words) + 1, camera=self.camera, whole=whole)


def visits(plan: Plan) -> list[StoredVisit]:
    with Store.open(plan.store, create=False) as store:
        return sorted(store.visits.list_visits(), key=lambda one: one.started_at)


def shown(plan: Plan) -> list[tuple[list[str], Ended | None]]:
    """Touchpoints on the way, and how the visit ended."""
    return [([str(member.touchpoint) for member in one.members], one.ended) for one in visits(plan)]


def test_the_site_file_says_what_the_matcher_must_know(plan: Plan) -> None:
    rules = rules_of(plan.site)
    assert rules.places == {"entrance": Place.ENTRANCE, "shelf": Place.INSIDE, "exit": Place.EXIT}
    assert rules.travel == {("entrance", "exit"): TravelTime(10.0, 1200.0)}
    assert str(rules.time_zone) == "Europe/Paris"


@pytest.mark.parametrize("order", [(DOOR, AISLE, OUT), (OUT, AISLE, DOOR)])
def test_who_comes_in_happy_and_leaves_unhappy_is_one_visit_whatever_is_told_first(
    plan: Plan, order: tuple[int, ...]
) -> None:
    seen = {camera: Seen(plan, camera) for camera in order}
    seen[DOOR].person(1, 1, 9, smile=0.9).person(2, 4, 12).person(3, 15, 25)
    seen[AISLE].person(2, 30, 38)
    seen[OUT].person(1, 50, 58, smile=0.1).person(2, 55, 63, smile=0.9).person(4, 70, 80)
    with writing(plan) as lines, matching(plan):
        for camera in order:
            seen[camera].tell(lines)
    assert shown(plan) == [
        (["entrance", "exit"], Ended.EXIT),
        (["entrance", "shelf", "exit"], Ended.EXIT),
        (["entrance"], Ended.EXPIRED),
        (["exit"], Ended.EXIT),
    ]
    worse, better, *others = [one.score for one in visits(plan)]
    assert worse is not None
    assert better is not None
    assert (worse.eps_mean, better.eps_mean) == (pytest.approx(-80, abs=5), pytest.approx(60, abs=5))
    assert [one.eps_mean for one in others if one is not None] == [None, None]


def test_a_reading_that_is_stopped_interrupts_the_visits_that_are_open(plan: Plan) -> None:
    with writing(plan) as lines, matching(plan):
        Seen(plan, DOOR).person(1, 1, 9).tell(lines, whole=False)
        for camera in (AISLE, OUT):
            Seen(plan, camera).tell(lines)
    assert shown(plan) == [(["entrance"], Ended.INTERRUPTED)]


def test_nobody_is_faster_than_the_site_says(plan: Plan) -> None:
    with writing(plan) as lines, matching(plan):
        Seen(plan, DOOR).person(1, 1, 9).tell(lines)
        Seen(plan, AISLE).tell(lines)
        Seen(plan, OUT).person(1, 15, 25).tell(lines)
    assert [stops for stops, _ in shown(plan)] == [["entrance"], ["exit"]]


def test_another_matcher_interrupts_what_the_one_before_left_open(plan: Plan) -> None:
    late = Seen(plan, OUT).person(1, 80, 90)
    with writing(plan) as lines:
        with matching(plan):
            Seen(plan, DOOR).person(1, 1, 9).person(2, 3, 12).tell(lines)
            Seen(plan, AISLE).tell(lines)
        assert [ended for _, ended in shown(plan)] == [Ended.INTERRUPTED] * 2
        with matching(plan):
            late.tell(lines)
    assert shown(plan) == [
        (["entrance"], Ended.INTERRUPTED),
        (["entrance"], Ended.INTERRUPTED),
        (["exit"], Ended.EXIT),
    ]
