"""The rule for pictures written on purpose: a purpose and an end date, or no picture.

Mien writes numbers. A file in which a face can be seen (an overlay with `--show-faces`) is the exception, and
it is made only for a stated purpose and a limited time. This module holds the rule; `mien.store.media` keeps
the list of such files, so that they can be deleted when their time is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from mien.errors import PermissionRequired

LONGEST_PURPOSE: Final = 500
"""Characters; a purpose is a sentence, not a document."""


@dataclass(frozen=True, slots=True)
class MediaGrant:
    """Leave to write pictures in which faces can be seen, never without a purpose and an end date.

    Attributes:
        purpose: What the pictures are for, in words that the people in them would accept.
        until: Last day on which they may exist; after today (UTC) and at most a year away.

    Raises:
        PermissionRequired: The purpose is empty or too long, or the end date is not in that range.
    """

    purpose: str
    until: date

    def __post_init__(self) -> None:
        check_grant(self.purpose, self.until, today=datetime.now(UTC).date())
        object.__setattr__(self, "purpose", self.purpose.strip())


def check_grant(purpose: str, until: date, *, today: date) -> None:
    """Refuse a grant that gives no reason or no proper end.

    Args:
        purpose: What the pictures are for.
        until: Last day on which they may exist.
        today: The day on which the leave is given.

    Raises:
        PermissionRequired: The purpose is blank or longer than `LONGEST_PURPOSE` characters, or `until` is
            not after `today` or is more than a year away.
    """
    if not purpose.strip():
        raise PermissionRequired(
            "Pictures that show faces need a purpose: say what they are for with --purpose TEXT."
        )
    if len(purpose.strip()) > LONGEST_PURPOSE:
        raise PermissionRequired(
            f"The purpose has {len(purpose.strip())} characters, at most {LONGEST_PURPOSE} are kept: "
            "say it in a sentence."
        )
    last = _a_year_after(today)
    if not today < until <= last:
        raise PermissionRequired(
            f"Pictures that show faces need an end date after {today} and not after {last}, got {until}: "
            "choose one with --until YYYY-MM-DD."
        )


def _a_year_after(day: date) -> date:
    """The same day next year; 28 February for 29 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
