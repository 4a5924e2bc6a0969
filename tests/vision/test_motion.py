"""A face's motion is in real seconds, whatever the times at which it was seen."""

from __future__ import annotations

import numpy as np
import pytest

from mien.vision.motion import Motion


def box(x: float, height: float = 100.0) -> np.ndarray:
    return np.array([x - 0.4 * height, 100 - height / 2, x + 0.4 * height, 100 + height / 2], np.float32)


def walked(times: list[float], speed: float) -> Motion:
    motion = Motion.start(box(speed * times[0]), times[0])
    for t_s in times[1:]:
        motion = motion.at(t_s).seen(box(speed * t_s))
    return motion


@pytest.mark.parametrize(
    "times",
    [
        np.arange(0.0, 3.0, 0.1).tolist(),
        np.arange(0.0, 3.0, 1 / 30).tolist(),
        np.cumsum(np.random.default_rng(1).uniform(0.02, 0.3, 30)).tolist(),
    ],
)
def test_speed_is_per_second_at_any_rate(times: list[float]) -> None:
    motion = walked(times, speed=120.0)
    assert motion.mean[0, 1] == pytest.approx(120.0, rel=0.15)
    later = motion.at(times[-1] + 0.2)
    assert (later.box[0] + later.box[2]) / 2 == pytest.approx(120.0 * (times[-1] + 0.2), abs=8.0)
    assert later.height == pytest.approx(100.0, rel=0.02)


def test_who_is_hidden_is_expected_near_the_last_place() -> None:
    motion = walked(np.arange(0.0, 2.0, 0.1).tolist(), speed=120.0)
    for hidden_s in (1.0, 3.0, 60.0):
        moved = motion.at(1.9 + hidden_s).mean[0, 0] - motion.mean[0, 0]
        assert 0 < moved < 120.0


def test_an_earlier_time_changes_nothing() -> None:
    motion = walked([0.0, 0.1, 0.2], speed=50.0)
    assert motion.at(0.2) is motion
    assert motion.at(-1.0) is motion


def test_a_face_that_comes_nearer_is_expected_larger() -> None:
    motion = Motion.start(box(0, 60.0), 0.0)
    for t_s in np.arange(0.1, 2.0, 0.1):
        motion = motion.at(t_s).seen(box(0, 60.0 * 1.5**t_s))
    assert motion.at(2.2).height > motion.height * 1.05
