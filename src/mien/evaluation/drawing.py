"""What the page's template draws: places in per cent, no words, no statistics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mien.expressions import EXPRESSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mien.evaluation.reliability import ReliabilityPoint
    from mien.evaluation.results import Evaluation
    from mien.evaluation.types import Estimate

_STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0)
_MOST_TICKS: Final = 6
_GREATEST: Final = 100.0


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from left to right.

    Attributes:
        low: Value at the left edge.
        high: Value at the right edge.
        ticks: Values that are named.
    """

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Place of a value, 0 left .. 100 right; what lies beyond the edges is drawn at them.

        Example:
            >>> Axis(0.0, 2.0, ()).at(0.5), Axis(0.0, 2.0, ()).at(7.0)
            (25.0, 100.0)
        """
        place = 100.0 * (value - self.low) / (self.high - self.low)
        return round(min(max(place, 0.0), _GREATEST), 2)


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure on an axis: its place, and left edge and width of its interval (`None` without one)."""

    at: float
    left: float | None
    width: float | None


@dataclass(frozen=True, slots=True)
class Dot:
    """One point of a reliability diagram: place from left and top, 0..100, and radius."""

    x: float
    y: float
    r: float


@dataclass(frozen=True, slots=True)
class Diagram:
    """The reliability diagram of one expression."""

    name: str
    dots: tuple[Dot, ...]
    line: str
    n: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the confusion matrix: pictures, and their share of the row."""

    count: int
    share: float
    right: bool


def axis(values: Iterable[float | None], low: float | None = None, high: float | None = None) -> Axis:
    """An axis that holds all values, with round ends and few round ticks.

    Args:
        values: Figures and ends of intervals.
        low: Left edge, where it is fixed.
        high: Right edge, where it is fixed.

    Example:
        >>> axis([0.71, 0.93], high=1.0)
        Axis(low=0.7, high=1.0, ticks=(0.7, 0.8, 0.9, 1.0))
    """
    known = [v for v in values if v is not None and math.isfinite(v)] or [0.0, 1.0]
    least = min(known) if low is None else low
    most = max(known) if high is None else high
    span = max(most - least, 1e-6)
    step = next((s for s in _STEPS if span / s <= _MOST_TICKS - 1), _STEPS[-1])
    first = math.floor(least / step + 1e-9) if low is None else math.ceil(low / step - 1e-9)
    last = math.ceil(most / step - 1e-9) if high is None else math.floor(high / step + 1e-9)
    last = max(last, first + 1)
    ticks = tuple(round(i * step, 6) for i in range(first, last + 1))
    return Axis(ticks[0] if low is None else low, ticks[-1] if high is None else high, ticks)


def axis_over(estimates: Iterable[Estimate], low: float | None = None, high: float | None = None) -> Axis:
    """The axis that holds figures with their intervals."""
    return axis((v for e in estimates for v in (e.value, e.low, e.high)), low, high)


def mark(scale: Axis, found: Estimate) -> Mark | None:
    """Where a figure is drawn; `None` where it has no value."""
    if found.value is None:
        return None
    if found.low is None or found.high is None:
        return Mark(scale.at(found.value), None, None)
    left = scale.at(found.low)
    return Mark(scale.at(found.value), left, round(scale.at(found.high) - left, 2))


def diagrams(found: Evaluation) -> tuple[Diagram, ...]:
    """The reliability diagrams of the expressions of the set."""
    return tuple(_diagram(EXPRESSIONS[k], found.reliability[k]) for k in found.selection.classes)


def _diagram(name: str, points: Sequence[ReliabilityPoint]) -> Diagram:
    total = max(sum(point.n for point in points), 1)
    # area, not radius, tells how many pictures a point stands for
    dots = tuple(
        Dot(
            round(100 * p.predicted, 1),
            round(100 - 100 * p.true, 1),
            round(1.6 + 6.0 * math.sqrt(p.n / total), 2),
        )
        for p in points
    )
    return Diagram(name, dots, " ".join(f"{dot.x},{dot.y}" for dot in dots), total)


def confusion_cells(found: Evaluation) -> tuple[tuple[str, int, tuple[Cell, ...]], ...]:
    """Name, pictures and cells of each row of the confusion matrix, for the expressions of the set."""
    shown = list(found.selection.classes)
    out = []
    for i in shown:
        counts = found.confusion[i][shown]
        total = int(counts.sum())
        row = tuple(
            Cell(int(count), float(count) / max(total, 1), i == j)
            for j, count in zip(shown, counts, strict=True)
        )
        out.append((EXPRESSIONS[i], total, row))
    return tuple(out)
