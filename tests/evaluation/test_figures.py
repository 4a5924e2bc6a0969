"""Figures are what they are called, and their intervals hold."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.conftest import readings_of, rows_of, same_draws, set_of, world
from mien.evaluation.bootstrap import Resampler, difference, estimate
from mien.evaluation.figures import (
    ACCURACY,
    BALANCED,
    CALIBRATION,
    CONCORDANCE,
    LEANING,
    MACRO_F1,
    RESIDUAL,
    THREE_LEVELS,
    class_figures,
)
from mien.evaluation.reliability import by_chance, reliability
from mien.evaluation.sets import select
from mien.evaluation.sums import CONFUSION, features
from mien.evaluation.views import score
from mien.expressions import valence
from mien.figures import calibration_error, concordance, figures
from mien.training.material import vote_shares


def scored_world(count: int, seed: int = 0, **options: float):
    made = world(count, seed, **options)
    faces = set_of(made.votes)
    chosen = select(faces, None, tuple(range(8)))
    return made, chosen, score(faces, chosen, readings_of(made.p, made.variance), "balance")


def test_figures_are_those_that_training_reports() -> None:
    made, chosen, scored = scored_world(800)
    (drawn,) = same_draws(800).draw(features(scored), [scored.found])
    named = chosen.truth >= 0
    known = figures(made.p[named], chosen.truth[named])
    assert estimate(ACCURACY, drawn).value == pytest.approx(known.accuracy)
    assert estimate(BALANCED, drawn).value == pytest.approx(known.balanced)
    assert estimate(MACRO_F1, drawn).value == pytest.approx(known.macro_f1)
    assert estimate(THREE_LEVELS, drawn).value == pytest.approx(known.three_levels)
    recall, _, f1 = class_figures(3)
    assert estimate(recall, drawn).value == pytest.approx(known.recall["sadness"])
    assert estimate(f1, drawn).value == pytest.approx(known.f1["sadness"])
    shares = vote_shares(made.votes)
    assert estimate(CALIBRATION, drawn).value == pytest.approx(calibration_error(made.p, shares))
    assert estimate(CONCORDANCE, drawn).value == pytest.approx(concordance(valence(made.p), valence(shares)))


def test_precision_counts_what_was_named_and_leaning_says_the_direction() -> None:
    truth = np.array([0] * 20 + [1] * 20 + [3] * 20)
    answer = np.array([0] * 10 + [1] * 10 + [1] * 20 + [1] * 5 + [3] * 15)
    (drawn,) = same_draws(60).draw(rows_of(truth, answer), [np.ones(60, bool)])
    _, precision, _ = class_figures(1)
    assert estimate(precision, drawn).value == pytest.approx(20 / 35)
    assert estimate(LEANING, drawn).value == pytest.approx((10 * 1 + 5 * 2) / 60)


def test_the_predicted_variance_of_an_honest_reader_has_residuals_of_one() -> None:
    _, _, scored = scored_world(4000)
    (drawn,) = same_draws(4000).draw(features(scored), [scored.found])
    found = estimate(RESIDUAL, drawn)
    assert found.value == pytest.approx(1.0, abs=0.08)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 1.0 < found.high


def test_what_chance_alone_shows_is_what_a_calibrated_reader_shows() -> None:
    _, _, scored = scored_world(400, taggers=3)
    (drawn,) = same_draws(400).draw(features(scored), [scored.found])
    (chance,) = by_chance(scored, [scored.found])
    assert chance is not None
    assert chance > 0.005
    assert estimate(CALIBRATION, drawn).value == pytest.approx(chance, rel=0.25)


def test_a_reader_that_claims_too_much_lies_below_the_diagonal() -> None:
    made = world(3000)
    sure = made.p**3 / (made.p**3).sum(axis=1, keepdims=True)
    faces = set_of(made.votes)
    scored = score(faces, select(faces, None, tuple(range(8))), readings_of(sure, made.variance), "balance")
    for points in reliability(scored):
        last = [point for point in points if 0.7 < point.predicted < 0.95]
        assert all(point.true < point.predicted for point in last)
        assert sum(point.n for point in points) == 3000


def interval_of(right: np.ndarray, cluster: np.ndarray, seed: int):
    truth = np.zeros(len(right), np.int64)
    rows = rows_of(truth, np.where(right, 0, 1))[:, CONFUSION]
    (drawn,) = Resampler(cluster, 200, seed).draw(rows, [np.ones(len(right), bool)])
    return estimate(ACCURACY, drawn)


def test_intervals_hold_when_a_person_is_in_many_pictures_and_would_not_by_picture() -> None:
    rng = np.random.default_rng(5)
    hits = {"person": 0, "picture": 0}
    tries = 120
    for seed in range(tries):
        skill = rng.beta(1.6, 0.4, 60)  # mean 0.8: some persons are read well, some badly
        right = rng.random((60, 9)) < skill[:, None]
        persons = np.repeat(np.arange(60), 9)
        for kind, cluster in (("person", persons), ("picture", np.arange(540))):
            found = interval_of(right.ravel(), cluster, seed)
            assert found.low is not None
            assert found.high is not None
            hits[kind] += found.low <= 0.8 <= found.high
    assert hits["person"] / tries > 0.89
    assert hits["picture"] / tries < 0.86


def test_a_share_that_no_draw_doubts_still_has_an_interval() -> None:
    found = interval_of(np.ones(30, bool), np.arange(30), 0)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.025 ** (1 / 30))


def test_few_persons_have_no_interval_however_many_their_pictures() -> None:
    found = interval_of(np.arange(90) % 3 > 0, np.arange(90) % 9, 0)
    assert found.value == pytest.approx(2 / 3)
    assert found.low is None


def test_a_mean_over_expressions_has_no_interval_where_one_is_all_but_missing() -> None:
    truth = np.array([0] * 50 + [1] * 50 + [7])
    (drawn,) = same_draws(101).draw(rows_of(truth, truth), [np.ones(101, bool)])
    assert estimate(BALANCED, drawn).value == 1.0
    assert estimate(BALANCED, drawn).low is None
    assert estimate(ACCURACY, drawn).low is not None


def test_what_is_not_defined_is_none_and_never_zero() -> None:
    truth = np.zeros(30, np.int64)
    (drawn,) = same_draws(30).draw(rows_of(truth, truth), [np.ones(30, bool)])
    _, precision, _ = class_figures(5)
    assert estimate(precision, drawn).value is None
    assert estimate(CONCORDANCE, drawn).value is None


def test_a_difference_of_the_same_persons_is_surer_than_two_figures() -> None:
    rng = np.random.default_rng(1)
    skill = np.repeat(rng.random(80) < 0.5, 2)
    second = np.arange(160) % 2 == 1
    right = skill & ~(second & (rng.random(160) < 0.2))
    rows = rows_of(np.zeros(160, np.int64), np.where(right, 0, 1))
    one, two = Resampler(np.repeat(np.arange(80), 2), 600).draw(rows, [~second, second])
    apart = difference(ACCURACY, one, two)
    alone = estimate(ACCURACY, one)
    assert None not in (apart.low, apart.high, alone.low, alone.high)
    assert apart.high - apart.low < 0.8 * (alone.high - alone.low)
    assert apart.excludes_zero
