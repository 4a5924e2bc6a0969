"""For how many days what is stored is kept, and from when the days count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

from mien.errors import SettingError

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_DAYS: Final = 3650
"""Ten years."""


@dataclass(frozen=True, slots=True)
class KeepDays:
    """For how many days each kind of what concerns a person is kept.

    At a site they count from when it took place, because that is what customers are told; where nobody knows when
    that was, and for files of one's own, from when it was stored.

    Attributes:
        readings: Curves and per-second records, 1..3650.
        interactions: Scored interactions, and the recordings that they were found in.
        receipts: Receipts, their joins and the references on them.

    Raises:
        SettingError: A number is out of its range.
    """

    readings: int
    interactions: int
    receipts: int

    def __post_init__(self) -> None:
        for days in (self.readings, self.interactions, self.receipts):
            if not 1 <= days <= LONGEST_DAYS:
                raise SettingError(f"Results are kept for 1 to {LONGEST_DAYS} days, not {days}.")

    @classmethod
    def alike(cls, days: int) -> Self:
        """Everything for the same number of days."""
        return cls(days, days, days)


def expiry(begun: datetime, days: int) -> datetime:
    """When something is to be removed.

    Args:
        begun: From when the days count.
        days: How many.
    """
    return begun + timedelta(days=days)
