"""Entrance and exit over the hours of the day, and their difference beneath, as Altair charts of a page.

An hour without an average breaks the curve: nothing is drawn where nothing is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import altair as alt

from mien.insight import Verdict
from mien.report.charts import HEIGHT, WIDTH
from mien.report.hours import points
from mien.report.palette import light
from mien.report.timeline import Span, Tick

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mien.insight import Cell

_STEPS: Final = (1, 2, 5, 10, 20, 25, 50)
_MOST_TICKS: Final = 6
_ALONE: Final = 0.28
"""Half the width, in hours, that an hour is drawn with whose neighbours have no average."""


@dataclass(frozen=True, slots=True)
class Point:
    """What is known of one hour: when in the day (hours), and mean with 95 % interval in points.

    `alone_low` and `alone_high` are the ends of a difference's interval without the error of the cameras.
    """

    at: float
    value: float
    low: float
    high: float
    verdict: Verdict | None = None
    alone_low: float = 0.0
    alone_high: float = 0.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A point on the page: places in per cent from left and from top, and what a pointer is told there."""

    left: float
    top: float
    text: str
    verdict: Verdict | None


def series(cells: Sequence[Cell[int]]) -> tuple[list[Point], list[Point], list[Point]]:
    """Entrance, exit and difference of the hours of the day that have them, in points of the Happiness Index."""
    sides: tuple[list[Point], list[Point]] = ([], [])
    change: list[Point] = []
    for cell in cells:
        middle, found = cell.at + 0.5, cell.found
        for line, mean in zip(sides, (found.entrance.mean, found.exit.mean), strict=True):
            if mean is not None:
                line.append(Point(middle, points(mean.value), points(mean.low), points(mean.high)))
        if (one := found.difference) is not None:
            value, low, high = 50 * one.value, 50 * one.low, 50 * one.high
            alone = 50 * one.alone_low, 50 * one.alone_high
            change.append(Point(middle, value, low, high, found.verdict, *alone))
    return *sides, change


def hours_span(cells: Sequence[Cell[int]]) -> Span:
    """The hours of the day from the first to the last in which anybody was seen."""
    return Span(cells[0].at, cells[-1].at + 1)


def hour_ticks(span: Span) -> list[Tick]:
    """The full hours; on a narrow page every second or third is left out."""
    hours = range(int(span.start), int(span.end) + 1)
    every = 3 if len(hours) > 13 else 2
    return [Tick(span.percent(h), f"{h}:00", (h - hours[0]) % every != 0) for h in hours]


def value_span(drawn: Iterable[Point], *, zero: bool = False) -> tuple[Span, tuple[int, ...]]:
    """The values that a chart shows, with round ends, and those that are named.

    Args:
        drawn: All that is drawn in it.
        zero: Whether 0 belongs to it.

    Example:
        >>> value_span([Point(9.5, 52.0, 48.0, 57.0)])
        (Span(start=48.0, end=58.0), (48, 50, 52, 54, 56, 58))
    """
    ends = [end for point in drawn for end in (point.low, point.high)] + [0.0] * zero
    least, most = min(ends), max(ends)
    step = next((s for s in _STEPS if (most - least) / s <= _MOST_TICKS - 1), _STEPS[-1])
    first, last = math.floor(least / step), math.ceil(most / step)
    last = max(last, first + 1)
    return Span(float(first * step), float(last * step)), tuple(step * i for i in range(first, last + 1))


def dots(drawn: Iterable[Point], across: Span, up: Span, text: str) -> list[Dot]:
    """Where points stand on the page.

    Args:
        drawn: The points.
        across: The hours that are shown.
        up: The values that are shown.
        text: What they are, before the number.
    """
    return [
        Dot(
            across.percent(p.at),
            round(100 - up.percent(p.value), 2),
            f"{p.at - 0.5:.0f}:00 {text} {p.value:+.1f} ({p.low:+.1f} to {p.high:+.1f})"
            if p.verdict
            else f"{p.at - 0.5:.0f}:00 {text} {p.value:.1f} ({p.low:.1f} to {p.high:.1f})",
            p.verdict,
        )
        for p in drawn
    ]


def level_chart(entrance: Sequence[Point], exit_: Sequence[Point], across: Span, up: Span) -> alt.LayerChart:
    """The two curves with their bands, the bands behind both lines."""
    sides = ((entrance, "accent", "band"), (exit_, "other", "other-band"))
    bands = [_band(line, band, across, up) for line, _, band in sides]
    lines = [_line(line, colour, across, up) for line, colour, _ in sides]
    return alt.LayerChart(layer=[*bands, *lines]).properties(width=WIDTH, height=HEIGHT)


def difference_chart(change: Sequence[Point], across: Span, up: Span) -> alt.LayerChart:
    """The difference with its band, and within it the darker one that leaves out the error of the cameras."""
    bands = [_band(change, "sunken", across, up), _band(change, "neutral", across, up, "alone_")]
    layers = [*bands, _line(change, "ink", across, up)]
    return alt.LayerChart(layer=layers).properties(width=WIDTH, height=HEIGHT)


def _band(line: Sequence[Point], colour: str, across: Span, up: Span, which: str = "") -> alt.Chart:
    chart: alt.Chart = _base(line, across).mark_area(color=light(colour), interpolate="linear")
    return chart.encode(y=_values(f"{which}low", up), y2=f"{which}high:Q")


def _line(line: Sequence[Point], colour: str, across: Span, up: Span) -> alt.Chart:
    chart: alt.Chart = _base(line, across).mark_line(
        color=light(colour), strokeWidth=2.5, interpolate="linear", strokeJoin="round"
    )
    return chart.encode(y=_values("value", up))


def _base(line: Sequence[Point], across: Span) -> alt.Chart:
    scale = alt.Scale(domain=[across.start, across.end], nice=False)
    chart: alt.Chart = alt.Chart(alt.InlineData(values=_rows(line))).encode(
        x=alt.X("at:Q", title="hour of the day", scale=scale), detail="run:N"
    )
    return chart


def _values(name: str, up: Span) -> alt.Y:
    return alt.Y(f"{name}:Q", title="points", scale=alt.Scale(domain=[up.start, up.end], nice=False))


def _rows(line: Sequence[Point]) -> list[dict[str, float]]:
    """Rows with the number of their run of neighbouring hours."""
    rows: list[dict[str, float]] = []
    run = 0
    for number, point in enumerate(line):
        before = number > 0 and point.at - line[number - 1].at < 1.5
        after = number + 1 < len(line) and line[number + 1].at - point.at < 1.5
        run += not before
        shifts = (0.0,) if before or after else (-_ALONE, _ALONE)
        rows += [
            {
                "at": point.at + shift,
                "run": run,
                "value": point.value,
                "low": point.low,
                "high": point.high,
                "alone_low": point.alone_low,
                "alone_high": point.alone_high,
            }
            for shift in shifts
        ]
    return rows
