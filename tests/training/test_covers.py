from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.training.covers import COVERS, HARMLESS, draw_cover
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker

FACE = Path(__file__).parents[2] / "src" / "mien" / "vision" / "selftest" / "face.jpg"
IMAGE = cv2.imread(str(FACE))
POINTS = MediaPipeLandmarker().locate(IMAGE, YuNet().detect(IMAGE)[0]).points
GREY = cv2.cvtColor(IMAGE, cv2.COLOR_BGR2GRAY)
EYES = POINTS[[33, 133, 159, 145, 263, 362, 386, 374], :2].astype(int)


@pytest.mark.parametrize("kind", COVERS)
def test_covers_hide_the_mouth_and_leave_the_eyes(kind: str) -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_cover(rng, GREY, POINTS, (kind,)) for _ in range(30)]
    assert np.mean([one.mouth >= 0.6 for one in drawn]) >= 0.8
    assert np.mean([one.eyes <= 0.1 for one in drawn]) >= 0.8


@pytest.mark.parametrize("kind", HARMLESS)
def test_harmless_things_leave_the_mouth(kind: str) -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_cover(rng, GREY, POINTS, (kind,)) for _ in range(30)]
    assert np.mean([one.mouth <= 0.2 for one in drawn]) >= 0.7
    assert any((one.image != GREY).any() for one in drawn)


def test_the_same_seed_draws_the_same_and_another_one_does_not() -> None:
    first, again, other = (
        draw_cover(np.random.default_rng(s), GREY, POINTS, ("mask",)).image for s in (4, 4, 5)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.02


def test_a_mask_changes_the_mouth_and_not_the_eyes_nor_the_corners_of_the_picture() -> None:
    drawn = draw_cover(np.random.default_rng(8), GREY, POINTS, ("mask",))
    assert drawn.mouth > 0.9
    lips = POINTS[[13, 14, 61, 291], :2].astype(int)
    assert np.abs(drawn.image[tuple(lips.T[::-1])].astype(int) - GREY[tuple(lips.T[::-1])]).max() > 10
    for x, y in (*EYES, (2, 2), (GREY.shape[1] - 3, 2)):
        assert abs(int(drawn.image[y, x]) - int(GREY[y, x])) <= 6


def test_small_pictures_are_drawn_on_as_large_ones_are() -> None:
    low, high = POINTS[:, :2].min(axis=0) - 8, POINTS[:, :2].max(axis=0) + 8
    crop = GREY[int(low[1]) : int(high[1]), int(low[0]) : int(high[0])]
    scale = 40 / crop.shape[0]
    small = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    points = (POINTS[:, :2] - low.astype(int)) * scale
    shares = [draw_cover(np.random.default_rng(s), small, points, ("mask",)).mouth for s in range(10)]
    assert np.median(shares) > 0.95
