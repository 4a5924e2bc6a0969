"""A month of the calendar, as reports are asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from mien.errors import SettingError
from mien.site.hours import check_day


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year, on the clock of a site.

    Attributes:
        year: The year.
        number: 1 January .. 12 December.

    Example:
        >>> Month(2026, 1).before, Month(2026, 1).year_before, str(Month(2026, 12).last)
        (Month(year=2025, number=12), Month(year=2025, number=1), '2026-12-31')
    """

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month that a day lies in."""
        return cls(day.year, day.month)

    @classmethod
    def between(cls, first: date, last: date) -> list[Month]:
        """The months that two days lie in and those between, the last first.

        Example:
            >>> [str(month) for month in Month.between(date(2025, 12, 30), date(2026, 1, 2))]
            ['2026-01', '2025-12']
        """
        found = [cls.of(last)]
        while found[-1] > cls.of(first):
            found.append(found[-1].before)
        return found

    @classmethod
    def parse(cls, text: str, today: date) -> Month:
        """A month written YYYY-MM that has begun.

        Args:
            text: The month.
            today: The day.

        Raises:
            SettingError: It is none, it is far off, or it has not begun.
        """
        found = re.fullmatch(r"([0-9]{4})-([0-9]{2})", text)
        whole = cls.of(today).before
        if found is None or not 1 <= int(found[2]) <= 12:
            raise SettingError(
                "There is no month '%(month)s'; write one as %(whole)s.", month=text[:20], whole=whole
            )
        if int(found[1]) < 1:
            raise SettingError(
                "There is no year %(year)s; write a month as %(whole)s.", year=found[1], whole=whole
            )
        month = cls(int(found[1]), int(found[2]))
        check_day(month.first)
        if month.first > today:
            raise SettingError(
                "The month %(month)s has not begun yet; the last whole one is %(whole)s.",
                month=month,
                whole=whole,
            )
        return month

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        after = self.first + timedelta(days=31)
        return after.replace(day=1) - timedelta(days=1)

    @property
    def days(self) -> tuple[date, date]:
        """Its first day and its last."""
        return self.first, self.last

    @property
    def before(self) -> Month:
        """The month before."""
        return Month.of(self.first - timedelta(days=1))

    @property
    def after(self) -> Month:
        """The month after."""
        return Month.of(self.last + timedelta(days=1))

    @property
    def year_before(self) -> Month:
        """The same month a year before."""
        return Month(self.year - 1, self.number)
