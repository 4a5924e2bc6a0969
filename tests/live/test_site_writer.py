"""The writer, told by words as workers send them: twice, in bits, by strangers, and to be taken back."""

from __future__ import annotations

from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from typing import TYPE_CHECKING

import numpy as np
import pytest

from mien.runtime.live import plan_of
from mien.runtime.live.book import Book
from mien.runtime.live.link import Link
from mien.runtime.live.messages import End
from mien.runtime.live.seen import SeenFace
from mien.runtime.stored import stored_report
from mien.site import load_site
from mien.site.roster import load_roster
from mien.store import Store
from mien.vision.still_place import StillSpot
from mien.vision.tired import TiredMemory
from mien.vision.types import DropReason, FaceCues, Gaze
from support.site_words import DAY, face, hello, tick, ticks, told, writing
from support.sites import HEAD
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mien.journey.now import PersonNow
    from mien.journey.types import Interaction
    from mien.runtime.live import Plan

SITE = (
    HEAD
    + """\
[touchpoints.tills]
role = "checkout"

[cameras.till]
touchpoint = "tills"
url = "rtsp://192.0.2.1/cam"

[cameras.till.zones.left]
kind = "read"
corners = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]

[cameras.till.zones.right]
kind = "read"
corners = [[0.5, 0], [1, 0], [1, 1], [0.5, 1]]

[service_points."till 1"]
camera = "till"
zone = "left"

[service_points."till 2"]
camera = "till"
zone = "right"

[protocols.greeting]
description = "Everybody is greeted."

[shifts.early]
hours = "08:00-14:00"

[roster]
file = "roster.csv"
"""
)
ROSTER = f"""\
date,shift,person,service_point,protocol
{DAY},early,17,till 1,
{DAY},early,23,till 2,greeting
"""


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    (tmp_path / "shop.toml").write_text(SITE)
    (tmp_path / "roster.csv").write_text(ROSTER)
    file = tmp_path / "shop.toml"
    return plan_of(load_site(file), file, store=str(tmp_path / "s.sqlite"))


def found(plan: Plan) -> list[Interaction]:
    with Store.open(plan.store, create=False) as store:
        return store.recordings.interactions()


def test_words_that_come_twice_count_once(plan: Plan) -> None:
    words = ticks(100, ended=(1,))
    with writing(plan) as lines:
        told(plan, lines, words[:60])
        told(plan, lines, words[30:80])
        told(plan, lines, words[20:], after=101)
        told(plan, lines, words, after=101)
    [one] = found(plan)
    assert one.readings == 99
    assert (one.start_s, one.end_s) == (0.1, 9.9)


def test_a_new_writer_goes_on_where_the_last_one_had_stored(plan: Plan) -> None:
    words = ticks(100, ended=(1,))
    with writing(plan) as lines:
        told(plan, lines, words[:70])
    with writing(plan) as lines:
        link = Link(lines, hello(plan))
        welcome = link.welcome(10.0)
        link.close()
        assert welcome is not None
        assert (welcome.number, welcome.resume_number, welcome.pipeline) == (70, 70, {"at": 70})
        told(plan, lines, words[70:], after=101)
    assert [i.readings for i in found(plan)] == [99]


def test_what_was_stored_in_a_run_is_known_to_every_writer_of_it_and_to_none_of_another(plan: Plan) -> None:
    roster = load_roster(plan.site)
    with Store.open(plan.store) as store:
        first = Book(plan.site, roster, store, hello(plan))
        for word in ticks(100, ended=(1,)):
            first.take(word)
        first.commit()
        first.close()
        counts = []
        for run in (plan.run, "another"):
            book = Book(plan.site, roster, store, hello(plan).model_copy(update={"run": run}))
            counts.append(book.interactions)
            book.close()
    assert (first.interactions, counts) == (1, [1, 0])


def test_a_track_that_is_dropped_leaves_nothing(plan: Plan) -> None:
    with writing(plan) as lines:
        told(plan, lines, ticks(60, dropped=(1,)), after=61)
    assert found(plan) == []


def test_who_is_in_view_at_the_end_is_interrupted(plan: Plan) -> None:
    with writing(plan) as lines:
        told(plan, lines, ticks(60), after=61)
    assert [i.interrupted for i in found(plan)] == [True]


