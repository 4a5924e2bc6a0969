from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnx.helper
import pytest

from mien.errors import ImageError
from mien.expressions import valence
from mien.vision.crops import MIN_CROP
from mien.vision.detect import YuNet
from mien.vision.expression import ExpressionReader
from mien.vision.geometry import face_height
from mien.vision.landmarks import MediaPipeLandmarker
from mien.vision.models import entry, load_network, session
from mien.vision.types import FaceMesh, Visibility
from mien.vision.widening import KEY, Widening

ROOT = Path(__file__).parents[2]
HAPPINESS = 1


@pytest.fixture(scope="module")
def reader() -> ExpressionReader:
    return ExpressionReader()


@pytest.fixture(scope="module")
def seen() -> tuple[np.ndarray, FaceMesh]:
    image = cv2.imread(str(ROOT / "src" / "mien" / "vision" / "selftest" / "face.jpg"))
    return image, MediaPipeLandmarker().locate(image, YuNet().detect(image)[0])


def crop(seen: tuple[np.ndarray, FaceMesh], margin: float, side: int) -> np.ndarray:
    """RGB crop of the face with a margin in shares of its size."""
    image, mesh = seen
    low, high = mesh.points[:, :2].min(axis=0), mesh.points[:, :2].max(axis=0)
    reach = int((1 + margin) * max(high - low))
    x, y = (low + high) / 2
    box = cv2.getRectSubPix(image, (reach, reach), (float(x), float(y)))
    return cv2.cvtColor(cv2.resize(box, (side, side), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)


def frames(name: str, first: float, last: float, count: int = 8) -> list[np.ndarray]:
    """`count` frames of a sample, evenly from a share of its length to another."""
    capture = cv2.VideoCapture(str(ROOT / "samples" / name))
    wanted = {int(i) for i in np.linspace(first, last, count) * (capture.get(cv2.CAP_PROP_FRAME_COUNT) - 2)}
    out = []
    for i in range(max(wanted) + 1):
        image = capture.read()[1]
        if i in wanted:
            out.append(image)
    return out


def test_a_smile_reads_as_happiness(reader: ExpressionReader, seen: tuple[np.ndarray, FaceMesh]) -> None:
    (reading,) = reader.read(seen[0], [seen[1]], [Visibility.FULL])
    assert reading.probabilities.shape == (8,)
    assert reading.probabilities.sum() == pytest.approx(1.0)
    assert reading.probabilities[HAPPINESS] > 0.7
    assert reading.variances.shape == (3,)
    assert (reading.variances > 0).all()
    assert reading.visibility is Visibility.FULL


def test_crying_reads_unpleasant_and_smiling_pleasant(reader: ExpressionReader) -> None:
    detector, landmarker = YuNet(), MediaPipeLandmarker()

    def mean_valence(first: float, last: float) -> float:
        values = []
        for image in frames("crying_to_smiling.mp4", first, last):
            for detection in detector.detect(image)[:1]:
                mesh = landmarker.locate(image, detection)
                (reading,) = reader.read(image, [mesh], [Visibility.FULL])
                values.append(float(valence(reading.probabilities)))
        assert len(values) >= 5
        return float(np.mean(values))

    assert mean_valence(0.0, 0.25) < -0.25
    assert mean_valence(0.75, 1.0) > 0.25


def test_many_faces_are_read_in_the_order_given(
    reader: ExpressionReader, seen: tuple[np.ndarray, FaceMesh]
) -> None:
    image = cv2.imread(str(ROOT / "samples" / "multi_face.jpg"))
    landmarker = MediaPipeLandmarker()
    meshes = [landmarker.locate(image, detection) for detection in YuNet().detect(image)]
    together = reader.read(image, meshes, [Visibility.FULL] * len(meshes))
    for mesh, reading in zip(meshes, together, strict=True):
        (alone,) = reader.read(image, [mesh], [Visibility.FULL])
        np.testing.assert_allclose(reading.probabilities, alone.probabilities, atol=1e-4)
    assert reader.read(image, [], []) == []


def test_the_same_face_reads_alike_in_every_crop(
    reader: ExpressionReader, seen: tuple[np.ndarray, FaceMesh]
) -> None:
    crops = [crop(seen, margin, side) for margin in (0.0, 0.3, 0.6) for side in (36, 64, 180)]
    probabilities = reader.predict(crops)
    assert probabilities.shape == (9, 8)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    assert (probabilities.argmax(axis=1) == HAPPINESS).all()
    assert np.ptp(valence(probabilities)) < 0.35


def test_grey_colour_bytes_and_floats_read_alike(
    reader: ExpressionReader, seen: tuple[np.ndarray, FaceMesh]
) -> None:
    rgb = crop(seen, 0.3, 96)
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    probabilities = reader.predict([rgb, rgb / 255.0, (rgb / 255.0).astype(np.float32), grey, grey / 255.0])
    rgba = np.dstack([rgb, np.zeros(grey.shape, np.uint8)])
    np.testing.assert_array_equal(reader.predict([rgba, grey[..., None]]), probabilities[[0, 3]])
    np.testing.assert_allclose(probabilities[1:3], probabilities[[0, 0]], atol=1e-6)
    np.testing.assert_allclose(probabilities[4], probabilities[3], atol=1e-6)
    np.testing.assert_allclose(probabilities[3], probabilities[0], atol=0.15)


def test_one_array_of_crops_is_taken_too(reader: ExpressionReader, seen: tuple[np.ndarray, FaceMesh]) -> None:
    pair = np.stack([crop(seen, 0.2, 64), crop(seen, 0.5, 64)])
    np.testing.assert_array_equal(reader.predict(pair), reader.predict(list(pair)))
    np.testing.assert_array_equal(reader.predict(pair[..., 1]), reader.predict(list(pair[..., 1])))
    assert reader.predict([]).shape == (0, 8)


def test_the_smallest_crop_and_one_without_a_face_still_give_a_distribution(reader: ExpressionReader) -> None:
    rng = np.random.default_rng(3)
    crops = [rng.integers(0, 256, (MIN_CROP, MIN_CROP), dtype=np.uint8), np.zeros((90, 70, 3), np.uint8)]
    probabilities, variances = reader.predict_with_error(crops)
    assert np.isfinite(probabilities).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    assert (variances > 0).all()


def test_a_spoilt_picture_is_read_with_more_error(
    reader: ExpressionReader, seen: tuple[np.ndarray, FaceMesh]
) -> None:
    image, mesh = seen
    (clear,) = reader.read(image, [mesh], [Visibility.FULL])
    (blurred,) = reader.read(cv2.GaussianBlur(image, (0, 0), 9), [mesh], [Visibility.FULL])
    assert blurred.variances[0] > 1.5 * clear.variances[0]


def test_nothing_below_the_eyes_changes_what_a_covered_face_is_read_as(
    reader: ExpressionReader, seen: tuple[np.ndarray, FaceMesh]
) -> None:
    image, mesh = seen
    below = int(mesh.points[2, 1])  # the base of the nose
    other = image.copy()
    other[below:] = 255 - other[below:]
    ways = [reader.read(picture, [mesh], [Visibility.EYES])[0] for picture in (image, other)]
    np.testing.assert_allclose(ways[0].probabilities, ways[1].probabilities, atol=1e-6)
    (whole,) = reader.read(image, [mesh], [Visibility.FULL])
    assert ways[0].variances[0] > whole.variances[0]
    assert ways[0].visibility is Visibility.EYES


def test_of_an_unusable_face_only_what_is_known_of_any_face_is_said(
    reader: ExpressionReader, seen: tuple[np.ndarray, FaceMesh]
) -> None:
    face = crop(seen, 0.2, 96)
    probabilities, variances = reader.predict_with_error([face, face], [Visibility.FULL, Visibility.UNUSABLE])
    assert (variances[1] > 2 * variances[0]).all()
    assert abs(valence(probabilities[1])) < 0.25
    other = 255 - face
    np.testing.assert_array_equal(reader.predict([other], [Visibility.UNUSABLE])[0], probabilities[1])


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (np.zeros((40, 40, 2), np.uint8), "shape"),
        (None, "NoneType"),
        ([[1, 2], [3, 4]], "list"),
        (np.zeros((40,), np.uint8), "shape"),
        (np.zeros((8, 40), np.uint8), "at least"),
        (np.zeros((0, 0), np.uint8), "no pixel"),
        (np.zeros((40, 40), np.int64), "uint8"),
        (np.full((40, 40), 200.0), "0..1"),
        (np.full((40, 40), np.nan), "0..1"),
    ],
)
def test_a_crop_that_is_none_is_refused_with_its_number(
    reader: ExpressionReader, bad: np.ndarray, words: str
) -> None:
    good = np.zeros((40, 40), np.uint8)
    with pytest.raises(ImageError, match=words) as caught:
        reader.predict([good, bad])
    assert "Crop 1" in str(caught.value)


