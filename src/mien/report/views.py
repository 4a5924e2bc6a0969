"""What the page's template draws of one interaction: places in per cent, no words, no statistics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mien.expressions import EXPRESSIONS
from mien.journey.types import MomentKind, Outcome
from mien.report.charts import expression_chart, inline_svg, valence_chart
from mien.report.palette import STACK
from mien.report.timeline import Span, columns, runs, span_of, ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from mien.journey.types import Interaction, Moment, Score
    from mien.report.model import VideoReport
    from mien.report.timeline import Column, Tick

TONES: Final = {
    Outcome.IMPROVED: "good",
    Outcome.WORSENED: "bad",
    Outcome.UNCHANGED: "none",
    Outcome.UNCLEAR: "middling",
}
"""Colour of each outcome; the page says it with a shape and a word too."""
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


@dataclass(frozen=True, slots=True, eq=False)
class InteractionView:
    """Everything the template draws of one interaction; `still` where there is one single reading.

    One that is not `drawn` stands in the list only and has no charts.
    """

    key: str
    number: int
    video: VideoReport
    interaction: Interaction
    tone: str
    drawn: bool
    ticks: Sequence[Tick]
    still: bool
    curve: Markup | None
    mix: Markup | None
    windows: Sequence[Window]
    flags: Sequence[Flag]
    rows: int
    lanes: Sequence[Lane]
    labels: Sequence[AreaLabel]
    eps_gauge: Gauge | None
    hi_gauge: Gauge | None
    pointer: dict[str, Any]

    @property
    def score(self) -> Score:
        """The interaction's score."""
        return self.interaction.score


def interaction_view(
    number: int, video: VideoReport, interaction: Interaction, *, drawn: bool
) -> InteractionView:
    """What the template needs of the interaction with running number `number` (from 1)."""
    key = f"i{number}"
    score, span = interaction.score, span_of(interaction)
    records = columns(interaction.seconds, span) if drawn else []
    flags = _flags(score.moments, span)
    top = 200.0 if score.eps is not None and _reaches(score) > 100 else 100.0
    return InteractionView(
        key=key,
        number=number,
        video=video,
        interaction=interaction,
        tone=TONES[score.outcome],
        drawn=drawn,
        ticks=ticks(span),
        still=_points(interaction) < 2 and interaction.readings < 2,
        curve=inline_svg(valence_chart(interaction), f"{key}-curve")
        if drawn and _points(interaction) > 1
        else None,
        mix=inline_svg(expression_chart(interaction), f"{key}-mix") if runs(records) else None,
        windows=_windows(interaction, span),
        flags=flags,
        rows=max((flag.row + 1 for flag in flags), default=0),
        lanes=_lanes(records, interaction, span),
        labels=_labels(records, span),
        eps_gauge=_gauge(-top, top, score.eps_low, score.eps, score.eps_high),
        hi_gauge=_gauge(0.0, 100.0, score.hi_low, score.happiness_index, score.hi_high),
        pointer=_pointer(interaction, records, span),
    )


def _points(interaction: Interaction) -> int:
    return 0 if interaction.curve is None else len(interaction.curve.t_s)


def _reaches(score: Score) -> float:
    return max(abs(end) for end in (score.eps_low, score.eps_high, 0.0) if end is not None)


def _gauge(
    lowest: float, highest: float, low: float | None, at: float | None, high: float | None
) -> Gauge | None:
    if low is None or at is None or high is None:
        return None
    scale = Span(lowest, highest).percent
    left, right = scale(low), scale(high)
    return Gauge(lowest, highest, left, round(right - left, 2), scale(at))


def _windows(interaction: Interaction, span: Span) -> list[Window]:
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


def _flags(moments: Sequence[Moment], span: Span) -> list[Flag]:
    """Flags in rows, so that two close ones do not cover each other."""
    ends: list[float] = []
    flags = []
    for number, moment in enumerate(moments, 1):
        at = span.percent(moment.t_s)
        row = next((r for r, end in enumerate(ends) if at - end >= _FLAG_WIDTH), len(ends))
        ends[row : row + 1] = [at]
        flags.append(Flag(number, at, row, moment.kind is MomentKind.FALL, moment))
    return flags


def _lanes(drawn: Sequence[Column], interaction: Interaction, span: Span) -> list[Lane]:
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


def _labels(drawn: Sequence[Column], span: Span) -> list[AreaLabel]:
    """A name in every area that is somewhere thick enough to hold it, where it is thickest."""
    known = [(column, column.expressions) for column in drawn if column.expressions is not None]
    labels = []
    for level, name in enumerate(STACK):
        index = EXPRESSIONS.index(name)
        thickest = max(known, key=lambda pair: pair[1][index], default=None)
        if thickest is None or thickest[1][index] < _LABEL_SHARE:
            continue
        column, shares = thickest
        below = sum(shares[EXPRESSIONS.index(lower)] for lower in STACK[:level])
        middle = below + shares[index] / 2
        at = span.percent((column.start + column.end) / 2)
        labels.append(AreaLabel(name, min(max(at, 9.0), 91.0), round(100 - 100 * middle, 1)))
    return labels


def _pointer(interaction: Interaction, drawn: Sequence[Column], span: Span) -> dict[str, Any]:
    """What the page shows of the time that is pointed at."""
    curve = interaction.curve
    series = [] if curve is None else list(zip(curve.t_s, curve.valence, curve.low, curve.high, strict=True))
    return {
        "span": [span.start, span.end],
        "curve": [[_number(value) for value in point] for point in series],
        "columns": [
            [
                column.start,
                column.end,
                column.n,
                [round(100 * share) for share in column.expressions or ()],
                [[reason, count] for reason, count in column.left_out.items() if count],
            ]
            for column in drawn
        ],
    }


def _number(value: float) -> float | None:
    return round(float(value), 2) if math.isfinite(value) else None
