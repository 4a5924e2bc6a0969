"""What the score of one interaction says and refuses to say."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.errors import InputError, SettingError
from mien.journey import THRESHOLDS, Outcome, score_interaction

SLOW = settings(max_examples=25, deadline=None)


def noisy(seed, duration_s, level, *, rate=10.0, sd=0.15):
    """Times, readings around `level(t)` and their variance."""
    rng = np.random.default_rng(seed)
    t = np.arange(0, duration_s, 1 / rate)
    return t, level(t) + sd * rng.normal(size=t.size), np.full(t.size, sd**2)


def crying_then_smiling(t):
    return np.where(t < t[-1] / 2, -0.6, 0.6)


def flat(t):
    return np.full(t.size, 0.2)


@pytest.mark.parametrize("reverse", [False, True])
def test_a_change_is_called_by_its_direction(reverse):
    t, y, v = noisy(1, 20, crying_then_smiling)
    score = score_interaction(t, y[::-1] if reverse else y, v)
    assert score.outcome is (Outcome.WORSENED if reverse else Outcome.IMPROVED)
    assert score.eps is not None
    assert np.sign(score.eps) == (-1 if reverse else 1)
    assert score.eps_low < score.eps < score.eps_high
    assert abs(score.eps) == pytest.approx(120, abs=15)
    assert 100 * (score.final_valence - score.initial_valence) == pytest.approx(score.eps, abs=1e-6)
    assert score.window_s == 5.0
    assert score.reason is None


def test_a_still_face_is_unchanged():
    score = score_interaction(*noisy(2, 20, flat))
    assert score.outcome is Outcome.UNCHANGED
    assert score.eps_low < 0 < score.eps_high
    assert score.hi_low < 60 < score.hi_high
    assert score.moments == ()


def test_a_single_gross_error_moves_little():
    t, y, v = noisy(3, 20, flat)
    without = score_interaction(t, y, v)
    y[10] = -1.0
    assert abs(score_interaction(t, y, v).eps - without.eps) < 4


def test_nothing_is_not_zero():
    score = score_interaction([], [], [])
    assert (score.eps, score.happiness_index, score.eps_mean, score.hi_mean) == (None,) * 4
    assert score.outcome is Outcome.UNCLEAR
    assert (score.n, score.usable_s) == (0, 0.0)
    assert score.reason == "no usable reading"


@pytest.mark.parametrize("times", [[4.0], [4.0, 4.0, 4.0], [0.0, 5.0, 10.0]])
def test_readings_that_cover_no_time_give_no_number(times):
    score = score_interaction(times, [0.5] * len(times), [0.02] * len(times))
    assert score.eps is None
    assert score.happiness_index is None
    assert score.n == len(times)
    assert score.usable_s == 0.0
    assert score.reason


def test_an_eps_needs_three_usable_seconds_and_a_state_needs_one():
    t, y, v = noisy(4, 2.0, flat)
    score = score_interaction(t, y, v)
    assert score.usable_s == pytest.approx(2.0)
    assert score.eps_mean is None
    assert "3 s" in score.reason
    assert score.hi_mean is not None
    few = score_interaction(t[:7], y[:7], v[:7])
    assert few.happiness_index is None
    assert "8 readings" in few.reason


def test_a_window_without_a_usable_second_gives_no_eps():
    t, y, v = noisy(5, 20, flat)
    keep = (t < 0.5) | (t > 6)
    score = score_interaction(t[keep], y[keep], v[keep])
    assert score.eps_mean is None
    assert "first or last" in score.reason
    assert score.happiness_index is not None


def test_long_gaps_are_not_usable_time_and_short_ones_are():
    t, y, v = noisy(6, 30, flat)
    long_gap = score_interaction(*(a[(t < 10) | (t > 20)] for a in (t, y, v)))
    short_gap = score_interaction(*(a[(t < 10) | (t > 11.5)] for a in (t, y, v)))
    assert long_gap.usable_s == pytest.approx(20, abs=0.3)
    assert short_gap.usable_s == pytest.approx(30, abs=0.3)


def test_a_wide_interval_is_hidden_but_kept():
    t, y, v = noisy(7, 4, crying_then_smiling, rate=5.0, sd=0.5)
    score = score_interaction(t, y, v)
    assert score.eps is None
    assert score.eps_low is None
    assert score.initial_valence is None
    assert "EPS known to" in score.reason
    assert score.eps_mean is not None
    assert score.eps_sd > 60 / 3.92


@pytest.mark.parametrize("masked_at", ["start", "end"])
def test_ends_read_differently_give_no_eps_and_leave_the_index(masked_at):
    t, y, v = noisy(11, 20, crying_then_smiling)
    by_eyes = t < 8 if masked_at == "start" else t >= 12
    whole, score = score_interaction(t, y, v), score_interaction(t, y, v, by_eyes=by_eyes)
    assert whole.outcome is Outcome.IMPROVED
    assert (score.eps, score.eps_low, score.eps_high, score.eps_mean, score.eps_sd) == (None,) * 5
    assert (score.initial_valence, score.final_valence, score.window_s) == (None,) * 3
    assert score.outcome is Outcome.UNCLEAR
    assert score.reason == "visibility changed"
    assert (score.happiness_index, score.hi_sd) == (whole.happiness_index, whole.hi_sd)


@pytest.mark.parametrize(
    "by_eyes",
    [
        lambda t: t < 0,
        lambda t: t >= 0,
        lambda t: (t < 6) | (t >= 14),
        lambda t: (t > 6) & (t < 14),
    ],
    ids=["never", "always", "at both ends", "in the middle"],
)
def test_ends_read_alike_give_the_eps_that_they_give_anyway(by_eyes):
    t, y, v = noisy(12, 20, lambda t: np.linspace(-0.2, 0.2, t.size))
    assert score_interaction(t, y, v, by_eyes=by_eyes(t)) == score_interaction(t, y, v)


def test_of_an_end_that_was_covered_for_a_while_the_rest_is_compared():
    t, y, v = noisy(14, 20, flat)
    hand = (t >= 16) & (t < 18.5)
    misread = y - 0.5 * hand
    blind = score_interaction(t, misread, v)
    assert blind.eps_high < -10
    for marks, sign in ((hand, 1), (hand[::-1], -1)):
        score = score_interaction(t, misread[::sign], v, by_eyes=marks)
        assert score.eps_low < 0 < score.eps_high
        assert score.final_valence == pytest.approx(0.2, abs=0.1)
        assert score.initial_valence == pytest.approx(0.2, abs=0.1)
        assert score.window_s == 5.0
        assert score.eps_sd > score_interaction(t, y, v).eps_sd


def test_readings_by_the_eyes_may_come_in_any_order():
    t, y, v = noisy(13, 20, crying_then_smiling)
    order = np.random.default_rng(0).permutation(t.size)
    for by_eyes in (t < 3.7, t < 4.2, t > 15.9):
        expected = score_interaction(t, y, v, by_eyes=by_eyes)
        assert score_interaction(t[order], y[order], v[order], by_eyes=by_eyes[order]) == expected
        later = score_interaction(t + 5e9, y, v, by_eyes=by_eyes)
        assert (later.eps is None) == (expected.eps is None) == (by_eyes.sum() > 39)


def test_a_mark_is_needed_for_each_reading():
    with pytest.raises(InputError, match="2 times and 1 marks"):
        score_interaction([0, 1], [0, 0], [0.1, 0.1], by_eyes=[True])


def test_each_scale_has_its_own_limits():
    t, y, v = noisy(8, 30, lambda t: np.where(t < 15, 0.0, 0.085), sd=0.02)
    assert score_interaction(t, y, v).outcome is Outcome.UNCHANGED
    assert score_interaction(t, y, v, scale="circumplex").outcome is Outcome.IMPROVED
    for scale in ("circumplex", "strongest"):
        assert 0.5 < THRESHOLDS[scale].changed / THRESHOLDS["balance"].changed < 1


def test_an_unknown_scale_is_refused():
    with pytest.raises(SettingError, match="balance"):
        score_interaction([0], [0], [0], scale="happy")


@pytest.mark.parametrize(
    ("readings", "message"),
    [
        (([0, 1], [0.1], [0.1, 0.1]), "2 times, 1 valences and 2 variances"),
        (([0, np.nan], [0, 0], [0, 0]), r"times_s\[1\]"),
        (([0, 1], [0, np.inf], [0, 0]), r"valence\[1\]"),
        (([0, 1], [0, 0], [0.1, -0.1]), r"variance\[1\]"),
        (([[0, 1]], [0, 0], [0, 0]), "dimensions"),
        ((["a"], [0], [0]), "list of numbers"),
    ],
)
def test_readings_that_cannot_be_used_are_named(readings, message):
    with pytest.raises(InputError, match=message):
        score_interaction(*readings)


def test_numbers_stay_on_their_scale():
    t = np.arange(0, 5, 0.1)
    score = score_interaction(t, np.ones(t.size), np.full(t.size, 0.04))
    assert score.hi_high <= 100
    assert score.final_valence <= 1


readings = st.lists(
    st.tuples(
        st.floats(-1e6, 1e6),
        st.floats(allow_nan=False, allow_infinity=False),
        st.floats(0, 1e300, allow_infinity=False),
    ),
    max_size=12,
)


@SLOW
@given(readings)
def test_any_finite_values_give_a_score(values):
    score = score_interaction(*zip(*values, strict=True)) if values else score_interaction([], [], [])
    assert score.n == len(values)
    for number in (score.eps_mean, score.eps_sd, score.hi_mean, score.hi_sd):
        assert number is None or np.isfinite(number)
    assert (score.eps is None) == (score.eps_low is None) == (score.eps_high is None)
    assert score.reason is not None or score.eps is not None


@SLOW
@given(seed=st.integers(0, 10**6), duration=st.floats(3.2, 12), shift=st.floats(-1e6, 1e6))
def test_shift_of_time_order_and_sign(seed, duration, shift):
    t, y, v = noisy(seed, duration, lambda t: 0.3 * np.sin(t))
    score = score_interaction(t, y, v)
    later = score_interaction(t + shift, y, v)
    assert later.eps_mean == pytest.approx(score.eps_mean, abs=1e-3)
    assert later.hi_sd == pytest.approx(score.hi_sd, rel=1e-3)
    order = np.random.default_rng(seed).permutation(t.size)
    assert score_interaction(t[order], y[order], v[order]) == score
    mirrored = score_interaction(t, -y, v)
    assert mirrored.eps_mean == pytest.approx(-score.eps_mean, abs=1e-6)
    assert mirrored.hi_mean == pytest.approx(100 - score.hi_mean, abs=1e-6)
    if score.eps is not None:
        assert mirrored.eps_low == pytest.approx(-score.eps_high, abs=1e-6)


@SLOW
@given(seed=st.integers(0, 10**6), duration=st.floats(4, 20), factor=st.floats(1.5, 4))
def test_worse_readings_give_wider_intervals(seed, duration, factor):
    t, y, v = noisy(seed, duration, flat, sd=0.1)
    score = score_interaction(t, y, v)
    worse = score_interaction(t, 0.2 + factor * (y - 0.2), v * factor**2)
    assert worse.hi_sd > score.hi_sd
    assert worse.eps_sd > score.eps_sd


@SLOW
@given(seed=st.integers(0, 10**6), duration=st.floats(4, 20))
def test_saying_everything_twice_says_nothing_new(seed, duration):
    t, y, v = noisy(seed, duration, flat)
    once = score_interaction(t, y, v)
    twice = score_interaction(np.tile(t, 2), np.tile(y, 2), np.tile(v, 2))
    assert twice.n == 2 * once.n
    assert twice.eps_mean == pytest.approx(once.eps_mean, abs=1e-6)
    assert twice.hi_sd == pytest.approx(once.hi_sd, rel=1e-6)


def test_more_time_gives_a_surer_index():
    sds = [score_interaction(*noisy(9, duration, flat)).hi_sd for duration in (4, 16, 64)]
    assert sds[0] > 1.5 * sds[1] > 2.25 * sds[2]


def test_an_hour_is_scored_in_seconds():
    t, y, v = noisy(10, 3600, crying_then_smiling)
    begin = time.process_time()
    score = score_interaction(t, y, v)
    assert time.process_time() - begin < 8
    assert score.outcome is Outcome.IMPROVED
    assert score.eps_low < 120 < score.eps_high
    assert [m.t_s for m in score.moments] == [pytest.approx(1800, abs=0.5)]


def test_times_of_any_size_are_scored():
    rng = np.random.default_rng(2)
    t = np.arange(0, 10, 0.1)
    y = np.append(rng.normal(-0.4, 0.05, t.size), rng.normal(0.4, 0.05, t.size))
    near = score_interaction(np.append(t, t + 5e8), y, np.full(y.size, 0.01))
    for start in (5e8, 5e9, 1e12):
        far = score_interaction(np.append(t, t + start), y, np.full(y.size, 0.01))
        assert far.outcome is near.outcome
        assert abs(far.happiness_index - near.happiness_index) < 1
    widest = score_interaction([-1.7e308, 0.0, 1.7e308], [0.1, 0.2, 0.3], [0.1] * 3)
    assert widest.eps is None
    assert widest.reason
