"""Every member of a kind passes the same test: detectors, landmark networks, expression readers."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.errors import ImageError, SettingError
from mien.registry import Registry
from mien.video.types import Frame
from mien.vision.detect import YuNet
from mien.vision.geometry import mesh_box, overlap
from mien.vision.pipeline import FacePipeline
from mien.vision.registry import DETECTORS, LANDMARKERS, READERS
from mien.vision.settings import PipelineSettings
from mien.vision.types import Visibility
from support.facemesh import SAMPLES

# Read off the picture by eye: eyes and chin of the five people lie inside these boxes.
FACES = np.array(
    [
        (216, 62, 306, 175),
        (314, 236, 409, 359),
        (435, 219, 514, 314),
        (532, 305, 631, 436),
        (686, 289, 788, 423),
    ],
    dtype=np.float32,
)


@pytest.fixture(scope="module")
def group() -> np.ndarray:
    return cv2.imread(str(SAMPLES / "multi_face.jpg"))


@pytest.mark.parametrize("name", DETECTORS.names)
class TestDetector:
    def test_finds_every_face_once_with_its_points(self, name: str, group: np.ndarray) -> None:
        detector = DETECTORS.make(name)
        assert detector.name == name
        found = detector.detect(group)
        alike = overlap(FACES, np.stack([d.box for d in found]))
        assert len(found) == 5
        assert alike.max(axis=1).min() > 0.7
        assert [d.score for d in found] == sorted((d.score for d in found), reverse=True)
        for d in found:
            left_eye, right_eye, nose, left_mouth, right_mouth = d.points
            assert left_eye[0] < right_eye[0]
            assert left_mouth[0] < right_mouth[0]
            assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])
            assert (d.points >= d.box[:2]).all()
            assert (d.points <= d.box[2:]).all()

    @pytest.mark.parametrize("size", [(1, 1), (7, 900), (641, 363)])
    def test_takes_any_size(self, name: str, size: tuple[int, int]) -> None:
        assert DETECTORS.make(name).detect(np.full((*size, 3), 127, np.uint8)) == []

    def test_boxes_are_in_pixels_of_the_picture_whatever_it_is_shrunk_to(
        self, name: str, group: np.ndarray
    ) -> None:
        large = cv2.resize(group, None, fx=3, fy=3)
        for side in (640, None):
            found = DETECTORS.make(name, long_side=side).detect(large)
            assert overlap(FACES * 3, np.stack([d.box for d in found])).max(axis=1).min() > 0.65

    @pytest.mark.parametrize(
        "image", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3)), np.zeros((0, 9, 3), np.uint8)]
    )
    def test_refuses_what_is_no_colour_picture(self, name: str, image: np.ndarray) -> None:
        with pytest.raises(ImageError, match="uint8"):
            DETECTORS.make(name).detect(image)

    @pytest.mark.parametrize("options", [{"long_side": 10}, {"min_score": 1.0}, {"min_score": 0.0}])
    def test_refuses_impossible_options(self, name: str, options: dict[str, float]) -> None:
        with pytest.raises(SettingError):
            DETECTORS.make(name, **options)


def test_full_resolution_finds_the_far_off_faces(group: np.ndarray) -> None:
    far = np.full((1500, 2000, 3), 140, np.uint8)
    small = cv2.resize(group, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    far[600 : 600 + small.shape[0], 900 : 900 + small.shape[1]] = small
    assert len(YuNet(long_side=None).detect(far)) == 5
    assert len(YuNet(long_side=640).detect(far)) < 5


@pytest.mark.parametrize("name", LANDMARKERS.names)
def test_a_landmark_network_stays_on_its_face(name: str, group: np.ndarray) -> None:
    landmarker = LANDMARKERS.make(name)
    assert landmarker.name == name
    for detection in YuNet().detect(group):
        mesh = landmarker.locate(group, detection)
        assert mesh.points.shape == (478, 3)
        assert mesh.presence > 0.9
        again = landmarker.locate(np.roll(group, 6, axis=1), mesh)
        assert overlap(mesh_box(mesh)[None], detection.box[None])[0, 0] > 0.6
        assert overlap(mesh_box(again)[None], mesh_box(mesh)[None] + (6, 0, 6, 0))[0, 0] > 0.9
    sky = YuNet().detect(group)[0]
    nobody = landmarker.locate(np.full_like(group, 90), sky)
    assert nobody.presence < 0.5


@pytest.mark.parametrize("name", READERS.names)
def test_a_reader_gives_a_distribution_and_variances_for_each_face(name: str, group: np.ndarray) -> None:
    reader = READERS.make(name)
    assert reader.name == name
    assert reader.version
    landmarker = LANDMARKERS.make("mediapipe")
    meshes = [landmarker.locate(group, detection) for detection in YuNet().detect(group)]
    together = reader.read(group, meshes, [Visibility.FULL] * 5)
    assert reader.read(group, [], []) == []
    for mesh, reading in zip(meshes, together, strict=True):
        assert reading.probabilities.shape == (8,)
        assert reading.probabilities.min() >= 0
        assert reading.probabilities.sum() == pytest.approx(1)
        assert reading.variances.shape == (3,)
        assert reading.variances.min() > 0
        (alone,) = reader.read(group, [mesh], [Visibility.FULL])
        np.testing.assert_allclose(alone.probabilities, reading.probabilities, atol=1e-4)


@pytest.mark.parametrize("part", ["detector", "landmarker", "reader"])
def test_a_pipeline_of_an_unknown_part_is_refused(part: str) -> None:
    with pytest.raises(SettingError, match="choose one of"):
        FacePipeline(PipelineSettings.model_validate({part: "haar"}))


def test_a_pipeline_takes_the_detector_it_is_told(group: np.ndarray) -> None:
    pipeline = FacePipeline(PipelineSettings(detector="retinaface"))
    assert len(pipeline.process(Frame(group, 0.0, 0)).observations) == 5
    assert pipeline.reader_version.startswith("mien ")


@pytest.mark.parametrize("registry", [DETECTORS, LANDMARKERS, READERS])
def test_an_unknown_name_is_refused_with_those_that_exist(registry: Registry[object]) -> None:
    with pytest.raises(SettingError, match=rf"no {registry.kind} 'haar'; choose one of {registry.names[0]}"):
        registry.make("haar")
