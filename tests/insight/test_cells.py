"""What is kept of segments tells of no single interaction in which it is, and sums are right but for rounding."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.insight import Scored, Tallies, Values
from mien.insight.cells import NOISE
from mien.insight.types import FEWEST
from mien.segments import UNTOLD, Age, Gender, Segment

W30, W45 = Segment(Age.MIDDLE, Gender.WOMAN), Segment(Age.OLDER, Gender.WOMAN)
M30, M45 = Segment(Age.MIDDLE, Gender.MAN), Segment(Age.OLDER, Gender.MAN)
ANY = [UNTOLD, W30, W45, M30, M45, Segment(None, Gender.MAN), Segment(Age.OLD, None)]
KINDS = {
    Scored.EPS: Values(0.1, 0.2),
    Scored.INDEX: Values(None, 0.2),
    Scored.NONE: Values(),
}


def tallied(counts, kind=Scored.EPS):
    found = Tallies()
    for segment, n in counts.items():
        for _ in range(n):
            found.add(segment, KINDS[kind])
    return found


def kept(counts):
    return {str(cell.segment): cell.interactions for cell in tallied(counts).kept()}


def test_a_cell_under_ten_is_not_kept_and_one_of_ten_is():
    assert kept({W30: 9, M30: 30, M45: 10, UNTOLD: 10}) == {"man, 30-44": 30, "man, 45-59": 10}
    assert kept({W30: 10, M30: 30}) == {"man, 30-44": 30, "woman, 30-44": 10}


def test_whose_age_too_few_share_still_counts_for_the_gender():
    assert kept({W30: 6, W45: 5, M30: 30}) == {"man, 30-44": 30, "woman": 11}


def test_the_rest_is_none_or_at_least_ten_so_that_the_whole_less_the_cells_tells_of_nobody():
    assert kept({W30: 9, M30: 30, M45: 12}) == {"man, 30-44": 30}
    assert kept({W30: 9, M30: 30}) == {}


def test_one_cell_that_is_the_whole_would_tell_of_everybody_and_is_not_kept():
    assert kept({W30: 40}) == {}
    assert kept({W30: 40, M30: 10}) == {"woman, 30-44": 40, "man, 30-44": 10}


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.tuples(st.sampled_from(ANY), st.sampled_from(list(Scored))), st.integers(1, 25)))
def test_whatever_comes_every_group_that_can_be_told_apart_holds_ten(counts):
    found = Tallies()
    for (segment, kind), n in counts.items():
        for _ in range(n):
            found.add(segment, KINDS[kind])
    cells = found.kept()
    assert len({(cell.scored, cell.segment) for cell in cells}) == len(cells)
    for kind in Scored:
        seen = sum(n for (_, one), n in counts.items() if one is kind)
        sizes = [cell.interactions for cell in cells if cell.scored is kind]
        assert found.seen.get(kind, 0) == seen
        # Whoever knows who has which scores sees these groups: each cell, each one's others, and what is left.
        left = [seen - sum(sizes)] if sizes and seen > sum(sizes) else []
        assert all(n >= FEWEST for n in [*sizes, *(seen - n for n in sizes), *left])


def test_sums_are_those_of_the_interactions_but_for_noise_that_is_none_on_average():
    rng = np.random.default_rng(1)
    changes, states = rng.normal(-0.1, 0.4, 40), rng.normal(0.2, 0.3, 40)
    found = Tallies()
    for change, state in zip(changes, states, strict=True):
        found.add(W30, Values(float(change), float(state)))
        found.add(M30, Values(0.0, 0.0))
    cells = [cell for _ in range(400) for cell in found.kept(rng) if cell.segment == W30]
    off = np.array([(c.change.total - changes.sum(), c.state.total - states.sum()) for c in cells])
    assert np.abs(off.mean(axis=0)).max() < 4 * NOISE / 20
    assert off.std(axis=0) == pytest.approx((NOISE, NOISE), rel=0.15)
    both = np.concatenate([states, np.zeros(40)])
    # Of all, not of the cell, and never less than it is.
    assert 0 <= cells[0].state.sd - both.std(ddof=1) <= 0.02 + 1e-9


def test_interactions_without_a_score_are_counted_and_have_no_sums():
    found = tallied({W30: 12, M30: 11}, Scored.NONE)
    assert [(c.interactions, c.change, c.state) for c in found.kept()] == [(12, None, None), (11, None, None)]
    cell, *_ = tallied({W30: 12, M30: 11}, Scored.INDEX).kept()
    assert cell.change is None
    assert cell.state is not None


def test_noise_is_another_each_time():
    found = tallied({W30: 12, M30: 11})
    assert found.kept() != found.kept()


def test_who_knows_every_score_and_tries_all_choices_cannot_tell_of_one_where_it_was():
    """Twenty interactions, ten in each cell, tried all: how probable the truth is of each single one (Bayes)."""
    choices = np.array(list(combinations(range(20), 10)), np.int8)
    member = np.zeros((len(choices), 20), bool)
    member[np.arange(len(choices))[:, None], choices] = True
    surest = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        changes, states = rng.normal(0.0, 0.4, 20), rng.normal(0.1, 0.3, 20).clip(-1, 1)
        found = Tallies()
        for number, (change, state) in enumerate(zip(changes, states, strict=True)):
            found.add(W30 if number < 10 else M30, Values(float(change), float(state)))
        logs = np.zeros(len(choices))
        for cell in found.kept(rng):
            inside = member if cell.segment == W30 else ~member
            for told, values in ((cell.change, changes), (cell.state, states)):
                logs -= (inside @ values - told.total) ** 2 / (2 * NOISE**2)
        weights = np.exp(logs - logs.max())
        probable = weights @ member / weights.sum()
        surest += np.maximum(probable, 1 - probable).tolist()
    # Without noise each would be known. A coin is right on half.
    assert max(surest) < 0.95
    assert np.mean(surest) < 0.62


def test_one_smile_among_still_faces_does_not_tell_in_which_cell_it_is():
    """Everybody else shows nothing: the cell with the larger sum is the best guess of where the smile is."""
    rng = np.random.default_rng(3)
    right = []
    for _ in range(600):
        found = Tallies()
        for number in range(20):
            found.add(W30 if number < 10 else M30, Values(None, 0.7 if number == 0 else 0.0))
        women, men = sorted(found.kept(rng), key=lambda cell: cell.segment != W30)
        right.append(women.state.total > men.state.total)
    assert 0.6 < np.mean(right) < 0.78
