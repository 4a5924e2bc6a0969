"""Small films of photographs that move as real people do, read by the whole pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from tools.scene.mesh import MeshFace
from tools.scene.room import background

from benchmarks.neutral.kept import Film, Part
from mien.runtime.live.seen import SeenFace
from mien.video import open_video
from mien.video.types import Frame
from mien.vision.pipeline import FacePipeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.neutral.kept import Shows
    from benchmarks.neutral.motion import Motion
    from mien.vision.types import Observation

RATE: Final = 5.0
"""Pictures a second of the films of photographs; clips are read at the default rate of a camera, 10."""
CLIP_RATE: Final = 10.0
LASTS: Final[Mapping[Shows, int]] = {"smile": 14, "rest": 30, "bad": 30}
"""Pictures of each part."""
WAY: Final = 5
"""Pictures from one part to the next: a second."""
_SIZE: Final = (1280, 720)
_PLACES: Final = (6, 3)
AT_ONCE: Final = _PLACES[0] * _PLACES[1]
"""People in one picture."""
_TALL: Final = 110.0
_TWICE: Final = 192


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """Somebody of whom there are photographs.

    Attributes:
        person: Whom, by set and number.
        faces: The mesh of what each part shows, in order of time.
        motion: How they move.
        since: The picture of the motion that they begin with.
    """

    person: str
    faces: tuple[tuple[Shows, MeshFace], ...]
    motion: Motion
    since: int

    def parts(self) -> tuple[Part, ...]:
        """When what is shown."""
        found, at = [], 0
        for shows, _ in self.faces:
            found.append(Part(shows=shows, begin=at, end=at + LASTS[shows]))
            at += LASTS[shows] + WAY
        return tuple(found)

    def face(self, number: int) -> MeshFace:
        """The mesh at a picture, on its way from one part to the next between them."""
        parts = self.parts()
        for (_, face), part, (_, after) in zip(
            self.faces, parts, (*self.faces[1:], self.faces[-1]), strict=True
        ):
            if number < part.end:
                return face
            if number < part.end + WAY and after is not face:
                share = (number - part.end + 1) / (WAY + 1)
                return face.blended(after, share, share)
        return self.faces[-1][1]


def mesh_of(picture: NDArray[np.uint8]) -> MeshFace | None:
    """The face of a loose crop ((H, W) uint8 grey) as a mesh; `None` where none is found."""
    tall = cv2.resize(picture, (_TWICE, _TWICE), interpolation=cv2.INTER_CUBIC)
    edge = _TWICE // 4
    framed = cv2.copyMakeBorder(
        cv2.cvtColor(tall, cv2.COLOR_GRAY2BGR), edge, edge, edge, edge, cv2.BORDER_REPLICATE
    )
    try:
        return MeshFace.from_picture(np.asarray(framed, np.uint8)).trimmed()
    except IndexError:
        return None


def read_actors(actors: Sequence[Actor]) -> Iterator[Film]:
    """What the pipeline tells of people, as many of them at a time as one picture holds; for equally long films."""
    across, down = _PLACES
    room = background(*_SIZE)
    for begin in range(0, len(actors), across * down):
        some = actors[begin : begin + across * down]
        length = max(actor.parts()[-1].end for actor in some)
        seen: list[dict[int, list[SeenFace]]] = []
        pipeline = FacePipeline()
        for number in range(length):
            canvas = room.copy()
            for place, actor in enumerate(some):
                x = _SIZE[0] / across * (place % across + 0.5)
                y = _SIZE[1] / down * (place // across + 0.5)
                face, at = actor.face(number), actor.since + number
                face.draw(canvas, actor.motion.stance(at, x, y, _TALL), actor.motion.at(face, at))
            told = pipeline.process(Frame(canvas, number / RATE, number)).observations
            seen.append({})
            for one in told:
                seen[-1].setdefault(_place(one), []).append(SeenFace.of(one))
        for place, actor in enumerate(some):
            end = actor.parts()[-1].end
            found = tuple(_one(pictures.get(place, [])) for pictures in seen[:end])
            yield Film(person=actor.person, rate=RATE, parts=actor.parts(), seen=found)


def _one(there: list[SeenFace]) -> SeenFace | None:
    return there[0] if there else None


def _place(one: Observation) -> int:
    """Which of the places of the picture a face is at."""
    across, down = _PLACES
    x, y = (one.box[:2] + one.box[2:]) / 2
    column = int(np.clip(x / _SIZE[0] * across, 0, across - 1))
    return column + across * int(np.clip(y / _SIZE[1] * down, 0, down - 1))


def read_clip(clip: Path, person: str) -> Film:
    """What the pipeline tells of the tallest face of a clip.

    Args:
        clip: The file.
        person: Who it is.
    """
    pipeline, seen = FacePipeline(), []
    with open_video(clip, threads=1) as video:
        for frame in video.frames(rate=CLIP_RATE):
            told = pipeline.process(frame).observations
            tallest = max(told, key=lambda one: float(one.box[3] - one.box[1]), default=None)
            seen.append(None if tallest is None else SeenFace.of(tallest))
    whole = Part(shows="rest", begin=0, end=len(seen))
    return Film(person=person, rate=CLIP_RATE, parts=(whole,), seen=tuple(seen))
