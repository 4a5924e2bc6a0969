from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from mien.vision.align import canonical_face
from mien.vision.pose import EYE_WIDTH, EYEBALL, PITCH_OFFSET, REST, gaze, head_pose
from mien.vision.types import FaceMesh

IRISES = {468: (33, 133), 473: (263, 362)}


def face(
    yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0, *, eyes: tuple[float, float] = (0.0, 0.0)
) -> FaceMesh:
    """The canonical face held so: x right, y down, z away from the camera; eyes turned (right, down) in the head."""
    points = np.zeros((478, 3))
    points[:468] = canonical_face() * (1.0, -1.0, -1.0)
    for iris, (outer, inner) in IRISES.items():
        width = np.linalg.norm(points[outer, :2] - points[inner, :2])
        offset = np.array(REST) + EYEBALL * np.sin(np.radians(eyes))
        points[iris, :2] = (points[outer, :2] + points[inner, :2]) / 2 + offset * width / EYE_WIDTH
        points[iris, 2] = (points[outer, 2] + points[inner, 2]) / 2
    # about y a positive turn brings the side towards the camera (-z) to the left, hence the sign
    turn = Rotation.from_euler("ZYX", [roll, -yaw, pitch - PITCH_OFFSET], degrees=True).as_matrix()
    return FaceMesh((points @ turn.T * 12.0 + (300.0, 200.0, 0.0)).astype(np.float32), 1.0)


@pytest.mark.parametrize(
    "angles",
    [(0, 0, 0), (30, 0, 0), (-45, 0, 0), (0, 20, 0), (0, -25, 0), (0, 0, 35), (-20, 15, -10), (40, -20, 25)],
)
def test_the_angles_put_in_come_out(angles: tuple[float, float, float]) -> None:
    pose = head_pose(face(*angles))
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx(angles, abs=0.01)


def test_signs_are_those_seen_in_the_picture() -> None:
    """Where the nose points tells yaw and pitch; which eye is lower tells roll."""
    nose, ears, forehead_chin, eyes = 1, (234, 454), (10, 152), (33, 263)
    right = face(yaw=30).points
    assert right[nose, 0] > right[list(ears), 0].mean()
    down, up = face(pitch=25).points, face(pitch=-25).points
    assert (
        down[nose, 1] - down[list(forehead_chin), 1].mean() > up[nose, 1] - up[list(forehead_chin), 1].mean()
    )
    clockwise = face(roll=20).points
    assert clockwise[eyes[1], 1] > clockwise[eyes[0], 1]


@pytest.mark.parametrize(
    ("head", "eyes"), [((0, 0), (0, 0)), ((0, 0), (20, 0)), ((25, 5), (-25, 0)), ((-15, 10), (0, 15))]
)
def test_gaze_is_the_turn_of_the_head_plus_that_of_the_eyes(
    head: tuple[float, float], eyes: tuple[float, float]
) -> None:
    looks = gaze(face(*head, eyes=eyes))
    assert looks is not None
    assert (looks.yaw, looks.pitch) == pytest.approx((head[0] + eyes[0], head[1] + eyes[1]), abs=0.5)


def test_closed_small_or_averted_eyes_have_no_gaze() -> None:
    closed = face().points.copy()
    for upper, lower in ((159, 145), (386, 374)):
        closed[upper] = closed[lower]
    assert gaze(FaceMesh(closed, 1.0)) is None
    assert gaze(FaceMesh(face().points * 0.1, 1.0)) is None
    assert gaze(face(yaw=75)) is None
