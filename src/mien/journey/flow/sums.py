"""What one camera counted over days or months: what a store keeps, so that pages never add up single periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field, NonNegativeInt

from mien.journey.flow.counts import FlowCounts, LineCounts
from mien.journey.flow.summing import Counts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.journey.flow.counts import FlowQuarter


class FlowSum(Counts):
    """Everything counted at one camera over some time, added up. Those of adjacent times add up.

    Attributes:
        counts: What was counted.
        hours: At its door lines, by hour of the day on the clock of the site; empty where there are none.
        periods: In how many periods.
        partly: How many of them were seen in part only.
        twice: How many were seen by two streams at one time, of which only the one that watched longer counts.
    """

    counts: FlowCounts = FlowCounts()
    hours: dict[int, LineCounts] = Field(default_factory=dict)
    periods: NonNegativeInt = 0
    partly: NonNegativeInt = 0
    twice: NonNegativeInt = 0

    @classmethod
    def of(cls, quarters: Iterable[tuple[int, FlowQuarter]], *, twice: int = 0) -> Self:
        """Add periods up.

        Args:
            quarters: Each with the hour of the day in which it began, 0..23.
            twice: How many of them were seen twice.
        """
        found = list(quarters)
        hours: dict[int, list[LineCounts]] = {}
        for hour, one in found:
            if one.counts.lines:
                hours.setdefault(hour, []).extend(one.counts.lines.values())
        return cls(
            counts=FlowCounts.total([one.counts for _, one in found]),
            hours={hour: LineCounts.total(those) for hour, those in sorted(hours.items())},
            periods=len(found),
            partly=sum(not one.whole for _, one in found),
            twice=twice,
        )
