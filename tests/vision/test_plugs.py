"""What every expression reader keeps to, be it Mien's own, a network of the user's, or one that a server runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from mien.errors import ImageError
from mien.evaluation.read import CropReader
from mien.runtime.readers import ENGINES, open_reader, version_of
from mien.video.types import Frame
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker
from mien.vision.pipeline import FacePipeline
from mien.vision.registry import READERS
from mien.vision.types import FaceMesh, Visibility
from support.inference_server import serving
from support.networks import write_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mien.vision.protocols import Reader

GROUP = Path(__file__).parents[2] / "samples" / "multi_face.jpg"
MEMBERS = (*READERS.names, *ENGINES.names)


@pytest.fixture(scope="module")
def group() -> tuple[NDArray[np.uint8], list[FaceMesh]]:
    image = np.asarray(cv2.imread(str(GROUP)), np.uint8)
    landmarker = MediaPipeLandmarker()
    return image, [landmarker.locate(image, found) for found in YuNet().detect(image)]


@pytest.fixture(scope="module", params=MEMBERS)
def reader(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    if request.param in READERS.names:
        yield open_reader(request.param)
        return
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "onnx":
        yield open_reader(str(write_reader(folder)))
        return
    write_reader(folder)
    with serving(folder / "net.onnx") as server:
        engine = {"url": server.url, "model": "net"}
        yield open_reader(str(write_reader(folder, file=None, sha256=None, engine=engine)))


def test_it_has_a_name_and_a_version_to_be_stored(reader: Reader) -> None:
    assert version_of(reader) == f"{reader.name} {reader.version}"
    assert reader.name
    assert len(reader.version) >= 3
    assert Visibility.FULL in reader.reads
    assert Visibility.UNUSABLE not in reader.reads


def test_each_face_gets_one_distribution_with_its_error(
    reader: Reader, group: tuple[NDArray[np.uint8], list[FaceMesh]]
) -> None:
    image, meshes = group
    before = image.copy()
    readings = reader.read(image, meshes, [Visibility.FULL] * len(meshes))
    assert len(readings) == len(meshes) >= 4
    for one in readings:
        assert one.probabilities.shape == (8,)
        assert one.probabilities.dtype == np.float64
        assert one.probabilities.sum() == pytest.approx(1.0)
        assert (one.probabilities >= 0.0).all()
        assert one.variances.shape == (3,)
        assert one.variances.dtype == np.float64
        assert ((one.variances > 0.0) & (one.variances <= 4.0)).all()
        assert one.visibility is Visibility.FULL
    assert np.ptp([one.probabilities for one in readings], axis=0).max() > 0.01, "it tells no faces apart"
    np.testing.assert_array_equal(image, before)


def test_faces_are_read_in_the_order_given_whoever_is_beside_them(
    reader: Reader, group: tuple[NDArray[np.uint8], list[FaceMesh]]
) -> None:
    image, meshes = group
    full = [Visibility.FULL] * len(meshes)
    forwards = reader.read(image, meshes, full)
    backwards = reader.read(image, meshes[::-1], full)[::-1]
    for mesh, one, other in zip(meshes, forwards, backwards, strict=True):
        (alone,) = reader.read(image, [mesh], [Visibility.FULL])
        np.testing.assert_allclose(one.probabilities, alone.probabilities, atol=1e-4)
        np.testing.assert_allclose(other.probabilities, alone.probabilities, atol=1e-4)
    assert reader.read(image, [], []) == []


def test_of_a_face_that_cannot_be_read_it_gives_what_is_known_of_any(
    reader: Reader, group: tuple[NDArray[np.uint8], list[FaceMesh]]
) -> None:
    image, meshes = group
    seen = [Visibility.UNUSABLE, Visibility.FULL, Visibility.UNUSABLE]
    first, read, last = reader.read(image, meshes[:3], seen)
    assert [one.visibility for one in (first, read, last)] == seen
    np.testing.assert_array_equal(first.probabilities, last.probabilities)
    assert (first.variances >= (0.3, 0.15, 0.3)).all(), "no answer must not look like a sure one"
    assert first.probabilities.sum() == pytest.approx(1.0)
    (alone,) = reader.read(image, [meshes[1]], [Visibility.FULL])
    np.testing.assert_allclose(read.probabilities, alone.probabilities, atol=1e-4)


def test_as_many_visibilities_as_faces_are_asked_for(
    reader: Reader, group: tuple[NDArray[np.uint8], list[FaceMesh]]
) -> None:
    image, meshes = group
    with pytest.raises(ImageError, match="There are 2 faces but 1 visibilities"):
        reader.read(image, meshes[:2], [Visibility.FULL])


def test_loose_crops_are_read_too_with_or_without_a_face(
    reader: Reader, group: tuple[NDArray[np.uint8], list[FaceMesh]]
) -> None:
    image, meshes = group
    assert isinstance(reader, CropReader)
    low, high = (f(meshes[0].points[:, :2], axis=0).astype(int) for f in (np.min, np.max))
    face = np.ascontiguousarray(image[low[1] - 10 : high[1] + 10, low[0] - 10 : high[0] + 10, ::-1])
    wall = np.full((64, 80, 3), 90, np.uint8)
    probabilities, variances = reader.predict_with_error([face, wall])
    assert probabilities.shape == (2, 8)
    assert variances.shape == (2, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    (whole,) = reader.read(image, meshes[:1], [Visibility.FULL])
    assert np.abs(whole.probabilities - probabilities[0]).max() < 0.25


def test_the_chain_of_a_camera_takes_it(
    reader: Reader, group: tuple[NDArray[np.uint8], list[FaceMesh]]
) -> None:
    pipeline = FacePipeline(reader=reader)
    assert pipeline.reader_version == version_of(reader)
    found = pipeline.process(Frame(group[0], 0.0, 0)).observations
    assert sum(one.reading is not None for one in found) >= 3
