"""The curves of interactions as a chart for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import altair as alt

from mien.journey.types import MomentKind
from mien.report.charts import valence_chart
from mien.report.figures import clock
from mien.report.palette import light

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.journey.types import Interaction

_WIDTH, _HEIGHT = 640, 180
_SHAPES: Final = {MomentKind.RISE: ("triangle-up", "good"), MomentKind.FALL: ("triangle-down", "bad")}


def curves_chart(interactions: Sequence[Interaction]) -> alt.VConcatChart:
    """One row per interaction: its valence with the 95 % band, and its moments; a fall is a critical one.

    Args:
        interactions: With their curves unpacked.
    """
    return alt.vconcat(*(_row(found) for found in interactions))


def _row(found: Interaction) -> alt.LayerChart:
    moments = [
        alt.Chart(
            alt.InlineData(
                values=[
                    {"t": m.t_s, "change": m.change, "kind": m.kind} for m in found.moments if m.kind is kind
                ]
            )
        )
        .mark_point(shape=shape, size=90, filled=True, color=light(colour), opacity=1.0)
        .encode(
            x="t:Q",
            y=alt.datum(0),
            tooltip=["kind:N", alt.Tooltip("t:Q", title="seconds"), alt.Tooltip("change:Q")],
        )
        for kind, (shape, colour) in _SHAPES.items()
    ]
    layers = alt.LayerChart(layer=[valence_chart(found), *moments])
    return layers.properties(width=_WIDTH, height=_HEIGHT, title=_title(found))


def _title(found: Interaction) -> alt.TitleParams:
    score = found.score
    if score.eps is None:
        told = f"EPS: cannot tell, {score.reason}"
    else:
        told = f"EPS {score.eps:+.0f} ({score.eps_low:+.0f} to {score.eps_high:+.0f})"
    span = f"{clock(found.start_s)} to {clock(found.end_s)}"
    return alt.TitleParams(
        f"{span}: the face shows {score.outcome}", subtitle=f"{told}, {score.n} readings", anchor="start"
    )
