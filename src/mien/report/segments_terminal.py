"""Segments as a table in the terminal, with what must be known beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table
from rich.text import Text

from mien.insight import SegmentVerdict
from mien.insight.types import FEWEST
from mien.report.figures import plain, signed

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from mien.insight import SegmentMean
    from mien.report.segments import SegmentsReport

_MARKS: Final = {
    SegmentVerdict.HIGHER: ("▲ ", "green"),
    SegmentVerdict.LOWER: ("▼ ", "red"),
    SegmentVerdict.NONE: ("", ""),
    SegmentVerdict.UNKNOWN: ("", "dim"),
}


def print_segments(console: Console, report: SegmentsReport) -> None:
    """Print the segments and the remarks.

    Args:
        console: Where to print; 80 columns are enough.
        report: What was compared.
    """
    days = str(report.first) if report.first == report.last else f"{report.first} to {report.last}"
    console.print(Text(f"{report.site}, {days}, by apparent {_by(report)}, unadjusted", style="bold"))
    console.print(
        Text(f"At {', '.join(report.touchpoints)}. EPS and Happiness Index (HI) with 95 % intervals.")
    )
    if report.rows:
        console.print(_table(report))
    else:
        console.print(
            Text(
                f"No segment by {_by(report)} has {FEWEST} interactions of a kind at a touchpoint on a day.",
                style="bold",
            )
        )
    for remark in report.remarks:
        console.print(Text(f"• {remark}"))


def _by(report: SegmentsReport) -> str:
    return {"both": "age and gender", "age": "age", "gender": "gender"}[report.by]


def _table(report: SegmentsReport) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("segment", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    for name in ("mean", "minus all others"):
        table.add_column(name, overflow="fold")
    for row in report.rows:
        for name, mean, digits in (("EPS", row.eps, signed), ("HI", row.index, plain)):
            first = name == "EPS"
            shown = mean.reason if mean.mean is None else _ends(mean, digits)
            text, style = _verdict(mean)
            table.add_row(
                Text(str(row.segment) if first else ""),
                f"{mean.interactions}",
                Text(f"{name} {shown}", style="" if mean.mean is not None else "dim"),
                Text(text, style=style),
            )
        table.add_section()
    return table


def _ends(mean: SegmentMean, digits: Callable[[float], str]) -> str:
    assert mean.mean is not None
    return f"{digits(mean.mean.value)} ({digits(mean.mean.low)} to {digits(mean.mean.high)})"


def _verdict(mean: SegmentMean) -> tuple[str, str]:
    """What the difference says, in a word with its numbers."""
    mark, style = _MARKS[mean.verdict]
    if mean.difference is None:
        return f"{mark}{mean.verdict}", style
    ends = f"{signed(mean.difference.low)} to {signed(mean.difference.high)}"
    word = {SegmentVerdict.HIGHER: "higher", SegmentVerdict.LOWER: "lower"}.get(
        mean.verdict, str(mean.verdict)
    )
    return f"{mark}{word}, {signed(mean.difference.value)} ({ends})", style
