"""The first part of a reader: a face is cut out of a picture and brought to what the network takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from mien.vision.align import alignment, centre_alignment, warp
from mien.vision.region import ENLARGE, Region, region_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mien.vision.readers.manifest import Face, Input
    from mien.vision.types import FaceMesh


def cut_face(image: NDArray[np.uint8], mesh: FaceMesh, face: Face, size: int) -> NDArray[np.uint8]:
    """The square of a picture that a network is to see of a face.

    Args:
        image: (H, W, 3) uint8 BGR.
        mesh: Landmarks of the face in it.
        face: How it is cut.
        size: Side of the result, pixels.

    Returns:
        (size, size, 3) uint8 BGR.
    """
    if face.cut == "mien":
        return warp(image, alignment(mesh.points, size), size)
    place = region_of(mesh)
    side = place.side / ENLARGE * face.margin
    return _cut_square(image, Region(place.x, place.y, side, place.angle if face.level else 0.0), size)


def cut_whole(image: NDArray[np.uint8], face: Face, size: int) -> NDArray[np.uint8]:
    """A crop as it came, where no landmarks are found in it.

    Args:
        image: (H, W, 3) uint8 BGR, filled by one face.
        face: How faces are cut.
        size: Side of the result, pixels.

    Returns:
        (size, size, 3) uint8 BGR.
    """
    height, width = image.shape[:2]
    if face.cut == "mien":
        return warp(image, centre_alignment(height, width, size), size)
    return _cut_square(image, Region(width / 2, height / 2, max(height, width)), size)


def prepare(crops: Sequence[NDArray[np.uint8]], wanted: Input) -> NDArray[np.float32] | NDArray[np.uint8]:
    """The batch that a network takes.

    Args:
        crops: (size, size, 3) uint8 BGR each, at least one.
        wanted: What the network takes.

    Returns:
        (N, C, size, size) or (N, size, size, C), float32 or uint8.
    """
    pixels = np.stack([_coloured(crop, wanted) for crop in crops])
    batch = pixels if wanted.layout == "nhwc" else pixels.transpose(0, 3, 1, 2)
    if wanted.type == "uint8":
        return np.ascontiguousarray(batch)
    shape = (1, 1, 1, -1) if wanted.layout == "nhwc" else (1, -1, 1, 1)
    mean, std = (np.array(v, np.float64).reshape(shape) for v in (wanted.mean, wanted.std))
    return np.ascontiguousarray((batch / wanted.divide_by - mean) / std, np.float32)


def _cut_square(image: NDArray[np.uint8], place: Region, size: int) -> NDArray[np.uint8]:
    matrix = place.matrix(size)
    # places count from the corner of the first pixel, warping from its centre
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    return warp(image, matrix, size)


def _coloured(crop: NDArray[np.uint8], wanted: Input) -> NDArray[np.uint8]:
    """(size, size, C) uint8."""
    match wanted.channels:
        case "bgr":
            return crop
        case "rgb":
            return crop[..., ::-1]
        case _:
            grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.uint8)[..., None]
            return np.repeat(grey, wanted.depth, axis=2)
