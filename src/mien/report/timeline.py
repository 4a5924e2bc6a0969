"""Places on the time axis that all charts of one interaction share, and the columns that are drawn on it."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.expressions import EXPRESSIONS
from mien.report.figures import clock
from mien.report.palette import STACK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mien.journey.types import Curve, Interaction, SecondRecord

MOST_COLUMNS: Final = 240
"""Columns a chart is drawn with at most: one in three or four pixels of a page."""
_STEPS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_TICKS: Final = 8


@dataclass(frozen=True, slots=True)
class Span:
    """The stretch of time that the charts of an interaction show, seconds in the stream, `end` > `start`."""

    start: float
    end: float

    def percent(self, t_s: float) -> float:
        """Where `t_s` lies from left (0) to right (100), held inside."""
        return round(min(max(100 * (t_s - self.start) / (self.end - self.start), 0.0), 100.0), 2)


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark on the time axis: its place (0..100), its text, and whether a narrow page leaves it out."""

    at: float
    text: str
    minor: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One or several seconds drawn as one.

    Attributes:
        start: Seconds in the stream.
        end: Where the next one begins at the earliest.
        n: Usable readings.
        expressions: (8,) mean shares over the usable readings; `None` where n is 0.
        left_out: Readings left out, by reason.
    """

    start: float
    end: float
    n: int
    expressions: tuple[float, ...] | None
    left_out: Mapping[str, int]

    @property
    def total(self) -> int:
        """Readings, usable or not."""
        return self.n + sum(self.left_out.values())


def span_of(interaction: Interaction) -> Span:
    """Whole seconds around an interaction, at least one."""
    start = float(math.floor(interaction.start_s))
    return Span(start, max(float(math.ceil(interaction.end_s)), start + 1.0))


def ticks(span: Span) -> list[Tick]:
    """Round times inside `span`, at most eight; every second one is minor."""
    width = span.end - span.start
    step = next((s for s in _STEPS if width / s <= _TICKS), 3600 * math.ceil(width / 3600 / _TICKS))
    first, last = math.ceil(span.start / step - 1e-9), math.floor(span.end / step + 1e-9)
    digits = 1 if step < 1 else 0
    return [
        Tick(span.percent(i * step), clock(i * step, digits), (i - first) % 2 == 1)
        for i in range(first, last + 1)
    ]


def columns(seconds: Sequence[SecondRecord], span: Span) -> list[Column]:
    """The 1 Hz records as at most `MOST_COLUMNS` columns, neighbours merged by their readings."""
    step = max(1, math.ceil((span.end - span.start) / MOST_COLUMNS))
    groups: dict[int, list[SecondRecord]] = {}
    for second in seconds:
        groups.setdefault(int((second.t_s - span.start) // step), []).append(second)
    return [_merged(span.start + place * step, step, groups[place]) for place in sorted(groups)]


def runs(drawn: Sequence[Column]) -> list[list[Column]]:
    """The columns that have usable readings, split where one is missing in between."""
    found: list[list[Column]] = []
    for column in drawn:
        if column.expressions is None:
            continue
        if found and abs(found[-1][-1].end - column.start) < 1e-6:
            found[-1].append(column)
        else:
            found.append([column])
    return found


def _merged(start: float, step: int, members: Sequence[SecondRecord]) -> Column:
    n = sum(second.n for second in members)
    left_out: Counter[str] = Counter()
    sums = [0.0] * len(EXPRESSIONS)
    for second in members:
        left_out.update(second.left_out)
        for k, part in enumerate(second.expressions or ()):
            sums[k] += part * second.n
    shares = tuple(part / n for part in sums) if any(second.expressions for second in members) else None
    return Column(start, start + step, n, shares, dict(left_out))


def curve_rows(curve: Curve | None) -> list[dict[str, float]]:
    """Rows of a curve with the number of its run; a run of one point is drawn a fifth of a second wide.

    The band is held inside the range of valence.
    """
    if curve is None:
        return []
    rows: list[dict[str, float]] = []
    known = np.isfinite(curve.valence)
    starts = np.flatnonzero(known & ~np.concatenate(([False], known[:-1])))
    ends = np.flatnonzero(known & ~np.concatenate((known[1:], [False]))) + 1
    for number, (first, last) in enumerate(zip(starts, ends, strict=True)):
        alone = (-0.1, 0.1) if last - first == 1 else (0.0,)
        rows += [
            {
                "t": round(float(curve.t_s[i]) + shift, 3),
                "run": number,
                "valence": float(curve.valence[i]),
                "low": max(float(curve.low[i]), -1.0),
                "high": min(float(curve.high[i]), 1.0),
            }
            for i in range(first, last)
            for shift in alone
        ]
    return rows


def edges_of(run: list[Column]) -> list[tuple[float, Column]]:
    """Middles of the columns, and the two ends of the run."""
    middles = [((column.start + column.end) / 2, column) for column in run]
    return [(run[0].start, run[0]), *middles, (run[-1].end, run[-1])]


def stacked(shares: tuple[float, ...]) -> list[tuple[str, float, float]]:
    """Name, lower edge and share of every layer, from below."""
    layers, below = [], 0.0
    for name in STACK if shares else ():
        share = shares[EXPRESSIONS.index(name)]
        layers.append((name, below, share))
        below += share
    return layers
