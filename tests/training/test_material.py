from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.errors import InputError
from mien.training.augment import augment
from mien.training.material import TEST, TRAIN, VALIDATION, Material, align_all, load, vote_shares
from mien.vision.align import centre_alignment

PORTRAIT = Path(__file__).parents[2] / "src" / "mien" / "vision" / "selftest" / "face.jpg"


def material(votes: list[list[int]], usage: list[int], group: list[int] | None = None) -> Material:
    count = len(votes)
    return Material(
        np.zeros((count, 48, 48), np.uint8),
        np.array(votes, np.uint8),
        np.array(usage),
        np.arange(count) if group is None else np.array(group),
    )


def test_copies_of_held_out_pictures_are_not_learned_from() -> None:
    votes = [[10, 0, 0, 0, 0, 0, 0, 0, 0, 0]] * 5
    m = material(votes, [TRAIN, TRAIN, TRAIN, VALIDATION, TEST], [7, 8, 9, 8, 9])
    assert m.training_rows().tolist() == [0]
    assert m.copied_rows().tolist() == [True, True, True, True, True]


def test_pictures_that_are_mostly_no_face_are_not_learned_from() -> None:
    m = material([[3, 1, 0, 0, 0, 0, 0, 0, 0, 6], [3, 2, 0, 0, 0, 0, 0, 0, 5, 0]], [TRAIN, TRAIN])
    assert m.training_rows().tolist() == [1]


def test_a_set_of_single_labels_can_be_learned_from() -> None:
    m = material([[0, 1, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]], [TRAIN, TRAIN])
    assert m.training_rows().tolist() == [0]
    rows, labels = m.majority_rows(TRAIN)
    assert (rows.tolist(), labels.tolist()) == ([0], [1])


@pytest.mark.parametrize(
    ("votes", "label"),
    [
        ([6, 4, 0, 0, 0, 0, 0, 0, 0, 0], 0),
        ([5, 5, 0, 0, 0, 0, 0, 0, 0, 0], None),  # no more than half
        ([5, 1, 1, 1, 1, 1, 0, 0, 0, 0], 0),  # single votes count as none
        ([0, 0, 0, 4, 3, 3, 0, 0, 0, 0], None),
        ([2, 0, 0, 0, 0, 0, 0, 0, 8, 0], None),  # unknown
        ([0, 2, 0, 0, 0, 0, 0, 0, 0, 8], None),  # not a face
        ([0, 0, 0, 0, 0, 0, 0, 9, 1, 0], 7),
    ],
)
def test_the_majority_follows_the_rule_of_the_set(votes: list[int], label: int | None) -> None:
    rows, labels = material([votes], [TEST]).majority_rows(TEST)
    assert labels.tolist() == ([] if label is None else [label])
    assert len(rows) == len(labels)


def test_shares_are_of_the_votes_for_an_expression() -> None:
    shares = vote_shares(np.array([[4, 0, 1, 0, 0, 0, 0, 0, 3, 2], [0] * 10], np.uint8))
    np.testing.assert_allclose(shares, [[0.8, 0, 0.2, 0, 0, 0, 0, 0], [0.0] * 8])


def test_a_file_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "set.npz"
    images = np.random.default_rng(0).integers(0, 256, (4, 32, 32), dtype=np.uint8)
    np.savez(path, images=images, ferplus=np.eye(4, 10, dtype=np.int64), usage=np.array([0, 0, 1, 2]))
    m = load(path)
    np.testing.assert_array_equal(m.images, images)
    assert len(np.unique(m.group)) == 4


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"images": np.zeros((2, 8, 8), np.uint8), "usage": np.zeros(2)}, "has no ferplus"),
        (
            {"images": np.zeros((2, 8, 9), np.uint8), "usage": np.zeros(2), "ferplus": np.zeros((2, 10))},
            "S, S",
        ),
        ({"images": np.zeros((2, 8, 8)), "usage": np.zeros(2), "ferplus": np.zeros((2, 10))}, "uint8"),
        (
            {"images": np.zeros((2, 8, 8), np.uint8), "usage": np.zeros(3), "ferplus": np.zeros((2, 10))},
            "usage",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_refused(
    tmp_path: Path, arrays: dict[str, np.ndarray], words: str
) -> None:
    path = tmp_path / "set.npz"
    np.savez(path, **arrays)
    with pytest.raises(InputError, match=words):
        load(path)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.npz").write_text("no arrays")
    for name in ("text.npz", "missing.npz"):
        with pytest.raises(InputError, match="cannot be read"):
            load(tmp_path / name)


def test_faces_are_aligned_once_and_the_rest_taken_as_they_come(tmp_path: Path) -> None:
    face = cv2.resize(cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE)[55:200, 70:215], (48, 48))
    noise = np.random.default_rng(2).integers(0, 256, (48, 48), dtype=np.uint8)
    images = np.stack([face, noise])
    cache = tmp_path / "run" / "alignment.npz"
    matrices, found, points = align_all(images, 48, cache)
    assert found.tolist() == [True, False]
    np.testing.assert_array_equal(matrices[1], centre_alignment(48, 48, 48))
    written = cache.stat().st_mtime_ns
    again, _, same_points = align_all(images, 48, cache)
    np.testing.assert_array_equal(same_points, points)
    assert points[0].any()
    assert not points[1].any()
    np.testing.assert_array_equal(again, matrices)
    assert cache.stat().st_mtime_ns == written
    align_all(255 - images, 48, cache)
    assert cache.stat().st_mtime_ns != written


def test_a_seed_gives_the_same_spoilt_picture_and_another_seed_another() -> None:
    image = cv2.resize(cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE), (48, 48))
    matrix = centre_alignment(48, 48, 48)
    one, same, other = (augment(np.random.default_rng(seed), image, matrix, 48) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).mean() > 1.0


def test_spoilt_pictures_stay_pictures() -> None:
    image = cv2.resize(cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE), (48, 48))
    rng = np.random.default_rng(5)
    out = np.stack([augment(rng, image, centre_alignment(48, 48, 48), 48) for _ in range(200)])
    assert out.dtype == np.float32
    assert out.min() >= 0.0
    assert out.max() <= 255.0
    assert out.std(axis=(1, 2)).min() > 2.0
