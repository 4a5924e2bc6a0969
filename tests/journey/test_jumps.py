"""A face that changes at once, read with an error that depends on what it shows."""

import numpy as np
import pytest

from mien.journey import Outcome, score_interaction
from mien.journey.jumps import MOST, find_jumps

NEUTRAL, SMILE = (0.0, 0.13), (0.98, 0.035)
"""Valence and predicted standard deviation, as the reader gives them for a blank face and for a clear smile."""


def _track(seconds, first, last, switch_s, rng):
    t = np.arange(0, seconds, 0.1)
    level = np.where(t < switch_s - 1e-9, first[0], last[0])
    sd = np.where(t < switch_s - 1e-9, first[1], last[1])
    return t, level, np.clip(level + 0.3 * sd * rng.normal(size=t.size), -1, 1), sd


@pytest.mark.parametrize("seconds", [4.0, 8.0, 20.0])
@pytest.mark.parametrize("before_s", [0.3, 0.6, 1.0, 1.5])
@pytest.mark.parametrize("rises", [True, False])
def test_a_short_blank_face_beside_a_clear_smile_is_not_taken_for_noise(seconds, before_s, rises):
    first, last = (NEUTRAL, SMILE) if rises else (SMILE, NEUTRAL)
    switch_s = before_s if rises else seconds - before_s
    t, level, y, sd = _track(seconds, first, last, switch_s, np.random.default_rng(3))
    score = score_interaction(t, y, sd**2)
    window = min(5.0, seconds / 3)
    change = 100 * (level[t >= seconds - window - 1e-9].mean() - level[t < window - 1e-9].mean())
    slack = 100 * 0.1 / window  # a reading stands for a tenth of a second, which may lie in the window or not
    assert score.eps_low - slack <= change <= score.eps_high + slack
    assert abs(score.eps - change) < 8 + slack
    assert abs(score.happiness_index - 50 * (1 + level.mean())) < 3
    if abs(change) > 35:
        assert score.outcome is (Outcome.IMPROVED if rises else Outcome.WORSENED)


def test_the_happiness_index_follows_a_smile_that_comes_and_goes():
    t = np.arange(0, 4.8, 0.1)
    smiling = (t >= 1.5) & (t < 3.3)
    score = score_interaction(t, np.where(smiling, 0.98, 0.05), np.where(smiling, 0.035, 0.13) ** 2)
    assert abs(score.happiness_index - 50 * (1 + np.where(smiling, 0.98, 0.05).mean())) < 4


def test_places_are_found_where_the_level_jumps_and_nowhere_else():
    rng = np.random.default_rng(8)
    t = np.arange(0, 20, 0.1)
    y = np.where(t < 7, -0.4, 0.4) + 0.1 * rng.normal(size=t.size)
    added = find_jumps(t, y, np.full(t.size, 0.1))
    assert added.shape == (2, t.size - 1)
    assert not added[0].any()
    assert set(t[:-1][added[1] > 0].round(1)) == {6.8, 6.9, 7.0}


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_too_few_readings_have_no_place_to_jump(n):
    assert find_jumps(np.arange(n) / 10.0, np.arange(n) * 1.0, np.full(n, 0.1)).shape == (1, max(n - 1, 0))


def test_no_more_places_than_can_be_weighed():
    t = np.arange(0, 60, 0.1)
    y = np.where((t // 3) % 2 == 0, -0.8, 0.8)
    assert len(find_jumps(t, y, np.full(t.size, 0.1))) == MOST + 1