def test_a_single_crop_instead_of_a_list_is_refused(reader: ExpressionReader) -> None:
    for single in (np.zeros((40, 40), np.uint8), np.zeros((40, 40, 3), np.uint8)):
        with pytest.raises(ImageError, match="list of crops"):
            reader.predict(single)


def test_visibilities_must_fit_the_crops(reader: ExpressionReader) -> None:
    with pytest.raises(ImageError, match="2 faces but 1"):
        reader.predict([np.zeros((40, 40), np.uint8)] * 2, [Visibility.FULL])


def test_visibilities_may_be_written_as_words(
    reader: ExpressionReader, seen: tuple[np.ndarray, FaceMesh]
) -> None:
    face = crop(seen, 0.2, 96)
    words = reader.predict([face] * 3, ["full", "eyes", "unusable"])
    np.testing.assert_array_equal(words, reader.predict([face] * 3, list(Visibility)))
    np.testing.assert_array_equal(words[0], reader.predict([face])[0])
    assert words[0][HAPPINESS] > words[2][HAPPINESS]
    np.testing.assert_array_equal(reader.predict([face], np.array(["full"]))[0], words[0])


@pytest.mark.parametrize(
    "wrong", [["bad"], [1], [None], [1.0], ["FULL"], [["full"]], np.array([1.0]), "full", 1, "bad"]
)
def test_a_visibility_that_is_none_is_refused_with_those_that_are(
    reader: ExpressionReader, wrong: object
) -> None:
    with pytest.raises(ImageError, match="full, eyes, unusable"):
        reader.predict([np.zeros((40, 40), np.uint8)], wrong)


