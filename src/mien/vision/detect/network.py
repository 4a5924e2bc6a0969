"""What the detectors share: fitting a picture to the network, and turning its raw boxes into detections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.errors import ImageError, SettingError
from mien.vision.types import Detection

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEFAULT_LONG_SIDE: Final = 640
"""Pixels of the longer side that a picture is shrunk to before detection."""

_STRIDE: Final = 32
_SMALLEST_LONG_SIDE: Final = 64


def check_options(long_side: int | None, min_score: float) -> None:
    """Refuse options no detector can work with.

    Raises:
        SettingError: The long side is under 64 pixels, or the score is not between 0 and 1.
    """
    if long_side is not None and long_side < _SMALLEST_LONG_SIDE:
        raise SettingError(
            f"A detection size of {long_side} pixels is too small; use {_SMALLEST_LONG_SIDE} or more, "
            "or none for full resolution."
        )
    if not 0.0 < min_score < 1.0:
        raise SettingError(f"A detection score of {min_score} is impossible; use a value between 0 and 1.")


def check_picture(image: NDArray[np.uint8]) -> None:
    """Refuse what is no colour picture.

    Raises:
        ImageError: `image` is not a non-empty (H, W, 3) uint8 array.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or image.size == 0:
        raise ImageError(
            f"A picture must be a non-empty (height, width, 3) uint8 array, not {image.shape} {image.dtype}."
        )


def fit(image: NDArray[np.uint8], long_side: int | None) -> tuple[NDArray[np.float32], float]:
    """Shrink and pad a picture to what a detector takes.

    Args:
        image: (H, W, 3) uint8 BGR.
        long_side: Shrink to this many pixels on the longer side; smaller pictures stay as they are, and all
            do
            with `None`.

    Returns:
        (1, 3, h, w) float32 BGR 0-255 with sides padded at the right and bottom to multiples of 32, and the
        factor from pixels of `image` to pixels of the input.
    """
    height, width = image.shape[:2]
    scale = 1.0
    if long_side is not None and max(height, width) > long_side:
        scale = long_side / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        height, width = image.shape[:2]
    bottom, right = -height % _STRIDE, -width % _STRIDE
    if bottom or right:
        padded = cv2.copyMakeBorder(image, 0, bottom, 0, right, cv2.BORDER_CONSTANT, value=(0, 0, 0))
        image = padded.astype(np.uint8, copy=False)
    return cv2.dnn.blobFromImage(image).astype(np.float32, copy=False), scale


def detections(
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    points: NDArray[np.float32],
    *,
    scale: float,
    max_overlap: float,
) -> list[Detection]:
    """One detection per face: of boxes that overlap, the best stays.

    Args:
        boxes: (N, 4) x1, y1, x2, y2 in pixels of the network's input.
        scores: (N,) 0..1.
        points: (N, 5, 2) pixels of the network's input.
        scale: Factor from the picture to the network's input.
        max_overlap: Intersection over union from which two boxes are the same face.

    Returns:
        Detections in pixels of the picture, best first.
    """
    return [
        Detection(
            box=(boxes[i] / scale).astype(np.float32),
            score=float(scores[i]),
            points=(points[i] / scale).astype(np.float32),
        )
        for i in best(boxes, scores, max_overlap=max_overlap)
    ]


def best(boxes: NDArray[np.float32], scores: NDArray[np.float32], *, max_overlap: float) -> NDArray[np.intp]:
    """Which boxes stay when of those that overlap only the best does, best first.

    Args:
        boxes: (N, 4) x1, y1, x2, y2.
        scores: (N,) 0..1.
        max_overlap: Intersection over union from which two boxes are the same thing.

    Returns:
        (K,) their indices.
    """
    if len(boxes) == 0:
        return np.zeros(0, dtype=np.intp)
    corners_and_sides = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(corners_and_sides.tolist(), scores.tolist(), 0.0, max_overlap)
    return np.asarray(kept, dtype=np.intp).ravel()
