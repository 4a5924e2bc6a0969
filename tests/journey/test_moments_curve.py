"""Moments and the curve of an interaction."""

import numpy as np
import pytest

from mien.journey import MomentKind, fit_curve, score_interaction


def readings(seed, level, t, sd=0.12):
    y = level + sd * np.random.default_rng(seed).normal(size=t.size)
    return t, y, np.full(t.size, sd**2)


def test_a_fall_and_a_rise_are_found_where_they_are():
    t = np.arange(0, 40, 0.1)
    score = score_interaction(*readings(1, np.where((t > 12) & (t < 27), -0.4, 0.4), t))
    assert [m.kind for m in score.moments] == [MomentKind.FALL, MomentKind.RISE]
    assert [m.t_s for m in score.moments] == [pytest.approx(12, abs=0.5), pytest.approx(27, abs=0.5)]
    assert all(m.probability > 0.95 for m in score.moments)
    assert score.moments[0].change == pytest.approx(-0.8, abs=0.2)


def test_moments_keep_their_distance_and_their_clock():
    t = np.arange(0, 30, 0.1) + 1000.0
    score = score_interaction(*readings(2, 0.6 * np.sign(np.sin(t * 1.3)), t))
    times = [m.t_s for m in score.moments]
    assert len(times) > 5
    assert np.diff(times).min() >= 2.0 - 1e-9
    assert times[0] > 1000


def test_a_small_change_is_no_moment():
    t = np.arange(0, 40, 0.1)
    assert score_interaction(*readings(3, np.where(t < 20, 0.0, 0.1), t)).moments == ()


def test_a_change_across_a_gap_has_no_moment():
    t = np.arange(0, 40, 0.1)
    t = t[(t < 15) | (t > 22)]
    assert score_interaction(*readings(4, np.where(t < 18, -0.5, 0.5), t)).moments == ()


def test_what_a_mask_makes_of_a_reading_is_no_moment():
    t = np.arange(0, 40, 0.1)
    fall_and_rise = readings(1, np.where((t > 12) & (t < 27), -0.4, 0.4), t)
    put_on = score_interaction(*fall_and_rise, by_eyes=t > 12).moments
    assert [(m.kind, m.t_s) for m in put_on] == [(MomentKind.RISE, pytest.approx(27, abs=0.5))]
    for masked in (t < 27, (t > 12) & (t < 27), (t > 13) & (t < 26), (t > 10.8) & (t < 27.2)):
        assert not [m for m in score_interaction(*fall_and_rise, by_eyes=masked).moments if m.t_s > 20]
    assert len(score_interaction(*fall_and_rise, by_eyes=(t > 15) & (t < 24)).moments) == 2


def test_a_mask_put_on_while_nobody_looked_is_a_change_of_that_whole_time():
    t = np.arange(0, 40, 0.1)
    t = t[(t < 10) | (t > 11.8)]
    rise = readings(7, np.where(t < 13.3, -0.4, 0.4), t)
    assert len(score_interaction(*rise).moments) == 1
    assert score_interaction(*rise, by_eyes=t > 11).moments == ()


def test_the_curve_follows_the_truth_inside_its_band():
    t = np.arange(0, 60, 0.1)
    truth = 0.5 * np.sin(t / 5)
    curve = fit_curve(*readings(5, truth, t))
    assert curve.t_s.size <= 240
    assert np.diff(curve.t_s).min() >= 0.2 - 1e-9
    assert (curve.t_s[0], curve.t_s[-1]) == (t[0], pytest.approx(t[-1]))
    inside = (curve.low <= np.interp(curve.t_s, t, truth)) & (np.interp(curve.t_s, t, truth) <= curve.high)
    assert inside.mean() > 0.85
    assert (curve.low < curve.valence).all()
    assert (curve.valence < curve.high).all()


def test_the_curve_is_broken_by_long_gaps_only():
    t = np.arange(0, 30, 0.1)
    t = t[((t < 5) | (t > 6.5)) & ((t < 15) | (t > 20))]
    curve = fit_curve(*readings(6, np.zeros(t.size), t))
    missing = np.isnan(curve.valence)
    assert missing.any()
    assert (curve.t_s[missing] > 14.8).all()
    assert (curve.t_s[missing] < 20.2).all()
    assert (np.isnan(curve.low) == missing).all()


def test_curves_of_no_reading_and_of_one():
    assert fit_curve([], [], []).t_s.size == 0
    one = fit_curve([3.0], [0.4], [0.02])
    assert one.t_s.tolist() == [3.0]
    assert one.low[0] < 0.4 < one.high[0]
