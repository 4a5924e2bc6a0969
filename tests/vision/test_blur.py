"""Stills to draw on: nobody in them can be found by what finds faces everywhere else, and places can be told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from mien.errors import ImageError
from mien.video import open_video
from mien.vision.blur import Blurring, as_jpeg
from mien.vision.registry import DETECTORS
from mien.vision.types import Detection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SAMPLES = Path(__file__).parents[2] / "samples"
SIZES = (120, 480)


def frame(name: str) -> NDArray[np.uint8]:
    with open_video(SAMPLES / name) as video:
        return next(iter(video.frames(rate=1.0))).image


def pictures() -> dict[str, NDArray[np.uint8]]:
    """People far and near, filling the picture, and on their side."""
    group = cv2.imread(str(SAMPLES / "multi_face.jpg"))
    near = frame("crying_to_smiling.mp4")
    width = near.shape[1]
    return {
        "group": group,
        "camera on its side": np.ascontiguousarray(np.rot90(cv2.resize(group, None, fx=0.5, fy=0.5))),
        "filling the picture": np.ascontiguousarray(near[:, width // 4 : -width // 4]),
    }


@pytest.fixture(scope="module")
def blurring() -> Blurring:
    return Blurring.usual()


def faces(blurring: Blurring, image: NDArray[np.uint8]) -> Iterator[Detection]:
    """Faces that any detector finds, at any size and turn."""
    for turns in range(4):
        turned = np.ascontiguousarray(np.rot90(image, turns))
        for side in SIZES:
            scale = side / max(turned.shape[:2])
            looked_at = cv2.resize(turned, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
            for detector in blurring.detectors:
                yield from detector.detect(looked_at)


def test_every_detector_of_mien_looks(blurring: Blurring) -> None:
    assert [detector.name for detector in blurring.detectors] == list(DETECTORS.names)


@pytest.mark.parametrize("name", pictures())
def test_no_face_is_found_in_a_still_at_any_size_or_turn(blurring: Blurring, name: str) -> None:
    image = pictures()[name]
    assert next(faces(blurring, image), None), "else the test proves nothing"
    shown = cv2.imdecode(np.frombuffer(as_jpeg(blurring.blurred(image)), np.uint8), cv2.IMREAD_COLOR)
    assert not list(faces(blurring, shown))


def test_a_face_lies_under_one_colour(blurring: Blurring) -> None:
    near = frame("neutral_to_smiling.mp4")
    box = blurring.detectors[0].detect(near)[0].box * (960 / near.shape[1])
    x1, y1, x2, y2 = (round(float(value)) for value in box)
    shown = blurring.blurred(near)
    assert shown[y1:y2, x1:x2].std(axis=(0, 1)).max() < 3
    assert shown.std() > 30, "while the rest can be told apart"


def test_a_blur_of_one_strength_would_not_do(blurring: Blurring) -> None:
    near = pictures()["filling the picture"]
    few = cv2.resize(near, None, fx=24 / near.shape[0], fy=24 / near.shape[0], interpolation=cv2.INTER_AREA)
    assert next(faces(blurring, cv2.GaussianBlur(few, (0, 0), 0.5)), None)


def test_places_can_be_told_still(blurring: Blurring) -> None:
    shop = np.full((720, 1280, 3), 220, np.uint8)
    shop[400:, :320] = 30  # a desk
    shown = blurring.blurred(shop)
    assert shown.shape == (540, 960, 3)
    assert shown[450, 100].mean() < 60
    assert shown[450, 400].mean() > 190
    assert shown[200, 100].mean() > 190


class Anxious:
    """A detector that takes every picture for a face."""

    name = "anxious"

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        height, width = image.shape[:2]
        box = np.array([0, 0, width, height], np.float32)
        return [Detection(box, 0.9, np.zeros((5, 2), np.float32))]


def test_a_picture_in_which_a_face_is_always_found_is_not_given_out() -> None:
    with pytest.raises(ImageError, match="not shown"):
        Blurring((Anxious(),)).blurred(frame("no_face.mp4"))
