"""The same photograph is known in another crop; other photographs are not taken for it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.training.copies import ALIKE, copied, nearest
from mien.training.material import Faces, Material
from mien.vision.align import alignment
from mien.vision.landmarks import MediaPipeLandmarker, find_in_crop

PORTRAIT = Path(__file__).parents[2] / "src" / "mien" / "vision" / "selftest" / "face.jpg"


def _crop(left: int, top: int, side: int, *, mirrored: bool = False, gain: float = 1.0):
    grey = cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE)
    face = cv2.resize(grey[top : top + side, left : left + side], (96, 96), interpolation=cv2.INTER_AREA)
    face = cv2.flip(face, 1) if mirrored else face
    return np.clip(face * gain, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def pictures():
    """The portrait, then other crops of it, then a face that is another: its parts moved about."""
    whole = _crop(40, 30, 190)
    other = whole.copy()
    other[30:60], other[60:90] = whole[60:90], whole[30:60]
    images = np.stack([whole, _crop(50, 40, 170), _crop(45, 35, 185, mirrored=True, gain=0.6), other])
    landmarker = MediaPipeLandmarker()
    matrices = []
    for image in images:
        mesh = find_in_crop(landmarker, cv2.cvtColor(image, cv2.COLOR_GRAY2BGR))
        matrices.append(alignment(mesh.points, 48) if mesh is not None else matrices[0])
    return images, np.stack(matrices)


def test_other_crops_mirror_images_and_darker_prints_are_the_same_photograph(pictures):
    images, matrices = pictures
    alike = nearest(images, matrices, np.array([1, 2, 3]), np.array([0]))
    assert (alike[:2] >= ALIKE).all()
    assert alike[2] < ALIKE


def test_nothing_is_like_nothing(pictures):
    images, matrices = pictures
    assert nearest(images, matrices, np.array([0]), np.array([], np.intp)).tolist() == [-1.0]


def test_a_copy_is_one_of_the_other_side(pictures):
    images, matrices = pictures
    votes = np.tile(np.array([9, 1, 0, 0, 0, 0, 0, 0, 0, 0], np.uint8), (4, 1))

    def known(usage):
        return copied(Material(images, votes, np.array(usage), np.arange(4)), matrices).tolist()

    assert known([0, 1, 0, 0]) == [True, True, True, False]
    assert known([2, 0, 0, 0]) == [True, True, True, False]
    assert known([0, 0, 0, 1]) == [False] * 4


def test_what_was_found_judges_no_reader_and_teaches_no_covers(pictures):
    images, matrices = pictures
    votes = np.tile(np.array([9, 1, 0, 0, 0, 0, 0, 0, 0, 0], np.uint8), (4, 1))
    material = Material(images, votes, np.array([0, 1, 0, 1]), np.arange(4))
    found, points = np.ones(4, np.bool_), np.zeros((4, 478, 2), np.float16)
    faces = Faces(material, matrices, found, points, copied(material, matrices))
    assert material.training_rows().tolist() == [0, 2]
    assert faces.apart_rows().tolist() == []
    assert material.voted_rows(1).tolist() == [1, 3]
    assert faces.judging_rows().tolist() == [3]
