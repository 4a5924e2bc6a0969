from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.vision.align import STABLE, align_face, alignment, centre_alignment, similarity, warp
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker
from mien.vision.types import FaceMesh

PORTRAIT = Path(__file__).parents[2] / "src" / "mien" / "vision" / "selftest" / "face.jpg"
CENTRE = 130.0


@pytest.fixture(scope="module")
def seen() -> tuple[np.ndarray, FaceMesh]:
    image = cv2.imread(str(PORTRAIT))
    return image, MediaPipeLandmarker().locate(image, YuNet().detect(image)[0])


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a.ravel().astype(float), b.ravel().astype(float))[0, 1])


@pytest.mark.parametrize("angle", [0.0, 25.0, -40.0])
@pytest.mark.parametrize("scale", [0.3, 1.0, 2.5])
def test_a_face_turned_and_scaled_gives_the_same_crop(
    seen: tuple[np.ndarray, FaceMesh], angle: float, scale: float
) -> None:
    image, mesh = seen
    matrix = cv2.getRotationMatrix2D((CENTRE, CENTRE), angle, scale)
    matrix[:, 2] += CENTRE * scale - CENTRE
    side = int(2 * CENTRE * scale)
    moved = cv2.warpAffine(
        image, matrix, (side, side), flags=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    )
    points = mesh.points.copy()
    points[:, :2] = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    assert likeness(align_face(image, mesh, 48), align_face(moved, FaceMesh(points, 1.0), 48)) > 0.95


def test_the_crop_shows_brows_mouth_and_chin(seen: tuple[np.ndarray, FaceMesh]) -> None:
    _, mesh = seen
    matrix = alignment(mesh.points, 100)
    inside = mesh.points[:468, :2] @ matrix[:, :2].T + matrix[:, 2]
    brow, eye, mouth, chin = (inside[i, 1] for i in (105, 159, 14, 152))
    assert 10 < brow < eye < 50 < mouth < 85 < chin < 105
    assert inside[33, 0] == pytest.approx(100 - inside[263, 0], abs=4)


def test_landmarks_that_expressions_move_do_not_change_the_alignment(
    seen: tuple[np.ndarray, FaceMesh],
) -> None:
    _, mesh = seen
    opened = mesh.points.copy()
    rest = np.setdiff1d(np.arange(478), STABLE)
    opened[rest, 1] += 15.0
    np.testing.assert_array_equal(alignment(opened, 48), alignment(mesh.points, 48))


def test_shrinking_averages_instead_of_skipping() -> None:
    stripes = np.zeros((400, 400), np.uint8)
    stripes[:, ::2] = 255
    small = warp(stripes, np.array([[0.1, 0.0, 0.0], [0.0, 0.1, 0.0]]), 40)
    assert np.ptp(small[2:-2, 2:-2]) <= 2
    assert small.mean() == pytest.approx(127.5, abs=4)


def test_shrinking_keeps_places() -> None:
    spot = np.zeros((480, 480), np.float32)
    cv2.circle(spot, (300, 180), 24, 255.0, -1)
    for scale in (0.5, 0.26, 0.1):
        matrix = np.array([[scale, 0.0, (scale - 1) / 2], [0.0, scale, (scale - 1) / 2]])
        small = warp(spot.astype(np.uint8), matrix, round(480 * scale)).astype(float)
        y, x = np.indices(small.shape)
        centre = np.array([(x * small).sum(), (y * small).sum()]) / small.sum()
        np.testing.assert_allclose((centre + 0.5) / scale - 0.5, (300.0, 180.0), atol=0.6)


def test_a_crop_far_outside_the_picture_still_has_its_shape() -> None:
    image = np.full((50, 60, 3), 90, np.uint8)
    out = warp(image, np.array([[0.2, 0.0, -500.0], [0.0, 0.2, 300.0]]), 32)
    assert out.shape == (32, 32, 3)
    assert (out == 90).all()


def test_similarity_finds_the_turn_scale_and_shift() -> None:
    rng = np.random.default_rng(1)
    source = rng.normal(size=(9, 2))
    truth = np.array([[1.2, -0.9, 4.0], [0.9, 1.2, -7.0]])
    np.testing.assert_allclose(similarity(source, source @ truth[:, :2].T + truth[:, 2]), truth, atol=1e-12)


@pytest.mark.parametrize("shape", [(48, 48), (96, 96), (200, 120)])
def test_without_landmarks_the_face_is_taken_to_fill_the_picture(shape: tuple[int, int]) -> None:
    matrix = centre_alignment(*shape, 48)
    middle = matrix[:, :2] @ ((shape[1] - 1) / 2, (shape[0] - 1) / 2) + matrix[:, 2]
    np.testing.assert_allclose(middle, (23.5, 48 * 0.44 - 0.5), atol=1e-9)
    assert matrix[0, 0] == pytest.approx(48 / min(shape))
