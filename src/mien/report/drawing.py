"""Lines, pills and words on a picture: anti-aliased, in the colours of the dark page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import cv2
import numpy as np

from mien.report.palette import COLOURS

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_SHIFT: Final = 4  # OpenCV draws at sixteenths of a pixel
_ELLIPSIS: Final = "…"
_CORNER: Final = 0.2

REGULAR: Final = 400
STRONG: Final = 600


def colour(name: str) -> tuple[int, int, int]:
    """Colour `name` on a dark ground, BGR."""
    text = COLOURS[name][1]
    return int(text[5:7], 16), int(text[3:5], 16), int(text[1:3], 16)


def between(one: str, other: str) -> tuple[int, int, int]:
    """The colour half-way between two, BGR."""
    b, g, r = ((x + y) // 2 for x, y in zip(colour(one), colour(other), strict=True))
    return b, g, r


class Word(NamedTuple):
    """A piece of text with the name of its colour and its weight (100-900)."""

    text: str
    ink: str = "ink"
    weight: int = REGULAR


class Pen:
    """Draws in sizes that follow the picture's.

    Args:
        unit: Pixels per unit of length; 1 for a picture of 1280 pixels.
    """

    def __init__(self, unit: float) -> None:
        self._unit = unit
        self._font = cv2.FontFace("sans")

    def px(self, length: float) -> int:
        """A length in whole pixels, at least 1."""
        return max(1, round(length * self._unit))

    def width_of(self, text: str, size: float, weight: int = REGULAR) -> int:
        """Pixels that `text` needs from left to right."""
        if not text:
            return 0
        box = cv2.getTextSize((0, 0), text, (0, 0), self._font, self.px(size), weight)
        return int(box[0] + box[2])

    def fitted(self, text: str, size: float, width: int, weight: int = REGULAR) -> str:
        """`text`, cut short with an ellipsis where it needs more than `width` pixels."""
        if self.width_of(text, size, weight) <= width:
            return text
        while text and self.width_of(text + _ELLIPSIS, size, weight) > width:
            text = text[:-1]
        return text.rstrip() + _ELLIPSIS

    def wrapped(self, text: str, size: float, width: int) -> list[str]:
        """`text` in lines of at most `width` pixels, broken between words."""
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width_of(longer, size) <= width:
                lines[-1] = longer
            else:
                lines.append(self.fitted(word, size, width))
        return lines

    def text(
        self,
        image: NDArray[np.uint8],
        word: Word,
        at: tuple[float, float],
        size: float,
    ) -> int:
        """Write `word` with its baseline beginning at `at` (x, y pixels); returns where it ends, pixels."""
        x, y = round(at[0]), round(at[1])
        cv2.putText(image, word.text, (x, y), colour(word.ink), self._font, self.px(size), word.weight)
        return x + self.width_of(word.text, size, word.weight)

    def line(
        self, image: NDArray[np.uint8], points: ArrayLike, ink: tuple[int, int, int], thickness: float
    ) -> None:
        """A line through (K, 2) points, pixels."""
        width = max(1, round(thickness * self._unit))
        cv2.polylines(image, [_fine(points)], False, ink, width, cv2.LINE_AA, _SHIFT)

    def area(self, image: NDArray[np.uint8], points: ArrayLike, ink: tuple[int, int, int]) -> None:
        """A filled shape with (K, 2) corners, pixels."""
        fill(image, points, ink)

    def dot(
        self, image: NDArray[np.uint8], at: tuple[float, float], radius: float, ink: tuple[int, int, int]
    ) -> None:
        """A filled circle; `radius` in units."""
        centre = round(at[0] * 2**_SHIFT), round(at[1] * 2**_SHIFT)
        cv2.circle(image, centre, round(radius * self._unit * 2**_SHIFT), ink, -1, cv2.LINE_AA, _SHIFT)

    def pill(
        self,
        image: NDArray[np.uint8],
        box: tuple[float, float, float, float],
        radius: float,
        ink: tuple[int, int, int],
    ) -> None:
        """A filled rectangle with rounded corners; `radius` in units."""
        self.area(image, rounded(box, radius * self._unit), ink)

    def brackets(
        self,
        image: NDArray[np.uint8],
        box: tuple[float, float, float, float],
        ink: tuple[int, int, int],
        thickness: float,
        *,
        broken: bool = False,
    ) -> None:
        """A rounded frame around a face, whole or (for one that does not count) broken into its corners."""
        side = min(box[2] - box[0], box[3] - box[1])
        outline = rounded(box, side * _CORNER)
        corners = np.split(outline, 4)
        if not broken:
            self.line(image, np.concatenate([outline, outline[:1]]), ink, thickness)
            return
        for corner in corners:
            self.line(image, corner, ink, thickness)


def fill(image: NDArray[np.uint8], points: ArrayLike, ink: tuple[int, ...]) -> None:
    """Fill a shape with (K, 2) corners, pixels, in a picture of as many channels as `ink`."""
    cv2.fillPoly(image, [_fine(points)], ink, cv2.LINE_AA, _SHIFT)


def rounded(box: tuple[float, float, float, float], radius: float) -> NDArray[np.float64]:
    """(68, 2) outline of a rectangle with rounded corners, 17 points each, clockwise from the top left."""
    x1, y1, x2, y2 = box
    radius = min(radius, (x2 - x1) / 2, (y2 - y1) / 2)
    left, right, top, bottom = x1 + radius, x2 - radius, y1 + radius, y2 - radius
    centres = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    angles = np.radians(np.array([180, 270, 0, 90])[:, None] + np.linspace(0, 90, 17)[None])
    arcs = centres[:, None] + radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return np.asarray(arcs.reshape(-1, 2), dtype=np.float64)


def _fine(points: ArrayLike) -> NDArray[np.int32]:
    return np.round(np.asarray(points, dtype=np.float64) * 2**_SHIFT).astype(np.int32)
