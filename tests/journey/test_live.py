"""The live state follows the face as it goes."""

import numpy as np
import pytest

from mien.errors import InputError
from mien.journey import LiveState, fit_curve


def fed(t, y, v):
    state = LiveState()
    for reading in zip(t, y, v, strict=True):
        state.update(*map(float, reading))
    return state


def test_the_filter_ends_where_the_smoother_ends():
    rng = np.random.default_rng(1)
    t = np.arange(0, 30, 0.1)
    y = 0.4 * np.sin(t / 6) + 0.2 * rng.normal(size=t.size)
    state, curve = fed(t, y, np.full(t.size, 0.04)), fit_curve(t, y, np.full(t.size, 0.04))
    assert state.mean == pytest.approx(curve.valence[-1], abs=0.07)
    assert state.sd == pytest.approx((curve.high[-1] - curve.low[-1]) / 3.92, rel=0.5)


def test_it_notices_a_change_within_seconds_and_forgives_one_gross_error():
    rng = np.random.default_rng(2)
    t = np.arange(0, 20, 0.1)
    y = 0.5 + 0.15 * rng.normal(size=t.size)
    y[100] = -1.0
    state = fed(t[:101], y[:101], np.full(101, 0.02))
    assert state.probability_above(0.2) > 0.95
    for k in range(200, 230):
        state.update(k / 10, -0.5 + 0.15 * float(rng.normal()), 0.02)
    assert state.probability_below(-0.1) > 0.95


def test_without_readings_it_knows_less_and_less():
    state = fed(np.arange(0, 5, 0.1), np.full(50, 0.3), np.full(50, 0.02))
    assert state.t_s == pytest.approx(4.9)
    later = state.at(64.9)
    assert float(later.sd) > 1.5 * state.sd
    assert float(later.mean) == pytest.approx(state.mean)


def test_nothing_is_known_before_the_first_reading():
    state = LiveState()
    assert state.n == 0
    assert state.t_s is None
    assert state.sd > 0.9
    assert state.probability_above(0.0) == pytest.approx(0.5)


@pytest.mark.parametrize(
    "reading", [(1.0, 0.0, 0.1), (3.0, float("nan"), 0.1), (3.0, 0.0, -1.0), (float("inf"), 0.0, 0.1)]
)
def test_readings_it_cannot_use_are_refused(reading):
    state = fed([2.0], [0.1], [0.1])
    with pytest.raises(InputError):
        state.update(*reading)
    with pytest.raises(InputError):
        state.at(1.0)
    assert state.n == 1


def test_two_readings_of_one_picture_count_once():
    state = fed([0.0, 0.1, 0.1005], [0.2, 0.2, -0.9], [0.02] * 3)
    assert state.n == 2
    assert state.mean > 0
