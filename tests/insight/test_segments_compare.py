"""Segments compared from kept sums: the means of what was counted, with intervals that hold."""

from __future__ import annotations

import numpy as np
import pytest

from mien.insight import Scored, SegmentVerdict, Tallies, Values, compare_segments
from mien.segments import UNTOLD, Age, Gender, Segment

WOMAN, MAN = Segment(Age.MIDDLE, Gender.WOMAN), Segment(Age.MIDDLE, Gender.MAN)


def days(rng, *, women=0.2, men=0.2, n=20, days=1, change=0.0):
    """Cells of days: the states of women and men, the first about 0.25 apart with rare smiles, as people's are."""
    cells = []
    for _ in range(days):
        found = Tallies()
        for segment, mean in ((WOMAN, women), (MAN, men)):
            for _ in range(n):
                smile = 0.6 * (rng.random() < 0.15) - 0.09
                found.add(segment, Values(change + rng.normal(0, 0.3), mean + smile + rng.normal(0, 0.15)))
        cells += found.kept(rng)
    return cells


def rows(cells, by="gender"):
    return {str(row.segment): row for row in compare_segments(cells, by, "balance")}


def test_means_are_those_of_the_interactions_in_points():
    found = rows(days(np.random.default_rng(1), women=0.4, men=-0.2, change=0.1, days=60))
    woman, man = found["woman"], found["man"]
    assert woman.interactions == 1200
    assert woman.index.mean.value == pytest.approx(70, abs=2)
    assert man.index.mean.value == pytest.approx(40, abs=2)
    assert woman.eps.mean.value == pytest.approx(10, abs=3)
    assert (woman.index.verdict, man.index.verdict) == (SegmentVerdict.HIGHER, SegmentVerdict.LOWER)
    assert woman.index.difference.value == pytest.approx(30, abs=3)
    assert woman.eps.verdict is SegmentVerdict.NONE


@pytest.mark.parametrize(("n", "count"), [(10, 4), (25, 10)])
def test_intervals_hold_and_where_there_is_no_difference_hardly_any_is_told(n, count):
    rng = np.random.default_rng(n)
    held, told = [], []
    for _ in range(150):
        found = rows(days(rng, n=n, days=count))
        index = found["woman"].index
        held.append(index.mean is None or index.mean.low <= 60 <= index.mean.high)
        told.append(index.verdict in (SegmentVerdict.HIGHER, SegmentVerdict.LOWER))
    assert 0.90 < np.mean(held) < 0.995
    assert np.mean(told) < 0.10


def test_what_does_not_know_an_attribute_is_not_compared_by_it():
    found = Tallies()
    for _ in range(12):
        found.add(Segment(Age.OLD, None), Values(0.0, 0.1))
        found.add(Segment(None, Gender.MAN), Values(0.0, 0.1))
        found.add(UNTOLD, Values(0.0, 0.1))
    cells = found.kept()
    assert list(rows(cells, "age")) == ["60+"]
    assert list(rows(cells, "gender")) == ["man"]
    assert rows(cells, "both") == {}
    (row,) = rows(cells, "age").values()
    assert (row.index.difference, row.index.verdict) == (None, SegmentVerdict.UNKNOWN)


def test_without_scores_or_with_a_wide_interval_there_is_a_reason_in_place_of_a_mean():
    cells = [cell for cell in days(np.random.default_rng(2), n=10) if cell.scored is Scored.EPS]
    wide = rows(cells)["woman"]
    assert wide.eps.mean is None or wide.eps.mean.high - wide.eps.mean.low < 60
    found = Tallies()
    for _ in range(12):
        found.add(WOMAN, Values(None, 0.1))
        found.add(MAN, Values(None, 0.1))
    row = rows(found.kept(np.random.default_rng(5)))["woman"]
    assert (row.interactions, row.eps.interactions, row.eps.mean) == (12, 0, None)
    assert row.eps.reason == "0 of them have one, an average needs 10"
