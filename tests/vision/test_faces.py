"""`read_faces`: single pictures as notebooks hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from mien.errors import ImageError, SettingError
from mien.vision.faces import read_faces
from mien.vision.types import Visibility
from support.facemesh import PORTRAIT, SAMPLES

if TYPE_CHECKING:
    from pathlib import Path


def test_every_face_of_a_picture_is_read_from_the_left() -> None:
    faces = read_faces(SAMPLES / "multi_face.jpg")
    assert len(faces) == 5
    assert [f.box[0] for f in faces] == sorted(f.box[0] for f in faces)
    for face in faces:
        assert face.visibility is Visibility.FULL
        assert face.probabilities is not None
        assert face.probabilities.sum() == pytest.approx(1)
        assert face.valence is not None
        assert -1 <= face.valence <= 1
        assert face.valence_error is not None
        assert 0 < face.valence_error < 1
        assert face.pose is not None
        assert face.quality.height_px > 80


def test_broad_smiles_are_pleasant() -> None:
    # The three women laugh with their teeth showing.
    valences = [face.valence for face in read_faces(SAMPLES / "multi_face.jpg") if face.valence is not None]
    assert sum(v > 0.5 for v in valences) >= 3


def test_a_path_and_an_rgb_array_give_the_same() -> None:
    (of_path,) = read_faces(str(PORTRAIT))
    (of_array,) = read_faces(cv2.imread(str(PORTRAIT))[..., ::-1])
    np.testing.assert_array_equal(of_path.probabilities, of_array.probabilities)
    np.testing.assert_array_equal(of_path.box, of_array.box)


def test_every_form_of_one_picture_gives_the_same() -> None:
    rgb = cv2.imread(str(PORTRAIT))[..., ::-1]
    grey = cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE)
    alike = [
        [rgb, rgb / 255.0, (rgb / 255.0).astype(np.float32), np.dstack([rgb, np.zeros_like(grey)])],
        [grey, grey[..., None], grey / 255.0],
    ]
    for first, *others in alike:
        (expected,) = read_faces(first)
        assert expected.valence is not None
        for other in others:
            (face,) = read_faces(other)
            np.testing.assert_array_equal(face.probabilities, expected.probabilities)


def test_what_numpy_takes_for_an_array_is_taken() -> None:
    class Drawn:
        """As the pictures of Pillow are."""

        def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
            return np.full((120, 160, 3), 90, np.uint8)

    assert read_faces(Drawn()) == []


def test_scales_differ() -> None:
    (balance,), (circumplex,) = (read_faces(PORTRAIT, scale) for scale in ("balance", "circumplex"))
    assert balance.valence != circumplex.valence
    np.testing.assert_array_equal(balance.probabilities, circumplex.probabilities)


def test_nobody_gives_an_empty_list() -> None:
    assert read_faces(np.full((120, 160, 3), 90, np.uint8)) == []


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.jpg"
    text.write_text("not a picture")
    for wrong, says in [
        (tmp_path / "missing.png", "cannot be opened"),
        (tmp_path, "cannot be opened"),
        (text, "not a picture"),
        ("no\0name", "cannot be opened"),
        (np.zeros((4, 4, 2), np.uint8), "RGBA"),
        (np.zeros((0, 0, 3), np.uint8), "no pixel"),
        (np.zeros(4, np.uint8), "shape"),
        (np.full((4, 4, 3), 200.0), "0..1"),
        (np.full((4, 4, 3), np.nan), "0..1"),
        (np.zeros((4, 4, 3), np.int64), "int64"),
        (None, "NoneType"),
        ([[0, 0], [0, 0]], "list"),
        (b"picture", "bytes"),
    ]:
        with pytest.raises(ImageError, match=says):
            read_faces(wrong)
    with pytest.raises(SettingError, match="balance"):
        read_faces(PORTRAIT, "happy")
