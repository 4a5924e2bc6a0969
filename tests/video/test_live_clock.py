"""Live times follow the camera's stamps while these can be believed, and the steady clock where they cannot."""

import itertools
import random
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.errors import SettingError
from mien.video import Anchor
from mien.video.live_clock import LiveClock, Pace


def times(pictures, clock=None):
    """Times of pictures given as (stamp, arrival)."""
    clock = clock or LiveClock()
    return [clock.time_of(*picture) for picture in pictures], clock


def test_unrest_of_the_network_does_not_reach_the_times():
    unrest = random.Random(1)
    taken = [5 + i / 10 for i in range(600)]
    shown, clock = times([(1000 + t, t + 0.03 + unrest.expovariate(20)) for t in taken])
    # After a second the least delay is known to some milliseconds, and steps are the camera's.
    assert shown[10:] == pytest.approx([t + 0.03 for t in taken[10:]], abs=0.02)
    late = [later - earlier for earlier, later in itertools.pairwise(shown[10:])]
    assert sorted(late)[30:-30] == pytest.approx([0.1] * (len(late) - 60), abs=0.002)
    assert clock.jumps == 0


def test_a_first_picture_without_a_stamp_is_where_it_arrives():
    shown, _ = times([(None, 2.0), (0.1, 2.1), (0.2, 2.2)])
    assert shown == pytest.approx([2.0, 2.1, 2.2])


def test_pictures_kept_back_and_sent_at_once_count_as_the_last_of_them():
    """A server sends the pictures since its last key picture: they are old, and what follows is not ahead."""
    burst = [(i / 10, 3.0) for i in range(20)]
    shown, clock = times([*burst, *((2 + i / 10, 3.1 + i / 10) for i in range(5))])
    assert shown[:20] == pytest.approx([3.0] * 20, abs=0.03)
    assert shown[20:] == pytest.approx([3.1, 3.2, 3.3, 3.4, 3.5], abs=0.001)
    assert clock.jumps == 0


def test_what_a_network_held_back_keeps_its_times_and_is_told_as_late():
    held = [(i / 10, 1 + max(i / 10, 4.0) if i > 10 else 1 + i / 10) for i in range(60)]
    shown, clock = times(held[:12])
    assert shown[-1] == pytest.approx(2.1)
    assert clock.late_s == pytest.approx(2.9)
    shown, clock = times(held)
    assert shown == pytest.approx([1 + i / 10 for i in range(60)])
    assert clock.late_s == 0
    assert clock.jumps == 0


@pytest.mark.parametrize("set_by", [-3600.0, -5.0, -0.5, 5.0, 3600.0, 86_400.0])
def test_a_camera_clock_that_is_set_leaves_no_trace(set_by):
    before = [(100 + i / 10, 7 + i / 10) for i in range(50)]
    after = [(105 + i / 10 + set_by, 12 + i / 10) for i in range(50)]
    shown, clock = times([*before, *after])
    assert shown == pytest.approx([7 + i / 10 for i in range(100)])
    assert clock.jumps == 1


def test_a_new_connection_begins_a_new_clock_on_the_same_line():
    shown, clock = times([(i / 10, 1 + i / 10) for i in range(20)])
    clock.begin()
    shown, _ = times([(None, 9.0), (0.1, 9.1), (0.2, 9.2)], clock)
    assert shown == pytest.approx([9.0, 9.1, 9.2])
    assert clock.jumps == 0


@pytest.mark.parametrize("speed", [0.8, 0.9999, 1.0001, 1.25])
def test_stamps_that_run_at_another_speed_do_not_run_away(speed):
    """12 minutes: a stamp of every tenth of a second says that more or less of it went by."""
    arrived = [i / 10 for i in range(7200)]
    shown, _ = times([(speed * t, t) for t in arrived])
    assert max(abs(t - a) for t, a in zip(shown, arrived, strict=True)) < 20 * abs(1 - speed) + 0.01


@given(
    st.lists(
        st.tuples(st.none() | st.floats(-1e6, 1e6), st.floats(0, 30)),
        min_size=1,
        max_size=60,
    )
)
def test_whatever_comes_times_increase_and_stay_with_the_arrivals(pictures):
    clock, arrived, last = LiveClock(), 0.0, -1.0
    for number, (stamp, passed) in enumerate(pictures):
        arrived += passed
        t = clock.time_of(stamp, arrived)
        assert t > last
        assert arrived - 10.001 <= t <= arrived + 0.001 * (number + 1)
        last = t


def test_a_day_of_daylight_saving_and_a_set_clock_move_nothing(monkeypatch):
    anchor = Anchor.now()
    before = anchor.utc_of(1.0), anchor.now_s()
    for zone in ("Europe/Berlin", "America/New_York", "Pacific/Chatham"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert anchor.utc_of(1.0) == before[0]
        assert 0 <= anchor.now_s() - before[1] < 5
        assert abs(anchor.set_by_s()) < 0.5
    monkeypatch.undo()
    time.tzset()
    # 25 October 2026, 01:00 UTC: clocks in Europe go back an hour, times do not.
    night = Anchor(datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC), anchor.steady_s)
    assert night.utc_of(2.0) - night.utc_of(0.0) == timedelta(seconds=2)


def test_a_machine_that_began_with_a_wrong_clock_is_noticed():
    now = Anchor.now()
    began_wrong = Anchor(now.utc - timedelta(days=400), now.steady_s)
    assert began_wrong.set_by_s() == pytest.approx(400 * 86_400, abs=0.5)


@settings(max_examples=25)
@given(
    st.floats(5, 60),
    st.sampled_from([1.0, 3.0, 7.5, 10.0, 25.0]),
    st.floats(0, 1),
    st.randoms(use_true_random=False),
)
def test_the_pace_is_the_rate_or_the_cameras_whatever_the_phase(camera, rate, phase, unrest):
    pace = Pace(rate)
    shown = [phase + i / camera + unrest.uniform(-0.1, 0.1) / camera for i in range(round(camera * 20))]
    taken = [t for t in shown if pace.takes(t)]
    assert len(taken) == pytest.approx(20 * min(rate, camera), rel=0.08, abs=2)


def test_after_a_gap_nothing_is_made_up_for():
    pace = Pace(10.0)
    assert sum(pace.takes(t / 100) for t in range(100)) == pytest.approx(10, abs=1)
    assert sum(pace.takes(60 + t / 100) for t in range(100)) == pytest.approx(10, abs=1)


@pytest.mark.parametrize("rate", [0, -1.0, float("nan"), float("inf")])
def test_a_pace_needs_a_rate(rate):
    with pytest.raises(SettingError, match="positive number"):
        Pace(rate)
