"""The error is widened where faces are small or turned, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from mien.training.widen import fit_widening
from mien.vision.widening import HEIGHTS, TURNS, Widening, features


def test_features_are_shares_between_neighbouring_knots() -> None:
    middle = features((HEIGHTS[0] + HEIGHTS[1]) / 2, -(TURNS[2] + TURNS[3]) / 2)
    np.testing.assert_allclose(middle, [0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5, 0])
    np.testing.assert_allclose(features(500.0, 90.0), [0, 0, 0, 1, 0, 0, 0, 0, 1])
    np.testing.assert_allclose(features(5.0, 0.0), [1, 0, 0, 0, 1, 0, 0, 0, 0])


def test_no_curves_change_nothing() -> None:
    np.testing.assert_allclose(Widening.none().factor(24.0, 40.0), 1.0)


def test_curves_come_back_from_the_document_they_were_written_to() -> None:
    one = Widening(np.arange(27.0).reshape(3, 9) / 100)
    np.testing.assert_allclose(Widening.read(one.document()).logs, one.logs)


def test_what_is_missed_more_is_widened_as_much() -> None:
    rng = np.random.default_rng(3)
    heights, turns = rng.uniform(18, 80, 20_000), rng.uniform(-60, 60, 20_000)
    true = np.where(heights < 32, 1.6, 1.0) * np.where(np.abs(turns) > 31, 1.4, 1.0)
    squares = rng.chisquare(1, (20_000, 3)) * true[:, None]
    found = fit_widening(np.stack([features(h, t) for h, t in zip(heights, turns, strict=True)]), squares)
    for height, turn, wanted in (
        (20, 0, 1.6),
        (70, 0, 1.0),
        (70, 50, 1.4),
        (20, -55, 1.6 * 1.4),
        (28, 5, 1.6),
    ):
        assert found.factor(height, turn) == pytest.approx(np.full(3, wanted), rel=0.12)
    left = squares / np.stack([found.factor(h, t) for h, t in zip(heights, turns, strict=True)])
    for chosen in (heights < 32, heights > 48, np.abs(turns) > 37, np.abs(turns) < 20):
        assert left[chosen].mean() == pytest.approx(1.0, abs=0.05)
