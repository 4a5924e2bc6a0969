"""Entrance and exit per hour, as tables in the terminal, with what must be said beside the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table
from rich.text import Text

from mien.insight import Unit, Verdict
from mien.report.figures import plain
from mien.report.hours import clock_name, difference_text, headline, points, remarks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from mien.insight import Compared, SideMean
    from mien.report.hours import HoursReport

_MARKS: Final = {
    Verdict.HIGHER: ("▲ ", "green"),
    Verdict.LOWER: ("▼ ", "red"),
    Verdict.NONE: ("= ", ""),
    Verdict.UNKNOWN: ("", "dim"),
}


def print_hours(console: Console, report: HoursReport) -> None:
    """Print what the whole time says, the hours of the day, the days, and what must be known with it.

    Args:
        console: Where to print.
        report: What was compared.
    """
    found = report.found
    made_up = ", simulated" if report.simulated else ""
    console.print(Text(f"{report.site}, {report.span}{made_up}", style="bold"))
    console.print(Text(headline(report), style="bold"))
    entrance, exit_ = (", ".join(names) for names in (report.entrance, report.exit))
    console.print(
        Text(f"Entrance: {entrance}. Exit: {exit_}. Happiness Index, 0 to 100, with 95 % intervals.")
    )
    console.print(_table("", [(_whole(found.total), found.total)]))
    by_clock = "Hours" if report.one_day else "Hours of the day, the days taken together"
    if found.clock:
        console.print(_table(by_clock, [(clock_name(cell.at), cell.found) for cell in found.clock]))
    if not report.one_day and found.days:
        console.print(_table("Days", [(f"{cell.at:%a %Y-%m-%d}", cell.found) for cell in found.days]))
    for remark in remarks(report):
        console.print(Text(f"• {remark.head}. {remark.text}"))


def _whole(total: Compared) -> str:
    return f"all, mean of {total.days} days" if total.unit is Unit.DAY else "all"


def _table(title: str, rows: Iterable[tuple[str, Compared]]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for name in ("entrance", "exit"):
        table.add_column(f"{name}\ncompared/seen", justify="right", no_wrap=True)
        table.add_column(f"{name}\nindex", justify="right", overflow="fold")
    table.add_column("exit minus\nentrance", justify="right", overflow="fold")
    table.add_column("", overflow="fold")
    for name, found in rows:
        difference = found.difference
        told = (
            "–" if difference is None else difference_text(difference.value, difference.low, difference.high)
        )
        mark, style = _MARKS[found.verdict]
        verdict = f"{mark}{found.verdict}" + (f": {found.reason}" if found.reason else "")
        table.add_row(name, *_side(found.entrance), *_side(found.exit), told, Text(verdict, style=style))
    return table


def _side(side: SideMean) -> tuple[str, str]:
    mean = side.mean
    index = (
        "–"
        if mean is None
        else f"{plain(points(mean.value))} ({plain(points(mean.low))} to {plain(points(mean.high))})"
    )
    return f"{side.states}/{side.seen}", index
