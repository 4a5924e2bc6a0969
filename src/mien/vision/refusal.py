"""Which faces show too little of whose they are to be compared or placed in a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.vision.geometry import face_height, inside_picture, mesh_box
from mien.vision.landmarks import MIN_PRESENCE
from mien.vision.pose import head_pose
from mien.vision.types import LeftOut, Visibility

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mien.vision.types import FaceMesh

MAX_YAW: Final = 35.0
MAX_PITCH: Final = 30.0
"""Faces turned further, degrees, are refused."""

MIN_INSIDE: Final = 0.85
"""Share of the face box that must lie in the picture."""


def refusal(
    image: NDArray[np.uint8], mesh: FaceMesh, visibility: Visibility, *, min_height_px: float
) -> LeftOut | None:
    """Why a face is refused; `None` where it is not.

    Args:
        image: (H, W, 3) uint8 BGR.
        mesh: Landmarks of the face in it.
        visibility: How much of it can be seen.
        min_height_px: Least face height, pixels.
    """
    height, width = image.shape[:2]
    pose = head_pose(mesh)
    tests = (
        (mesh.presence < MIN_PRESENCE or visibility is Visibility.UNUSABLE, LeftOut.UNUSABLE),
        (face_height(mesh) < min_height_px, LeftOut.TOO_SMALL),
        (inside_picture(mesh_box(mesh), height, width) < MIN_INSIDE, LeftOut.CUT_OFF),
        (visibility is not Visibility.FULL, LeftOut.COVERED),
        (abs(pose.yaw) > MAX_YAW or abs(pose.pitch) > MAX_PITCH, LeftOut.TURNED_AWAY),
    )
    return next((reason for refused, reason in tests if refused), None)
