"""From loose crops of one face to the canonical crop that networks read."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.errors import ImageError
from mien.vision.align import alignment, centre_alignment, warp
from mien.vision.arrays import as_rgb
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker, find_in_crop
from mien.vision.region import Region, region_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.types import FaceMesh

MIN_CROP: Final = 12
"""Smallest side of a face crop that can be read, pixels."""

_DETECT_SIDE: Final = 160


class CropAligner:
    """Finds the face in a loose crop and brings it to the canonical square.

    Args:
        size: Side of the square, pixels.
        threads: Threads inside one operation.
    """

    def __init__(self, size: int, *, threads: int = 1) -> None:
        self._size = size
        self._threads = threads

    @cached_property
    def _landmarker(self) -> MediaPipeLandmarker:
        return MediaPipeLandmarker(threads=self._threads)

    @cached_property
    def _detector(self) -> YuNet:
        return YuNet(long_side=None, threads=self._threads)

    def align(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The canonical crop of the face in a loose crop ((H, W, 3) uint8 RGB), grey (S, S) uint8."""
        return self.cut(picture, self.find(picture))

    def find(self, picture: NDArray[np.uint8]) -> FaceMesh | None:
        """The landmarks of the face in a loose crop ((H, W, 3) uint8 RGB); `None` where none are found.

        They are looked for with the face filling the crop, then with the face detector.
        """
        image = picture[..., ::-1]
        mesh = find_in_crop(self._landmarker, image)
        return self._find_by_detector(image) if mesh is None else mesh

    def cut(self, picture: NDArray[np.uint8], mesh: FaceMesh | None) -> NDArray[np.uint8]:
        """`canonical_crop` of a loose crop ((H, W, 3) uint8 RGB)."""
        return canonical_crop(np.ascontiguousarray(picture[..., ::-1]), mesh, self._size)

    def _find_by_detector(self, image: NDArray[np.uint8]) -> FaceMesh | None:
        pad = max(image.shape[:2]) // 4
        padded = np.asarray(cv2.copyMakeBorder(image, pad, pad, pad, pad, cv2.BORDER_REPLICATE), np.uint8)
        scale = _DETECT_SIDE / max(padded.shape[:2])
        matrix = np.array([[scale, 0.0, 0.0], [0.0, scale, 0.0]])
        found = self._detector.detect(warp(padded, matrix, _DETECT_SIDE))
        if not found:
            return None
        region = region_of(found[0])
        place = Region(region.x / scale - pad, region.y / scale - pad, region.side / scale, region.angle)
        return find_in_crop(self._landmarker, image, place)


def canonical_crop(image: NDArray[np.uint8], mesh: FaceMesh | None, size: int) -> NDArray[np.uint8]:
    """The canonical crop by landmarks; where there are none, the picture as it came.

    Args:
        image: (H, W, 3) uint8 BGR.
        mesh: Landmarks in it.
        size: Side of the crop, pixels.

    Returns:
        (size, size) uint8 grey.
    """
    height, width = image.shape[:2]
    matrix = centre_alignment(height, width, size) if mesh is None else alignment(mesh.points, size)
    return np.asarray(cv2.cvtColor(warp(image, matrix, size), cv2.COLOR_BGR2GRAY), np.uint8)


def checked_crop(crop: object, number: int) -> NDArray[np.uint8]:
    """A crop of any accepted kind as (H, W, 3) uint8 RGB, large enough to be read.

    Raises:
        ImageError: It has the wrong shape, type or range, or is too small.
    """
    picture = as_rgb(crop, f"Crop {number}")
    if min(picture.shape[:2]) < MIN_CROP:
        raise ImageError(
            f"Crop {number} is {picture.shape[1]}x{picture.shape[0]} pixels; a face needs at least "
            f"{MIN_CROP}x{MIN_CROP}."
        )
    return picture
