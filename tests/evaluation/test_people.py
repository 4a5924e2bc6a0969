"""The human row is what leaving every tagger out in turn would give."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.conftest import world
from mien.evaluation.people import leave_one_out


def one_by_one(votes: np.ndarray, answer: np.ndarray) -> tuple[float, float]:
    """Agreement of tagger and reader with the others' majority, tagger by tagger."""
    weight = tagger = reader = 0.0
    for row, said in zip(votes.astype(int), answer, strict=True):
        best = np.flatnonzero(row == row.max())
        if len(best) > 1 or best[0] >= 8:
            continue
        people = np.repeat(np.arange(8), row[:8])
        for i in range(len(people)):
            others = np.bincount(np.delete(people, i), minlength=8)
            top = np.flatnonzero(others == others.max())
            if len(top) > 1 or others.max() == 0:
                continue
            weight += 1 / len(people)
            tagger += (people[i] == top[0]) / len(people)
            reader += (said == top[0]) / len(people)
    return tagger / weight, reader / weight


def test_the_expected_value_is_that_of_asking_every_tagger() -> None:
    made = world(300, taggers=7)
    made.votes[:40, 8] = 5
    answer = made.p.argmax(axis=1)
    found = leave_one_out(made.votes, answer)
    tagger, reader = one_by_one(made.votes, answer)
    assert found.tagger.sum() / found.weight.sum() == pytest.approx(tagger)
    assert found.reader.sum() / found.weight.sum() == pytest.approx(reader)
    assert 0.3 < tagger < reader < 1.0


def test_agreement_by_hand() -> None:
    votes = np.zeros((3, 10), np.uint8)
    votes[0, 1], votes[0, 0] = 9, 1  # nine say happiness: each agrees; one says neutral: he does not
    votes[1, 3], votes[1, 4] = 5, 5  # no single majority: does not count
    votes[2, 8] = 10  # unknown: does not count
    found = leave_one_out(votes, np.array([1, 3, 0]))
    assert found.weight.tolist() == [1.0, 0.0, 0.0]
    assert found.tagger[0] == pytest.approx(0.9)
    assert found.reader[0] == pytest.approx(1.0)


def test_confusing_two_unpleasant_expressions_counts_at_three_levels() -> None:
    votes = np.zeros((1, 10), np.uint8)
    votes[0, 3], votes[0, 4] = 8, 2
    found = leave_one_out(votes, np.array([4]))
    assert found.tagger[0] == pytest.approx(0.8)
    assert found.tagger_levels[0] == pytest.approx(1.0)
    assert found.reader[0] == 0.0
    assert found.reader_levels[0] == pytest.approx(1.0)


def test_pictures_without_an_answer_do_not_count() -> None:
    made = world(20)
    assert leave_one_out(made.votes, np.full(20, -1)).weight.sum() == 0.0
