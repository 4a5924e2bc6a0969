"""The writer, told by words as workers send them: twice, in bits, by strangers, and to be taken back."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from multiprocessing import AuthenticationError, Pipe
from multiprocessing.connection import Client
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mien.runtime.live import plan_of
from mien.runtime.live.link import Link
from mien.runtime.live.messages import End, Hello, SeenFace, Tick
from mien.runtime.live.process import Reporter, ask_to_stop
from mien.runtime.live.writer import write
from mien.runtime.stored import stored_report
from mien.site import load_site
from mien.store import Store
from mien.vision.still_place import StillSpot
from mien.vision.types import DropReason, Visibility
from support.cameras import until
from support.sites import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mien.journey.types import Interaction
    from mien.runtime.live import Plan

KEY = b"secret of this run"
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
# Curves are kept for 30 days, the rest for 400.
DAY = datetime.now(UTC).date() - timedelta(days=40)
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


@contextmanager
def writing(plan: Plan) -> Iterator[str]:
    """A writer at work; where it listens. It ends in good order, whatever a test has done to it."""
    ours, theirs = Pipe()
    address = str(plan.site_file.with_name("w"))
    failed: list[BaseException] = []

    def work() -> None:
        try:
            write(plan, address, KEY, Reporter(theirs))
        except BaseException as error:  # told below, in the thread of the test
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        until(lambda: failed or Path(address).exists(), "the writer listens")
        yield address
    finally:
        ask_to_stop(ours)
        thread.join(20.0)
    assert failed == []
    assert not thread.is_alive()


def hello(plan: Plan) -> Hello:
    return Hello(
        camera="till",
        touchpoint="tills",
        stream=plan.cameras[0].stream,
        run=plan.run,
        source="rtsp://192.0.2.1/cam",
        recorded_at=datetime.combine(DAY, time(8), UTC),
        reader="mien 0",
        digest="d",
    )


def face(t_s: float, *, x: float = 100.0, track: int = 1) -> SeenFace:
    smile = min(t_s / 10, 0.9)
    return SeenFace(
        track_id=track,
        t_s=t_s,
        box=(x, 100.0, x + 80.0, 200.0),
        quality=(100.0, 1.0, 0.5, 0.2, 1.0),
        pose=(0.0, 0.0, 0.0),
        gaze=None,
        visibility=Visibility.FULL,
        probabilities=(0.95 - smile, 0.05 + smile, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        variances=(0.01, 0.01, 0.01),
        read_from=Visibility.FULL,
        left_out=None,
        shown=None,
    )


def ticks(
    count: int,
    *,
    x: Callable[[float], float] = lambda _: 100.0,
    ended: tuple[int, ...] = (),
    dropped: tuple[int, ...] = (),
) -> list[Tick]:
    """One face for `count` pictures, ten a second; what the last picture ends and drops."""
    return [
        Tick(
            number=n,
            t_s=n / 10,
            size=(640, 480),
            frames=1,
            faces=(face(n / 10, x=x(n / 10)),) if n < count else (),
            ended=ended if n == count else (),
            dropped=dict.fromkeys(dropped, DropReason.STAFF) if n == count else {},
            excluded=0,
            pipeline={"at": n},
            badges=None,
        )
        for n in range(1, count + 1)
    ]


def told(plan: Plan, address: str, words: list[Tick], *, after: int = 0) -> None:
    """Send words as a worker does, to the end of the stream, and wait until they are stored."""
    link = Link(address, KEY, hello(plan))
    try:
        assert link.welcome(10.0) is not None
        for word in words:
            link.put(word)
        if after:
            link.put(End(number=after, end_s=words[-1].t_s, warnings=()))
        assert link.flush(20.0)
    finally:
        link.close()


def found(plan: Plan) -> list[Interaction]:
    with Store.open(plan.store, create=False) as store:
        return store.recordings.interactions()


def test_words_that_come_twice_count_once(plan: Plan) -> None:
    words = ticks(100, ended=(1,))
    with writing(plan) as address:
        told(plan, address, words[:60])
        told(plan, address, words[30:80])
        told(plan, address, words[20:], after=101)
        told(plan, address, words, after=101)
    [one] = found(plan)
    assert one.readings == 99
    assert (one.start_s, one.end_s) == (0.1, 9.9)


def test_a_new_writer_goes_on_where_the_last_one_had_stored(plan: Plan) -> None:
    words = ticks(100, ended=(1,))
    with writing(plan) as address:
        told(plan, address, words[:70])
    with writing(plan) as address:
        link = Link(address, KEY, hello(plan))
        welcome = link.welcome(10.0)
        link.close()
        assert welcome is not None
        assert (welcome.number, welcome.resume_number, welcome.pipeline) == (70, 70, {"at": 70})
        told(plan, address, words[70:], after=101)
    assert [i.readings for i in found(plan)] == [99]


def test_a_track_that_is_dropped_leaves_nothing(plan: Plan) -> None:
    with writing(plan) as address:
        told(plan, address, ticks(60, dropped=(1,)), after=61)
    assert found(plan) == []


def test_who_is_in_view_at_the_end_is_interrupted(plan: Plan) -> None:
    with writing(plan) as address:
        told(plan, address, ticks(60), after=61)
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
    with writing(plan) as address:
        told(plan, address, ticks(100, x=x, ended=(1,)), after=101)
    [one] = found(plan)
    assert (one.context.shift, one.context.service_point, one.context.protocol) == ("early", point, protocol)


def test_a_stranger_is_sent_away_and_disturbs_nobody(plan: Plan) -> None:
    with writing(plan) as address:
        with pytest.raises(AuthenticationError):
            Client(address, family="AF_UNIX", authkey=b"another")
        told(plan, address, ticks(60, ended=(1,)), after=61)
    assert len(found(plan)) == 1


def test_numbers_and_words_travel_unchanged() -> None:
    sent = face(1 / 3)
    again = SeenFace.model_validate_json(sent.model_dump_json())
    assert again == sent
    assert SeenFace.of(again.observation()) == sent


def test_what_is_kept_no_longer_goes_when_a_run_begins(plan: Plan) -> None:
    with writing(plan) as address:
        told(plan, address, ticks(60, ended=(1,)), after=61)
    assert found(plan)[0].curve is not None
    with writing(plan) as address:
        until(lambda: found(plan)[0].curve is None, "the curve is removed")
    assert found(plan)[0].score.n == 59


def test_a_poster_leaves_no_interaction_and_is_told_beside_the_camera(plan: Plan) -> None:
    words = ticks(40, dropped=(1,))
    spot = StillSpot(
        box=(0.1, 0.2, 0.2, 0.4), why="no motion", since_s=0.1, flagged_s=4.0, tracks=1, left_out_s=3.9
    )
    order = words[-1].model_copy(update={"dropped": {1: DropReason.STILL}, "still": (spot,)})
    with writing(plan) as address:
        told(plan, address, [*words[:-1], order], after=41)
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
    with writing(plan) as address:
        link = Link(address, KEY, hello(plan))
        try:
            for word in [*words, End(number=41, end_s=9.0, warnings=(), ended=(1,))]:
                link.put(word)
            assert link.flush(20.0)
        finally:
            link.close()
    (one,) = found(plan)
    assert not one.interrupted
