from __future__ import annotations

import numpy as np
import pytest
from scipy.special import softmax

from mien.figures import calibration_error, concordance, figures
from mien.training.calibrate import (
    calibrate,
    calibrate_shares,
    calibrate_variance,
    divide_frequencies,
    valences,
)


def votes(rng: np.random.Generator, probabilities: np.ndarray, count: int = 10) -> np.ndarray:
    return np.stack([rng.multinomial(count, p) / count for p in probabilities])


def test_overconfidence_and_a_leaning_are_taken_out() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1.5, (4000, 8))
    leaning = np.array([0.6, 0.0, 0.0, -0.6, 0.0, 0.0, 0.0, 0.0])
    shares = votes(rng, softmax(logits, axis=1))
    said = 2.0 * (logits - leaning)
    temperature, offset = calibrate_shares(said, shares)
    assert temperature == pytest.approx(2.0, rel=0.05)
    np.testing.assert_allclose(offset, leaning, atol=0.06)
    assert calibration_error(softmax(said / temperature + offset, axis=1), shares) < 0.01
    assert calibration_error(softmax(said, axis=1), shares) > 0.02


def test_the_predicted_variance_is_that_of_the_misses() -> None:
    rng = np.random.default_rng(1)
    truth = np.exp(rng.uniform(-5, -1, (6000, 3)))
    misses = rng.normal(0, np.sqrt(truth))
    said = np.log(truth) * 0.5 + 1.0
    intercept, slope = calibrate_variance(said, misses)
    np.testing.assert_allclose(slope, 2.0, rtol=0.05)
    np.testing.assert_allclose((misses**2 / np.exp(intercept + slope * said)).mean(axis=0), 1.0, atol=0.02)


def test_a_calibrated_reader_has_residuals_of_one() -> None:
    rng = np.random.default_rng(2)
    logits = rng.normal(0, 1.5, (3000, 8))
    shares = votes(rng, softmax(logits, axis=1))
    spread = rng.normal(-3, 0.3, (3000, 3))
    found = calibrate((logits * 1.5, spread, shares), (logits * 1.5, spread, shares), np.full(8, 0.125))
    misses = valences(found.probabilities(logits * 1.5)) - valences(shares)
    np.testing.assert_allclose((misses**2 / found.variances(spread)).mean(axis=0), 1.0, atol=0.03)


def test_common_expressions_are_made_less_likely_and_rare_ones_alike() -> None:
    added = divide_frequencies(np.array([0.4, 0.3, 0.16, 0.1, 0.02, 0.01, 0.005, 0.005]), 0.6)
    assert added[0] < added[1] < added[2] < added[3]
    np.testing.assert_allclose(added[3:], added[3])
    np.testing.assert_allclose(divide_frequencies(np.full(8, 0.125), 0.6), 0.0)


def test_figures_count_as_people_do() -> None:
    labels = np.array([0, 0, 0, 1, 1, 3])
    answers = np.array([0, 0, 1, 1, 1, 4])
    found = figures(np.eye(8)[answers], labels)
    # anger is no answer where no label is anger: the next likeliest of those that occur counts, here neutral
    assert found.accuracy == pytest.approx(4 / 6)
    assert found.recall == pytest.approx({"neutral": 2 / 3, "happiness": 1.0, "sadness": 0.0})
    assert found.balanced == pytest.approx((2 / 3 + 1) / 3)
    assert found.f1["happiness"] == pytest.approx(0.8)


def test_three_levels_forgive_one_unpleasant_expression_for_another() -> None:
    labels = np.array([3, 4, 0, 1])
    found = figures(np.eye(8)[[4, 3, 0, 0]], labels)
    assert found.accuracy == 0.25
    assert found.three_levels == 0.75


def test_a_face_that_was_not_found_is_a_miss_and_never_a_neutral_one() -> None:
    labels = np.array([0, 0, 1, 3])
    said = np.eye(8)[[0, 0, 1, 3]]
    said[[1, 3]] = np.nan
    found = figures(said, labels)
    assert (found.n, found.accuracy, found.three_levels) == (4, 0.5, 0.5)
    assert found.recall == pytest.approx({"neutral": 0.5, "happiness": 1.0, "sadness": 0.0})
    assert found.f1["neutral"] == pytest.approx(2 / 3)


def test_concordance_asks_for_the_same_numbers_not_only_the_same_order() -> None:
    x = np.linspace(-1, 1, 50)
    assert concordance(x, x) == pytest.approx(1.0)
    assert concordance(x, 0.5 * x) < 0.85
    assert concordance(x, x + 0.5) < 0.85
    assert concordance(x, -x) == pytest.approx(-1.0)
