"""Could the model have seen this set? Copies are found, strangers are not, and not knowing is said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from evaluation.conftest import SAMPLES, readings_of, set_of, world
from mien.errors import InputError
from mien.evaluation.read import FaceSeeker
from mien.evaluation.results import Wishes
from mien.evaluation.seen import card_of, known_to, load_fingerprints, main
from mien.evaluation.types import Lost
from mien.vision.crops import canonical_crop
from mien.vision.detect import YuNet
from mien.vision.expression import ExpressionReader
from mien.vision.likeness import BYTES, SIDE, alike, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def spoilt(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same picture from elsewhere: enlarged, darker, compressed."""
    large = cv2.resize(image, None, fx=1.7, fy=1.7, interpolation=cv2.INTER_CUBIC)
    _, coded = cv2.imencode(".jpg", np.asarray(large * 0.8, np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 60])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def tiles() -> list[NDArray[np.uint8]]:
    group = cv2.imread(str(SAMPLES / "multi_face.jpg"))
    return [group[y : y + 96, x : x + 96] for y in range(0, 300, 100) for x in range(0, 500, 100)]


def test_a_photograph_is_known_again_cropped_mirrored_or_spoilt() -> None:
    group = cv2.imread(str(SAMPLES / "multi_face.jpg"))
    seeker = FaceSeeker()
    found = sorted(YuNet().detect(group), key=lambda d: d.box[0])[1:4]  # the first wears sunglasses
    assert len(found) == 3

    def prints(margin: float, change: Callable[[NDArray[np.uint8]], NDArray[np.uint8]]) -> NDArray[np.uint8]:
        """Of three faces, each cut out of the picture with a margin of its own height, and changed."""
        out = []
        for one in found:
            x0, y0, x1, y1 = (one.box + np.array([-1, -1, 1, 1]) * margin * one.height).astype(int)
            crop = change(np.ascontiguousarray(group[max(y0, 0) : y1, max(x0, 0) : x1]))
            mesh, _ = seeker.find(crop, None, crop=True)
            assert mesh is not None
            out.append(fingerprint(canonical_crop(crop, mesh, SIDE)))
        return np.stack(out)

    known = prints(0.25, np.copy)
    assert alike(prints(0.35, np.copy), known).all()
    assert alike(prints(0.3, lambda crop: np.ascontiguousarray(crop[:, ::-1])), known).all()
    assert alike(prints(0.25, spoilt), known).all()
    for i in range(3):
        assert not alike(known[i : i + 1], np.delete(known, i, axis=0)).any()


def test_a_picture_that_could_not_be_opened_is_no_copy() -> None:
    nothing = np.zeros((1, BYTES), np.uint8)
    assert not alike(nothing, nothing).any()


def test_fingerprints_of_the_training_split_are_written_and_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = np.stack([cv2.cvtColor(p, cv2.COLOR_BGR2GRAY) for p in tiles()[:6]])
    usage = np.array([0, 0, 0, 0, 1, 1])
    np.savez(tmp_path / "set.npz", images=pictures, label=np.arange(6), usage=usage)
    assert main([str(tmp_path / "set.npz"), str(tmp_path / "seen.npz")]) == 0
    assert capsys.readouterr().out == "4 fingerprints\n"
    known = load_fingerprints(tmp_path / "seen.npz")
    assert known.shape == (4, BYTES)
    assert main(["nowhere.npz", str(tmp_path / "x.npz")]) == 2
    assert main([]) == 2


def test_what_holds_no_fingerprints_says_how_to_make_them(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=np.zeros(3))
    np.savez(tmp_path / "b.npz", fingerprints=np.zeros((3, 7), np.uint8))
    for name, words in (
        ("a.npz", "make them with"),
        ("b.npz", r"not \(N, 48\)"),
        ("c.npz", "make them with"),
    ):
        with pytest.raises(InputError, match=words):
            load_fingerprints(tmp_path / name)


def test_the_card_says_from_what_the_reader_learned(reader: ExpressionReader) -> None:
    card = card_of(reader)
    assert card is not None
    assert card.training.startswith("Training data")
    assert "FER2013" in card.training


def test_without_a_list_it_cannot_tell_and_says_why(judged) -> None:
    made = world(100)
    found = judged(set_of(made.votes), readings_of(made.p, made.variance)).contamination
    assert (found.verdict, found.copies, found.without) == ("cannot tell", None, None)
    assert "--seen" in found.why


def test_copies_in_the_sets_own_training_split_are_taken_out(judged) -> None:
    made = world(300)
    usage = np.r_[np.zeros(100), np.ones(200)].astype(int)
    copies = np.r_[np.arange(100), np.arange(40), np.arange(1000, 1160)]
    faces = set_of(made.votes, usage=usage, copies=copies)
    readings = readings_of(made.p[100:], made.variance[100:], {0: Lost.NO_FACE})
    found = judged(faces, readings)
    assert found.selection.split == "validation"
    assert (found.contamination.copies, found.contamination.checked) == (39, 199)
    assert found.contamination.without is not None
    assert found.contamination.without.pictures == 160
    assert found.drawn_as == "copies"
    seen = judged(faces, readings_of(made.p[:100], made.variance[:100]), split="train").contamination
    assert seen.verdict == "cannot tell"
    assert "training split" in seen.why


def test_a_list_of_fingerprints_is_compared_with(judged) -> None:
    made = world(100)
    readings = readings_of(made.p, made.variance)
    found = judged(
        set_of(made.votes), readings, Wishes(known=readings.hashes[:25], resamples=200)
    ).contamination
    assert (found.verdict, found.copies, found.checked) == ("copies found", 25, 100)
    strange = np.random.default_rng(9).integers(0, 256, (30, BYTES), np.uint8)
    clean = judged(set_of(made.votes), readings, Wishes(known=strange, resamples=200)).contamination
    assert (clean.verdict, clean.copies) == ("no copies found", 0)


def test_mien_brings_the_list_of_what_its_own_reader_learned_from() -> None:
    known = known_to(ExpressionReader())
    assert known is not None
    assert known.shape == (27_788, BYTES)
    assert alike(known[:3], known).all()

    class Foreign:
        name, version = "foreign", "9.9"

    assert known_to(Foreign()) is None
