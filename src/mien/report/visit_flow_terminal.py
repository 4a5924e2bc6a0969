"""What joined visits say together, as tables in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from mien.report.flow_terminal import quantile_words, share_words, table_of
from mien.report.visit_flow import MISSED
from mien.visits import SELECTED

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from mien.insight import VisitFlow


def print_visit_flow(console: Console, flow: VisitFlow) -> None:
    """Print how long joined visits lasted and which ways they went, and how many could not be joined.

    Args:
        console: Where to print.
        flow: At least one visit.
    """
    for table in (_touchpoints(flow), _ways(flow), _steps(flow)):
        if table.row_count:
            console.print(table)
    for sentence in _sentences(flow):
        console.print(Text(f"• {sentence}"))


def _sentences(flow: VisitFlow) -> list[str]:
    """What must be known to believe the numbers, one sentence each."""
    found = [
        f"Joined from two touchpoints or more: {flow.joined} of {flow.visits} visits, {share_words(flow.joined_share)}."
    ]
    through = flow.through
    if through.median.value_s is not None:
        found.append(
            f"From the entrance to the exit half stayed no longer than {quantile_words(through.median)}, of "
            f"{through.n} seen at both."
        )
    else:
        found.append(f"From the entrance to the exit: {through.median.reason}.")
    if flow.others:
        found.append(f"Other ways: {flow.others} visits.")
    return [*found, SELECTED, MISSED]


def _touchpoints(flow: VisitFlow) -> Table:
    table = table_of(
        "At each touchpoint", "touchpoint", "half in view no longer than", "seen", "of these joined"
    )
    for one in flow.parts:
        stay = flow.stops.get(one.touchpoint)
        table.add_row(
            Text(one.touchpoint),
            "–" if stay is None else quantile_words(stay.median),
            str(one.seen),
            share_words(one.share),
        )
    return table


def _ways(flow: VisitFlow) -> Table:
    table = table_of("Ways", "way", "visits", "of the joined")
    for path in flow.paths:
        table.add_row(Text(" → ".join(path.stops)), str(path.n), share_words(path.share))
    return table


def _steps(flow: VisitFlow) -> Table:
    table = table_of("From one touchpoint to the next", "step", "times", "of all from there")
    for leaving in flow.leaving:
        for step in leaving.steps:
            to = "not seen again" if step.to is None else step.to
            table.add_row(Text(f"{leaving.touchpoint} → {to}"), str(step.n), share_words(step.share))
    return table
