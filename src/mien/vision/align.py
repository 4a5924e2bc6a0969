"""One alignment of faces, used by training and by use alike.

A face is brought to the canonical square by the similarity (turn, scale, shift) that best fits its stable
landmarks, those around the eyes and the nose that expressions hardly move, to the same points of the
canonical face seen from the front. The crop runs from above the brows to the chin.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.vision.models import entry, verified_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.types import FaceMesh

STABLE: Final = (33, 133, 362, 263, 168, 6, 197, 195, 2, 98, 327)
"""Landmarks that expressions hardly move: eye corners, bridge of the nose, its base and wings."""

CROP_CENTRE: Final = (0.0, -0.4)
"""Centre of the crop on the canonical face, cm, y up."""

CROP_SIDE: Final = 17.0
"""Side of the crop on the canonical face, cm: from the middle of the forehead to the chin."""

CENTRE_HEIGHT: Final = 0.44
"""Where the middle of a face picture as it came lies in the crop, 0 top .. 1 bottom (median over FER2013)."""


@cache
def canonical_face() -> NDArray[np.float64]:
    """The canonical face: (468, 3) float64 cm, x to the face's left, y up, z towards the camera.

    Raises:
        ModelError: The file is missing or altered.
    """
    points: NDArray[np.float64] = np.load(verified_path(entry("canonical_face_468"))).astype(np.float64)
    points.flags.writeable = False
    return points


@cache
def _template() -> NDArray[np.float64]:
    """The stable landmarks in the canonical square: (K, 2), 0..1, y down."""
    points = canonical_face()[list(STABLE), :2]
    return np.asarray((points - CROP_CENTRE) * (1.0, -1.0) / CROP_SIDE + 0.5, np.float64)


def similarity(source: NDArray[np.floating], target: NDArray[np.floating]) -> NDArray[np.float64]:
    """The least-squares similarity without reflection that brings `source` to `target`.

    Args:
        source: (K, 2) points.
        target: (K, 2) points.

    Returns:
        (2, 3) float64 affine matrix.

    Source: Umeyama 1991, "Least-squares estimation of transformation parameters between two point patterns",
    in the plane, where it is linear in (a, b) of [[a, -b], [b, a]].
    """
    s0, t0 = source.mean(axis=0, dtype=np.float64), target.mean(axis=0, dtype=np.float64)
    s, t = source - s0, target - t0
    spread = max(float((s * s).sum()), 1e-12)
    a = float((s * t).sum()) / spread
    b = float((s[:, 0] * t[:, 1] - s[:, 1] * t[:, 0]).sum()) / spread
    matrix = np.array([[a, -b], [b, a]])
    return np.column_stack([matrix, t0 - matrix @ s0])


def warp(image: NDArray[np.uint8], matrix: NDArray[np.float64], size: int) -> NDArray[np.uint8]:
    """Cut a square out of a picture by a similarity, without aliasing where it shrinks.

    Only the part of the picture that is needed is touched. Where the picture shrinks by two or more it is
    first averaged over whole pixels; beyond its edge, edge pixels repeat.

    Args:
        image: (H, W) or (H, W, C) uint8.
        matrix: (2, 3) picture pixels -> crop pixels.
        size: Side of the crop, pixels.

    Returns:
        (size, size) or (size, size, C) uint8.
    """
    height, width = image.shape[:2]
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    back = cv2.invertAffineTransform(matrix)
    corners = np.array([[0, 0, 1], [size, 0, 1], [0, size, 1], [size, size, 1]], np.float64) @ back.T
    reach = 2.0 + 1.0 / scale
    x0, y0 = np.clip(np.floor(corners.min(axis=0) - reach), 0, (width - 1, height - 1)).astype(int)
    x1, y1 = np.clip(np.ceil(corners.max(axis=0) + reach), (x0 + 1, y0 + 1), (width, height)).astype(int)
    part = image[y0:y1, x0:x1]
    shift = np.array([[1.0, 0.0, x0], [0.0, 1.0, y0], [0.0, 0.0, 1.0]])
    step = min(int(1.0 / scale), *part.shape[:2])
    if step >= 2:
        columns, rows = part.shape[1] // step, part.shape[0] // step
        part = cv2.resize(
            part[: rows * step, : columns * step], (columns, rows), interpolation=cv2.INTER_AREA
        ).astype(np.uint8)
        # the centre of a block of `step` pixels is half a block beyond the centre of its first pixel
        shift = shift @ np.array([[step, 0.0, (step - 1) / 2], [0.0, step, (step - 1) / 2], [0.0, 0.0, 1.0]])
    out = cv2.warpAffine(
        part, matrix @ shift, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(out, dtype=np.uint8)


def alignment(points: NDArray[np.floating], size: int) -> NDArray[np.float64]:
    """The similarity that brings a face's landmarks to the canonical square.

    Args:
        points: (478, 2) or (478, 3) landmarks, pixels of the picture.
        size: Side of the square, pixels.

    Returns:
        (2, 3) float64, picture pixels -> square pixels.
    """
    matrix = similarity(np.asarray(points, np.float64)[list(STABLE), :2], _template() * size)
    # landmarks count from the corner of the first pixel, warping from its centre
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    return matrix


def align_face(image: NDArray[np.uint8], mesh: FaceMesh, size: int) -> NDArray[np.uint8]:
    """The canonical crop of a face.

    Args:
        image: (H, W) or (H, W, 3) uint8.
        mesh: Landmarks of the face in `image`.
        size: Side of the crop, pixels.

    Returns:
        (size, size) or (size, size, 3) uint8.
    """
    return warp(image, alignment(mesh.points, size), size)


def centre_alignment(height: int, width: int, size: int) -> NDArray[np.float64]:
    """The alignment assumed where no landmarks are found: the face fills the picture, as in FER2013.

    Args:
        height: Picture height, pixels.
        width: Picture width, pixels.
        size: Side of the square, pixels.

    Returns:
        (2, 3) float64, picture pixels -> square pixels.
    """
    scale = size / min(height, width)
    shift_x = size / 2 - scale * width / 2
    shift_y = size * CENTRE_HEIGHT - scale * height / 2
    offset = (scale - 1.0) / 2.0
    return np.array([[scale, 0.0, shift_x + offset], [0.0, scale, shift_y + offset]])
