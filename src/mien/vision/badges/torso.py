"""Where a badge can be worn, seen from the face above it.

All lengths are in face heights (the box around the landmarks, brow to chin, about 18 cm). A badge counts for a face if
its centre lies at most `REACH` beside the middle of the face, from just above the chin to `DEPTH` below it, and if its
side is as large as 10 cm can look there: a poster or somebody farther behind is neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.vision.geometry import inside_picture, pixels_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.exclude import ExcludedZones

REACH: Final = 1.1
"""Farthest a badge's centre may be beside the middle of the face."""
RISE: Final = 0.1
"""Farthest a badge's centre may be above the chin, of somebody who leans forward."""
DEPTH: Final = 3.0
"""Farthest a badge's centre may be below the chin."""
LEAST_SIDE: Final = 0.2
"""Least of a badge's longest side."""
MOST_SIDE: Final = 1.2
"""Greatest of a badge's longest side, of somebody who leans towards the camera."""
USUAL_SIDE: Final = 0.55
"""10 cm under a face of 18 cm."""
ROOM: Final = 0.5
"""Searched around where the centre may be, so that the whole badge is in the crop."""
UNLIKE: Final = 0.25
"""A badge that fits two torsos this nearly alike is nobody's in this picture."""
IN_VIEW: Final = 0.6
"""Share of the chest that must be inside the picture and outside excluded zones to have been searched."""
_CHEST: Final = (
    -0.7,
    0.2,
    0.7,
    2.0,
)  # where badges are usually worn, from the chin below the middle of the face


def _from_chin(face: NDArray[np.float32], part: tuple[float, float, float, float]) -> NDArray[np.float32]:
    """A box given in face heights from the chin below the middle of the face, in pixels."""
    x1, _, x2, y2 = (float(value) for value in face)
    height = float(face[3] - face[1])
    chin = np.array([(x1 + x2) / 2.0, y2] * 2)
    return (chin + np.array(part) * height).astype(np.float32)


def search_region(face: NDArray[np.float32], height: int, width: int) -> tuple[int, int, int, int]:
    """The pixels in which badges of a face are searched: left, top, right, bottom, the last two not included.

    Args:
        face: (4,) box in pixels.
        height: Height of the picture, pixels.
        width: Its width.
    """
    part = (-REACH - ROOM, -RISE - ROOM, REACH + ROOM, DEPTH + ROOM)
    return pixels_of(_from_chin(face, part), height, width)


def in_view(face: NDArray[np.float32], height: int, width: int, zones: ExcludedZones) -> bool:
    """Whether enough of the chest shows that a badge on it could be found; see `search_region`."""
    chest = _from_chin(face, _CHEST)
    return inside_picture(chest, height, width) - zones.share(chest, height, width) >= IN_VIEW


def misfit(face: NDArray[np.float32], corners: NDArray[np.float32]) -> float:
    """How unlike a badge of this face a marker is: 0 in the middle and of the usual size, infinite where it is none.

    Args:
        face: (4,) box in pixels.
        corners: (4, 2) corners of the marker in pixels.
    """
    height = float(face[3] - face[1])
    if height <= 0.0:
        return np.inf
    across, down = corners.mean(axis=0) - _from_chin(face, (0.0, 0.0, 0.0, 0.0))[:2]
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)
    side = float(sides.max()) / height
    beside = abs(float(across)) / height
    if beside > REACH or not -RISE <= down / height <= DEPTH or not LEAST_SIDE <= side <= MOST_SIDE:
        return np.inf
    return beside + abs(float(np.log(side / USUAL_SIDE)))


def wearer(corners: NDArray[np.float32], faces: list[NDArray[np.float32]]) -> int | None:
    """Which face a marker belongs to: the one below which it fits best.

    Args:
        corners: (4, 2) corners of the marker in pixels.
        faces: (4,) boxes of all faces in the picture.

    Returns:
        Its place in `faces`; `None` where it fits none, or two nearly alike.

    Example:
        >>> marker = np.array([[40, 150], [60, 150], [60, 170], [40, 170]], np.float32)
        >>> near, far = np.array([30, 60, 70, 100], np.float32), np.array([90, 60, 130, 100], np.float32)
        >>> wearer(marker, [far, near]), wearer(marker + [30, 0], [far, near])
        (1, None)
    """
    fits = sorted((misfit(face, corners), place) for place, face in enumerate(faces))
    if not fits or not np.isfinite(fits[0][0]):
        return None
    if len(fits) > 1 and fits[1][0] - fits[0][0] < UNLIKE:
        return None
    return fits[0][1]
