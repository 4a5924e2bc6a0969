"""Times as people and tills write them: with their offset, or on the clock of the site."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from mien.marking import Said
from mien.site.hours import YEARS

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

COMES_TWICE: Final = Said(
    "comes twice that night; write times with their offset, such as 2026-10-25T02:30:00+01:00"
)
"""What is wrong with a time of which nobody can tell the moment."""

_ISO: Final = re.compile(r"\d{4}-?\d\d-?\d\d[T ]\d\d:?\d\d")


def written_time(word: str) -> datetime | None:
    """A time with its date, in the forms of ISO 8601, with a zone or without; `None` where it is none, or far off."""
    if not _ISO.match(word):
        return None
    try:
        found = datetime.fromisoformat(word)
    except ValueError:
        return None
    return found if YEARS[0] <= found.year <= YEARS[1] else None


def leapt_over(written: datetime, zone: ZoneInfo) -> Said | None:
    """What is wrong with a time that the clocks of a zone never show; `None` where they show it."""
    if _exists(written, zone):
        return None
    return Said(
        "the clock in %(zone)s leaps over; write times with their offset, such as 2026-05-04T09:30:00+02:00",
        zone=zone,
    )


def comes_twice(written: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks of a zone show a time twice, in the night in which they are put back."""
    first, second = (written.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first != second and _exists(written, zone)


def _exists(written: datetime, zone: ZoneInfo) -> bool:
    there = written.replace(tzinfo=zone).astimezone(UTC)
    return there.astimezone(zone).replace(tzinfo=None, fold=0) == written
