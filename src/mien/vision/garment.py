"""The colours of the upper garment below a face, in one picture.

The torso is where it must be below an upright face: lengths are in face heights (the box around the landmarks, brow to
chin, about 18 cm). What another person, a blacked-out zone or the picture's edge takes away is left out, and so is
whatever has the colour of the wearer's own face, so that bare shoulders are no garment; of that colour nothing is kept
or told.

Light is taken into account as far as one picture allows. Its cast is estimated by Shades of Grey (Finlayson and
Trezzi 2004) from what is not people, and undone in part and within bounds: the room may really be brown. The brightest
parts of the picture stand for light grey. A garment lit otherwise than the room keeps that light's colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.guests import COLOURS, Colour, Unnamed
from mien.vision.colours import light, named, oklab, weighted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEAST_SEEN: Final = 0.35
"""Share of the torso's region that must be seen, and not be of the face's colour."""
CLOTHED: Final = 0.5
"""Share of what is seen there that must not be of the face's colour."""
ALONE: Final = 0.6
"""From this share on one colour is told alone."""
BESIDE: Final = 0.25
"""Least share of a second colour that is told, and of the first one beside it."""
BOTH: Final = 0.7
"""Least share of two colours together."""
DARK: Final = 0.03
"""Light (0..1) of the picture's bright parts below which colours are noise."""

_REGION: Final = (-0.62, 0.45, 0.62, 1.9)  # from the chin below the middle of the face
_SHADE: Final = (
    -1.25,
    -0.1,
    1.25,
    3.0,
)  # what of the picture somebody who stands in front may cover, likewise
_PERSON: Final = (-1.5, -1.8, 1.5, 9.0)  # what is people and not room, likewise
_CHEEKS: Final = ((0.15, 0.36), (0.64, 0.85))  # across the face's box, and down it
_CHEEK_ROWS: Final = (0.42, 0.66)
_NEARER: Final = 0.85  # as in `mien.vision.geometry.covered`
_SIDE: Final = 40  # samples along a side of the region
_ROOM: Final = (64, 36)
_LIKE_FACE: Final = 0.05  # in a and b
_DARKER, _LIGHTER = 0.25, 0.12  # in L: necks are in the shade of heads
_ALIKE: Final = 0.09  # between shades of one garment, weighted
_CAST: Final = 0.65
_MOST_CAST: Final = 1.6
_WHITE: Final = 0.75
_MOST_LIFT: Final = 12.0


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """How a picture is lit.

    Attributes:
        gains: (3,) float64 by which light of blue, green and red is multiplied.
        white: Light of its bright parts before that, 0..1.
    """

    gains: NDArray[np.float64]
    white: float

    @classmethod
    def of(cls, image: NDArray[np.uint8], faces: Sequence[NDArray[np.float32]]) -> Light:
        """The light of a picture.

        Args:
            image: (H, W, 3) uint8 BGR.
            faces: (4,) boxes of all faces in it, pixels.
        """
        height, width = image.shape[:2]
        small = light(np.asarray(cv2.resize(image, _ROOM, interpolation=cv2.INTER_AREA), np.uint8))
        room = np.ones(small.shape[:2], np.uint8)
        for face in faces:
            _paint(room, _part(face, _PERSON) * np.array([_ROOM[0] / width, _ROOM[1] / height] * 2), 0)
        seen = small[(room > 0) & (small.max(axis=-1) < 0.98) & (small.max(axis=-1) > 0.0)]
        white = float(np.percentile(small.mean(axis=-1), 98.0))
        lift = float(np.clip(_WHITE / max(white, 1e-6), 1.0, _MOST_LIFT))
        if len(seen) < 0.15 * room.size:
            return cls(np.full(3, lift), white)
        cast = (seen**6).mean(axis=0) ** (1.0 / 6.0)
        gains = np.clip((cast.mean() / np.maximum(cast, 1e-6)) ** _CAST, 1.0 / _MOST_CAST, _MOST_CAST)
        return cls(gains * lift, white)


