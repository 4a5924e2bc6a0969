"""What makes a face unreadable is measured, and named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from mien.video.types import Frame
from mien.vision.exclude import ExcludedZones
from mien.vision.gate import GateSettings
from mien.vision.pipeline import FacePipeline
from mien.vision.quality import face_quality
from mien.vision.settings import PipelineSettings
from mien.vision.track import TrackSettings
from mien.vision.types import LeftOut, Visibility
from support.facemesh import SAMPLES, Actor, Stance, background, faces, picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_ZONES = ExcludedZones()


def scene(x: float = 320, height: float = 120, yaw: float = 0) -> NDArray[np.uint8]:
    stance = Stance(x=x, y=180, height=height, yaw=yaw)
    return picture(background(640, 360), [Actor(faces()[1], lambda _: stance)], 0.0)


def verdict(image: NDArray[np.uint8]) -> LeftOut | None:
    (seen,) = FacePipeline().process(Frame(image, 0.0, 0)).observations
    assert (seen.reading is None) == (seen.left_out is not None)
    assert seen.visibility is (Visibility.UNUSABLE if seen.left_out is LeftOut.UNUSABLE else Visibility.FULL)
    return seen.left_out


def test_a_good_face_counts() -> None:
    assert verdict(scene()) is None


def test_each_fault_has_its_name() -> None:
    good = scene()
    assert verdict(scene(height=30)) is LeftOut.TOO_SMALL
    assert verdict(cv2.GaussianBlur(good, (0, 0), 5.5)) is LeftOut.BLURRED
    assert verdict((good * 0.1).astype(np.uint8)) is LeftOut.TOO_DARK
    assert verdict(scene(x=18)) is LeftOut.CUT_OFF


def test_size_is_measured_in_the_original_picture() -> None:
    large = cv2.resize(scene(height=150), None, fx=2, fy=2)
    (seen,) = FacePipeline().process(Frame(large, 0.0, 0)).observations
    assert seen.quality.height_px == pytest.approx(300, rel=0.12)


def test_sharpness_does_not_depend_on_size_or_contrast() -> None:
    group = cv2.imread(str(SAMPLES / "multi_face.jpg"))
    box = np.array([532, 305, 631, 436], np.float32)
    sharp = face_quality(group, box, NO_ZONES).sharpness
    small = cv2.resize(group, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    flat = (group * 0.4 + 60).astype(np.uint8)
    assert face_quality(small, box / 2, NO_ZONES).sharpness == pytest.approx(sharp, abs=0.1)
    assert face_quality(flat, box, NO_ZONES).sharpness == pytest.approx(sharp, abs=0.1)


def test_sharpness_falls_with_blur() -> None:
    group = cv2.imread(str(SAMPLES / "multi_face.jpg"))
    box = np.array([532, 305, 631, 436], np.float32)
    values = [
        face_quality(cv2.GaussianBlur(group, (0, 0), sigma), box, NO_ZONES).sharpness
        for sigma in (0.5, 2.0, 4.0, 8.0)
    ]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.9
    assert values[-1] < 0.1


def test_a_box_outside_the_picture_has_no_quality() -> None:
    quality = face_quality(scene(), np.array([700, 10, 760, 80], np.float32), NO_ZONES)
    assert (quality.inside, quality.sharpness, quality.brightness) == (0.0, 0.0, 0.0)


def test_a_face_without_believable_landmarks_is_not_readable() -> None:
    # Seen from the side: the detector still finds it, the landmark network doubts it.
    (seen,) = FacePipeline().process(Frame(scene(yaw=-58), 0.0, 0)).observations
    assert seen.left_out is LeftOut.UNUSABLE
    assert seen.visibility is Visibility.UNUSABLE
    assert seen.pose is None
    assert seen.reading is None


@pytest.mark.parametrize(
    "wrong", [{"min_height_px": 2}, {"max_turn": 200}, {"min_sharpness": -1}, {"min_heigth_px": 40}]
)
def test_impossible_thresholds_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        GateSettings.model_validate(wrong)


@pytest.mark.parametrize("model", [GateSettings, TrackSettings, PipelineSettings])
def test_every_setting_says_what_it_is(model: type[GateSettings]) -> None:
    for name, setting in model.model_fields.items():
        assert setting.title, name
        assert setting.description, name
