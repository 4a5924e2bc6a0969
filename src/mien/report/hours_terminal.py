"""Entrance and exit per hour, as tables in the terminal, with what must be said beside the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

from mien.insight import Unit, Verdict
from mien.report.figures import plain
from mien.report.hours import difference_text, headline, points
from mien.report.hours_cameras import camera_line, gap_text
from mien.report.hours_remarks import remarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from mien.insight import Compared, SideMean
    from mien.insight.coverage import Missing
    from mien.report.hours import HoursReport

_MARKS: Final = {
    Verdict.HIGHER: ("▲ higher", "green"),
    Verdict.LOWER: ("▼ lower", "red"),
    Verdict.NONE: ("= not shown", ""),
    Verdict.UNKNOWN: ("cannot tell", "dim"),
}

_ROOMY: Final = 100
"""Columns of a terminal from which on columns of a table stand further apart."""


def print_hours(console: Console, report: HoursReport) -> None:
    """Print what the whole time says, the hours of the day, the days, and what must be known with it.

    Args:
        console: Where to print; 80 columns are enough.
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
    if (cameras := camera_line(found)) is not None:
        console.print(Text(f"{': '.join(cameras)}."))
    console.print()
    missed = report.watched.missed
    _print(console, "", [(_whole(found.total), found.total, missed.total)])
    by_clock = "Hours" if report.one_day else "Hours of the day, the days taken together"
    _print(
        console,
        by_clock,
        [(f"{cell.at:02d}:00", cell.found, missed.clock.get(cell.at, ())) for cell in found.clock],
    )
    if not report.one_day:
        _print(
            console, "Days", [(f"{cell.at}", cell.found, missed.days.get(cell.at, ())) for cell in found.days]
        )
    for remark in remarks(report):
        console.print(Text(f"• {remark.head}. {remark.text}"))


def _whole(total: Compared) -> str:
    return f"{total.days} days" if total.unit is Unit.DAY else "all"


def _print(console: Console, title: str, rows: Sequence[tuple[str, Compared, Sequence[Missing]]]) -> None:
    """A table, and below it why numbers are missing, and when cameras were not read; such rows have a star."""
    if not rows:
        return
    gap = (0, 2 if console.width >= _ROOMY else 1, 0, 0)
    table = Table(
        title=title, title_justify="left", box=None, pad_edge=False, padding=gap, header_style="bold"
    )
    table.add_column("", no_wrap=True, min_width=5)
    for name in ("entrance", "exit"):
        table.add_column("used/seen", justify="right", no_wrap=True)
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("difference", justify="right", no_wrap=True)
    table.add_column("at the exit", no_wrap=True)
    for name, found, missing in rows:
        difference = found.difference
        told = (
            "–" if difference is None else difference_text(difference.value, difference.low, difference.high)
        )
        mark, style = _MARKS[found.verdict]
        table.add_row(
            f"{name}{'*' * bool(missing)}",
            *_side(found.entrance),
            *_side(found.exit),
            told,
            Text(mark, style=style),
        )
    console.print(table)
    for name, found, missing in rows:
        if found.reason is not None:
            console.print(Text(f"{name} cannot tell: {found.reason}.", style="dim"))
        if missing:
            console.print(Text(f"{name}* not read: {gap_text(missing)}.", style="yellow"))
    console.print()


def _side(side: SideMean) -> tuple[str, str]:
    """Counts, and the mean with its interval; an index is never negative, so the dash is no sign."""
    mean = side.mean
    index = (
        "–"
        if mean is None
        else f"{plain(points(mean.value))} ({plain(points(mean.low))}–{plain(points(mean.high))})"
    )
    return f"{side.states}/{side.seen}", index
