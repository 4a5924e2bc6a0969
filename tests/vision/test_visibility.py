"""Covered faces are noticed, read by their eyes, and never taken for whole ones."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.training.covers import COVERS, HARMLESS, draw_cover
from mien.video.types import Frame
from mien.vision import read_faces
from mien.vision.detect import YuNet
from mien.vision.expression import ExpressionReader
from mien.vision.landmarks import MediaPipeLandmarker
from mien.vision.pipeline import FacePipeline
from mien.vision.types import ExpressionReading, FaceMesh, LeftOut, Visibility
from mien.vision.visibility import VisibilityDetector, VisibilityMemory

ROOT = Path(__file__).parents[2]
LANDMARKER = MediaPipeLandmarker()


def _faces() -> list[tuple[np.ndarray, FaceMesh]]:
    """Five people, none of whom the network has learned from: grey pictures as BGR, with landmarks."""
    found = []
    for path in (
        ROOT / "samples" / "multi_face.jpg",
        ROOT / "src" / "mien" / "vision" / "selftest" / "face.jpg",
    ):
        image = cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), cv2.COLOR_GRAY2BGR)
        found += [(image, LANDMARKER.locate(image, face)) for face in YuNet().detect(image)]
    return found


FACES = _faces()


def covered(number: int, kinds: tuple[str, ...], seed: int, least: float = 0.9) -> np.ndarray:
    """A picture with a cover drawn over one face, such that its mouth is hidden."""
    image, mesh = FACES[number]
    rng = np.random.default_rng(seed)
    while True:
        drawn = draw_cover(rng, np.ascontiguousarray(image[..., 0]), mesh.points, kinds)
        if drawn.mouth >= least:
            return cv2.cvtColor(drawn.image, cv2.COLOR_GRAY2BGR)


@pytest.fixture(scope="module")
def seeing() -> VisibilityDetector:
    return VisibilityDetector()


def share_full(seeing: VisibilityDetector, pictures: list[tuple[np.ndarray, FaceMesh]]) -> float:
    looks = [seeing.decide(seeing.look(image, [mesh])[0]) for image, mesh in pictures]
    return float(np.mean([one is Visibility.FULL for one in looks]))


def test_bare_faces_are_full(seeing: VisibilityDetector) -> None:
    assert share_full(seeing, FACES) == 1.0


@pytest.mark.parametrize("kind", COVERS)
def test_covered_faces_hardly_pass_as_full(seeing: VisibilityDetector, kind: str) -> None:
    pictures = []
    for seed in range(6):
        for number, (_, mesh) in enumerate(FACES):
            image = covered(number, (kind,), seed)
            pictures.append((image, LANDMARKER.locate(image, mesh)))
    assert share_full(seeing, pictures) <= 0.04  # one of thirty


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_leaves_the_mouth_to_be_seen_seldom_counts_as_a_cover(
    seeing: VisibilityDetector, kind: str
) -> None:
    rng = np.random.default_rng(1)
    pictures = []
    for _ in range(6):
        for image, mesh in FACES:
            drawn = draw_cover(rng, np.ascontiguousarray(image[..., 0]), mesh.points, (kind,))
            if drawn.mouth < 0.05:
                pictures.append((cv2.cvtColor(drawn.image, cv2.COLOR_GRAY2BGR), mesh))
    assert len(pictures) >= 10
    assert share_full(seeing, pictures) >= 0.8


def test_with_mouth_and_eyes_hidden_nothing_is_left_to_read(seeing: VisibilityDetector) -> None:
    looks = []
    for number, (_, mesh) in enumerate(FACES):
        image = covered(number, ("sunglasses", "mask"), 3)
        looks.append(seeing.decide(seeing.look(image, [mesh])[0]))
    assert looks.count(Visibility.UNUSABLE) >= 4
    assert Visibility.FULL not in looks


def test_read_faces_tells_a_mask_from_a_smile() -> None:
    (bare,) = read_faces(FACES[-1][0][..., ::-1])
    (masked,) = read_faces(covered(len(FACES) - 1, ("mask",), 2)[..., ::-1])
    assert bare.visibility is Visibility.FULL
    assert masked.visibility is Visibility.EYES
    assert masked.valence_error is not None
    assert bare.valence_error is not None
    assert masked.valence_error > bare.valence_error


class WholeFacesOnly(ExpressionReader):
    """A reader of whole faces, as most networks are; it notes what it was asked to read."""

    reads = frozenset({Visibility.FULL})

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Visibility] = []

    def read(
        self, image: np.ndarray, faces: list[FaceMesh], visibility: list[Visibility]
    ) -> list[ExpressionReading]:
        self.asked += visibility
        return super().read(image, faces, visibility)


def _run(pipeline: FacePipeline, pictures: list[np.ndarray]) -> list[tuple[Visibility, LeftOut | None]]:
    seen = []
    for i, image in enumerate(pictures):
        result = pipeline.process(Frame(image=image, t_s=i / 10, index=i))
        seen += [(one.visibility, one.left_out) for one in result.observations]
    return seen


def test_a_face_that_puts_a_mask_on_is_read_by_its_eyes_from_then_on() -> None:
    number = len(FACES) - 1
    seen = _run(FacePipeline(), [FACES[number][0]] * 8 + [covered(number, ("mask",), 2)] * 12)
    assert [v for v, _ in seen[:8]] == [Visibility.FULL] * 8
    assert [v for v, _ in seen[-8:]] == [Visibility.EYES] * 8
    assert all(left_out is None for _, left_out in seen)


def test_a_reader_of_whole_faces_is_never_shown_a_masked_one() -> None:
    reader = WholeFacesOnly()
    number = len(FACES) - 1
    seen = _run(FacePipeline(reader=reader), [covered(number, ("mask",), 2)] * 5)
    assert seen == [(Visibility.EYES, LeftOut.COVERED)] * 5
    assert reader.asked == []


def test_one_odd_picture_does_not_change_how_a_track_is_read(seeing: VisibilityDetector) -> None:
    memory = VisibilityMemory()
    bare, odd = np.array([0.999, 0.001, 0.0]), np.array([0.2, 0.8, 0.0])
    said = [seeing.decide(memory.take(1, i / 10, odd if i == 10 else bare)) for i in range(30)]
    assert said.count(Visibility.FULL) >= 27
    assert said[-1] is Visibility.FULL
    alone = VisibilityMemory()
    assert seeing.decide(alone.take(1, 0.0, odd)) is Visibility.EYES
    memory.forget([1])
    assert seeing.decide(memory.take(1, 3.1, odd)) is Visibility.EYES


def test_a_memory_goes_on_where_another_stopped() -> None:
    rng = np.random.default_rng(0)
    looks = rng.dirichlet(np.ones(3), 20)
    whole, first, second = VisibilityMemory(), VisibilityMemory(), VisibilityMemory()
    expected = [whole.take(7, i / 8, look) for i, look in enumerate(looks)]
    for i, look in enumerate(looks[:10]):
        first.take(7, i / 8, look)
    second.restore(first.state())
    for i, look in enumerate(looks[10:], start=10):
        np.testing.assert_allclose(second.take(7, i / 8, look), expected[i])
