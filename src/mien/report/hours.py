"""Entrance and exit compared per hour, and what must be said with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mien.insight import Verdict
from mien.report.figures import signed

if TYPE_CHECKING:
    from datetime import date, datetime

    from mien.insight import HourlyComparison
    from mien.insight.coverage import Coverage


@dataclass(frozen=True, slots=True)
class WatchedCameras:
    """Whether the cameras of both sides were read, as far as it is stored.

    Attributes:
        missed: What they missed while the site was open.
        opening_hours: Whether the site file says when it is open; else only the time between the first and the last
            moment of a day at which any of these cameras was read is looked at.
        recordings: Recordings among what was read, whose pictures nobody watched for being black, covered or frozen.
        unnamed: Those of which nobody knows the camera; they count for each camera of their touchpoint.
    """

    missed: Coverage
    opening_hours: bool
    recordings: int = 0
    unnamed: int = 0


@dataclass(frozen=True, slots=True)
class HoursReport:
    """Entrance and exit of a site, compared in aggregate over some days.

    Attributes:
        site: Name of the site.
        time_zone: Of the site.
        first: First day, on the clock of the site.
        last: Last day.
        entrance: Touchpoints that are taken together as the entrance.
        exit: Those taken together as the exit.
        found: The comparison.
        watched: Whether the cameras were read.
        undated: Interactions there whose time of day nobody knows, which are in nothing.
        made_at: When it was made, with a zone.
        mien_version: Version of Mien.
        simulated: Whether the interactions are made up; said at every place it is shown.
    """

    site: str
    time_zone: str
    first: date
    last: date
    entrance: tuple[str, ...]
    exit: tuple[str, ...]
    found: HourlyComparison
    watched: WatchedCameras
    undated: int
    made_at: datetime
    mien_version: str
    simulated: bool = False

    @property
    def span(self) -> str:
        """The days that it is of."""
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"

    @property
    def one_day(self) -> bool:
        """Whether it is of one day, whose hours are then those of the clock."""
        return self.first == self.last


def points(valence: float) -> float:
    """A mean valence in points of the Happiness Index (design 3.7).

    Example:
        >>> points(0.2)
        60.0
    """
    return 50 * (1 + valence)


def headline(report: HoursReport) -> str:
    """What the whole time says, in one sentence. It speaks of faces read, not of people."""
    total = report.found.total
    faces = "The faces read at the exit show a {} pleasant expression than those read at the entrance."
    match total.verdict:
        case Verdict.HIGHER:
            return faces.format("more")
        case Verdict.LOWER:
            return faces.format("less")
        case Verdict.NONE:
            return "No difference is shown between the faces read at the entrance and those read at the exit."
    return "Cannot tell whether the faces read at the exit show another expression than those read at the entrance."


def clock_name(hour: int) -> str:
    """An hour of the day as people write it.

    Example:
        >>> clock_name(9), clock_name(23)
        ('09:00–10:00', '23:00–24:00')
    """
    return f"{hour:02d}:00–{hour + 1:02d}:00"


def difference_text(value: float, low: float, high: float) -> str:
    """A difference of valence with its interval, in points of the Happiness Index.

    Example:
        >>> difference_text(0.12, -0.02, 0.26)
        '+6 (−1 to +13)'
    """
    return f"{signed(50 * value)} ({signed(50 * low)} to {signed(50 * high)})"
