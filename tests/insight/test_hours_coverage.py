"""What cameras missed: in which hours and days, for how long, and why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.insight.coverage import Stretch, Watch, common, coverage_of, united, without

PARIS = ZoneInfo("Europe/Paris")
BEGIN = datetime(2026, 5, 4, tzinfo=UTC)


def at(hour, minute=0, day=4):
    return datetime(2026, 5, day, hour, minute, tzinfo=PARIS)


MORNING = Stretch(at(9), at(12))


def watch(read, expected=(MORNING,), troubles=()):
    return Watch("front", "entrance", expected, read, troubles, "not running")


def test_what_is_missing_stands_with_its_hour_its_day_and_the_whole():
    troubles = [("lost", Stretch(at(9, 50), at(10, 30)))]
    found = coverage_of(
        [watch([Stretch(at(9), at(9, 50)), Stretch(at(10, 30), at(11, 45))], troubles=troubles)], PARIS
    )
    assert {hour.hour: one[0].missing_s / 60 for hour, one in found.hours.items()} == {9: 10, 10: 30, 11: 15}
    assert found.clock[10][0].reasons == ("lost",)
    assert found.clock[11][0].reasons == ("not running",)
    (day,) = found.days[date(2026, 5, 4)]
    assert (day.missing_s, day.expected_s, day.reasons) == (55 * 60, 180 * 60, ("lost", "not running"))
    assert found.total == (day,)


def test_what_is_read_all_the_time_is_not_marked_nor_is_what_starting_takes():
    found = coverage_of([watch([Stretch(at(9, 0) + timedelta(seconds=50), at(12))])], PARIS)
    assert (found.hours, found.days, found.total) == ({}, {}, ())
    assert found.cameras == (("front", "entrance"),)


def test_hours_of_the_day_hold_all_days():
    expected = [Stretch(at(9, day=day), at(10, day=day)) for day in (4, 5, 6)]
    (nine,) = coverage_of([watch(expected[:2], expected)], PARIS).clock[9]
    assert (nine.missing_s, nine.expected_s) == (3600, 3 * 3600)


def test_the_hour_that_comes_twice_is_two_hours():
    night = Stretch(datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC))
    found = coverage_of([watch([], [night])], PARIS)
    assert [hour.isoformat() for hour in found.hours] == [
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
    ]
    assert found.clock[2][0].missing_s == 7200


minutes = st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), max_size=6)


@given(minutes, minutes)
def test_stretches_are_taken_from_each_other_minute_by_minute(first, second):
    def stretches(pairs):
        return [Stretch(BEGIN + timedelta(minutes=a), BEGIN + timedelta(minutes=b)) for a, b in pairs]

    def held(those):
        return {k for k in range(90) if any(a <= BEGIN + timedelta(minutes=k) < b for a, b in those)}

    one, other = stretches(first), stretches(second)
    assert held(united(one)) == held(one)
    assert held(without(one, other)) == held(one) - held(other)
    assert held(common(one, other)) == held(one) & held(other)
    apart = united(one)
    assert all(a.end < b.begin for a, b in pairwise(apart))


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Australia/Lord_Howe"])
def test_no_minute_is_lost_or_counted_twice_where_clocks_are_odd(zone):
    year = Stretch(BEGIN, BEGIN + timedelta(days=200))
    found = coverage_of([watch([], [year])], ZoneInfo(zone))
    for periods in (found.hours, found.clock, found.days):
        assert sum(one[0].missing_s for one in periods.values()) == 200 * 86_400
