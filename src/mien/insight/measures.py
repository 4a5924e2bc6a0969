"""What is compared, by what, and from which of the daily sums it follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from mien.insight.means import LEAST_VARIANCE
from mien.journey.thresholds import THRESHOLDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mien.expressions import ScaleName
    from mien.insight.types import Way


class Grouping(StrEnum):
    """What interactions are compared by. `PLACE`: by touchpoint of each site."""

    SITE = "site"
    MONTH = "month"
    SHIFT = "shift"
    TOUCHPOINT = "touchpoint"
    TYPE = "type"
    SERVICE_POINT = "service_point"
    PROTOCOL = "protocol"
    THIRD = "third"
    PLACE = "place"


class Measure(StrEnum):
    """What of an interaction is averaged. The `fell` ones: the share with a critical moment in one of its thirds."""

    INDEX = "index"
    EPS = "eps"
    WORSENED = "worsened"
    IMPROVED = "improved"
    FELL_BEGIN = "fell_begin"
    FELL_MIDDLE = "fell_middle"
    FELL_END = "fell_end"


THIRDS_FELL: Final = (Measure.FELL_BEGIN, Measure.FELL_MIDDLE, Measure.FELL_END)
"""Of the first, the second and the last third."""

_SCORED: Final = ("improved", "worsened", "unchanged", "unclear")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a measure stands in `mien.insight.Totals`.

    Attributes:
        n: Columns that add up to how many interactions have it.
        total: Its sum.
        squares: Sum of its squares.
        share: Whether it is a share, so that sum and squares count interactions.
    """

    n: tuple[str, ...]
    total: str
    squares: str
    share: bool = False


COLUMNS: Final[Mapping[Measure, Columns]] = {
    Measure.INDEX: Columns(("index_n",), "index_sum", "index_squares"),
    Measure.EPS: Columns(_SCORED, "eps_sum", "eps_squares"),
    **{
        measure: Columns(_SCORED, str(measure), str(measure), share=True)
        for measure in (Measure.WORSENED, Measure.IMPROVED, *THIRDS_FELL)
    },
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What is asked of a measure, in its units: points, or per cent for shares.

    Attributes:
        lowest: The lowest value that there is.
        highest: The highest.
        widest: A mean is shown if its 95 % interval is narrower (design 3.8).
        least_variance: Variance of single values that is assumed at least.
        apart: By how much groups may well differ, a standard deviation: the scale of what is thought of it before
            anything is seen, for rankings.
        camera_sd: What two cameras that nobody has measured may differ by in a mean, a standard deviation; 0 where
            cameras drop out because a face is compared with itself.
    """

    lowest: float
    highest: float
    widest: float
    least_variance: float
    apart: float
    camera_sd: float = 0.0


def limits_of(measure: Measure, scale: ScaleName) -> Limits:
    """The limits of a measure.

    Example:
        >>> limits_of(Measure.INDEX, "balance").widest, limits_of(Measure.WORSENED, "balance").widest
        (30.0, 30.0)
    """
    limits = THRESHOLDS[scale]
    if measure is Measure.INDEX:
        return Limits(
            0.0, 100.0, limits.hi_width, LEAST_VARIANCE * 50**2, 5.0, 50 * limits.uncalibrated_shared_sd
        )
    if measure is Measure.EPS:
        return Limits(-200.0, 200.0, limits.eps_width, LEAST_VARIANCE * 100**2, 5.0)
    return Limits(0.0, 100.0, 30.0, 0.0, 5.0)


class DayPart(NamedTuple):
    """What the interactions of one group come to on one day.

    Attributes:
        label: The group; `None` where they have no such name.
        day: The day, on the clock of the site.
        way: How they were read.
        interactions: How many.
        n: Those that have the measure.
        total: Its sum over these, points; for shares how many.
        squares: Sum of its squares.
    """

    label: str | None
    day: date
    way: Way
    interactions: int
    n: int
    total: float
    squares: float
