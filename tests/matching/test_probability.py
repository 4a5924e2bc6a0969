"""The probability of a join follows distance, size and how many people it could be; several are told apart jointly."""

import numpy as np
import pytest

from mien.vision.matching.probability import (
    MIN_PROBABILITY,
    assign,
    log_ratio,
    probabilities,
    strangers,
)

NEVER = -np.inf


def test_a_greater_distance_never_speaks_for_the_same_person():
    ratios = log_ratio(np.linspace(0.1, 1.2, 30))
    assert (np.diff(ratios) <= 0).all()
    assert ratios[0] > 3 > -3 > ratios[-1]


def test_no_distance_is_worth_more_than_was_ever_measured():
    assert log_ratio(0.0) == log_ratio(0.2) == 12.0
    assert log_ratio(5.0) == -12.0


def test_the_count_at_the_doors_makes_joins_rarer_and_never_bolder():
    assert strangers(50, None) == pytest.approx(75.0)
    assert strangers(50, 300) == 250.0
    for too_few in (100, 50, 0, -7):
        assert strangers(50, too_few) == strangers(50, None)
    assert strangers(0, 0) == strangers(0, None) == 1.0
    ratios = np.full((1, 3), 6.0)
    fewer, more = (probabilities(ratios, strangers(3, inside))[0, 0] for inside in (5, 500))
    assert fewer > more


def test_probabilities_are_those_of_bayes_for_one_newcomer():
    ratios = np.array([[5.0, 2.0, NEVER]])
    odds = np.exp([5.0, 2.0, NEVER]) / 4.0
    np.testing.assert_allclose(probabilities(ratios, 4.0)[0], odds / (1.0 + odds.sum()))


def test_a_newcomer_who_resembles_two_visits_is_joined_to_neither():
    assert assign(np.array([[12.0, NEVER]]), 1.0)
    assert assign(np.array([[12.0, 11.0]]), 1.0) == []


def test_two_newcomers_who_resemble_one_visit_are_not_joined_to_it():
    assert assign(np.array([[12.0], [11.0]]), 1.0) == []
    assert [pair[:2] for pair in assign(np.array([[12.0], [2.0]]), 1.0)] == [(0, 0)]


def test_newcomers_are_told_apart_jointly():
    """The first alone looks most like the visit of the second; together each finds its own."""
    ratios = np.array([[9.0, 9.5], [-9.0, 16.0]])
    joins = {i: j for i, j, _ in assign(ratios, 1.0, least=0.5)}
    assert joins[1] == 1
    assert joins.get(0) != 1


def test_what_cannot_be_is_never_joined_however_alike():
    assert assign(np.array([[NEVER, NEVER]]), 1.0, least=0.5) == []
    joins = assign(np.array([[30.0, NEVER], [30.0, NEVER]]), 1.0, least=0.01)
    assert all(j == 0 for _, j, _ in joins)


def test_nobody_to_join_is_no_error():
    assert assign(np.empty((0, 3)), 1.0) == []
    assert assign(np.empty((2, 0)), 1.0) == []


def test_every_join_has_at_least_the_least_probability():
    rng = np.random.default_rng(4)
    joined = 0
    for _ in range(200):
        ratios = rng.normal(0, 8, (3, 10))
        for i, j, probability in assign(ratios, 20.0):
            joined += 1
            assert MIN_PROBABILITY <= probability == probabilities(ratios, 20.0)[i, j]
    assert joined
