"""Entrance and exit compared per hour, and what must be said with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mien.insight import Unit, Verdict
from mien.insight.types import FEWEST
from mien.journey.thresholds import MIN_STATE_READINGS, MIN_STATE_S, ONE_WAY
from mien.report.figures import share, signed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from mien.insight import HourlyComparison, SideMean


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


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that must be known to take the numbers for what they are.

    Attributes:
        head: What it is about, a few words.
        text: One or two sentences.
    """

    head: str
    text: str


def points(valence: float) -> float:
    """A mean valence in points of the Happiness Index (design 3.7).

    Example:
        >>> points(0.2)
        60.0
    """
    return 50 * (1 + valence)


def headline(report: HoursReport) -> str:
    """What the whole time says, in one sentence.

    It speaks of faces read, not of people: the offset of two uncalibrated cameras is in it.
    """
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


def remarks(report: HoursReport) -> list[Remark]:
    """What must be said with the numbers, the weightiest first."""
    return [*_what_it_is_not(report), *_how_it_came_about(report), *_what_is_missing(report)]


def _what_it_is_not(report: HoursReport) -> Iterator[Remark]:
    yield Remark(
        "Not the same people",
        "Nobody is followed. Who is seen at the exit in an hour came at another time, or was not seen at the entrance "
        "at all; over a whole day the two are nearest to being the same people.",
    )
    yield Remark(
        "The cameras are in the difference",
        "Angle and light differ, and the two sides are not calibrated against each other: a part of a difference, or "
        "all of it, can be that of the cameras. Such an offset moves all hours alike while the light stays, so look at "
        "how the difference changes over the day.",
    )
    total = report.found.total
    yield Remark(
        "A selection",
        f"Compared are the faces that could be read: {_of(total.entrance)} at the entrance, {_of(total.exit)} at the "
        "exit. Who looks down, hurries by or is hidden is missing, at each side for reasons of its own.",
    )
    yield Remark("What is measured", "What faces show, not what anybody feels.")


def _how_it_came_about(report: HoursReport) -> Iterator[Remark]:
    found = report.found
    told = [[cell.found for cell in found.clock], [cell.found for cell in found.days]]
    if any(sum(one.difference is not None for one in series) > 1 for series in told):
        yield Remark(
            "Many hours are looked at",
            "Each interval holds its own difference with 95 %. Among many, some miss by chance; the verdicts of hours "
            "and of days therefore come from wider intervals, all of which hold together with 95 %. So an hour whose "
            "interval leaves out 0 can still say that no difference is shown.",
        )
    if found.total.unit is Unit.DAY:
        yield Remark(
            "Days count alike",
            f"The whole time is the mean of the {found.total.days} days that have a difference, for people of one day "
            "have its weather, its queues and its light in common.",
        )
    elif found.total.difference is not None:
        yield Remark(
            "These days only",
            "Interactions count alike, and the intervals speak of the time that was asked for, not of other days.",
        )


def _what_is_missing(report: HoursReport) -> Iterator[Remark]:
    total = report.found.total
    covered = total.entrance.covered, total.exit.covered
    if any(covered):
        yield Remark(
            "Covered faces",
            f"{covered[0]} at the entrance and {covered[1]} at the exit were read by the eyes alone for more than "
            f"{share(1 - ONE_WAY, 1)} of the readings. Whole faces are compared with whole faces, so these are left "
            "out.",
        )
    stateless = total.entrance.stateless, total.exit.stateless
    if any(stateless):
        yield Remark(
            "Too little read",
            f"{stateless[0]} at the entrance and {stateless[1]} at the exit have no state: that takes "
            f"{MIN_STATE_READINGS} usable readings over {MIN_STATE_S:g} s.",
        )
    for other in report.found.others:
        days = f"on {other.first}" if other.first == other.last else f"from {other.first} to {other.last}"
        yield Remark(
            "Read in another way",
            f"{_interactions(other.interactions)} {days} read by {other.way.reader} on scale {other.way.scale} "
            f"{_are(other.interactions)} left out, for readers and scales are never mixed; ask for the days on which "
            "one alone read.",
        )
    if report.undated:
        yield Remark(
            "No time of day",
            f"{_interactions(report.undated)} there {_are(report.undated)} in nothing, since nobody knows when the "
            "recording began; mien analyze takes it as --recorded-at.",
        )
    few = sum(cell.found.difference is None for cell in report.found.clock)
    if few:
        yield Remark(
            "Averages that are not shown",
            f"An average takes {FEWEST} states and an interval narrower than the limit. {few} of "
            f"{len(report.found.clock)} hours of the day have no difference, each with its reason in the table.",
        )


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


def _of(side: SideMean) -> str:
    return f"{side.states} of {side.seen} interactions ({share(side.states, side.seen)})"


def _interactions(n: int) -> str:
    return "1 interaction" if n == 1 else f"{n} interactions"


def _are(n: int) -> str:
    return "is" if n == 1 else "are"