@pytest.mark.parametrize(
    ("x", "point", "protocol"),
    [
        (lambda _: 100.0, "till 1", None),
        (lambda _: 400.0, "till 2", "greeting"),
        (lambda t_s: 100.0 if t_s < 4 else 400.0, "till 2", "greeting"),
    ],
)
def test_an_interaction_knows_its_shift_its_service_point_and_what_the_roster_says(
    plan: Plan, x: Callable[[float], float], point: str, protocol: str | None
) -> None:
    with writing(plan) as lines:
        told(plan, lines, ticks(100, x=x, ended=(1,)), after=101)
    [one] = found(plan)
    assert (one.context.shift, one.context.service_point, one.context.protocol) == ("early", point, protocol)


def test_the_store_says_who_is_in_view_while_they_are_and_nothing_afterwards(plan: Plan) -> None:
    with writing(plan) as lines, Store.open(plan.store) as store:
        link = Link(lines, hello(plan))
        assert link.welcome(10.0) is not None
        for word in ticks(41)[:40]:
            link.put(word)
        assert link.flush(10.0)

        def seen() -> list[PersonNow]:
            return [one for camera in store.live.cameras() if camera.now for one in camera.now.people]

        [one] = until(seen, "the face is told")
        assert until(lambda: seen()[0].n == 40, "all readings count")
        assert one.track_id == 1
        link.put(tick(41, 4.1, (), ended=(1,)))
        assert link.flush(10.0)
        until(lambda: not seen(), "who left is not told")
        link.put(End(number=42, end_s=4.1, warnings=()))
        assert link.flush(10.0)
        link.close()
    with Store.open(plan.store) as store:
        assert store.live.said_at() is None


def test_a_stranger_is_sent_away_and_disturbs_nobody(plan: Plan) -> None:
    with writing(plan) as lines:
        with pytest.raises(AuthenticationError):
            Client(lines.writer, family="AF_UNIX", authkey=b"another")
        told(plan, lines, ticks(60, ended=(1,)), after=61)
    assert len(found(plan)) == 1


def test_numbers_and_words_travel_unchanged() -> None:
    cues = FaceCues(1 / 3, 0.1, 0.0, 0.2, 0.3, -1 / 7, 0.4, Gaze(1 / 9, -2.0), None)
    tired = TiredMemory().take(1, 0.0, cues, np.full(8, 1 / 8))
    sent = face(1 / 3).model_copy(update={"cues": cues, "tired": tired})
    again = SeenFace.model_validate_json(sent.model_dump_json())
    assert again == sent
    assert SeenFace.of(again.observation()) == sent
    assert (again.observation().cues, again.observation().tired) == (cues, tired)


def test_what_is_kept_no_longer_goes_when_a_run_begins(plan: Plan) -> None:
    with writing(plan) as lines:
        told(plan, lines, ticks(60, ended=(1,)), after=61)
    assert found(plan)[0].curve is not None
    with writing(plan) as lines:
        until(lambda: found(plan)[0].curve is None, "the curve is removed")
    assert found(plan)[0].score.n == 59


def test_a_poster_leaves_no_interaction_and_is_told_beside_the_camera(plan: Plan) -> None:
    words = ticks(40, dropped=(1,))
    spot = StillSpot(
        box=(0.1, 0.2, 0.2, 0.4), why="no motion", since_s=0.1, flagged_s=4.0, tracks=1, left_out_s=3.9
    )
    order = words[-1].model_copy(update={"dropped": {1: DropReason.STILL}, "still": (spot,)})
    with writing(plan) as lines:
        told(plan, lines, [*words[:-1], order], after=41)
    assert found(plan) == []
    with Store.open(plan.store, create=False) as store:
        (known,) = store.recordings.list_recordings()
        (video,) = stored_report(store, [known]).videos
    assert video.left_out == {"poster or screen": 39}
    assert video.reason == "no face was seen but on posters or screens, or after hours"
    assert list(video.warnings) == [
        "A face 15 % from the left and 30 % from the top did not move for 5 minutes: taken for a poster or screen "
        "from 0:00, 3.9 s of it left out."
    ]


def test_who_had_left_before_the_end_and_was_waited_for_is_not_interrupted(plan: Plan) -> None:
    words = ticks(40)
    with writing(plan) as lines:
        link = Link(lines, hello(plan))
        try:
            for word in [*words, End(number=41, end_s=9.0, warnings=(), ended=(1,))]:
                link.put(word)
            assert link.flush(20.0)
        finally:
            link.close()
    (one,) = found(plan)
    assert not one.interrupted
