"""Who sits in the tiles: the bundled clips, and the bundled pictures made to move.

Nothing is claimed about the people in the pictures; here they only play parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import av
import cv2
import numpy as np

from mien.vision.detect import YuNet
from mien.vision.registry import LANDMARKERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

ROOT: Final = Path(__file__).parents[2]
SAMPLES: Final = ROOT / "samples"
PORTRAIT: Final = ROOT / "src" / "mien" / "vision" / "selftest" / "face.jpg"
SIZE: Final = (640, 360)
"""Width and height of a camera's picture, pixels."""
RATE: Final = 10.0
"""Pictures a second that are kept of a clip."""
Light = Literal["steady", "changing"]
_LIPS: Final = (13, 14)
_LIDS: Final = ((159, 145), (386, 374))


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody before a camera.

    Attributes:
        name: What the truth calls them.
        pictures: (360, 640, 3) uint8 BGR, `RATE` a second, played to and fro; one where it is made to move.
        mask: (360, 640) float32 0..1 where the person is; `None` where the room of the clip is kept.
        lips: Middle of the mouth, pixels, of one that is made to move.
        eyes: Middle of each eye, likewise.
        face: Height of the face, pixels, likewise.
    """

    name: str
    pictures: Sequence[Picture]
    mask: NDArray[np.float32] | None = None
    lips: tuple[float, float] = (0.0, 0.0)
    eyes: tuple[tuple[float, float], ...] = ()
    face: float = 0.0

    def picture(self, t_s: float, room: Picture, *, seed: int, light: Light = "steady") -> Picture:
        """What the camera shows: (360, 640, 3) uint8 BGR.

        Args:
            t_s: Seconds in the call.
            room: (360, 640, 3) what is behind somebody who has a mask.
            seed: Of the person's rhythm.
            light: Whether a lamp is switched and the daylight wanders.
        """
        shot = self._clip(t_s, seed) if self.mask is None else self._moved(t_s, room, self.mask, seed)
        gain, offset = _light(t_s, seed) if light == "changing" else (1.0, 0.0)
        lit: Picture = np.clip(shot.astype(np.float32) * gain + offset, 0, 255).astype(np.uint8)
        return lit

    def _clip(self, t_s: float, seed: int) -> Picture:
        last = len(self.pictures) - 1
        place = (round(t_s * RATE) + 7 * seed) % (2 * last)
        return np.asarray(self.pictures[min(place, 2 * last - place)], np.uint8)

    def _moved(self, t_s: float, room: Picture, mask: NDArray[np.float32], seed: int) -> Picture:
        w, h = SIZE
        angle, x, y, scale = _sway(t_s, seed)
        turn = np.asarray(cv2.getRotationMatrix2D((w / 2, h * 0.9), angle, scale), np.float64)
        turn[:, 2] += np.array((x, y)) * self.face
        shown = self._spoken(t_s, seed)
        body = cv2.warpAffine(shown, turn, SIZE, borderMode=cv2.BORDER_REPLICATE)
        where = cv2.warpAffine(mask, turn, SIZE)[..., None]
        return (where * body + (1.0 - where) * room).astype(np.uint8)

    def _spoken(self, t_s: float, seed: int) -> Picture:
        """The picture with mouth and lids moved: by displacing what lies below the lips and around the eyes."""
        w, h = SIZE
        yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
        dy = np.zeros((h, w), np.float32)
        opened = _speech(t_s, seed) * 0.07 * self.face
        near = np.exp(-(((xx - self.lips[0]) / (0.16 * self.face)) ** 2))
        below = yy - self.lips[1]
        dy += near * np.where(below > 0, opened * np.exp(-((below / (0.25 * self.face)) ** 2)), 0.0)
        shut = 1.0 if (t_s + 0.7 * seed) % 3.7 < 0.2 else 0.0
        for ex, ey in self.eyes:
            lid = np.exp(-(((xx - ex) / (0.09 * self.face)) ** 2) - (((yy - ey) / (0.04 * self.face)) ** 2))
            dy += shut * 0.045 * self.face * lid
        return np.asarray(cv2.remap(self.pictures[0], xx, yy - dy, cv2.INTER_LINEAR), np.uint8)


@cache
def cast() -> tuple[Person, ...]:
    """Everybody: the people of the two clips in their rooms, then the five of the group picture and the portrait."""
    group = np.asarray(cv2.imread(str(SAMPLES / "multi_face.jpg")), np.uint8)
    portrait = np.asarray(cv2.imread(str(PORTRAIT)), np.uint8)
    found = sorted(YuNet(long_side=1280, min_score=0.6).detect(group), key=lambda one: float(one.box[0]))[:5]
    clips = [
        Person(name, clip(SAMPLES / f"{name}.mp4")) for name in ("crying_to_smiling", "neutral_to_smiling")
    ]
    drawn = [_cut_out(f"group {n}", group, one.box) for n, one in enumerate(found)]
    one = YuNet(long_side=640, min_score=0.6).detect(portrait)[0]
    return (*clips, *drawn, _cut_out("portrait", portrait, one.box))


def clip(path: Path) -> list[Picture]:
    """A recording's pictures in the size of a camera, `RATE` a second."""
    kept: list[Picture] = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= len(kept) / RATE:
                kept.append(_filling(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)))
    return kept


