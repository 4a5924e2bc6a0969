"""Excluded zones: nothing of them is seen by any part, and who stands in them is not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from mien.errors import ZoneError
from mien.video.types import Frame
from mien.vision.exclude import ExcludedZones, parse_polygon
from mien.vision.pipeline import FacePipeline
from mien.vision.registry import DETECTORS, LANDMARKERS, READERS
from mien.vision.settings import CameraView
from mien.vision.types import Visibility
from mien.vision.visibility import VisibilityDetector
from support.facemesh import SAMPLES, Actor, Stance, background, faces, picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mien.vision.region import Region
    from mien.vision.types import Detection, ExpressionReading, FaceMesh

# Around the two people at the right of the group, slanted, with corners between pixels.
ZONE = ((0.513, 0.403), (0.99, 0.351), (0.97, 0.9), (0.507, 0.93))


class Spy:
    """All four real parts, keeping every picture that reaches them."""

    name, version = "spy", "1"
    reads = frozenset({Visibility.FULL, Visibility.EYES})

    def __init__(self) -> None:
        self.detector = DETECTORS.make("yunet")
        self.landmarker = LANDMARKERS.make("mediapipe")
        self.reader = READERS.make("mien")
        self.seeing = VisibilityDetector()
        self.seen: dict[str, list[NDArray[np.uint8]]] = {"detect": [], "locate": [], "look": [], "read": []}
        self.read_boxes: list[NDArray[np.float32]] = []

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        self.seen["detect"].append(image.copy())
        return self.detector.detect(image)

    def locate(self, image: NDArray[np.uint8], around: Detection | FaceMesh | Region) -> FaceMesh:
        self.seen["locate"].append(image.copy())
        return self.landmarker.locate(image, around)

    def look(self, image: NDArray[np.uint8], faces: Sequence[FaceMesh]) -> NDArray[np.float64]:
        self.seen["look"].append(image.copy())
        return self.seeing.look(image, faces)

    def decide(self, probabilities: NDArray[np.float64]) -> Visibility:
        return self.seeing.decide(probabilities)

    def read(
        self, image: NDArray[np.uint8], meshes: Sequence[FaceMesh], visibility: Sequence[Visibility]
    ) -> list[ExpressionReading]:
        self.seen["read"].append(image.copy())
        self.read_boxes += [mesh.points[:468, :2].mean(axis=0) for mesh in meshes]
        return self.reader.read(image, meshes, visibility)


def inside(zone: Sequence[tuple[float, float]], height: int, width: int) -> NDArray[np.bool_]:
    """Pixels whose area the zone touches, found by drawing it 8 times as large."""
    large = np.zeros((height * 8, width * 8), np.uint8)
    cv2.fillPoly(large, [np.round(np.array(zone) * (width * 8, height * 8)).astype(np.int32)], 1)
    return large.reshape(height, 8, width, 8).max(axis=(1, 3)).astype(bool)


def test_no_pixel_of_a_zone_reaches_any_part() -> None:
    group = cv2.imread(str(SAMPLES / "multi_face.jpg"))
    before = group.copy()
    spy = Spy()
    pipeline = FacePipeline(
        view=CameraView(exclude=(ZONE,)), detector=spy, landmarker=spy, reader=spy, seeing=spy
    )
    results = [pipeline.process(Frame(group, t_s, i)) for i, t_s in enumerate((0.0, 0.1, 0.8))]
    hidden = inside(ZONE, *group.shape[:2])
    assert hidden.mean() > 0.2
    for part, pictures in spy.seen.items():
        assert pictures, part
        for image in pictures:
            assert not image[hidden].any(), part
            # and nothing else was taken away: a margin of two pixels at most
            kept = ~cv2.dilate(hidden.astype(np.uint8), np.ones((7, 7))).astype(bool)
            assert (image[kept] == group[kept]).all()
    assert (group == before).all()
    assert all(len(r.observations) == 3 for r in results)
    assert {r.excluded for r in results} == {0}, "nothing of those two shows"
    assert all(r.observations[0].reading is not None for r in results)


def test_without_the_zone_the_same_people_are_read() -> None:
    group = cv2.imread(str(SAMPLES / "multi_face.jpg"))
    assert len(FacePipeline().process(Frame(group, 0.0, 0)).observations) == 5


def test_a_face_that_leans_out_of_a_zone_is_not_read() -> None:
    room = background(640, 360)
    # The zone covers the lower quarter of the face: enough shows to be found.
    zone = ((0.3, 0.58), (0.7, 0.58), (0.7, 1.0), (0.3, 1.0))
    spy = Spy()
    pipeline = FacePipeline(
        view=CameraView(exclude=(zone,)), detector=spy, landmarker=spy, reader=spy, seeing=spy
    )
    image = picture(room, [Actor(faces()[1], lambda _: Stance(x=320, y=180, height=130))], 0.0)
    results = [pipeline.process(Frame(image, i / 10, i)) for i in range(5)]
    assert DETECTORS.make("yunet").detect(ExcludedZones([zone]).blacked_out(image))
    assert [r.excluded for r in results] == [1] * 5
    assert all(r.observations == [] for r in results)
    assert spy.seen["read"] == []
    assert spy.seen["look"] == []
    assert spy.seen["locate"] == []


def test_who_walks_into_a_zone_is_read_no_longer() -> None:
    room = background(640, 360)
    spy = Spy()
    zone = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))
    pipeline = FacePipeline(
        view=CameraView(exclude=(zone,)),
        detector=spy,
        landmarker=spy,
        reader=spy,
        seeing=spy,
    )
    walker = Actor(faces()[1], lambda t_s: Stance(x=150 + 100 * t_s, y=180, height=110))
    results = [
        pipeline.process(Frame(picture(room, [walker], t_s), t_s, i))
        for i, t_s in enumerate(np.arange(0.0, 4.0, 0.1).tolist())
    ]
    assert sum(len(r.observations) for r in results) > 8
    assert max(x for x, _ in spy.read_boxes) < 320
    # At once, and not only when the whole picture is searched again.
    zones = ExcludedZones([zone])
    assert not any(zones.forbids(one.box, 360, 640) for r in results for one in r.observations)
    assert all(r.observations == [] for r in results[-15:])


@pytest.mark.parametrize(
    ("corners", "says"),
    [
        ([(0.1, 0.1), (0.5, 0.5)], "three corners"),
        ([(0.1, 0.1), (0.5, 0.5), (0.5, 0.1), (0.1, 0.5)], "crosses itself"),
        ([(0.1, 0.1), (1.2, 0.1), (0.5, 0.5)], "leaves the picture"),
        ([(100, 100), (300, 100), (300, 300)], "leaves the picture"),
        ([(0.1, 0.1), (0.2, 0.2), (0.3, 0.3)], "no area"),
        ([(float("nan"), 0.1), (0.2, 0.2), (0.3, 0.5)], "leaves the picture"),
        ([(0.1, 0.1, 0.2), (0.2, 0.2, 0.2), (0.3, 0.5, 0.2)], "three corners"),
    ],
)
def test_a_polygon_that_could_not_work_is_refused(corners: list[tuple[float, ...]], says: str) -> None:
    with pytest.raises(ZoneError, match=says):
        ExcludedZones([corners])


@pytest.mark.parametrize("text", ["", "0.1", "a,b c,d e,f", "0.1,0.2,0.3 0.1,0.2 0.3,0.3"])
def test_a_text_that_is_no_polygon_is_refused(text: str) -> None:
    with pytest.raises(ZoneError, match="x,y x,y x,y"):
        parse_polygon(text)


def test_share_of_a_box_is_exact() -> None:
    zones = ExcludedZones([[(0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)]])
    assert zones.share(np.array([40, 0, 60, 50], np.float32), 100, 100) == pytest.approx(0.5)
    assert zones.share(np.array([0, 0, 50, 50], np.float32), 100, 100) == pytest.approx(0.0)
