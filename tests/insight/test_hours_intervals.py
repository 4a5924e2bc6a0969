"""Intervals hold what they promise, on simulated crowds; benchmarks/hours.py asks more of them."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from mien.insight import Verdict, compare_hours
from mien.insight.simulate import Crowd, simulate_day

PARIS = ZoneInfo("Europe/Paris")
DAY = date(2026, 5, 4)
FEW, MIXED = Crowd(0.12, 0.0), Crowd(0.25, 0.10)
HOURS = range(9, 21)
ONE = "camera", "camera"


def days(crowds, n, count, seed):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        records = simulate_day(rng, DAY, PARIS, dict.fromkeys(HOURS, (n, n)), crowds, cameras=ONE)
        yield [cell.found for cell in compare_hours(records, PARIS, {"entrance"}).hours]


@pytest.mark.parametrize("n", [12, 40])
def test_the_mean_of_an_hour_holds_also_where_hardly_anybody_smiles(n):
    """An interval from the hour alone holds 82 to 92 % here, since often nobody of the few who smile is in it."""
    means = [one.entrance.mean for day in days((FEW, FEW), n, 30, 1) for one in day]
    held = [mean.low <= FEW.mean <= mean.high for mean in means if mean is not None]
    assert len(held) > 300
    assert 0.94 < np.mean(held) < 0.998


def test_differences_of_hours_hold_and_are_not_wide_for_nothing():
    found = [one.difference for day in days((MIXED, FEW), 40, 30, 2) for one in day]
    true = FEW.mean - MIXED.mean
    held = [one.low <= true <= one.high for one in found if one is not None]
    assert len(held) > 300
    assert 0.925 < np.mean(held) < 0.985


def test_where_there_is_no_difference_hardly_a_day_has_an_hour_that_is_told_to_differ():
    told = [
        any(one.verdict in (Verdict.HIGHER, Verdict.LOWER) for one in day)
        for day in days((MIXED, MIXED), 20, 60, 3)
    ]
    # 5 % and three standard errors; verdicts from the intervals of single hours would be wrong on 40 % of days.
    assert np.mean(told) < 0.14


def test_a_true_difference_is_found():
    day = next(iter(days((MIXED, Crowd(0.7, 0.0)), 60, 1, 4)))
    assert {one.verdict for one in day} == {Verdict.HIGHER}


def test_the_mean_of_days_holds_where_days_differ():
    rng = np.random.default_rng(5)
    held = []
    for _ in range(40):
        records = []
        for k in range(6):
            shift = rng.normal(0, 0.06, 2)
            hours = {10: (30, 30)}
            day = DAY + timedelta(days=k)
            shifts = shift[0], shift[1]
            records += simulate_day(rng, day, PARIS, hours, (MIXED, MIXED), shifts=shifts, cameras=ONE)
        found = compare_hours(records, PARIS, {"entrance"}).total.difference
        held.append(found.low <= 0 <= found.high)
    assert np.mean(held) > 0.85
