"""Hours are those of the clock on the wall of the site, through summer and winter time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from mien.errors import NoticeError
from mien.site import Site
from mien.site.hours import Hours

if TYPE_CHECKING:
    from collections.abc import Callable

    from mien.site import Checked

PARIS = ZoneInfo("Europe/Paris")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
"""At 2:00 the clock leaps to 3:00; at 3:00 it goes back to 2:00."""


@pytest.fixture
def site(check: Callable[..., Checked]) -> Site:
    found = check().site
    assert found is not None
    return found


def utc(day: int, hour: int, minute: int = 0, *, month: int) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hours", "begin", "end"),
    [
        (date(2026, 3, 28), "09:00-18:00", utc(28, 8, month=3), utc(28, 17, month=3)),
        (SPRING, "09:00-18:00", utc(29, 7, month=3), utc(29, 16, month=3)),
        (SPRING, "00:00-24:00", utc(28, 23, month=3), utc(29, 22, month=3)),
        (date(2026, 3, 28), "22:00-02:30", utc(28, 21, month=3), utc(29, 1, month=3)),
        (SPRING, "02:30-06:00", utc(29, 1, month=3), utc(29, 4, month=3)),
        (SPRING, "02:10-02:50", utc(29, 1, month=3), utc(29, 1, month=3)),
        (AUTUMN, "00:00-24:00", utc(24, 22, month=10), utc(25, 23, month=10)),
        (date(2026, 10, 24), "22:00-02:30", utc(24, 20, month=10), utc(25, 1, 30, month=10)),
        (AUTUMN, "02:30-06:00", utc(25, 0, 30, month=10), utc(25, 5, month=10)),
    ],
)
def test_hours_last_as_long_as_the_clock_says(day: date, hours: str, begin: datetime, end: datetime) -> None:
    span = Hours.parse(hours).on(day, PARIS)
    assert (span.begin, span.end) == (begin, end)


@pytest.mark.parametrize(
    "zone", ["Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Kolkata"]
)
def test_whole_days_follow_each_other_without_a_gap_anywhere(zone: str) -> None:
    clock = ZoneInfo(zone)
    spans = [Hours.parse("00:00-24:00").on(date(2018, 1, 1) + timedelta(days=n), clock) for n in range(366)]
    for one, other in pairwise(spans):
        # A midnight that comes twice belongs to both days; one that the clock leaps over, to the moment of the leap.
        assert timedelta() <= one.end - other.begin <= timedelta(hours=1)


def test_a_site_is_open_on_its_own_clock(site: Site) -> None:
    assert site.is_open(utc(4, 7, 30, month=5))  # Monday 9:30 in summer
    assert not site.is_open(utc(4, 6, 59, month=5))
    assert not site.is_open(utc(4, 11, month=5))  # the pause at noon
    assert not site.is_open(utc(2, 7, 30, month=3))  # 8:30 in winter
    assert site.is_open(utc(2, 8, 30, month=3))
    assert site.is_open(datetime(2026, 5, 4, 9, 30, tzinfo=PARIS))


@pytest.mark.parametrize("zone", ["Atlantic/Azores", "America/Havana", "America/Sao_Paulo", "Europe/Paris"])
def test_a_day_ends_where_the_next_begins_also_where_midnight_comes_twice_or_never(
    site: Site, zone: str
) -> None:
    there = site.model_copy(update={"time_zone": zone})
    for n in range(366):
        day = date(2018, 1, 1) + timedelta(days=n)
        first, after = there.midnight(day), there.midnight(day + timedelta(days=1))
        assert there.day(first) == day
        assert there.day(first - timedelta(seconds=1)) == day - timedelta(days=1)
        assert there.day(after - timedelta(seconds=1)) == day


def test_a_late_night_lasts_into_the_next_day(site: Site) -> None:
    assert site.is_open(utc(2, 23, 30, month=5))  # Saturday night, 1:30 on Sunday
    assert not site.is_open(utc(3, 0, 30, month=5))
    # In the night in which 2:00 comes twice it closes at the second.
    assert site.is_open(utc(25, 0, 30, month=10))
    assert not site.is_open(utc(25, 1, month=10))


def test_a_special_day_has_its_own_hours(site: Site) -> None:
    hours = site.opening_hours
    assert hours is not None
    assert hours.hours(date(2026, 12, 25)) == ()
    assert [str(one) for one in hours.hours(date(2026, 12, 21))] == ["09:00-12:30", "14:00-19:00"]
    assert hours.hours(date(2026, 12, 22)) == ()  # a Tuesday, which is left out


def test_without_hours_nothing_is_after_hours(check: Callable[..., Checked], whole: str) -> None:
    begin, end = whole.index("[opening_hours]"), whole.index("[shifts.early]")
    checked = check(text=whole[:begin] + whole[end:])
    assert checked.site is not None
    assert checked.site.is_open(utc(4, 3, month=5)) is None
    remarks = [one.text for one in checked.remarks(date(2026, 5, 4), {"DOOR_PASSWORD": "x"})]
    assert remarks == ["without [opening_hours] nothing can be told to happen after hours"]


def test_of_shifts_that_overlap_the_later_comes_first(site: Site) -> None:
    assert site.shifts_at(utc(4, 11, 45, month=5)) == ("late", "early")  # 13:45
    assert site.shifts_at(utc(4, 12, month=5)) == ("late",)
    assert site.shifts_at(utc(5, 0, 29, month=5)) == ("night",)  # Tuesday 2:29, of Monday's shift
    assert site.shifts_at(utc(5, 0, 30, month=5)) == ()  # the shift after it is held on Sundays only
    assert site.shifts_at(utc(25, 2, month=10)) == ("after",)


def test_a_notice_counts_by_the_day_of_the_site(site: Site, check: Callable[..., Checked]) -> None:
    assert site.day(utc(3, 22, 30, month=5)) == date(2026, 5, 4)
    assert site.notice_for("door", date(2026, 5, 4)).text_version == "3"
    with pytest.raises(NoticeError, match="Camera 'door' of site 'Lyon 2' is not read on 2026-05-03"):
        site.notice_for("door", date(2026, 5, 3))

    one = check(('put_up_by = "A. Martin"', 'put_up_by = "A. Martin"\ncamera = "tills"')).site
    assert one is not None
    assert one.notice_for("tills", date(2026, 5, 4)).camera == "tills"
    with pytest.raises(NoticeError):
        one.notice_for("door", date(2026, 5, 4))
    assert one.recorded_notices()[0].site == "Lyon 2"


@pytest.mark.parametrize(
    ("text", "told"),
    [("9:00-18:30", "09:00-18:30"), ("22:00 – 02:00", "22:00-02:00"), ("00:00-24:00", "00:00-24:00")],
)
def test_hours_are_read_as_people_write_them(text: str, told: str) -> None:
    assert str(Hours.parse(text)) == told


@pytest.mark.parametrize(
    "text", ["", "9-18", "09:00", "09:60-10:00", "24:00-02:00", "25:00-26:00", "09:00-10:00-11:00"]
)
def test_other_hours_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write hours as"):
        Hours.parse(text)
