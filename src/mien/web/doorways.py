"""Who came and went at all doors of a site together, as the page Flow tells it: by day, or over long times by month."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mien.report.flow_stored import DoorDay

MOST_DAYS: Final = 92
"""Days that are told one by one at most: those of a quarter of a year."""


@dataclass(frozen=True, slots=True)
class Crossings:
    """What the self-checks of some days found at all doors of a site.

    Attributes:
        wrong: Crossings that at least must be wrong.
        all: Crossings on the days that could be checked.
    """

    wrong: int
    all: int

    @property
    def share(self) -> float | None:
        """`wrong` over `all`; `None` where nobody crossed."""
        return self.wrong / self.all if self.all else None


@dataclass(frozen=True, slots=True)
class DoorRow:
    """Some days at all doors together.

    Attributes:
        first: The day, or the first of the month.
        days: On how many days of it any camera at a door watched.
        came_in: Who came in.
        went_out: Who went out.
        inside: The fewest and the most people inside at closing, by the count; `None` where no closing is known.
        crossings: What is known of the error; `None` where no day could be checked.
        checked: How many days could be checked.
        gaps: Periods that were not seen as a whole.
    """

    first: date
    days: int
    came_in: int
    went_out: int
    inside: tuple[int, int] | None
    crossings: Crossings | None
    checked: int
    gaps: int


def crossings_of(days: Sequence[DoorDay]) -> Crossings | None:
    """What is known of the error over some days; `None` where no day could be checked."""
    found = [day.balance for day in days if _checked(day)]
    if not found:
        return None
    return Crossings(sum(one.wrong or 0 for one in found), sum(one.came_in + one.went_out for one in found))


def by_day(days: Sequence[DoorDay]) -> tuple[DoorRow, ...]:
    """Each day from the first that was watched to the last, but for those on which nothing was to be seen."""
    return tuple(_row(day.day, [day]) for day in _told(days))


def by_month(days: Sequence[DoorDay]) -> tuple[DoorRow, ...]:
    """The same days by calendar month, in order."""
    months = groupby(_told(days), key=lambda one: one.day.replace(day=1))
    return tuple(_row(month, list(those)) for month, those in months)


def _told(days: Sequence[DoorDay]) -> list[DoorDay]:
    watched = [place for place, day in enumerate(days) if day.watched]
    if not watched:
        return []
    # Between them a day that was open and not watched is told as such.
    return [day for day in days[watched[0] : watched[-1] + 1] if day.balance.periods]


def _checked(day: DoorDay) -> bool:
    return day.watched and day.balance.wrong is not None


def _row(first: date, days: Sequence[DoorDay]) -> DoorRow:
    inside = [day.inside for day in days if day.watched and day.inside is not None]
    return DoorRow(
        first=first,
        days=sum(day.watched for day in days),
        came_in=sum(day.balance.came_in for day in days),
        went_out=sum(day.balance.went_out for day in days),
        inside=(min(inside), max(inside)) if inside else None,
        crossings=crossings_of(days),
        checked=sum(map(_checked, days)),
        gaps=sum(day.balance.gaps for day in days),
    )
