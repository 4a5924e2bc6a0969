"""A camera in a shop: the bundled face over drawn torsos, and what a pipeline does with badges, reader included."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from benchmarks.badges import Badge, dress, photograph

from mien.vision.badges import BadgeDetector, BadgeDropped, BadgeSettings, BadgeWatch, Seen
from mien.vision.detect import YuNet
from mien.vision.geometry import mesh_box
from mien.vision.landmarks import MediaPipeLandmarker
from support.command import read_picture
from support.facemesh import PORTRAIT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from mien.vision.exclude import ExcludedZones

RATE = 10.0


@cache
def portrait() -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The bundled face and the box around its landmarks, as Mien's own networks find it."""
    image = read_picture(PORTRAIT)
    found = YuNet(long_side=None).detect(image)[0]
    return image, mesh_box(MediaPipeLandmarker().locate(image, found))


@dataclass(frozen=True)
class Person:
    """Somebody whose face stands at (x, y) and is `height` pixels tall; `badge` may change with time."""

    x: float = 300.0
    y: float = 90.0
    height: float = 60.0
    badge: Callable[[float], Badge | None] = lambda _: None
    back: Callable[[float], bool] = lambda _: False


def wears(**badge: float) -> Callable[[float], Badge | None]:
    return lambda _: Badge(**badge)


def scene(
    people: Sequence[Person], t_s: float, *, size: tuple[int, int] = (640, 480)
) -> tuple[NDArray[np.uint8], dict[int, NDArray[np.float32]]]:
    """The picture at a time and the boxes of the faces that show, by track."""
    width, height = size
    rng = np.random.default_rng(round(t_s * 1000))
    canvas = np.full((height, width, 3), 150, np.uint8)
    boxes = {}
    for track, person in enumerate(people, start=1):
        image, own = portrait()
        scale = person.height / float(own[3] - own[1])
        face = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        box = own * scale
        shift = np.round(np.array([person.x, person.y]) - (box[:2] + box[2:]) / 2).astype(int)
        box = (box + np.tile(shift, 2)).astype(np.float32)
        dress(canvas, box, person.badge(t_s), np.random.default_rng(track))
        if not person.back(t_s):
            x1, y1, x2, y2 = box.round().astype(int)
            canvas[y1:y2, x1:x2] = face[y1 - shift[1] : y2 - shift[1], x1 - shift[0] : x2 - shift[0]]
            boxes[track] = box
    return photograph(canvas, rng), boxes


@dataclass
class Camera:
    """Runs detector and watch over pictures as a pipeline would, with a reader that notes what it is given."""

    settings: BadgeSettings = field(default_factory=BadgeSettings)
    zones: ExcludedZones | None = None
    read: list[tuple[int, float]] = field(default_factory=list)
    dropped: list[BadgeDropped] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.detector = BadgeDetector(self.settings.family, self.zones)
        self.watch: BadgeWatch[float] = BadgeWatch(self.settings)

    def see(self, image: NDArray[np.uint8], boxes: dict[int, NDArray[np.float32]], t_s: float) -> None:
        looks = self.detector.search(image, boxes, self.watch.due(t_s, boxes))
        answer = self.watch.take(
            t_s,
            [Seen(track, float(box[3] - box[1]), looks.get(track), t_s) for track, box in boxes.items()],
        )
        self.dropped += answer.dropped
        for held in answer.read:
            assert held.crop == held.t_s
            self.read.append((held.track_id, held.t_s))
            self.watch.note_read(held.track_id, held.t_s)

    def watch_people(self, people: Sequence[Person], times_s: Iterable[float]) -> Camera:
        for t_s in times_s:
            self.see(*scene(people, t_s), t_s)
        return self

    def times_read(self, track: int) -> list[float]:
        return [t_s for of, t_s in self.read if of == track]


def until(seconds: float) -> list[float]:
    return [number / RATE for number in range(round(seconds * RATE) + 1)]
