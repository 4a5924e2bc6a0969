"""Covers drawn over the lower face from its landmarks: masks, scarves, hands, cups, phones, sheets of paper.

No set of covered faces with votes exists, so they are made: of many shapes, prints and lights, worn well
and worn badly, beside harmless ones (a mask under the chin, a hand at the cheek, sunglasses) that leave the mouth
to be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import cv2
import numpy as np

from mien.training.canvas import Canvas, canvas_of, curve
from mien.training.fabric import cloth, skin, wool

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Field = NDArray[np.float32]
    Points = NDArray[np.float64]

Cover = Literal["mask", "respirator", "scarf", "hand", "cup", "card"]
COVERS: Final[tuple[Cover, ...]] = ("mask", "respirator", "scarf", "hand", "cup", "card")
"""What may hide the lower face."""

Harmless = Literal["chin mask", "cheek hand", "sunglasses", "collar", "low cup"]
HARMLESS: Final[tuple[Harmless, ...]] = ("chin mask", "cheek hand", "sunglasses", "collar", "low cup")
"""What is worn or held near a face and leaves the mouth to be seen."""

# fmt: off
_JAW: Final = (234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454)
_NOSE: Final = (6, 197, 195, 5, 4, 1, 2)
_LIPS: Final = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
_EYES: Final = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
)
# fmt: on


@dataclass(frozen=True, slots=True, eq=False)
class Covered:
    """A picture with something drawn over its face.

    Attributes:
        image: (H, W) uint8 grey.
        mouth: Share of the mouth that is hidden, 0..1.
        eyes: Share of the eyes that is hidden, 0..1.
    """

    image: NDArray[np.uint8]
    mouth: float
    eyes: float


def _top(rng: np.random.Generator, c: Canvas, nose: float, side: float) -> Points:
    """The upper edge of a mask, from the picture's left to its right.

    Args:
        rng: Source of chance.
        c: Canvas.
        nose: Where it crosses the nose: 0 at the bridge between the eyes .. 1 at the base of the nose.
        side: Where it ends at the sides: 0 at the ears .. 1 at the corner of the jaw.
    """
    ridge = c.points[list(_NOSE)]
    place = nose * (len(_NOSE) - 1)
    i = min(int(place), len(_NOSE) - 2)
    top = ridge[i] + (ridge[i + 1] - ridge[i]) * (place - i)
    ends = []
    for ear, jaw in ((234, 58), (454, 288)):
        skew = np.clip(side + rng.normal(0.0, 0.08), 0.0, 1.1)
        ends.append(c.points[ear] + (c.points[jaw] - c.points[ear]) * skew)
    sag = rng.uniform(-0.02, 0.07) * c.width * c.down
    cheeks = [(end + top) / 2 + sag + rng.normal(0.0, 0.01, 2) * c.width for end in ends]
    return curve([ends[0], cheeks[0], top, cheeks[1], ends[1]])


def _below(rng: np.random.Generator, c: Canvas, grow: float, chin: float) -> Points:
    """The lower edge of a mask along the jaw, from the picture's right to its left."""
    jaw = c.points[list(_JAW)][::-1]
    middle = c.points[2]
    out = middle + (jaw - middle) * grow
    lift = np.sin(np.linspace(0.0, np.pi, len(jaw))) ** 2
    return np.asarray(out + (lift * chin * c.width)[:, None] * c.down + rng.normal(0, 0.004, 2) * c.width)


def _mask(rng: np.random.Generator, c: Canvas) -> tuple[Field, Field]:
    """A cloth or surgical mask, sometimes worn under the nose."""
    low = rng.random() < 0.12
    nose = rng.uniform(0.86, 1.05) if low else rng.uniform(0.22, 0.75)
    side = rng.uniform(0.3, 0.9) if low else rng.uniform(0.0, 0.75)
    top = _top(rng, c, nose, side)
    alpha = c.filled(np.concatenate([top, _below(rng, c, rng.uniform(0.97, 1.1), rng.uniform(-0.06, 0.08))]))
    if rng.random() < 0.6:
        alpha = _strapped(rng, c, alpha, top)
    return alpha, cloth(rng, c.x, c.y, c.light, pleats=rng.random() < 0.45)


def _strapped(rng: np.random.Generator, c: Canvas, alpha: Field, top: Points) -> Field:
    """A mask with its straps, from the ends of its upper edge to behind the ears."""
    drawn = np.asarray(alpha * 255, np.uint8)
    for end, ear in ((top[0], 127), (top[-1], 356)):
        to = c.points[ear] + (c.points[ear] - c.points[6]) * 0.12
        thick = max(1, round(c.width * rng.uniform(0.008, 0.025)))
        cv2.line(drawn, tuple(end.astype(int)), tuple(to.astype(int)), 255, thick, cv2.LINE_AA)
    return np.asarray(drawn, np.float32) / np.float32(255.0)


