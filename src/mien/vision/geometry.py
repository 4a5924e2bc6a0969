"""Boxes: overlap, size and place. A box is (x1, y1, x2, y2) in pixels, see `mien.vision.types`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.types import FaceMesh


def mesh_box(mesh: FaceMesh) -> NDArray[np.float32]:
    """The upright box around the 468 points of the face's surface.

    Returns:
        (4,) float32 box in pixels.
    """
    surface = mesh.points[:468, :2]
    return np.concatenate([surface.min(axis=0), surface.max(axis=0)]).astype(np.float32)


def face_height(mesh: FaceMesh) -> float:
    """Height of the box around a face's landmarks, pixels."""
    box = mesh_box(mesh)
    return float(box[3] - box[1])


def overlap(boxes: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float64]:
    """Intersection over union of every box with every other.

    Args:
        boxes: (N, 4) pixels.
        others: (M, 4) pixels.

    Returns:
        (N, M) shares, 0..1.

    Example:
        >>> a = np.array([[0, 0, 2, 2]], np.float32)
        >>> float(overlap(a, a + 1).round(3)[0, 0])
        0.143
    """
    a = np.asarray(boxes, dtype=np.float64).reshape(-1, 1, 4)
    b = np.asarray(others, dtype=np.float64).reshape(1, -1, 4)
    sides = np.clip(np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2]), 0.0, None)
    shared = sides.prod(axis=-1)
    union = (a[..., 2:] - a[..., :2]).prod(axis=-1) + (b[..., 2:] - b[..., :2]).prod(axis=-1) - shared
    return np.asarray(shared / np.maximum(union, 1e-9), dtype=np.float64)


def covered(boxes: NDArray[np.float32]) -> NDArray[np.float64]:
    """How much of each face another one may cover, the nearer being the taller.

    Of two faces of about the same height (within 15 %) either may be the nearer one.

    Args:
        boxes: (N, 4) pixels.

    Returns:
        (N,) greatest share of each box under one other, 0..1.

    Example:
        >>> covered(np.array([[0, 0, 10, 10], [5, 0, 25, 20]], np.float32))
        array([0.5, 0. ])
    """
    b = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    if len(b) < 2:
        return np.zeros(len(b))
    corner = np.maximum(b[:, None, :2], b[None, :, :2])
    shared = np.clip(np.minimum(b[:, None, 2:], b[None, :, 2:]) - corner, 0.0, None).prod(axis=-1)
    height = b[:, 3] - b[:, 1]
    nearer = height[None, :] >= 0.85 * height[:, None]
    np.fill_diagonal(nearer, val=False)
    area = np.maximum((b[:, 2:] - b[:, :2]).prod(axis=-1), 1e-9)
    return np.asarray((shared * nearer).max(axis=1) / area, dtype=np.float64)


def inside_picture(box: NDArray[np.float32], height: int, width: int) -> float:
    """Share of a box that lies inside a picture of that many pixels, 0..1."""
    x1, y1, x2, y2 = (float(value) for value in box)
    area = (x2 - x1) * (y2 - y1)
    if area <= 0.0:
        return 0.0
    shared = max(0.0, min(x2, width) - max(x1, 0.0)) * max(0.0, min(y2, height) - max(y1, 0.0))
    return shared / area


def pixels_of(box: NDArray[np.float32], height: int, width: int) -> tuple[int, int, int, int]:
    """The whole pixels of a box inside a picture: left, top, right, bottom, the last two not included."""
    x1, y1 = np.floor(box[:2]).astype(int)
    x2, y2 = np.ceil(box[2:]).astype(int)
    return max(int(x1), 0), max(int(y1), 0), min(int(x2), width), min(int(y2), height)
