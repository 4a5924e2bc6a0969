"""The charts of one interaction as outlines and places that a template draws: all times from its beginning on."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.report.places import flags_of, labels_of, lanes_of, windows_of
from mien.report.timeline import columns, curve_rows, edges_of, runs, span_of, stacked, ticks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mien.journey.types import Curve, Interaction
    from mien.report.places import AreaLabel, Flag, Lane, Window
    from mien.report.timeline import Column, Span, Tick

WIDE: Final = 1000
"""Width of the box that outlines are drawn in; a page stretches it."""
HIGH: Final = 200
"""Its height: valence 1 is at 0, -1 at the foot."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The area of one expression.

    Attributes:
        name: Of the expression.
        outline: Of its areas, one for each stretch without a gap.
    """

    name: str
    outline: str


@dataclass(frozen=True, slots=True)
class Line:
    """A second in numbers, for whoever reads rather than looks.

    Attributes:
        at_s: Where it begins, seconds from the beginning of the interaction.
        valence: Of the curve in its midst; `None` in a gap.
        low: Lower end of the band.
        high: Upper end.
        n: Usable readings.
        left_out: Readings left out, by reason.
    """

    at_s: float
    valence: float | None
    low: float | None
    high: float | None
    n: int
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that a template draws of one interaction; outlines are paths of SVG.

    Attributes:
        seconds: How long the time axis is.
        ticks: Marks on it.
        band: The 95 % band of the curve; empty where there is no curve.
        curve: The curve.
        windows: First and last window, whose difference is the EPS.
        flags: Its moments.
        rows: Rows of flags.
        layers: Shares of the expressions, from below.
        labels: Names of areas that are thick enough.
        lanes: When readings counted, and when they were left out.
        lines: All of it in numbers.
    """

    seconds: float
    ticks: Sequence[Tick]
    band: str
    curve: str
    windows: Sequence[Window]
    flags: Sequence[Flag]
    rows: int
    layers: Sequence[Layer]
    labels: Sequence[AreaLabel]
    lanes: Sequence[Lane]
    lines: Sequence[Line]


def drawing_of(interaction: Interaction) -> Drawing:
    """The charts of an interaction."""
    one = _from_zero(interaction)
    span = span_of(one)
    records = columns(one.seconds, span)
    flags = flags_of(one.score.moments, span)
    band, curve = _curve(one.curve, span)
    return Drawing(
        seconds=span.end - span.start,
        ticks=ticks(span),
        band=band,
        curve=curve,
        windows=windows_of(one, span),
        flags=flags,
        rows=max((flag.row + 1 for flag in flags), default=0),
        layers=_layers(records, span),
        labels=labels_of(records, span),
        lanes=lanes_of(records, one, span),
        lines=[_line(column, one.curve) for column in records],
    )


def _from_zero(interaction: Interaction) -> Interaction:
    """The same as if the stream had begun with the second in which it begins: a stream may last for days."""
    begin = math.floor(interaction.start_s)
    score, curve = interaction.score, interaction.curve
    return replace(
        interaction,
        start_s=interaction.start_s - begin,
        end_s=interaction.end_s - begin,
        score=replace(score, moments=tuple(replace(m, t_s=m.t_s - begin) for m in score.moments)),
        curve=None if curve is None else replace(curve, t_s=curve.t_s - begin),
        seconds=tuple(replace(second, t_s=second.t_s - begin) for second in interaction.seconds),
    )


def _curve(curve: Curve | None, span: Span) -> tuple[str, str]:
    """Outlines of the band and of the curve, broken at gaps."""
    bands, lines = [], []
    for _, run in groupby(curve_rows(curve), key=lambda row: row["run"]):
        points = list(run)
        upper = [(row["t"], row["high"]) for row in points]
        lower = [(row["t"], row["low"]) for row in reversed(points)]
        bands.append(_path([_at(t, v, span) for t, v in upper + lower]) + "Z")
        lines.append(_path([_at(row["t"], row["valence"], span) for row in points]))
    return "".join(bands), "".join(lines)


def _layers(records: Sequence[Column], span: Span) -> list[Layer]:
    outlines: dict[str, str] = {}
    for run in runs(records):
        edges: dict[str, list[tuple[float, float, float]]] = {}
        for t, column in edges_of(run):
            for name, below, share in stacked(column.expressions or ()):
                edges.setdefault(name, []).append((t, below, below + share))
        for name, places in edges.items():
            top = [_share(t, high, span) for t, _, high in places]
            foot = [_share(t, low, span) for t, low, _ in reversed(places)]
            outlines[name] = outlines.get(name, "") + _path(top + foot) + "Z"
    return [Layer(name, outline) for name, outline in outlines.items()]


def _at(t: float, valence: float, span: Span) -> tuple[float, float]:
    return span.percent(t) * WIDE / 100, HIGH * (1 - valence) / 2


def _share(t: float, share: float, span: Span) -> tuple[float, float]:
    return span.percent(t) * WIDE / 100, HIGH * (1 - share)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _line(column: Column, curve: Curve | None) -> Line:
    at = (column.start + column.end) / 2
    valence, low, high = (None, None, None) if curve is None else _read(curve, at)
    return Line(column.start, valence, low, high, column.n, column.left_out)


def _read(curve: Curve, t: float) -> tuple[float | None, float | None, float | None]:
    """The curve at a time, with its band; nothing outside it and in its gaps."""
    if not curve.t_s.size or not curve.t_s[0] - 0.5 <= t <= curve.t_s[-1] + 0.5:
        return None, None, None
    read = [float(np.interp(t, curve.t_s, part)) for part in (curve.valence, curve.low, curve.high)]
    if any(map(math.isnan, read)):
        return None, None, None
    return read[0], max(read[1], -1.0), min(read[2], 1.0)