def _respirator(rng: np.random.Generator, c: Canvas) -> tuple[Field, Field]:
    """A stiff cup or beak over nose and mouth that leaves part of the cheeks free."""
    wide, up, low = rng.uniform(0.26, 0.42), rng.uniform(0.08, 0.3), rng.uniform(0.78, 1.0)
    middle = c.place(c.points[2])[0]
    t = np.linspace(0.0, 2 * np.pi, 40)
    power = rng.uniform(1.4, 2.6)
    circle = np.stack([np.cos(t), np.sin(t)], axis=1)
    circle = np.sign(circle) * np.abs(circle) ** (2.0 / power)
    circle[:, 0] *= wide * (1.0 + 0.25 * circle[:, 1] * rng.uniform(0.0, 1.0))
    heights = (up + low) / 2 + (low - up) / 2 * circle[:, 1]
    outline = np.stack([c.at(middle + x, y) for x, y in zip(circle[:, 0], heights, strict=True)])
    ends = np.stack([c.at(middle - wide, 0.5), c.at(middle + wide, 0.5)])
    alpha = _strapped(rng, c, c.filled(outline), ends)
    return alpha, cloth(rng, c.x, c.y, c.light, pleats=False)


def _scarf(rng: np.random.Generator, c: Canvas) -> tuple[Field, Field]:
    """Wool or a collar from the nose or the upper lip down and beyond the face."""
    top = _top(rng, c, rng.uniform(0.35, 1.0), rng.uniform(0.2, 0.9))
    reach = rng.uniform(0.05, 0.5) * c.width
    first, last = top[0] - reach * c.right, top[-1] + reach * c.right
    under = c.at(0.0, 3.0)
    outline = [first, *top, last, under + 2 * c.width * c.right, under - 2 * c.width * c.right]
    return c.filled(np.stack(outline)), wool(rng, c.x, c.y, c.light)


def _hand(
    rng: np.random.Generator, c: Canvas, target: Points | None = None, spread: float = 0.0
) -> tuple[Field, Field]:
    """A hand over the mouth, fingers side by side, from below or from a side."""
    over = c.points[list(_LIPS)].mean(axis=0) if target is None else target
    angle = rng.uniform(-1.3, 1.3)
    along = np.cos(angle) * c.down + np.sin(angle) * c.right
    beside = np.array([-along[1], along[0]])
    fingers = int(rng.integers(3, 6))
    thick = rng.uniform(0.11, 0.16) * c.width
    alpha, tone = np.zeros(c.x.shape, np.float32), np.zeros(c.x.shape, np.float32)
    columns = np.arange(c.x.shape[1], dtype=np.float32)[None]
    rows = np.arange(c.x.shape[0], dtype=np.float32)[:, None]
    reach = rng.uniform(0.12, 0.3) * c.width
    for i in range(fingers):
        off = (i - (fingers - 1) / 2) * thick * rng.uniform(0.86, 1.02 + spread)
        tip = over + off * beside - (reach + rng.normal(0.0, 0.04) * c.width) * along
        dx, dy = columns - np.float32(tip[0]), rows - np.float32(tip[1])
        length = dx * np.float32(along[0]) + dy * np.float32(along[1])
        side = dx * np.float32(beside[0]) + dy * np.float32(beside[1])
        away = np.asarray(np.hypot(side, np.minimum(length, 0.0)) / (0.5 * thick), np.float32)
        inside = np.clip((1.0 - away) * 0.5 * thick + 0.5, 0.0, 1.0)
        tone = np.where(inside > 0.5, skin(rng, away, c.light), tone)
        alpha = np.maximum(alpha, inside)
    return np.asarray(alpha, np.float32), np.asarray(tone, np.float32)


def _cup(rng: np.random.Generator, c: Canvas, top: float | None = None) -> tuple[Field, Field]:
    """A cup, glass or bottle at the mouth."""
    x, lips = c.place(c.points[13])
    up = lips - rng.uniform(0.06, 0.22) if top is None else top
    wide, narrow, tall = rng.uniform(0.2, 0.34), rng.uniform(0.6, 1.0), rng.uniform(0.45, 1.0)
    x += rng.normal(0.0, 0.04)
    tilt = rng.normal(0.0, 0.12)
    corners = [
        (-wide, up),
        (wide, up + tilt * wide),
        (wide * narrow + tilt, up + tall),
        (-wide * narrow + tilt, up + tall),
    ]
    outline = np.stack([c.at(x + a, b) for a, b in corners])
    return c.filled(outline), cloth(rng, c.x, c.y, c.light, pleats=False)