def shares(
    image: NDArray[np.uint8],
    face: NDArray[np.float32],
    others: Sequence[NDArray[np.float32]],
    lit: Light,
    kept: NDArray[np.uint8] | None = None,
) -> NDArray[np.float64] | Unnamed:
    """How much of an upper garment has which colour.

    Args:
        image: (H, W, 3) uint8 BGR.
        face: (4,) box in pixels of the face above it.
        others: (4,) boxes of the other faces in the picture.
        lit: How the picture is lit.
        kept: (H, W) uint8, 0 where nothing may be looked at; `None` where everything may.

    Returns:
        (12,) shares in the order of `COLOURS`, sums to 1; or why they cannot be told.
    """
    if lit.white < DARK:
        return Unnamed.DARK
    height, width = image.shape[:2]
    x1, y1, x2, y2 = (int(value) for value in np.round(_part(face, _REGION)))
    left, top, right, bottom = max(x1, 0), max(y1, 0), min(x2, width), min(y2, height)
    if right - left < 4 or bottom - top < 4:
        return Unnamed.NOT_SEEN
    free = np.full((bottom - top, right - left), 255, np.uint8)
    if kept is not None:
        free &= kept[top:bottom, left:right]
    for other in others:
        if _in_front(other, face):
            for part in (_part(other, _SHADE), other.astype(np.float64)):
                _paint(free, part - (left, top, left, top), 0)
    seen = cv2.resize(free, (_SIDE, _SIDE), interpolation=cv2.INTER_NEAREST) > 0
    inside = (right - left) * (bottom - top) / float((x2 - x1) * (y2 - y1))
    if inside * seen.mean() < LEAST_SEEN:
        return Unnamed.NOT_SEEN
    crop = cv2.resize(image[top:bottom, left:right], (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    lab = oklab(light(np.asarray(crop, np.uint8)[seen]) * lit.gains)
    garment = lab[~_like(lab, _face_colour(image, face, lit))]
    if inside * len(garment) / seen.size < LEAST_SEEN or len(garment) < CLOTHED * len(lab):
        return Unnamed.NOT_SEEN
    return _gathered(garment)


def colours_of(found: NDArray[np.float64]) -> tuple[Colour, ...]:
    """The one or two colours that are told for shares; none where no one or two stand out.

    Args:
        found: (12,) shares in the order of `COLOURS`.

    Example:
        >>> colours_of(np.eye(12)[3]), colours_of(np.full(12, 1 / 12))
        ((<Colour.RED: 'red'>,), ())
    """
    first, second = np.argsort(-found, kind="stable")[:2]
    if found[second] >= BESIDE and found[first] + found[second] >= BOTH:
        return COLOURS[first], COLOURS[second]
    return (COLOURS[first],) if found[first] >= ALONE else ()


def _gathered(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of names, where shades of one garment that fall to either side of a border count for the larger."""
    names = named(lab)
    found = np.bincount(names, minlength=len(COLOURS)) / len(names)
    order = [int(number) for number in np.argsort(-found, kind="stable") if found[number] > 0.0]
    middles = {number: weighted(lab[names == number].mean(axis=0)) for number in order}
    for place, number in enumerate(order[1:], 1):
        near = [
            larger
            for larger in order[:place]
            if found[larger] > 0.0 and np.linalg.norm(middles[number] - middles[larger]) < _ALIKE
        ]
        if near:
            found[near[0]] += found[number]
            found[number] = 0.0
    return np.asarray(found)


def _face_colour(image: NDArray[np.uint8], face: NDArray[np.float32], lit: Light) -> NDArray[np.float64]:
    x1, y1, x2, y2 = (float(value) for value in face)
    top, bottom = (max(int(y1 + share * (y2 - y1)), 0) for share in _CHEEK_ROWS)
    cheeks = [
        image[top:bottom, max(int(x1 + left * (x2 - x1)), 0) : max(int(x1 + right * (x2 - x1)), 0)]
        for left, right in _CHEEKS
    ]
    pixels = np.concatenate([cheek.reshape(-1, 3) for cheek in cheeks])
    if not len(pixels):
        return np.full(3, np.inf)
    return oklab(np.median(light(pixels[:: max(1, len(pixels) // 400)]), axis=0) * lit.gains)


def _like(lab: NDArray[np.float64], face: NDArray[np.float64]) -> NDArray[np.bool_]:
    apart = lab - face
    near = np.hypot(apart[:, 1], apart[:, 2]) < _LIKE_FACE
    return np.asarray(near & (apart[:, 0] > -_DARKER) & (apart[:, 0] < _LIGHTER))


def _in_front(other: NDArray[np.float32], face: NDArray[np.float32]) -> bool:
    """Whether another person may hide this torso: who is nearer, and who is seen before it."""
    if other[3] - other[1] >= _NEARER * (face[3] - face[1]):
        return True
    x, y = (other[:2] + other[2:]) / 2.0
    x1, y1, x2, y2 = _part(face, _SHADE)
    return bool(x1 < x < x2 and y1 + 0.2 * (y2 - y1) < y < y2)


def _part(face: NDArray[np.float32], part: tuple[float, float, float, float]) -> NDArray[np.float64]:
    """A box given in face heights from the chin below the middle of the face, in pixels."""
    x1, y1, x2, y2 = (float(value) for value in face)
    chin = np.array([(x1 + x2) / 2.0, y2] * 2)
    return chin + np.array(part) * (y2 - y1)


def _paint(mask: NDArray[np.uint8], box: NDArray[np.float64], value: int) -> None:
    x1, y1, x2, y2 = np.round(box).astype(int)
    mask[max(y1, 0) : max(y2, 0), max(x1, 0) : max(x2, 0)] = value
