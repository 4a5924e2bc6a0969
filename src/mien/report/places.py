"""Where the parts of an interaction's charts stand, in per cent of their place: pages draw them, each in its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mien.expressions import EXPRESSIONS
from mien.journey.types import MomentKind
from mien.report.palette import STACK
from mien.report.timeline import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.journey.types import Interaction, Moment
    from mien.report.timeline import Column

_FLAG_WIDTH: Final = 7.0  # per cent of the narrowest plot that a flag takes
_LABEL_SHARE: Final = 0.22  # a layer thinner than this carries no name of its own


@dataclass(frozen=True, slots=True)
class Block:
    """A bar from left to right (0..100), `height` 0..100."""

    left: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Window:
    """The first or the last window, whose mean valence is one end of the EPS."""

    left: float
    width: float
    valence: float
    top: float


@dataclass(frozen=True, slots=True)
class Flag:
    """One moment: its number, where it stands, in which row of the rail, and the moment itself."""

    number: int
    at: float
    row: int
    fall: bool
    moment: Moment


@dataclass(frozen=True, slots=True)
class Lane:
    """Where readings counted (`reason` is `None`) or were left out for one reason."""

    reason: str | None
    count: int
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class AreaLabel:
    """The name of an expression, written into its area."""

    name: str
    left: float
    top: float


@dataclass(frozen=True, slots=True)
class Gauge:
    """An estimate with its interval on a scale; all places 0..100 from left to right."""

    lowest: float
    highest: float
    low: float
    width: float
    at: float


def gauge_of(
    lowest: float, highest: float, low: float | None, at: float | None, high: float | None
) -> Gauge | None:
    """An estimate with its interval on a scale; `None` where it is not shown."""
    if low is None or at is None or high is None:
        return None
    scale = Span(lowest, highest).percent
    left, right = scale(low), scale(high)
    return Gauge(lowest, highest, left, round(right - left, 2), scale(at))


def windows_of(interaction: Interaction, span: Span) -> list[Window]:
    """The first and the last window; empty where there is no EPS."""
    score, curve = interaction.score, interaction.curve
    if (
        curve is None
        or score.window_s is None
        or score.initial_valence is None
        or score.final_valence is None
    ):
        return []
    first, last = float(curve.t_s[0]), float(curve.t_s[-1])
    return [
        Window(
            span.percent(a), round(span.percent(b) - span.percent(a), 2), valence, round(50 - 50 * valence, 2)
        )
        for a, b, valence in (
            (first, first + score.window_s, score.initial_valence),
            (last - score.window_s, last, score.final_valence),
        )
    ]


def flags_of(moments: Sequence[Moment], span: Span) -> list[Flag]:
    """Flags in rows, so that two close ones do not cover each other."""
    ends: list[float] = []
    found = []
    for number, moment in enumerate(moments, 1):
        at = span.percent(moment.t_s)
        row = next((r for r, end in enumerate(ends) if at - end >= _FLAG_WIDTH), len(ends))
        ends[row : row + 1] = [at]
        found.append(Flag(number, at, row, moment.kind is MomentKind.FALL, moment))
    return found


def lanes_of(drawn: Sequence[Column], interaction: Interaction, span: Span) -> list[Lane]:
    """Where readings counted, then where they were left out, by reason, the most frequent first."""
    reasons = sorted(interaction.left_out, key=lambda reason: -interaction.left_out[reason])
    used = Lane(None, interaction.score.n, _blocks([(c, c.n) for c in drawn], span))
    return [
        used,
        *(
            Lane(
                reason,
                interaction.left_out[reason],
                _blocks([(c, c.left_out.get(reason, 0)) for c in drawn], span),
            )
            for reason in reasons
            if interaction.left_out[reason]
        ),
    ]


def _blocks(counts: Sequence[tuple[Column, int]], span: Span) -> list[Block]:
    """Bars as high as the share of each column's readings; equal neighbours become one."""
    blocks: list[Block] = []
    for column, count in counts:
        if not count:
            continue
        left, right = span.percent(column.start), span.percent(column.end)
        height = float(max(12, round(100 * count / column.total)))
        before = blocks[-1] if blocks else None
        if before and before.height == height and abs(before.left + before.width - left) < 0.02:
            blocks[-1] = Block(before.left, round(right - before.left, 2), height)
        else:
            blocks.append(Block(left, round(right - left, 2), height))
    return blocks


def labels_of(drawn: Sequence[Column], span: Span) -> list[AreaLabel]:
    """A name in every area that is somewhere thick enough to hold it, where it is thickest."""
    known = [(column, column.expressions) for column in drawn if column.expressions is not None]
    found = []
    for level, name in enumerate(STACK):
        index = EXPRESSIONS.index(name)
        thickest = max(known, key=lambda pair: pair[1][index], default=None)
        if thickest is None or thickest[1][index] < _LABEL_SHARE:
            continue
        column, shares = thickest
        below = sum(shares[EXPRESSIONS.index(lower)] for lower in STACK[:level])
        middle = below + shares[index] / 2
        at = span.percent((column.start + column.end) / 2)
        found.append(AreaLabel(name, min(max(at, 9.0), 91.0), round(100 - 100 * middle, 1)))
    return found
