"""Pictures to draw on, in which nobody can be known: blurred, and looked through for faces before they are shown.

How strong a blur must be depends on how near people are: where 24 cells are left of its long side, the detectors
still find a face that fills the picture (`tests/vision/test_blur.py`). So no single strength is trusted. Faces are
painted over first. Everything is blurred to well below what a face needs to be known (some 16 elements across it:
Harmon and Julesz 1973; Bachmann 1991). Then the detectors look at what came out, at several sizes and turns, and are
less sure than when they look for somebody to read; where they find a face still, it is painted over too and the blur
grows. What they find a face in is never given out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.errors import ImageError
from mien.vision.detect.network import DEFAULT_LONG_SIDE
from mien.vision.registry import DETECTORS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mien.vision.protocols import Detector

LONG_SIDE: Final = 960
"""Longer side of a blurred picture, pixels."""

_STEPS: Final = ((80, 2.0), (64, 2.5), (48, 2.5), (32, 2.0), (16, 2.0))
"""Cells that are left of the longer side, and the Gaussian over them, cells: the first are tried first."""

_LOOKED_AT: Final = (120, 160, 240, 320, 480, DEFAULT_LONG_SIDE)
"""Longer sides at which a blurred picture is looked through, pixels; detectors shrink what is larger than the last."""

_LEAST_SCORE: Final = 0.3
"""From which score on a face is one here: reading takes faces from 0.5 on."""

_AROUND: Final = 0.35
"""Share of a face's box that is painted over on each side beyond it: hair, ears and chin."""


@dataclass(frozen=True, slots=True)
class Blurring:
    """Blurs pictures; one of it for a process that blurs several.

    Attributes:
        detectors: What looks for faces, before and after.
    """

    detectors: tuple[Detector, ...]

    @classmethod
    def usual(cls) -> Blurring:
        """With every face detector that Mien has."""
        return cls(tuple(DETECTORS.make(name, min_score=_LEAST_SCORE) for name in DETECTORS.names))

    def blurred(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture with nobody in it who could be known.

        Args:
            image: (H, W, 3) uint8 BGR; it is not changed.

        Returns:
            (H, W, 3) uint8 BGR, of the same shape up to a longer side of `LONG_SIDE`.

        Raises:
            ImageError: A face is found however strong the blur is.
        """
        scale = LONG_SIDE / max(image.shape[:2])
        size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
        painted = self._painted(image, self._faces_at_any_turn(image))
        for cells, sigma in _STEPS:
            shown = _coarse(painted, cells, sigma, size)
            found = self._faces_at_any_size(shown)
            if not found:
                return shown
            back = np.array([image.shape[1] / size[0], image.shape[0] / size[1]] * 2)
            painted = self._painted(painted, [box * back for box in found])
        raise ImageError("A face is found in the picture however strongly it is blurred, so it is not shown.")

    def _faces_at_any_turn(self, image: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        """Those of people who lie, or whose camera hangs askew, as well."""
        height, width = image.shape[:2]
        found = list(self._faces(image))
        for turns in (1, 2, 3):
            for x1, y1, x2, y2 in self._faces(np.ascontiguousarray(np.rot90(image, turns))):
                box = {
                    1: (width - y2, x1, width - y1, x2),
                    2: (width - x2, height - y2, width - x1, height - y1),
                    3: (y1, height - x2, y2, height - x1),
                }[turns]
                found.append(np.array(box))
        return found

    def _faces_at_any_size(self, image: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        found: list[NDArray[np.float64]] = []
        for side in _LOOKED_AT:
            scale = side / max(image.shape[:2])
            looked_at = _resized(image, scale)
            found += [box / scale for box in self._faces_at_any_turn(looked_at)]
        return found

    def _faces(self, image: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        return [
            np.asarray(face.box, np.float64) for detector in self.detectors for face in detector.detect(image)
        ]

    @staticmethod
    def _painted(image: NDArray[np.uint8], faces: Sequence[NDArray[np.float64]]) -> NDArray[np.uint8]:
        """A copy with each face under one flat colour: the mean of what lies around it."""
        painted = image.copy()
        height, width = image.shape[:2]
        for x1, y1, x2, y2 in faces:
            dx, dy = (x2 - x1) * _AROUND, (y2 - y1) * _AROUND
            left, right = max(0, int(x1 - dx)), min(width, int(x2 + dx) + 1)
            top, bottom = max(0, int(y1 - dy)), min(height, int(y2 + dy) + 1)
            if left < right and top < bottom:
                painted[top:bottom, left:right] = painted[top:bottom, left:right].mean(axis=(0, 1))
        return painted


def as_jpeg(image: NDArray[np.uint8]) -> bytes:
    """A picture ((H, W, 3) uint8 BGR) as JPEG."""
    _, coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80])
    return coded.tobytes()


def _coarse(image: NDArray[np.uint8], cells: int, sigma: float, size: tuple[int, int]) -> NDArray[np.uint8]:
    scale = min(1.0, cells / max(image.shape[:2]))
    few = _resized(image, scale)
    return np.asarray(
        cv2.resize(cv2.GaussianBlur(few, (0, 0), sigma), size, interpolation=cv2.INTER_CUBIC), np.uint8
    )


def _resized(image: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=how), np.uint8)