def _filling(image: Picture) -> Picture:
    """A picture cut and scaled to the size of a camera."""
    h, w = image.shape[:2]
    scale = max(SIZE[0] / w, SIZE[1] / h)
    big = cv2.resize(image, (round(w * scale), round(h * scale)), interpolation=cv2.INTER_AREA)
    y, x = (big.shape[0] - SIZE[1]) // 3, (big.shape[1] - SIZE[0]) // 2
    return np.ascontiguousarray(big[y : y + SIZE[1], x : x + SIZE[0]], np.uint8)


def _cut_out(name: str, image: Picture, box: NDArray[np.float32]) -> Person:
    """Somebody of a picture, before a camera: head and shoulders, with soft edges."""
    x1, y1, x2, y2 = (float(v) for v in box)
    height = y2 - y1
    scale = 0.42 * SIZE[1] / height
    move = np.array(
        [
            [scale, 0.0, SIZE[0] / 2 - scale * (x1 + x2) / 2],
            [0.0, scale, 0.42 * SIZE[1] - scale * (y1 + y2) / 2],
        ]
    )
    shown = np.asarray(cv2.warpAffine(image, move, SIZE, borderMode=cv2.BORDER_REFLECT), np.uint8)
    mask = np.zeros((SIZE[1], SIZE[0]), np.float32)
    face = 0.42 * SIZE[1]
    cv2.ellipse(
        mask,
        (SIZE[0] // 2, round(0.40 * SIZE[1])),
        (round(0.58 * face), round(0.75 * face)),
        0,
        0,
        360,
        1.0,
        -1,
    )
    cv2.ellipse(
        mask,
        (SIZE[0] // 2, round(1.02 * SIZE[1])),
        (round(1.1 * face), round(0.62 * face)),
        0,
        0,
        360,
        1.0,
        -1,
    )
    found = YuNet(long_side=640, min_score=0.4).detect(shown)[0]
    points = LANDMARKERS.make("mediapipe").locate(shown, found).points[:, :2]
    lips = points[list(_LIPS)].mean(axis=0)
    eyes = tuple((float(p[0]), float(p[1])) for p in (points[list(lid)].mean(axis=0) for lid in _LIDS))
    soft = cv2.GaussianBlur(mask, (0, 0), 5.0).astype(np.float32)
    return Person(name, (shown,), soft, (float(lips[0]), float(lips[1])), eyes, face)


@cache
def room(seed: int) -> Picture:
    """A room, or the picture that a call shows instead of one: (360, 640, 3) uint8 BGR."""
    rng = np.random.default_rng([seed, 17])
    w, h = SIZE
    base = rng.integers(60, 200, 3)
    image = np.full((h, w, 3), base, np.uint8)
    for _ in range(14):
        x, y = int(rng.integers(0, w)), int(rng.integers(0, h))
        size = int(rng.integers(20, 160)), int(rng.integers(20, 160))
        colour = tuple(int(v) for v in np.clip(base + rng.integers(-60, 60, 3), 0, 255))
        cv2.rectangle(image, (x, y), (x + size[0], y + size[1]), colour, -1)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 3.0 if seed % 2 else 9.0), np.uint8)


def _sway(t_s: float, seed: int) -> tuple[float, float, float, float]:
    """Turn in degrees, shift in face heights, scale: people nod, lean and come nearer."""
    p = 1.7 * seed
    lean = max(0.0, np.sin(0.11 * t_s + p)) ** 8
    return (
        3.0 * np.sin(0.9 * t_s + p) + 1.2 * np.sin(2.3 * t_s + 2 * p),
        0.10 * np.sin(0.53 * t_s + p) + 0.03 * np.sin(1.9 * t_s) + 0.16 * lean,
        0.03 * np.sin(0.8 * t_s + 2 * p) + 0.02 * np.sin(3.1 * t_s),
        1.0 + 0.04 * np.sin(0.31 * t_s + p) + 0.22 * lean,
    )


def _speech(t_s: float, seed: int) -> float:
    """How far the mouth is open, 0..1: sentences with pauses."""
    talks = np.sin(0.21 * t_s + seed) > -0.3
    return float(talks * (0.5 + 0.5 * np.sin(14.0 * t_s + seed)) * (0.6 + 0.4 * np.sin(5.3 * t_s)))


def _light(t_s: float, seed: int) -> tuple[float, float]:
    """Gain and offset: daylight wanders within seconds, and a lamp is switched once a minute."""
    cloud = 1.0 + 0.12 * np.sin(0.37 * t_s + seed) + 0.05 * np.sin(1.3 * t_s)
    lamp = ((t_s + 11.0 * seed) // 30.0) % 2
    return float(cloud * (1.0 + 0.3 * lamp)), float(8.0 * lamp)
