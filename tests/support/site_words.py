"""A writer, a matcher, and words as camera workers send them, for tests that need no camera."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from multiprocessing import Pipe
from typing import TYPE_CHECKING, Any, Final

from mien.runtime.live.link import Lines, Link
from mien.runtime.live.matcher import match_visits
from mien.runtime.live.messages import End, Hello, Tick
from mien.runtime.live.process import Reporter, ask_to_stop
from mien.runtime.live.seen import SeenFace
from mien.runtime.live.writer import write
from mien.vision.types import DropReason, Visibility
from support.waiting import DEADLINE_S, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mien.runtime.live import Plan

DAY: Final = datetime.now(UTC).date() - timedelta(days=40)
"""Curves are kept for 30 days, the rest for 400."""


def lines_of(plan: Plan) -> Lines:
    """Where the processes of a run of a plan meet."""
    return Lines(
        str(plan.site_file.with_name("w")), str(plan.site_file.with_name("t")), b"secret of this run"
    )


@contextmanager
def writing(plan: Plan, says: list[dict[str, Any]] | None = None) -> Iterator[Lines]:
    """A writer at work; where it listens. It ends in good order, whatever a test has done to it.

    What it says to the supervisor is added to `says` at its end.
    """
    lines = lines_of(plan)
    with _working(write, plan, lines, says) as failed:
        until(lambda: failed or _answers(lines.writer, socket.SOCK_STREAM), "the writer listens")
        yield lines


@contextmanager
def matching(plan: Plan) -> Iterator[Lines]:
    """A matcher at work; where it listens. It ends in good order."""
    lines = lines_of(plan)
    with _working(match_visits, plan, lines) as failed:
        until(lambda: failed or _answers(lines.templates, socket.SOCK_SEQPACKET), "the matcher listens")
        yield lines


def _answers(address: str, kind: socket.SocketKind) -> bool:
    """Whether somebody listens there: a socket that was left over is none."""
    with socket.socket(socket.AF_UNIX, kind) as line:
        return line.connect_ex(address) == 0


@contextmanager
def _working(
    work: Callable[[Plan, Lines, Reporter], None],
    plan: Plan,
    lines: Lines,
    says: list[dict[str, Any]] | None = None,
) -> Iterator[list[BaseException]]:
    ours, theirs = Pipe()
    failed: list[BaseException] = []

    def live() -> None:
        try:
            work(plan, lines, Reporter(theirs))
        except BaseException as error:  # told below, in the thread of the test
            failed.append(error)

    thread = threading.Thread(target=live)
    thread.start()
    try:
        yield failed
    finally:
        ask_to_stop(ours)
        thread.join(DEADLINE_S)
        while says is not None and ours.poll(0):
            says.append(json.loads(ours.recv_bytes()))
    assert failed == []
    assert not thread.is_alive()


def hello(plan: Plan, camera: int = 0) -> Hello:
    """The first word of a worker: its stream begins at eight o'clock UTC on `DAY`."""
    known = plan.cameras[camera]
    return Hello(
        camera=known.name,
        touchpoint=known.touchpoint,
        stream=known.stream,
        run=plan.run,
        source=known.shown,
        recorded_at=datetime.combine(DAY, time(8), UTC),
        reader="mien 0",
        digest="d",
    )


def face(t_s: float, *, x: float = 100.0, track: int = 1, smile: float | None = None) -> SeenFace:
    """A face that smiles ever more, or as much as is said."""
    shown = min(t_s / 10, 0.9) if smile is None else smile
    return SeenFace(
        track_id=track,
        t_s=t_s,
        box=(x, 100.0, x + 80.0, 200.0),
        quality=(100.0, 1.0, 0.5, 0.2, 1.0),
        pose=(0.0, 0.0, 0.0),
        gaze=None,
        visibility=Visibility.FULL,
        probabilities=(0.95 - shown, 0.05 + shown, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        variances=(0.01, 0.01, 0.01),
        read_from=Visibility.FULL,
        left_out=None,
        shown=None,
    )


def tick(
    number: int,
    t_s: float,
    faces: tuple[SeenFace, ...],
    *,
    ended: tuple[int, ...] = (),
    dropped: tuple[int, ...] = (),
    net: int | None = None,
) -> Tick:
    """What one picture gave."""
    return Tick(
        number=number,
        t_s=t_s,
        size=(640, 480),
        frames=1,
        faces=faces,
        ended=ended,
        dropped=dict.fromkeys(dropped, DropReason.STAFF),
        excluded=0,
        pipeline={"at": number},
        badges=None,
        net=net,
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
        tick(
            n,
            n / 10,
            (face(n / 10, x=x(n / 10)),) if n < count else (),
            ended=ended if n == count else (),
            dropped=dropped if n == count else (),
        )
        for n in range(1, count + 1)
    ]


def told(
    plan: Plan, lines: Lines, words: list[Tick], *, after: int = 0, camera: int = 0, whole: bool = False
) -> None:
    """Send words as a worker does, to the end of the stream, and wait until they are stored."""
    link = Link(lines, hello(plan, camera))
    try:
        assert link.welcome(DEADLINE_S) is not None
        for word in words:
            link.put(word)
        if after:
            link.put(End(number=after, end_s=words[-1].t_s, whole=whole, warnings=()))
        assert link.flush(DEADLINE_S)
    finally:
        link.close()
