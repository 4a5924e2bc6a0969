"""Hours of the day on the clock of the site, through changes to and from daylight saving time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self, get_args

from pydantic import BeforeValidator, Field, InstanceOf, PlainSerializer, field_validator, model_validator

from mien.errors import SettingError
from mien.marking import N_, Said
from mien.site.part import Day, Part, WrongValue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)

_DAY: Final = 24 * 60
_FORM: Final = Said('write hours as "09:00-18:30"; "22:00-02:00" ends the next day')
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time.

    Attributes:
        begin: First moment, UTC.
        end: First moment after it, UTC.
    """

    begin: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether a moment (with its zone) lies in it."""
        return self.begin <= moment < self.end


YEARS: Final = (1970, 2199)
"""Years of which days can be asked for: beyond, clocks know no time."""


def check_day(day: date) -> None:
    """Refuse a day of which clocks know no time.

    Raises:
        SettingError: It is far off.
    """
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise SettingError(
            "The day %(day)s is not in the years %(first)s to %(last)s; give another.",
            day=day,
            first=YEARS[0],
            last=YEARS[1],
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of a day on the clock of the site.

    Attributes:
        begin: Minutes from midnight, 0..1439.
        end: Minutes from midnight, at most 24 hours after `begin`; above 1440 it is the next day.
    """

    begin: int
    end: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Hours written `09:00-18:30`; an end not after the beginning is the next day's.

        Raises:
            ValueError: They are not written so, or no time lies between.

        Example:
            >>> Hours.parse("22:00-02:00")
            Hours(begin=1320, end=1560)
        """
        parts = re.split(r"\s*[-–]\s*", text.strip())
        clocks = [_CLOCK.fullmatch(part) for part in parts]
        if len(clocks) != 2:
            raise WrongValue("'%(text)s' are no hours; %(form)s", text=text, form=_FORM)
        minutes = []
        for clock in clocks:
            if clock is None or int(clock[2]) > 59 or int(clock[1]) * 60 + int(clock[2]) > _DAY:
                raise WrongValue("'%(text)s' are no hours; %(form)s", text=text, form=_FORM)
            minutes.append(int(clock[1]) * 60 + int(clock[2]))
        begin, end = minutes
        if begin in {end, _DAY}:
            raise WrongValue(
                "'%(text)s' holds no time; %(form)s, and a whole day as \"00:00-24:00\"",
                text=text,
                form=_FORM,
            )
        return cls(begin, end if end > begin else end + _DAY)

    def __str__(self) -> str:
        end = self.end if self.end <= _DAY else self.end - _DAY
        return f"{self.begin // 60:02}:{self.begin % 60:02}-{end // 60:02}:{end % 60:02}"

    def on(self, day: date, zone: ZoneInfo) -> Span:
        """When these hours are on a day.

        An hour that the clock shows twice belongs to them whole; one that it leaps over begins and ends with the leap.

        Args:
            day: The day on which they begin, on the clock of the site.
            zone: The clock.
        """
        return Span(_moment(day, self.begin, zone, fold=0), _moment(day, self.end, zone, fold=1))


@lru_cache(maxsize=8192)
def _moment(day: date, minutes: int, zone: ZoneInfo, *, fold: int) -> datetime:
    later, minute = divmod(minutes, _DAY)
    clock = time(minute // 60, minute % 60, fold=fold)
    local = datetime.combine(day + timedelta(days=later), clock, zone)
    # Compared and subtracted in UTC only: Python ignores the fold between moments of one zone.
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None, fold=0) == local.replace(tzinfo=None, fold=0):
        return found
    # The clock leaps over it. The two readings of such a time lie one leap before and after the leap itself.
    return _leap(local)


def _leap(local: datetime) -> datetime:
    """The moment at which the clock leaps over a time that does not exist."""
    # By the offset that holds before the leap (fold 0) it lies after the leap, by the other one before it.
    late, early = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    before = early.astimezone(local.tzinfo).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(local.tzinfo).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def _parsed(value: object) -> Hours:
    if isinstance(value, Hours):
        return value
    if isinstance(value, str):
        return Hours.parse(value)
    raise WrongValue("are no hours; %(form)s", form=_FORM)


WrittenHours = Annotated[InstanceOf[Hours], BeforeValidator(_parsed), PlainSerializer(str)]
"""Hours of a day, written `09:00-18:30`."""


def _apart(hours: tuple[Hours, ...]) -> tuple[Hours, ...]:
    ordered = tuple(sorted(hours, key=lambda one: one.begin))
    for one, other in pairwise(ordered):
        if other.begin < one.end:
            raise WrongValue(
                "%(one)s and %(other)s overlap; make one of them, or move one", one=one, other=other
            )
    return ordered


_DayHours = Annotated[
    tuple[WrittenHours, ...],
    Field(description=N_('a list of hours such as ["09:00-12:30", "14:00-19:00"], and [] for closed')),
]


class SpecialDay(Part):
    """A day with hours of its own: a holiday, a late night."""

    date: Day = Field(description=N_("the day, such as 2026-12-25"))
    hours: tuple[WrittenHours, ...] = Field(
        description=N_('a list of hours such as ["09:00-14:00"], and [] for closed')
    )
    name: str | None = Field(default=None, min_length=1, max_length=80, description=N_("what it is called"))

    _apart = field_validator("hours")(_apart)


class OpeningHours(Part):
    """When the site is open. A day that is left out is closed."""

    monday: _DayHours = ()
    tuesday: _DayHours = ()
    wednesday: _DayHours = ()
    thursday: _DayHours = ()
    friday: _DayHours = ()
    saturday: _DayHours = ()
    sunday: _DayHours = ()
    special: tuple[SpecialDay, ...] = Field(
        default=(), description=N_("tables [[opening_hours.special]] with date and hours")
    )

    _apart = field_validator(*WEEKDAYS)(_apart)

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if not any(getattr(self, day) for day in WEEKDAYS) and not self.special:
            raise WrongValue("is empty, so the site would never be open; give hours, or leave the table out")
        for place, day in enumerate(WEEKDAYS):
            after = WEEKDAYS[(place + 1) % len(WEEKDAYS)]
            today, tomorrow = self.week(day), self.week(after)
            if today and tomorrow and today[-1].end - _DAY > tomorrow[0].begin:
                raise WrongValue(
                    "%(today)s of %(day)s overlaps with %(tomorrow)s of %(after)s; move one of them",
                    today=today[-1],
                    day=day,
                    tomorrow=tomorrow[0],
                    after=after,
                )
        days = [one.date for one in self.special]
        for day_ in days:
            if days.count(day_) > 1:
                raise WrongValue("%(day)s stands in special twice; keep one", day=day_)
        return self

    def week(self, day: Weekday) -> tuple[Hours, ...]:
        """The hours of a day of the week, in order."""
        found: tuple[Hours, ...] = getattr(self, day)
        return found

    def hours(self, day: date) -> tuple[Hours, ...]:
        """The hours of a day, in order; those of a special day where it is one."""
        for one in self.special:
            if one.date == day:
                return one.hours
        return self.week(WEEKDAYS[day.weekday()])

    def spans(self, day: date, zone: ZoneInfo) -> tuple[Span, ...]:
        """When the site is open in the hours that begin on a day, in order."""
        return tuple(hours.on(day, zone) for hours in self.hours(day))

    def is_open(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether the site is open at a moment (with its zone)."""
        return any(span.holds(moment) for day in _days_at(moment, zone) for span in self.spans(day, zone))


class Shift(Part):
    """A shift of the staff."""

    hours: WrittenHours = Field(
        description=N_('its hours, such as "08:30-14:00"; "22:00-06:00" ends the next day')
    )
    days: tuple[Weekday, ...] = Field(
        default=WEEKDAYS,
        min_length=1,
        description=N_("days of the week on which it begins; every day where left out"),
    )

    def span(self, day: date, zone: ZoneInfo) -> Span | None:
        """When it is, if it begins on a day; `None` on days that it does not have."""
        return self.hours.on(day, zone) if WEEKDAYS[day.weekday()] in self.days else None

    def at(self, moment: datetime, zone: ZoneInfo) -> Span | None:
        """The one of its spans that holds a moment (with its zone); `None` where none does."""
        for day in _days_at(moment, zone):
            span = self.span(day, zone)
            if span is not None and span.holds(moment):
                return span
        return None


def _days_at(moment: datetime, zone: ZoneInfo) -> Iterator[date]:
    """The day of a moment on the clock of the site, and the one before, whose hours may last until then."""
    day = moment.astimezone(zone).date()
    yield day
    yield day - timedelta(days=1)
