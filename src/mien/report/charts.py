"""The two charts of an interaction, as Altair charts, and the way they get into a page.

In a notebook a chart stands by itself, with axes. In a page `inline_svg` keeps its marks only: they stretch
with the page while the axes are text of the page, so that both stay sharp from telephone to wall screen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

import altair as alt
import vl_convert as vlc
from markupsafe import Markup

from mien.report.palette import STACK, light, variable_of
from mien.report.timeline import columns, curve_rows, edges_of, runs, span_of, stacked

if TYPE_CHECKING:
    from mien.journey.types import Interaction
    from mien.report.timeline import Span

WIDTH: Final = 1000
HEIGHT: Final = 300
_SVG: Final = "{http://www.w3.org/2000/svg}"
_DECIMALS: Final = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def valence_chart(interaction: Interaction) -> alt.LayerChart:
    """The valence curve of an interaction with its 95 % band, broken where the curve has a gap.

    Returns:
        A layered chart, time in seconds of the stream against valence -1..1; empty where there is no curve.
    """
    span = span_of(interaction)
    base = alt.Chart(alt.InlineData(values=curve_rows(interaction.curve))).encode(
        x=_time(span), y=alt.Y("valence:Q", title="valence", scale=alt.Scale(domain=[-1, 1])), detail="run:N"
    )
    band = base.mark_area(color=light("band"), interpolate="linear").encode(y=alt.Y("low:Q"), y2="high:Q")
    line = base.mark_line(color=light("accent"), strokeWidth=2.5, interpolate="linear", strokeJoin="round")
    return alt.LayerChart(layer=[band, line]).properties(width=WIDTH, height=HEIGHT)


def expression_chart(interaction: Interaction) -> alt.Chart:
    """The shares of the eight expressions over time, stacked from pleasant (below) to unpleasant (above).

    Returns:
        A stacked area chart from the 1 Hz records; empty where no reading was usable.
    """
    span = span_of(interaction)
    rows = [
        {"t": t, "layer": f"{name} {number}", "expression": name, "from": below, "to": below + share}
        for number, run in enumerate(runs(columns(interaction.seconds, span)))
        for t, column in edges_of(run)
        for name, below, share in stacked(column.expressions or ())
    ]
    # The layers are stacked here: Vega-Lite would bridge a gap with layers that run to nothing and back.
    chart = alt.Chart(alt.InlineData(values=rows)).mark_area(
        interpolate="monotone", stroke=light("sheet"), strokeWidth=1
    )
    encoded: alt.Chart = chart.encode(
        x=_time(span),
        y=alt.Y("from:Q", title="share", scale=alt.Scale(domain=[0, 1])),
        y2="to:Q",
        color=alt.Color("expression:N", scale=alt.Scale(domain=list(STACK), range=[light(n) for n in STACK])),
        detail="layer:N",
    )
    return encoded.properties(width=WIDTH, height=HEIGHT)


def inline_svg(chart: alt.LayerChart | alt.Chart, name: str) -> Markup:
    """The marks of a chart as an SVG that fills its place and takes its colours from the page.

    Args:
        chart: A chart without text of its own.
        name: `id` of the SVG, unique in the page.

    Returns:
        Markup without axes, texts, scripts or anything that came from a user.
    """
    spec: dict[str, Any] = chart.to_dict()
    spec["autosize"] = {"type": "none"}
    spec["padding"] = 0
    spec["config"] = {"axis": {"disable": True}, "legend": {"disable": True}, "view": {"stroke": None}}
    root = ET.fromstring(vlc.vegalite_to_svg(spec))
    paths = [
        _path(path)
        for path in root.iter(f"{_SVG}path")
        if path.get("class") is None and path.get("d") not in (None, "")
    ]
    return Markup(
        f'<svg id="{name}" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true" '
        f'focusable="false">{"".join(paths)}</svg>'
    )


def _path(path: ET.Element) -> str:
    outline = _DECIMALS.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), path.get("d", ""))
    look = "".join(
        f' {key}="{variable_of(value)}"'
        for key in ("fill", "stroke", "stroke-width")
        if (value := path.get(key))
    )
    if path.get("fill") is None:
        look += ' fill="none"'
    return f'<path d="{outline}"{look} vector-effect="non-scaling-stroke" stroke-linejoin="round"/>'


def _time(span: Span) -> alt.X:
    return alt.X("t:Q", title="seconds", scale=alt.Scale(domain=[span.start, span.end], nice=False))
