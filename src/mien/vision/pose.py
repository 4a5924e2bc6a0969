"""Where a head is turned and where its eyes look, from the landmarks alone.

Signs as in `mien.vision.types`: yaw > 0 towards the right edge of the picture, pitch > 0 down, roll > 0 clockwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.vision.align import canonical_face
from mien.vision.types import Gaze, HeadPose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.types import FaceMesh

PITCH_OFFSET: Final = -4.0
"""Degrees added to the pitch: the network's depth makes a head that looks straight ahead seem to look down by this
much (press photographs of 4,700 faces have a median of 5.6 without it)."""

EYES: Final = ((33, 133, 159, 145, 468), (263, 362, 386, 374, 473))
"""Landmarks of each eye: outer corner, inner corner, upper lid, lower lid, centre of the iris. First the eye
at the left."""

EYE_WIDTH: Final = 3.0
"""Distance of the corners of an open eye, cm (palpebral fissure, adults 2.8-3.2)."""

EYEBALL: Final = 1.2
"""Radius of the eyeball, cm."""

REST: Final = (0.0, -0.19)
"""Where the iris of an eye that looks straight ahead lies from the middle of the corners, cm, right and down (median
over the same photographs, most of which look at the camera)."""

MIN_OPENING: Final = 0.12
"""Lids closer than this share of the eye's width hide the iris: no gaze."""

MIN_EYE_PX: Final = 8.0
"""Eyes narrower than this have no iris to be found: no gaze."""

MAX_YAW: Final = 60.0
"""Heads turned further show one eye at most from the side: no gaze."""


def rotation(mesh: FaceMesh) -> NDArray[np.float64]:
    """(3, 3) rotation of a head: x right, y down, z away from the camera; identity looks at the camera.

    Source: Kabsch 1976, "A solution for the best rotation to relate two sets of vectors".
    """
    model = canonical_face() * (1.0, -1.0, -1.0)
    seen = mesh.points[: len(model)].astype(np.float64)
    u, _, vt = np.linalg.svd((model - model.mean(axis=0)).T @ (seen - seen.mean(axis=0)))
    handed = np.sign(np.linalg.det(vt.T @ u.T))
    return np.asarray(vt.T @ np.diag([1.0, 1.0, handed]) @ u.T, np.float64)


def _angles(rotation: NDArray[np.float64]) -> HeadPose:
    r = rotation
    yaw = np.degrees(np.arctan2(r[2, 0], np.hypot(r[2, 1], r[2, 2])))
    pitch = np.degrees(np.arctan2(r[2, 1], r[2, 2])) + PITCH_OFFSET
    roll = np.degrees(np.arctan2(r[1, 0], r[0, 0]))
    return HeadPose(float(yaw), float(pitch), float(roll))


def head_pose(mesh: FaceMesh) -> HeadPose:
    """Direction of a head, from its landmarks against the canonical face.

    Args:
        mesh: Landmarks of the face.

    Returns:
        Degrees. Against a fit of a pinhole camera to the same points: yaw and roll within 1.2 degrees, pitch
        within 2 (mean absolute, after the offset).
    """
    return _angles(rotation(mesh))


def gaze(mesh: FaceMesh) -> Gaze | None:
    """Direction of the eyes relative to the camera's axis: the turn of the head plus that of the eyes in it.

    The iris is looked for in the 478-point mesh, its offset from the middle of the eye's corners taken in the frame
    of the head, and read as the turn of an eyeball of `EYEBALL` cm in an eye `EYE_WIDTH` cm wide. Both eyes are
    averaged.

    Args:
        mesh: Landmarks of the face.

    Returns:
        Degrees, or `None` where the irises cannot be made out: eyes closed, too small, or turned away.
    """
    turn = rotation(mesh)
    pose = _angles(turn)
    if abs(pose.yaw) > MAX_YAW:
        return None
    level = mesh.points.astype(np.float64) @ turn
    turns = []
    for outer, inner, upper, lower, iris in EYES:
        width = float(np.linalg.norm(level[outer, :2] - level[inner, :2]))
        opening = float(np.linalg.norm(level[upper, :2] - level[lower, :2]))
        if width < MIN_EYE_PX or opening < MIN_OPENING * width:
            continue
        offset = (level[iris, :2] - (level[outer, :2] + level[inner, :2]) / 2) * (EYE_WIDTH / width)
        turns.append(np.degrees(np.arcsin(np.clip((offset - REST) / EYEBALL, -1.0, 1.0))))
    if not turns:
        return None
    yaw, pitch = np.mean(turns, axis=0)
    return Gaze(pose.yaw + float(yaw), pose.pitch + float(pitch))
