"""What must be said with entrance and exit compared per hour, the weightiest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.insight import Unit
from mien.insight.allowance import Allowance
from mien.insight.types import FEWEST
from mien.journey.thresholds import MIN_STATE_READINGS, MIN_STATE_S, ONE_WAY
from mien.report.figures import share
from mien.report.hours_cameras import COMPARED_AMONG_THEMSELVES, Remark, camera_remark, gap_remarks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mien.insight import SideMean
    from mien.report.hours import HoursReport


def remarks(report: HoursReport) -> list[Remark]:
    """What must be said with the numbers, the weightiest first."""
    return [*_what_it_is_not(report), *_how_it_came_about(report), *_what_is_missing(report)]


def _what_it_is_not(report: HoursReport) -> Iterator[Remark]:
    yield Remark(
        "Not the same people",
        "Nobody is followed. Who is seen at the exit in an hour came at another time, or was not seen at the entrance "
        "at all; over a whole day the two are nearest to being the same people.",
    )
    if (cameras := camera_remark(report.found)) is not None:
        yield cameras
        if report.found.cameras is not None and report.found.cameras.allowance is not Allowance.ONE:
            yield COMPARED_AMONG_THEMSELVES
    total = report.found.total
    yield Remark(
        "A selection",
        f"Compared are the faces that could be read: {_of(total.entrance)} at the entrance, {_of(total.exit)} at the "
        "exit. Who looks down, hurries by or is hidden is missing, at each side for reasons of its own.",
    )
    yield Remark("What is measured", "What faces show, not what anybody feels.")


def _how_it_came_about(report: HoursReport) -> Iterator[Remark]:
    found = report.found
    shared = found.cameras is not None and found.cameras.allowance is not Allowance.ONE
    told = [[cell.found for cell in found.clock], [cell.found for cell in found.days]]
    if any(sum(one.difference is not None for one in series) > 1 for series in told):
        yield Remark(
            "Many hours are looked at",
            "Each interval holds its own difference with 95 %. Among many, some miss by chance; the verdicts of hours "
            "and of days therefore come from wider intervals, all of which hold together with 95 %. So an hour whose "
            "interval leaves out 0 can still say that no difference is shown."
            + (
                " The error of the cameras, which all share, makes that surer, not less sure."
                if shared
                else ""
            ),
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
    yield from gap_remarks(report.watched)
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


def _of(side: SideMean) -> str:
    return f"{side.states} of {side.seen} interactions ({share(side.states, side.seen)})"


def _interactions(n: int) -> str:
    return "1 interaction" if n == 1 else f"{n} interactions"


def _are(n: int) -> str:
    return "is" if n == 1 else "are"
