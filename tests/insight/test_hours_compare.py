"""What is compared with what, what is left out, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from mien.insight import StateRecord, Unit, Verdict, compare_hours
from mien.insight.hours import WITHHELD

PARIS = ZoneInfo("Europe/Paris")
DOOR = {"entrance"}
NINE = datetime(2026, 5, 4, 9, tzinfo=PARIS)


def people(n, mean=0.0, at=NINE, touchpoint="entrance", spread=0.2, **other):
    """`n` states whose mean is exactly `mean`, in the order of time within the hour of `at`."""
    values = mean + spread * np.linspace(-1, 1, n) if n > 1 else [mean]
    begin = at.astimezone(UTC)
    one = StateRecord(touchpoint, begin, 0.0, 40, 4.0, 0, "balance", "reader 1", "the camera")
    return [
        replace(one, started_at=begin + timedelta(seconds=30 * k), valence=float(v), **other)
        for k, v in enumerate(values)
    ]


def leave(n, mean=0.0, at=NINE, **other):
    return people(n, mean, at, "exit", **other)


def compare(*groups, zone=PARIS):
    return compare_hours([one for group in groups for one in group], zone, DOOR)


def test_an_hour_has_both_means_the_difference_and_what_it_carries():
    (hour,) = compare(people(40, 0.1), leave(30, 0.4)).hours
    assert hour.at.isoformat() == "2026-05-04T09:00:00+02:00"
    assert (hour.found.entrance.seen, hour.found.exit.states) == (40, 30)
    assert hour.found.entrance.mean.value == pytest.approx(0.1)
    assert hour.found.exit.mean.low < 0.4 < hour.found.exit.mean.high
    assert hour.found.difference.value == pytest.approx(0.3)
    assert hour.found.difference.low > 0
    assert hour.found.verdict is Verdict.HIGHER
    assert compare(people(40, 0.4), leave(30, 0.1)).total.verdict is Verdict.LOWER
    assert compare(people(40, 0.1), leave(30, 0.12)).total.verdict is Verdict.NONE


def test_an_average_of_fewer_than_ten_is_not_shown_and_says_so():
    for came, went, named in ((9, 30, "entrance: 9 states"), (30, 9, "exit: 9 states"), (1, 30, "1 state,")):
        total = compare(people(came), leave(went)).total
        assert total.difference is None
        assert named in total.reason
        assert total.verdict is Verdict.UNKNOWN
        assert (total.entrance.mean is None) == (came < 10)
    assert compare(people(10), leave(10)).total.difference is not None


def test_what_can_be_worked_out_by_subtraction_is_not_shown_either():
    ten, eleven = NINE + timedelta(hours=1), NINE + timedelta(hours=2)
    found = compare(people(40), people(15, at=ten), people(3, at=eleven), leave(40), leave(40, at=ten))
    nine_, ten_, eleven_ = (cell.found for cell in found.hours)
    assert nine_.entrance.mean is not None
    assert ten_.entrance.mean is None
    assert ten_.entrance.reason == WITHHELD
    assert ten_.exit.mean is not None
    assert eleven_.entrance.mean is None
    assert found.total.entrance.mean is not None
    assert [cell.found.entrance.mean is None for cell in found.clock] == [False, True, True]


def test_a_day_of_few_takes_another_day_and_its_hours_with_it():
    next_day, third = NINE + timedelta(days=1), NINE + timedelta(days=2)
    found = compare(people(40), people(20, at=next_day), people(4, at=third), leave(40))
    assert [cell.found.entrance.mean is None for cell in found.days] == [False, True, True]
    assert [cell.found.entrance.mean is None for cell in found.hours] == [False, True, True]


def test_where_those_who_are_few_are_enough_together_nothing_more_is_left_out():
    hours = [NINE + timedelta(hours=k) for k in range(4)]
    found = compare(*(people(n, at=at) for n, at in zip((40, 15, 6, 6), hours, strict=True)))
    assert [cell.found.entrance.mean is None for cell in found.hours] == [False, False, True, True]


def test_an_average_that_is_hardly_known_is_not_shown():
    total = compare(people(10, 0.0, spread=0.95), leave(40)).total
    assert total.entrance.mean is None
    assert "points only, shown under 30" in total.entrance.reason
    assert total.verdict is Verdict.UNKNOWN


def test_faces_read_by_the_eyes_are_counted_and_not_mixed_with_whole_ones():
    covered = people(20, -0.9, by_eyes=5)
    total = compare(people(20, 0.1), covered, leave(20, 0.1)).total
    assert (total.entrance.seen, total.entrance.states, total.entrance.covered) == (40, 20, 20)
    assert total.entrance.mean.value == pytest.approx(0.1)
    hardly = compare(people(20, 0.1, by_eyes=4), leave(20, 0.1)).total.entrance
    assert (hardly.states, hardly.covered) == (20, 0)


def test_who_was_read_too_little_is_counted_beside_the_average():
    few = [replace(one, n=7) for one in people(5, -0.9)]
    short = [*few, *people(5, -0.9, usable_s=0.9)]
    short += [replace(one, valence=None, n=0, usable_s=0.0) for one in people(5)]
    entrance = compare(people(20, 0.1), short, leave(20)).total.entrance
    assert (entrance.seen, entrance.states, entrance.stateless) == (35, 20, 15)
    assert entrance.mean.value == pytest.approx(0.1)


def test_readers_and_scales_are_never_mixed():
    old = people(30, -0.8, at=NINE - timedelta(days=3), reader="reader 0")
    other = leave(12, 0.9, scale="strongest")
    found = compare(people(20, 0.1), leave(20, 0.2), old, other)
    assert (found.way.reader, found.way.scale) == ("reader 1", "balance")
    assert found.total.entrance.mean.value == pytest.approx(0.1)
    assert found.total.exit.mean.value == pytest.approx(0.2)
    assert [(one.way.reader, one.way.scale, one.interactions) for one in found.others] == [
        ("reader 0", "balance", 30),
        ("reader 1", "strongest", 12),
    ]
    assert found.others[0].first == date(2026, 5, 1)


def test_a_reader_at_each_side_is_no_comparison():
    total = compare(people(30, reader="a 1"), leave(20, reader="b 1")).total
    assert total.difference is None
    assert "0 states" in total.reason


@pytest.mark.parametrize(
    ("day", "hours", "clock"),
    [
        # In autumn 2:00 to 3:00 comes twice, in spring never.
        (date(2026, 10, 25), ["01+0200", "02+0200", "02+0100", "03+0100"], {1: 12, 2: 24, 3: 12}),
        (date(2026, 3, 29), ["01+0100", "03+0200", "04+0200", "05+0200"], {1: 12, 3: 12, 4: 12, 5: 12}),
    ],
)
def test_hours_are_those_of_the_wall_also_where_the_clock_is_changed(day, hours, clock):
    begin = datetime(day.year, day.month, day.day, 1, tzinfo=PARIS).astimezone(UTC)
    found = compare(*(people(12, at=begin + timedelta(hours=k)) for k in range(4)))
    assert [cell.at.strftime("%H%z") for cell in found.hours] == hours
    assert [cell.found.entrance.seen for cell in found.hours] == [12] * 4
    assert [cell.at for cell in found.days] == [day]
    assert {cell.at: cell.found.entrance.seen for cell in found.clock} == clock


def test_hours_begin_where_the_clock_says_so_in_zones_of_half_hours():
    begin = datetime(2026, 5, 4, 3, 15, tzinfo=UTC)  # 8:45 in Kolkata
    found = compare(
        people(12, at=begin), people(12, at=begin + timedelta(minutes=20)), zone=ZoneInfo("Asia/Kolkata")
    )
    assert [cell.at.isoformat() for cell in found.hours] == [
        "2026-05-04T08:00:00+05:30",
        "2026-05-04T09:00:00+05:30",
    ]


def test_days_count_alike_from_five_on_and_what_they_have_in_common_cancels():
    def days(n):
        groups = []
        for k in range(n):
            at, weather = NINE + timedelta(days=k), 0.1 * (-1) ** k
            groups += [people(20 + 20 * k, weather, at), leave(20, weather + 0.05, at)]
        return compare(*groups).total

    few, many = days(4), days(6)
    assert (few.unit, few.days) == (Unit.INTERACTION, 0)
    assert (many.unit, many.days) == (Unit.DAY, 6)
    assert many.entrance.mean.value == pytest.approx(0.0)
    assert many.difference.value == pytest.approx(0.05)
    assert many.difference.high - many.difference.low < many.entrance.mean.high - many.entrance.mean.low
    assert many.verdict is Verdict.HIGHER
    assert many.entrance.seen == sum(20 + 20 * k for k in range(6))


def test_verdicts_of_many_hours_ask_for_more_than_that_of_one():
    one = compare(people(60, 0.0, spread=0.4), leave(60, 0.11, spread=0.4))
    hours = [NINE + timedelta(hours=k) for k in range(10)]
    ten = compare(
        *(
            group
            for at in hours
            for group in (people(60, 0.0, at, spread=0.4), leave(60, 0.11, at, spread=0.4))
        )
    )
    assert one.hours[0].found.verdict is Verdict.HIGHER
    alone, among = one.hours[0].found.difference, ten.hours[0].found.difference
    assert among.low > 0 > among.joint_low
    assert ten.hours[0].found.verdict is Verdict.NONE
    assert (alone.low, alone.high) == (alone.joint_low, alone.joint_high)
    assert ten.total.verdict is Verdict.HIGHER


def test_states_that_are_all_alike_are_not_known_without_an_error():
    total = compare(people(20, 0.1, spread=0.0), leave(20, 0.1, spread=0.0)).total
    assert total.difference.low < 0 < total.difference.high


def test_nothing_is_an_answer():
    nothing = compare()
    assert nothing.way is None
    assert nothing.hours == ()
    assert nothing.total.verdict is Verdict.UNKNOWN
