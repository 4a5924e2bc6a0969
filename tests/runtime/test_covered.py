"""A face behind a mask, from the film to the score: read by its eyes, and never compared with its bare self."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

import mien
from mien.journey.types import Outcome
from mien.training.covers import draw_cover
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker
from support.clips import steady
from support.facemesh import PORTRAIT, Actor, MeshFace, Stance, film

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECONDS = 9.0
PUT_ON_S = 4.5


def _bare_and_masked() -> tuple[MeshFace, MeshFace]:
    """One person in grey without and with a mask, which lies on the face like skin."""
    grey = cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE)
    image = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    bare = MeshFace.from_picture(image)
    (found,) = YuNet(long_side=None).detect(image)
    drawn = draw_cover(
        np.random.default_rng(2), grey, MediaPipeLandmarker().locate(image, found).points, ("mask",)
    )
    assert drawn.mouth > 0.9
    return bare, replace(bare, texture=cv2.cvtColor(drawn.image, cv2.COLOR_GRAY2BGR))


def _filmed(path: Path, masked: Callable[[float], bool]) -> Path:
    """A customer who stands before a counter and sways a little."""
    bare, covered = _bare_and_masked()

    def stance(t_s: float) -> Stance:
        return Stance(320 + 6 * np.sin(t_s), 180, 150, yaw=6 * np.sin(0.7 * t_s))

    actors = [
        Actor(bare, lambda t_s: None if masked(t_s) else stance(t_s)),
        Actor(covered, lambda t_s: stance(t_s) if masked(t_s) else None),
    ]
    return film(path, steady(10, SECONDS), actors)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("masks")


def test_a_mask_throughout_is_read_by_the_eyes_throughout(folder: Path) -> None:
    (found,) = mien.analyze(_filmed(folder / "on.mp4", lambda _: True)).interactions
    assert found.by_eyes == found.score.n > 0.5 * found.readings
    assert found.score.reason is None or "visibility changed" not in found.score.reason
    assert found.score.eps_mean is not None, "both ends were read alike"


def test_a_mask_put_on_midway_gives_no_eps_and_no_critical_moment(folder: Path) -> None:
    (found,) = mien.analyze(_filmed(folder / "put_on.mp4", lambda t_s: t_s >= PUT_ON_S)).interactions
    assert 0.3 < found.by_eyes / found.score.n < 0.7
    assert found.eps is None
    assert "visibility changed" in str(found.score.reason)
    assert found.outcome is Outcome.UNCLEAR
    assert all(abs(moment.t_s - PUT_ON_S) > 1.5 for moment in found.moments)
    assert found.score.hi_mean is not None


def test_a_bare_face_has_nothing_of_it(folder: Path) -> None:
    (found,) = mien.analyze(_filmed(folder / "bare.mp4", lambda _: False)).interactions
    assert found.by_eyes == 0
    assert found.score.eps_mean is not None
