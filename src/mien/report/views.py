"""What the page's template draws of one interaction: places in per cent, no words, no statistics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mien.journey.types import Outcome
from mien.report.charts import expression_chart, inline_svg, valence_chart
from mien.report.places import flags_of, gauge_of, labels_of, lanes_of, windows_of
from mien.report.timeline import columns, runs, span_of, ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from mien.journey.types import Interaction, Score
    from mien.report.model import VideoReport
    from mien.report.places import AreaLabel, Flag, Gauge, Lane, Window
    from mien.report.timeline import Column, Span, Tick

TONES: Final = {
    Outcome.IMPROVED: "good",
    Outcome.WORSENED: "bad",
    Outcome.UNCHANGED: "none",
    Outcome.UNCLEAR: "middling",
}
"""Colour of each outcome; the page says it with a shape and a word too."""


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
    flags = flags_of(score.moments, span)
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
        windows=windows_of(interaction, span),
        flags=flags,
        rows=max((flag.row + 1 for flag in flags), default=0),
        lanes=lanes_of(records, interaction, span),
        labels=labels_of(records, span),
        eps_gauge=gauge_of(-top, top, score.eps_low, score.eps, score.eps_high),
        hi_gauge=gauge_of(0.0, 100.0, score.hi_low, score.happiness_index, score.hi_high),
        pointer=_pointer(interaction, records, span),
    )


def _points(interaction: Interaction) -> int:
    return 0 if interaction.curve is None else len(interaction.curve.t_s)


def _reaches(score: Score) -> float:
    return max(abs(end) for end in (score.eps_low, score.eps_high, 0.0) if end is not None)


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
