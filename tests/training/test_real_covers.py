"""Lower faces are put under other eyes where they belong; strangers are not taken for the known covers."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.training import real_covers
from mien.training.material import Faces, Material
from mien.training.real_covers import Real, known_covers, transplant
from mien.vision.align import centre_alignment, warp

PORTRAIT = Path(__file__).parents[2] / "src" / "mien" / "vision" / "selftest" / "face.jpg"
SIDE = 48


@pytest.fixture(scope="module")
def faces() -> Faces:
    """The portrait, and one that is its negative."""
    grey = cv2.resize(cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE)[55:200, 70:215], (SIDE, SIDE))
    images = np.stack([grey, 255 - grey])
    votes = np.tile(np.array([9, 1, 0, 0, 0, 0, 0, 0, 0, 0], np.uint8), (2, 1))
    matrix = centre_alignment(SIDE, SIDE, SIDE)
    return Faces(
        Material(images, votes, np.zeros(2, np.int64), np.arange(2)),
        np.stack([matrix, matrix]),
        np.ones(2, np.bool_),
        np.zeros((2, 478, 2), np.float16),
        np.zeros(2, np.bool_),
    )


def _like(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def test_the_eyes_are_of_the_one_and_the_mouth_of_the_other(faces: Faces) -> None:
    whole = warp(faces.material.images[0], faces.matrices[0], SIDE).astype(float)
    for seed in range(20):
        picture, matrix = transplant(np.random.default_rng(seed), faces, 0, 1, SIDE)
        made = warp(picture, matrix, SIDE).astype(float)
        assert _like(made[4:20, 6:42], whole[4:20, 6:42]) > 0.97
        lower = made[34:46, 6:42]
        other = 255.0 - whole[34:46, 6:42]
        assert max(_like(lower, other), _like(lower, other[:, ::-1])) > 0.9


def test_a_face_under_its_own_eyes_is_the_face(faces: Faces) -> None:
    whole = warp(faces.material.images[0], faces.matrices[0], SIDE).astype(float)
    alike = []
    for seed in range(10):
        picture, matrix = transplant(np.random.default_rng(seed), faces, 0, 0, SIDE)
        alike.append(_like(warp(picture, matrix, SIDE).astype(float), whole))
    assert max(alike) > 0.97  # not mirrored
    assert min(alike) > 0.4


def test_strangers_are_not_known(faces: Faces) -> None:
    assert known_covers(faces).tolist() == [Real.UNKNOWN, Real.UNKNOWN]


def test_a_known_photograph_is_told_by_its_fingerprint(faces: Faces, monkeypatch, tmp_path: Path) -> None:
    prints = real_covers.fingerprints(faces, np.array([0, 1]))
    np.savez(tmp_path / "known.npz", hidden=prints[:1], untold=prints[1:])
    monkeypatch.setattr(real_covers, "_FILE", tmp_path / "known.npz")
    assert known_covers(faces).tolist() == [Real.HIDDEN, Real.UNTOLD]
