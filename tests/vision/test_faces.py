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


def test_a_grey_picture_is_read() -> None:
    (face,) = read_faces(cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE))
    assert face.valence is not None


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
        (np.zeros((4, 4, 4), np.uint8), "RGB"),
        (np.zeros((4, 4, 3), np.float32), "float32"),
    ]:
        with pytest.raises(ImageError, match=says):
            read_faces(wrong)
    with pytest.raises(SettingError, match="balance"):
        read_faces(PORTRAIT, "happy")
