"""Visits as a table in the terminal, with what they say together beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table
from rich.text import Text

from mien.journey.visit_average import VisitAverage
from mien.report.figures import signed
from mien.visits import SELECTED

if TYPE_CHECKING:
    from rich.console import Console

    from mien.journey.visit import VisitScore
    from mien.report.visits import VisitsReport
    from mien.store import StoredVisit

_ROWS: Final = 50
"""Visits that are printed; the JSON document has all."""


def print_visits(console: Console, report: VisitsReport) -> None:
    """Print visits, the last ones where they are many, and their counts and mean.

    Args:
        console: Where to print.
        report: At least one visit.
    """
    shown = report.visits[-_ROWS:]
    where = "All sites" if report.site is None else report.site
    console.print(Text(f"{where}, times in {report.time_zone}", style="bold"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("began", no_wrap=True)
    if report.site is None:
        table.add_column("site", overflow="fold")
    table.add_column("on the way, with valence", overflow="fold")
    table.add_column("EPS, 95 % interval", overflow="fold")
    table.add_column("outcome", no_wrap=True)
    table.add_column("ended", overflow="fold")
    for visit in shown:
        site = (Text(visit.site),) if report.site is None else ()
        score = visit.score
        table.add_row(
            f"{report.day(visit.started_at)} {report.clock(visit.started_at)}",
            *site,
            Text(_way(report, visit)),
            "" if score is None else Text(_eps(score)),
            "" if score is None else score.outcome.value,
            "still open" if visit.ended is None else visit.ended.value,
        )
    console.print(table)
    if len(shown) < len(report.visits):
        console.print(Text(f"The last {len(shown)} of {len(report.visits)} visits; --json - tells all."))
    for sentence in sentences(report):
        console.print(Text(f"• {sentence}"))


def sentences(report: VisitsReport) -> list[str]:
    """What the visits say together, and what must be known to believe it, one sentence each."""
    ended = [f"{n} {'still open' if how is None else how.value}" for how, n in report.endings.items() if n]
    told = sum(score.eps is not None for score in report.scores)
    found = [
        f"{_visits(len(report.visits))}: {', '.join(ended)}.",
        f"{report.joined} joined over two touchpoints or more; {told} with an EPS.",
    ]
    if report.unscored:
        found.append(f"Without an EPS: {', '.join(f'{n} {why}' for why, n in report.unscored.items())}.")
    mean = report.average
    if isinstance(mean, VisitAverage):
        found.append(
            f"Mean EPS {signed(mean.mean, 1)}, 95 % between {signed(mean.low, 1)} and {signed(mean.high, 1)}, over "
            f"{mean.n} visits, those too whose own is not shown."
        )
        found.append(SELECTED)
    else:
        found.append(mean)
    uncalibrated = sum(score.eps_mean is not None and not score.calibrated for score in report.scores)
    if uncalibrated:
        found.append(
            f"{_visits(uncalibrated)} uncalibrated: nobody measured how the two cameras differ, so an error is assumed "
            "for it, and nothing may be compared with other sites."
        )
    return found


def _way(report: VisitsReport, visit: StoredVisit) -> str:
    """`door 14:00:00 −0.30 → till 14:05:12`: each touchpoint with its time and, where it is known, its state."""
    began = {member.interaction: member for member in visit.members}
    if visit.score is None:
        return " → ".join(
            f"{member.touchpoint or '?'} {report.clock(member.started_at)}" for member in visit.members
        )
    parts = []
    for stop in visit.score.stops:
        first = began.get(stop.interactions[0])
        time = "" if first is None else f" {report.clock(first.started_at)}"
        state = "" if stop.valence is None else f" {signed(stop.valence, 2)}"
        parts.append(f"{stop.touchpoint or '?'}{time}{state}")
    return " → ".join(parts)


def _eps(score: VisitScore) -> str:
    if score.eps is None:
        return score.reason or ""
    told = f"{signed(score.eps)} ({signed(score.eps_low)} to {signed(score.eps_high)})"
    return told if score.calibrated else f"{told}, uncalibrated"


def _visits(n: int) -> str:
    return f"{n} visit" if n == 1 else f"{n} visits"