def _card(rng: np.random.Generator, c: Canvas) -> tuple[Field, Field]:
    """A phone, a menu or a sheet of paper before the mouth, with or without writing."""
    x, lips = c.place(c.points[13])
    wide, tall, turn = rng.uniform(0.24, 0.7), rng.uniform(0.3, 1.0), rng.normal(0.0, 0.25)
    up = lips - rng.uniform(0.1, 0.3)
    x += rng.normal(0.0, 0.08)
    box = np.array([(-wide, 0.0), (wide, 0.0), (wide, tall), (-wide, tall)])
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    outline = np.stack([c.at(x + a, up + b) for a, b in box @ spin.T])
    return c.filled(outline), cloth(rng, c.x, c.y, c.light, pleats=False)


def _sunglasses(rng: np.random.Generator, c: Canvas) -> tuple[Field, Field]:
    """Dark glasses: the eyes are hidden, the mouth is not."""
    alpha = np.zeros(c.x.shape, np.float32)
    wide, tall, power = rng.uniform(0.15, 0.22), rng.uniform(0.09, 0.16), rng.uniform(2.0, 5.0)
    for eye in _EYES:
        x, y = c.place(c.points[list(eye)].mean(axis=0))
        away = (np.abs(c.x - x) / wide) ** power + (np.abs(c.y - y - 0.02) / tall) ** power
        alpha = np.maximum(alpha, np.asarray(away < 1.0, np.float32))
    bar = (np.abs(c.y + 0.01) < 0.015) & (np.abs(c.x) < 0.5)
    alpha = np.maximum(alpha, np.asarray(bar, np.float32))
    return alpha * np.float32(rng.uniform(0.85, 1.0)), np.full(c.x.shape, rng.uniform(5, 60), np.float32)


def _drawn(rng: np.random.Generator, c: Canvas, kind: str) -> tuple[Field, Field]:
    plain: dict[str, Callable[[np.random.Generator, Canvas], tuple[Field, Field]]] = {
        "mask": _mask, "respirator": _respirator, "scarf": _scarf, "hand": _hand, "cup": _cup, "card": _card,
        "sunglasses": _sunglasses,
    }  # fmt: skip
    lip, chin = c.place(c.points[17])[1], c.place(c.points[152])[1]
    match kind:
        case "chin mask":
            edge = lip + rng.uniform(0.45, 1.1) * (chin - lip)
            top = curve([c.at(-0.5, edge - 0.25), c.at(0.0, edge), c.at(0.5, edge - 0.25)])
            outline = np.concatenate([top, [c.at(0.45, edge + 0.3), c.at(-0.45, edge + 0.3)]])
            return c.filled(outline), cloth(rng, c.x, c.y, c.light, pleats=rng.random() < 0.4)
        case "collar":
            edge = chin - rng.uniform(-0.1, 0.06)
            outline = np.stack(
                [c.at(-2, edge - 0.3), c.at(0, edge), c.at(2, edge - 0.3), c.at(2, 4), c.at(-2, 4)]
            )
            return c.filled(outline), wool(rng, c.x, c.y, c.light)
        case "cheek hand":
            side = rng.choice([-1.0, 1.0])
            return _hand(rng, c, c.at(side * rng.uniform(0.42, 0.6), rng.uniform(0.25, 0.7)), 0.1)
        case "low cup":
            return _cup(rng, c, lip + rng.uniform(0.04, 0.3))
        case _:
            return plain[kind](rng, c)


def draw_cover(
    rng: np.random.Generator, image: NDArray[np.uint8], points: NDArray[np.floating], kinds: tuple[str, ...]
) -> Covered:
    """Draw covers over a face, one after the other.

    Args:
        rng: Source of chance.
        image: (H, W) uint8 grey.
        points: (478, 2) or (478, 3) landmarks of the bare face, pixels.
        kinds: Of `COVERS` and `HARMLESS`.

    Returns:
        The picture, and how much of mouth and eyes is hidden now.
    """
    c = canvas_of(image, points)
    k = c.scale
    height, width = image.shape
    large = cv2.resize(image, (width * k, height * k), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    hidden = np.zeros_like(large)
    for kind in kinds:
        alpha, fill = _drawn(rng, c, kind)
        if rng.random() < 0.5:  # its shadow on the skin
            spread = max(0.4, c.width * rng.uniform(0.005, 0.03))
            large *= 1.0 - np.float32(rng.uniform(0.1, 0.45)) * cv2.GaussianBlur(alpha, (0, 0), spread)
        large += alpha * (np.clip(fill, 0.0, 255.0) - large)
        hidden = np.maximum(hidden, alpha)
    out = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA) if k > 1 else large

    def share(*outlines: tuple[int, ...]) -> float:
        area = np.maximum.reduce([c.filled(c.points[list(o)]) for o in outlines])
        return float((area * hidden).sum() / max(float(area.sum()), 1e-6))

    return Covered(np.clip(out, 0.0, 255.0).astype(np.uint8), share(_LIPS), share(*_EYES))
