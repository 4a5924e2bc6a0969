"""Times mend what streams get wrong, and the grid is what it says."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.video.clock import Clock, Grid

MS = Fraction(1, 1000)


def times(stamps, origin=None, duration=None):
    clock = Clock(MS, origin, step_s=0.04)
    return [clock.time_of(stamp, duration) for stamp in stamps], clock


def test_missing_stamps_follow_the_picture_before():
    shown, _ = times([1000, None, None, 1200])
    assert shown == pytest.approx([0, 0.04, 0.08, 0.2])


def test_a_first_picture_without_stamp_is_at_zero_and_the_rest_follows():
    shown, _ = times([None, 5000, 5100])
    assert shown == pytest.approx([0, 0.04, 0.14])


def test_a_stream_without_any_stamps_is_paced_by_its_rate():
    assert times([None] * 4)[0] == pytest.approx([0, 0.04, 0.08, 0.12])


def test_disorder_and_repeats_never_turn_time_back():
    shown, clock = times([0, 40, 40, 20, 80, 120], duration=10)
    assert shown == pytest.approx([0, 0.04, 0.05, 0.06, 0.08, 0.12])
    assert clock.restarts == []


def test_a_clock_set_back_is_carried_on_and_told():
    shown, clock = times([0, 40, 90_000, 0, 40, 80])
    assert shown == pytest.approx([0, 0.04, 90, 90.04, 90.08, 90.12])
    assert clock.restarts == pytest.approx([90.04])


def test_the_end_is_when_the_last_picture_stops_being_shown():
    assert times([0, 40], duration=500)[1].end_s == pytest.approx(0.54)


@given(
    st.lists(st.integers(1, 3000), min_size=1, max_size=60),
    st.sampled_from([0.5, 1.0, 3.0, 7.5, 10.0, 30.0]),
    st.integers(0, 59),
)
def test_the_grid_takes_the_first_picture_at_or_after_each_point_and_can_start_anywhere(steps, rate, begin):
    shown = [0.0]
    for step in steps:
        shown.append(shown[-1] + step / 1000)
    grid = Grid(rate, MS)
    taken = [t for t in shown if grid.takes(t)]
    points = [k / rate for k in range(int(shown[-1] * rate) + 2)]
    wanted = {min((t for t in shown if t >= p - 0.0005), default=None) for p in points} - {None}
    assert taken == sorted(wanted)
    begin = min(begin, len(shown) - 1)
    later = Grid(rate, MS)
    resumed = [t for t in shown[begin:] if later.takes(t)]
    assert resumed[1:] == [t for t in taken if t > shown[begin]]
