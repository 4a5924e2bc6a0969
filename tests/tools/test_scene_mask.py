"""A clip in which a mask is drawn: the chain reads the eyes, and its colours are those of the chart."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tools.scene.mask import masked

from mien.journey.moods import Colour
from mien.report.trails import FaceTrails
from mien.video import open_video
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker
from mien.vision.pipeline import FacePipeline

SAMPLE = Path(__file__).parents[2] / "samples" / "crying_to_smiling.mp4"
RATE = 4


@pytest.fixture(scope="module")
def trails():
    detector, landmarker, pipeline = YuNet(long_side=640), MediaPipeLandmarker(), FacePipeline()
    found = FaceTrails()
    with open_video(SAMPLE) as video:
        for frame in video.frames(rate=RATE):
            [face] = detector.detect(frame.image)
            picture = masked(frame.image, landmarker.locate(frame.image, face).points)
            found.add(pipeline.process(replace(frame, image=picture)).observations)
    return found


def colours(trails, begin_s, end_s):
    """How often each colour is told between two times, and how often joy."""
    sights = [sight for t_s in np.arange(begin_s, end_s, 1 / RATE) for sight in trails.sights_at(t_s)]
    eyes = [sight.eyes for sight in sights if sight.eyes is not None]
    told = Counter(one.colour for one in eyes)
    return told, sum(one.mood is not None and one.mood.key == "joy" for one in eyes), len(sights)


def test_eyes_that_cry_are_red_and_eyes_that_smile_are_green(trails):
    told, joy, seen = colours(trails, 0.5, 4.5)
    assert seen >= 14
    assert told[Colour.RED] >= 0.8 * seen
    assert joy == told[Colour.GREEN] == 0
    told, joy, seen = colours(trails, 12.0, 18.0)
    assert seen >= 20
    assert told[Colour.GREEN] >= 0.8 * seen
    assert joy >= 0.5 * seen
    assert told[Colour.RED] == 0


def test_a_mask_hides_the_mouth_and_leaves_the_eyes():
    detector, landmarker = YuNet(long_side=640), MediaPipeLandmarker()
    with open_video(SAMPLE) as video:
        image = next(iter(video.frames(rate=RATE))).image
    points = landmarker.locate(image, detector.detect(image)[0]).points
    changed = np.abs(masked(image, points).astype(int) - image).max(axis=2) > 20

    def share(*landmarks):
        x, y = points[list(landmarks), :2].mean(axis=0).round().astype(int)
        return changed[y - 6 : y + 7, x - 6 : x + 7].mean()

    assert share(13, 14) > 0.9
    assert share(33, 133) == share(263, 362) == 0.0
