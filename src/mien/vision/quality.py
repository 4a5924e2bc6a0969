"""How well a face can be read: size, sharpness, light and how much of it is in the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.vision.geometry import inside_picture, pixels_of
from mien.vision.types import Quality

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.exclude import ExcludedZones

_SIDE: Final = 48
"""Side of the square on which sharpness is judged: what the reader sees of a face, whatever its size."""

_REBLUR: Final = (5, 5)
# Measured on faces of 95-330 pixels: sharp ones lose 0.58-0.67 to the further blur, 0.37-0.44 after a
# Gaussian of 2 % of the face's height, 0.19-0.30 after one of 4 %.
_NO_DETAIL: Final = 0.20
_ENOUGH_DETAIL: Final = 0.50


def face_quality(image: NDArray[np.uint8], box: NDArray[np.float32], zones: ExcludedZones) -> Quality:
    """Measure one face.

    Args:
        image: (H, W, 3) uint8 BGR.
        box: (4,) the face in pixels; it may reach over the picture's edge.
        zones: Excluded zones of the picture.

    Returns:
        Its quality; a face wholly outside the picture has sharpness, brightness and contrast 0.
    """
    height, width = image.shape[:2]
    x1, y1, x2, y2 = pixels_of(box, height, width)
    inside = inside_picture(box, height, width) * (1.0 - zones.share(box, height, width))
    tall = float(box[3] - box[1])
    if x2 - x1 < 2 or y2 - y1 < 2:
        return Quality(height_px=tall, sharpness=0.0, brightness=0.0, contrast=0.0, inside=inside)
    shrunk = cv2.resize(image[y1:y2, x1:x2], (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    luma = cv2.cvtColor(shrunk, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return Quality(
        height_px=tall,
        sharpness=sharpness(luma),
        brightness=float(luma.mean()) / 255.0,
        contrast=float(luma.std()) / 255.0,
        inside=inside,
    )


def sharpness(luma: NDArray[np.float32]) -> float:
    """Sharpness of a face brought to 48x48 pixels, so that neither its size nor its contrast decides.

    The share of differences between neighbours that a further blur takes away: much in a sharp picture,
    little in one that was blurred before (Crete et al. 2007, "The blur effect: perception and estimation
    with a new no-reference perceptual blur metric", SPIE 6492).

    Args:
        luma: (48, 48) float32, 0..255.

    Returns:
        0 (nothing can be made out) .. 1 (as sharp as the reader needs).
    """
    soft = cv2.blur(luma, _REBLUR)
    lost = total = 0.0
    for axis in (0, 1):
        before = np.abs(np.diff(luma, axis=axis))
        after = np.abs(np.diff(soft, axis=axis))
        total += float(before.sum())
        lost += float(np.maximum(before - after, 0.0).sum())
    if total <= 0.0:
        return 0.0
    return float(np.clip((lost / total - _NO_DETAIL) / (_ENOUGH_DETAIL - _NO_DETAIL), 0.0, 1.0))
