"""A small seeded study of the intervals; `benchmarks/intervals.py` is the large one."""

from itertools import product

import numpy as np
import pytest

from mien.journey import Outcome, score_interaction
from mien.journey.simulate import NOISES, TRUTHS, simulate

DURATIONS = (4.0, 8.0, 15.0, 40.0)
TAUS = (0.0, 0.25, 0.5)
REPEATS = 2


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(20)
    rows = []
    for _, kind, duration, tau, noise in product(range(REPEATS), TRUTHS, DURATIONS, TAUS, NOISES):
        case = simulate(rng, kind, duration, tau, noise)
        rows.append((kind, duration, case, score_interaction(case.times_s, case.valence, case.variance)))
    return rows


def test_intervals_hold_the_truth(study):
    """240 interactions: a true share of 90 % would give under 91.5 % three times in four."""
    eps, index = [], []
    for _, _, case, score in study:
        first, last, overall = case.true_means()
        if score.eps is not None:
            eps.append(score.eps_low <= 100 * (last - first) <= score.eps_high)
        if score.happiness_index is not None:
            index.append(score.hi_low <= 50 * (1 + overall) <= score.hi_high)
    assert len(eps) > 0.8 * len(study)
    assert 0.915 <= np.mean(eps) <= 0.992
    assert 0.915 <= np.mean(index) <= 0.992


def test_a_flat_truth_is_not_called_a_change(study):
    said = [score.outcome for kind, _, _, score in study if kind == "flat"]
    assert np.mean([outcome in (Outcome.IMPROVED, Outcome.WORSENED) for outcome in said]) < 0.02
    assert said.count(Outcome.UNCHANGED) > 0.6 * len(said)


def test_large_changes_are_seen(study):
    seen = []
    for kind, duration, case, score in study:
        first, last, _ = case.true_means()
        if kind in ("step", "ramp") and duration >= 15 and abs(last - first) > 0.5 and score.window_s:
            right = Outcome.IMPROVED if last > first else Outcome.WORSENED
            seen.append(score.outcome is right)
    assert len(seen) > 10
    assert np.mean(seen) > 0.85


def test_interactions_of_eight_usable_seconds_are_scored(study):
    shown = [score.eps is not None for _, _, _, score in study if score.usable_s >= 8]
    assert np.mean(shown) >= 0.9
