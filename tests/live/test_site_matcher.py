"""The matcher, told by templates and words as workers send them: who is joined, and what becomes of the visit."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from mien.runtime.live import plan_of
from mien.runtime.live.link import Link
from mien.runtime.live.matcher import rules_of
from mien.runtime.live.messages import MatcherHello, Placed
from mien.runtime.live.templates import TemplateLine
from mien.site import load_site
from mien.store import Store
from mien.vision.matching import Place, TravelTime, no_core_dumps
from mien.visits import Ended
from support.invented import picture
from support.site_words import face, matching, tick, told, writing
from support.sites import HEAD
from support.waiting import DEADLINE_S, until

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


def with_doors(plan: Plan, *cameras: str) -> Plan:
    """The same site with a door line at some of its cameras."""
    file = plan.site_file.with_name("doors.toml")
    lines = [
        f"[cameras.{name}.door_lines.sill]\nends = [[0.1, 0.5], [0.9, 0.5]]\ninside = [0.5, 0.9]\n"
        for name in cameras
    ]
    file.write_text("\n".join([SITE, *lines]))
    return dataclasses.replace(plan, site=load_site(file), site_file=file)


class Seen:
    """What one camera saw: people who stand before it, each for some seconds, and how much they smile."""

    def __init__(self, plan: Plan, camera: int) -> None:
        self.plan, self.camera = plan, camera
        self.people: list[tuple[int, float, float, float]] = []
        self.net: dict[float, int] = {}

    def person(self, number: int, begin_s: float, end_s: float, *, smile: float = 0.3) -> Seen:
        self.people.append((number, begin_s, end_s, smile))
        return self

    def counts(self, net: dict[float, int]) -> Seen:
        """In minus out at the door of this camera, from which second on."""
        self.net = net
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
            nets = [net for since_s, net in self.net.items() if since_s <= t_s]
            gone = tuple(open_ - set(there))
            found.append(tick(n, t_s, tuple(there.values()), ended=gone, net=nets[-1] if nets else None))
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


@pytest.mark.parametrize(
    ("door", "out", "joined"),
    [
        ({0.0: 0, 3.0: 1}, {0.0: 0, 55.0: -1}, True),
        ({0.0: 0, 3.0: 1, 30.0: 20_000}, {0.0: 0}, False),
        ({0.0: 20_000}, {0.0: 0, 40.0: -19_990}, True),
        # They had gone by the time the face had passed, and not yet when it came.
        ({0.0: 20_000}, {0.0: 0, 57.0: -20_000}, False),
        ({0.0: 0}, {0.0: 0, 40.0: -20_000}, True),
    ],
)
def test_where_many_are_inside_by_the_count_at_all_doors_it_takes_more_to_join(
    plan: Plan, door: dict[float, int], out: dict[float, int], joined: bool
) -> None:
    counted = with_doors(plan, "door", "out")
    assert counted.doors == {"door", "out"}
    with writing(counted) as lines, matching(counted):
        Seen(counted, OUT).person(1, 50, 58).counts(out).tell(lines)
        Seen(counted, AISLE).tell(lines)
        Seen(counted, DOOR).person(1, 1, 9).counts(door).tell(lines)
    assert (len(shown(counted)) == 1) == joined


def test_a_count_at_some_of_the_doors_is_no_count(plan: Plan) -> None:
    counted = with_doors(plan, "door")
    assert counted.doors == set()
    assert dataclasses.replace(with_doors(plan, "door", "out"), cameras=plan.cameras[:2]).doors == set()
    with writing(counted) as lines, matching(counted):
        Seen(counted, DOOR).person(1, 1, 9).counts({0.0: 20_000}).tell(lines)
        Seen(counted, AISLE).counts({0.0: 20_000}).tell(lines)
        Seen(counted, OUT).person(1, 50, 58).tell(lines)
    assert len(shown(counted)) == 1


def test_a_matcher_that_is_stopped_interrupts_its_visits_and_the_next_joins_nobody_to_them(
    plan: Plan,
) -> None:
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


def test_a_new_matcher_ends_what_one_that_died_left_open(plan: Plan) -> None:
    with writing(plan) as lines:
        Seen(plan, DOOR).person(1, 1, 9).tell(lines)
        with Store.open(plan.store, create=False) as store:
            (one,) = store.recordings.interactions()
        gone = Link(lines, MatcherHello(session="gone"))
        gone.put(Placed(number=1, interaction=one.id, visit=one.id))
        assert gone.flush(DEADLINE_S)
        gone.close()
        assert shown(plan) == [(["entrance"], None)]
        with matching(plan):
            until(lambda: shown(plan) == [(["entrance"], Ended.INTERRUPTED)], "the open visit is ended")
