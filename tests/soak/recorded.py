"""A shop's day of recorded readings: who stands before which camera when, and a worker that tells it as if it read.

The faces are those that Mien read in a sample clip, given to invented people who walk through four cameras.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.runtime.live.link import Link
from mien.runtime.live.messages import End, Hello, Tick
from mien.runtime.live.plan import replayed
from mien.runtime.live.seen import SeenFace
from mien.runtime.live.status import CameraStatus
from mien.runtime.live.templates import TemplateLine
from mien.video import open_video
from mien.vision.matching import no_core_dumps
from mien.vision.pipeline import FacePipeline
from support.invented import picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mien.runtime.live.link import Lines
    from mien.runtime.live.plan import CameraPlan
    from mien.runtime.live.process import Reporter

CAMERAS: Final = ("door", "aisle", "till", "out")
RATE: Final = 5
IDLE_EVERY: Final = 5 * RATE
"""Pictures between two words of a camera that sees nobody."""


@dataclass(frozen=True)
class Appearance:
    """Somebody before a camera: pictures `first` to `last`, the latter not included."""

    person: int
    track: int
    first: int
    last: int


def day(seed: int, hours: float) -> dict[str, list[Appearance]]:
    """Who is seen where, a customer a minute."""
    rng = np.random.default_rng(seed)
    seen: dict[str, list[Appearance]] = {camera: [] for camera in CAMERAS}
    at_s, person, end_s = 10.0, 0, hours * 3600.0 - 60.0
    while at_s < end_s:
        person += 1
        when = at_s
        for camera, share in zip(CAMERAS, (1.0, 0.7, 0.8, 1.0), strict=True):
            if rng.random() < share:
                lasts = float(rng.uniform(3.0, 18.0))
                if when + lasts < end_s:
                    known = seen[camera]
                    known.append(
                        Appearance(person, len(known) + 1, round(when * RATE), round((when + lasts) * RATE))
                    )
                when += lasts + float(rng.uniform(20.0, 240.0))
        at_s += float(rng.exponential(60.0))
    return seen


def read_sample(video: Path) -> list[SeenFace]:
    """What Mien reads in a clip with one face."""
    pipeline = FacePipeline()
    with open_video(video) as source:
        return [
            SeenFace.of(seen)
            for frame in source.frames(rate=RATE)
            for seen in pipeline.process(frame).observations
        ]


def ticks(seen: list[Appearance], faces: list[SeenFace], hours: float, *, after: int) -> Iterator[Tick]:
    """The words of one camera from one on; the number of a word is that of its picture."""
    begins: dict[int, list[Appearance]] = {}
    for one in seen:
        begins.setdefault(one.first, []).append(one)
    there: list[Appearance] = [one for one in seen if one.first <= after < one.last]
    for n in range(after + 1, round(hours * 3600 * RATE)):
        ended = tuple(one.track for one in there if one.last <= n)
        there = [one for one in there if one.last > n] + begins.get(n, [])
        if there or ended or n % IDLE_EVERY == 0:
            turned = bool(ended) or n in begins or n % (60 * RATE) == 0
            shown = tuple(
                faces[(one.person * 31 + n - one.first) % len(faces)].model_copy(
                    update={"track_id": one.track, "t_s": n / RATE}
                )
                for one in there
            )
            yield Tick(
                number=n,
                t_s=n / RATE,
                size=(640, 360),
                frames=1,
                faces=shown,
                ended=ended,
                dropped={},
                excluded=0,
                pipeline={"at": n} if turned else None,
                badges=None,
            )


def play(plan: CameraPlan, site: str, run: str, lines: Lines, why: str | None, reporter: Reporter) -> None:
    """The life of a worker process that tells recorded readings, as `read_camera` tells what it reads."""
    assert plan.file is not None
    given = json.loads(plan.file.read_text())
    seen = day(given["seed"], given["hours"])[plan.name]
    faces = [SeenFace.model_validate(one) for one in given["faces"]]
    people = {one.track: one.person for one in seen}
    hello = Hello(
        camera=plan.name,
        touchpoint=plan.touchpoint,
        stream=replayed("recorded", plan.name),
        run=run,
        source=plan.shown,
        recorded_at=plan.begins.utc,
        reader="recorded 1",
        digest=f"{site}{given['seed']}",
    )
    link, templates = Link(lines, hello), TemplateLine(lines.templates)
    with no_core_dumps():
        while (welcome := link.welcome(0.5)) is None:
            reporter.say(CameraStatus(phase="reading"))
        if welcome.over:
            return
        began, number = time.monotonic(), welcome.resume_number
        first_s = number / RATE
        for tick in ticks(seen, faces, given["hours"], after=welcome.resume_number):
            while plan.speed and began + (tick.t_s - first_s) / plan.speed > time.monotonic():
                reporter.say(CameraStatus(phase="reading", t_s=tick.t_s))
                time.sleep(0.01)
            while not link.wait(0.5) and not reporter.stopped:
                reporter.say(CameraStatus(phase="reading", t_s=tick.t_s))
            if reporter.stopped:
                break
            for track in tick.ended:
                templates.send(picture(people[track], shot=track), hello.stream, track)
            link.put(tick)
            number = tick.number
            reporter.say(CameraStatus(phase="reading", t_s=tick.t_s, unsent=link.unstored))
        link.put(End(number=number + 1, end_s=number / RATE, whole=not reporter.stopped, warnings=()))
        while not link.flush(1.0):
            reporter.say(CameraStatus(phase="done"))
    templates.close()
    link.close()