@pytest.mark.parametrize("wrong", [None, 3, "face.jpg"])
def test_what_is_no_list_of_crops_is_refused(reader: ExpressionReader, wrong: object) -> None:
    with pytest.raises(ImageError, match="list of arrays"):
        reader.predict(wrong)


def test_the_version_is_the_manifests(reader: ExpressionReader) -> None:
    assert reader.version == entry("expression").version


def test_reading_loads_no_training_library() -> None:
    code = "import sys, mien.vision.expression; sys.exit('torch' in sys.modules or 'mien.training' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_cannot_be_aligned_is_not_judged_for_covers(reader: ExpressionReader) -> None:
    walls = [np.full((64, 64), 128, np.uint8), np.tile(np.arange(64, dtype=np.uint8) * 4, (64, 1))]
    np.testing.assert_array_equal(reader.predict(walls), reader.predict(walls, ["full", "full"]))


def reader_with(curves: Widening, folder: Path, monkeypatch: pytest.MonkeyPatch) -> ExpressionReader:
    """Mien's reader, with other curves in the file of its network for whole faces."""
    model = onnx.load(str(entry("expression").path))
    kept = {p.key: p.value for p in model.metadata_props}
    onnx.helper.set_model_props(model, {**kept, KEY: json.dumps(curves.document())})
    onnx.save(model, str(folder / "changed.onnx"))
    monkeypatch.setattr(
        "mien.vision.expression.session",
        lambda name, *, threads: (
            load_network(str(folder / "changed.onnx"), name)
            if name == "expression"
            else session(name, threads=threads)
        ),
    )
    return ExpressionReader()


def test_a_network_that_brings_curves_is_less_sure_of_small_faces_and_no_other(
    seen: tuple[np.ndarray, FaceMesh], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bundled network, with curves in its file that widen faces of 20 px and less fourfold."""
    curves = Widening(np.hstack([np.full((3, 1), np.log(4.0)), np.zeros((3, 8))]))
    plain = reader_with(Widening.none(), tmp_path, monkeypatch)
    wide = reader_with(curves, tmp_path, monkeypatch)
    image, mesh = seen
    scale = 18.0 / face_height(mesh)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    tiny = FaceMesh(mesh.points * np.float32(scale), mesh.presence)
    for picture, face, part, times in (
        (small, tiny, Visibility.FULL, 4.0),
        (image, mesh, Visibility.FULL, 1.0),
        (small, tiny, Visibility.EYES, 1.0),
    ):
        (one,), (other,) = (r.read(picture, [face], [part]) for r in (plain, wide))
        np.testing.assert_array_equal(other.probabilities, one.probabilities)
        np.testing.assert_allclose(other.variances, times * one.variances, rtol=1e-6)
