"""What covers are drawn on: the enlarged picture of a face, with a frame of the face's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.vision.region import LEFT_EYE_OUTER, RIGHT_EYE_OUTER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Field = NDArray[np.float32]
    Points = NDArray[np.float64]

_WIDTH_PX: Final = 84
"""Least width of a face on the canvas, pixels; small pictures are drawn enlarged."""
_LARGEST: Final = 4
_RIGHT_EAR, _LEFT_EAR = 234, 454
_CHEEKS: Final = (50, 280, 101, 330, 9)
_FACE_PER_EYES: Final = 1.45
"""Least width of a face over the distance of its eyes' outer corners: of a turned one less is seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """The enlarged picture that is drawn on, and the frame of the face in it.

    The frame's origin lies between the eyes; x runs along the eyes, y down the face, both in widths of the face.

    Attributes:
        points: (478, 2) float64 landmarks, pixels of the canvas.
        x: (H, W) float32 place of each pixel in the frame.
        y: (H, W) float32 likewise.
        right: (2,) float64 unit vector of x, in pixels.
        down: (2,) float64 unit vector of y.
        width: Width of the face, pixels.
        light: Median brightness of the cheeks, 0-255.
        scale: How many times the picture is enlarged.
    """

    points: Points
    x: Field
    y: Field
    right: Points
    down: Points
    width: float
    light: float
    scale: int

    @property
    def _middle(self) -> Points:
        return np.asarray((self.points[RIGHT_EYE_OUTER] + self.points[LEFT_EYE_OUTER]) / 2, np.float64)

    def at(self, x: float, y: float) -> Points:
        """(2,) pixels of a place in the frame of the face."""
        return np.asarray(self._middle + self.width * (x * self.right + y * self.down), np.float64)

    def place(self, point: Points) -> tuple[float, float]:
        """The place of a pixel in the frame of the face."""
        off = (point - self._middle) / self.width
        return float(off @ self.right), float(off @ self.down)

    def filled(self, outline: Points) -> Field:
        """(H, W) 1 inside a closed outline of pixels, 0 outside."""
        out = np.zeros(self.x.shape, np.uint8)
        cv2.fillPoly(out, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        return np.asarray(out, np.float32) / np.float32(255.0)


def canvas_of(image: NDArray[np.uint8], points: NDArray[np.floating]) -> Canvas:
    """The canvas of a face.

    Args:
        image: (H, W) uint8 grey.
        points: (478, 2) or (478, 3) its landmarks, pixels.
    """
    p = np.asarray(points, np.float64)[:, :2]
    eyes = p[LEFT_EYE_OUTER] - p[RIGHT_EYE_OUTER]
    right = eyes / max(float(np.hypot(*eyes)), 1e-6)
    down = np.array([-right[1], right[0]])
    wide = max(float((p[_LEFT_EAR] - p[_RIGHT_EAR]) @ right), _FACE_PER_EYES * float(eyes @ right), 4.0)
    k = int(np.clip(np.ceil(_WIDTH_PX / wide), 1, _LARGEST))
    on_cheeks = np.clip(p[list(_CHEEKS), ::-1].astype(int), 0, np.array(image.shape) - 1)
    light = float(np.median(image[tuple(on_cheeks.T)]))
    p, wide = p * k, wide * k
    columns, rows = np.meshgrid(
        np.arange(image.shape[1] * k, dtype=np.float32), np.arange(image.shape[0] * k, dtype=np.float32)
    )
    middle = (p[RIGHT_EYE_OUTER] + p[LEFT_EYE_OUTER]) / 2
    columns, rows = (columns - np.float32(middle[0])) / wide, (rows - np.float32(middle[1])) / wide
    x = np.asarray(columns * right[0] + rows * right[1], np.float32)
    y = np.asarray(columns * down[0] + rows * down[1], np.float32)
    return Canvas(p, x, y, right, down, wide, light, k)


def curve(through: list[Points], count: int = 24) -> Points:
    """(count, 2) a smooth curve through points (2,), evenly over their numbers."""
    knots = np.linspace(0.0, 1.0, len(through))
    t = np.linspace(0.0, 1.0, count)
    fitted = [
        np.polynomial.Polynomial.fit(knots, values, min(len(through) - 1, 4))(t)
        for values in np.stack(through).T
    ]
    return np.stack(fitted, axis=1)
