"""What `mien run` counted, as tables in the terminal, with the self-checks of the whole site beside the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from mien.report.flow_terminal import door_checks, print_tables, seen_checks, table_of
from mien.report.visit_flow_terminal import print_visit_flow

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from mien.report.flow_stored import StoredCamera, StoredFlow


def print_stored_flow(console: Console, flow: StoredFlow) -> None:
    """Print what was counted at each camera, whether it fits together at the doors, and what joined visits say.

    Args:
        console: Where to print.
        flow: What was counted.
    """
    one_day = flow.first == flow.last
    days = f"{flow.first:%a %Y-%m-%d}" + ("" if one_day else f" to {flow.last:%a %Y-%m-%d}")
    for camera in flow.cameras:
        console.print(Text(f"{flow.site}, camera {camera.camera}: {days}", style="bold"))
        print_tables(console, camera, flow.settings, periods=one_day)
        for sentence in _camera_checks(camera):
            console.print(Text(f"• {sentence}"))
        console.print()
    if flow.days:
        console.print(Text(f"{flow.site}, all doors: {', '.join(flow.doors)}", style="bold"))
        console.print(_days(flow))
        for one in flow.days:
            for sentence in door_checks(one.balance, unjudged=one.unjudged):
                console.print(Text(f"• {'' if one_day else f'{one.day}: '}{sentence}"))
    if flow.visits is not None and flow.visits.visits:
        console.print()
        console.print(Text(f"{flow.site}, visits from door to door", style="bold"))
        print_visit_flow(console, flow.visits)


def _camera_checks(camera: StoredCamera) -> list[str]:
    found = seen_checks(camera)
    summed = camera.summed
    if summed.partly:
        found.append(f"Seen in part only: {summed.partly} of {summed.periods} periods.")
    if summed.twice:
        found.append(
            f"Two streams saw the same time in {summed.twice} periods; of each the one that was watched longer counts."
        )
    return found


def _days(flow: StoredFlow) -> Table:
    table = table_of(
        "Doors of the site", "day", "in", "out", "closed at", "inside then", "in minus out", "seen"
    )
    for one in flow.days:
        balance = one.balance
        table.add_row(
            f"{one.day:%a %Y-%m-%d}",
            str(balance.came_in),
            str(balance.went_out),
            "–" if one.closed_at is None else f"{one.closed_at:%H:%M}",
            "–" if one.inside is None else f"{one.inside:+d}" if one.inside else "0",
            f"{balance.net:+d}" if balance.net else "0",
            "all" if not balance.gaps else f"{balance.periods - balance.gaps} of {balance.periods} periods",
        )
    return table
