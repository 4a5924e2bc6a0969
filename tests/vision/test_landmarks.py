from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.vision.detect import YuNet
from mien.vision.landmarks import BLENDSHAPES, Blendshapes, MediaPipeLandmarker, find_in_crop
from mien.vision.region import region_of
from mien.vision.types import FaceMesh

ROOT = Path(__file__).parents[2]
NOSE_TIP, MOUTH_LEFT, MOUTH_RIGHT, CHIN = 1, 61, 291, 152


@pytest.fixture(scope="module")
def landmarker() -> MediaPipeLandmarker:
    return MediaPipeLandmarker()


@pytest.fixture(scope="module")
def group() -> np.ndarray:
    return cv2.imread(str(ROOT / "samples" / "multi_face.jpg"))


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    return cv2.imread(str(ROOT / "src" / "mien" / "vision" / "selftest" / "face.jpg"))


def spread(mesh: FaceMesh) -> float:
    return float(np.ptp(mesh.points[:468, 1]))


def test_landmarks_agree_with_the_detectors_points(
    landmarker: MediaPipeLandmarker, group: np.ndarray
) -> None:
    found = YuNet(long_side=None).detect(group)
    assert len(found) == 5
    for detection in found:
        mesh = landmarker.locate(group, detection)
        assert mesh.points.shape == (478, 3)
        assert mesh.points.dtype == np.float32
        assert mesh.presence > 0.9
        for index, point in ((NOSE_TIP, 2), (MOUTH_LEFT, 3), (MOUTH_RIGHT, 4)):
            miss = np.linalg.norm(mesh.points[index, :2] - detection.points[point])
            assert miss < 0.12 * detection.height


def test_the_landmarks_before_lead_to_the_same_face(
    landmarker: MediaPipeLandmarker, group: np.ndarray
) -> None:
    mesh = landmarker.locate(group, YuNet().detect(group)[0])
    moved = np.roll(group, (3, 5), axis=(0, 1))
    again = landmarker.locate(moved, mesh)
    shift = (again.points - mesh.points)[:, :2].mean(axis=0)
    np.testing.assert_allclose(shift, (5.0, 3.0), atol=0.6)
    assert np.abs((again.points - mesh.points)[:, :2] - shift).max() < 0.06 * spread(mesh)


def test_where_there_is_no_face_presence_is_low(landmarker: MediaPipeLandmarker) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (120, 120, 3), dtype=np.uint8)
    assert find_in_crop(landmarker, noise) is None


@pytest.mark.parametrize("angle", [-30.0, 25.0])
def test_a_tilted_face_is_found_where_it_is(
    landmarker: MediaPipeLandmarker, portrait: np.ndarray, angle: float
) -> None:
    upright = landmarker.locate(portrait, YuNet().detect(portrait)[0])
    centre = upright.points[NOSE_TIP, :2].astype(float)
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle, 1.0)
    tilted = cv2.warpAffine(portrait, turn, portrait.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    mesh = landmarker.locate(tilted, YuNet().detect(tilted)[0])
    expected = upright.points[:, :2] @ turn[:, :2].T + turn[:, 2]
    assert np.linalg.norm(mesh.points[:, :2] - expected, axis=1).mean() < 0.03 * spread(upright)
    assert np.degrees(region_of(mesh).angle) == pytest.approx(
        np.degrees(region_of(upright).angle) - angle, abs=3
    )


@pytest.mark.parametrize(("side", "margin"), [(24, 0.0), (48, 0.3), (96, 0.6), (300, 0.6)])
def test_a_face_is_found_in_a_loose_crop(
    landmarker: MediaPipeLandmarker, portrait: np.ndarray, side: int, margin: float
) -> None:
    mesh = landmarker.locate(portrait, YuNet().detect(portrait)[0])
    low, high = mesh.points[:, :2].min(axis=0), mesh.points[:, :2].max(axis=0)
    reach = (1 + margin) * max(high - low) / 2
    x, y = (low + high) / 2
    box = cv2.getRectSubPix(portrait, (int(2 * reach), int(2 * reach)), (float(x), float(y)))
    crop = cv2.resize(box, (side, side), interpolation=cv2.INTER_AREA)
    found = find_in_crop(landmarker, crop)
    assert found is not None
    back = found.points[:, :2] * (2 * reach / side) + (x - reach, y - reach)
    assert np.linalg.norm(back - mesh.points[:, :2], axis=1).mean() < 0.06 * spread(mesh)


def test_blendshapes_tell_a_smile_from_a_straight_face(
    landmarker: MediaPipeLandmarker, group: np.ndarray
) -> None:
    capture = cv2.VideoCapture(str(ROOT / "samples" / "neutral_to_smiling.mp4"))
    frames = []
    while (read := capture.read())[0]:
        frames.append(read[1])
    smiles = []
    for frame in (frames[0], frames[-2]):
        shapes = Blendshapes().of(landmarker.locate(frame, YuNet().detect(frame)[0]))
        assert shapes.shape == (len(BLENDSHAPES),)
        smiles.append(np.mean([shapes[BLENDSHAPES.index(f"mouthSmile{side}")] for side in ("Left", "Right")]))
    assert smiles[1] > smiles[0] + 0.2
