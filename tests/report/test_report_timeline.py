"""What the charts are drawn from, and the numbers' own examples."""

from __future__ import annotations

import doctest
import re
from dataclasses import replace

import altair as alt
import pytest

from mien.report import figures
from mien.report.charts import HEIGHT, WIDTH, expression_chart, inline_svg, valence_chart
from mien.report.timeline import MOST_COLUMNS, Span, columns, runs, span_of, ticks


def test_the_examples_of_the_figures_hold():
    assert doctest.testmod(figures).failed == 0


@pytest.mark.parametrize("length", [1, 3, 12, 61, 600, 7200, 90000])
def test_ticks_are_few_inside_and_in_order(length):
    marks = ticks(Span(7.0, 7.0 + length))
    assert 2 <= len(marks) <= 9
    assert all(0 <= mark.at <= 100 for mark in marks)
    assert [mark.at for mark in marks] == sorted({mark.at for mark in marks})
    assert len({mark.text for mark in marks}) == len(marks)


def test_merged_columns_keep_every_reading_and_the_shares(reports):
    found = reports["one"].videos[0].interactions[0]
    long = replace(
        found, seconds=tuple(replace(found.seconds[k % 40], t_s=2 + k) for k in range(4000)), end_s=4002.0
    )
    drawn = columns(long.seconds, span_of(long))
    assert len(drawn) <= MOST_COLUMNS
    assert sum(c.n for c in drawn) == sum(s.n for s in long.seconds)
    assert sum(sum(c.left_out.values()) for c in drawn) == sum(sum(s.left_out.values()) for s in long.seconds)
    assert all(sum(c.expressions) == pytest.approx(1) for c in drawn if c.expressions)


def test_a_gap_is_left_open_in_both_charts(reports):
    found = reports["one"].videos[0].interactions[0]
    span = span_of(found)
    assert len(runs(columns(found.seconds, span))) == 2
    middle = span.percent(0.66 * 39.6 + 2.1) * WIDTH / 100
    for chart in (valence_chart(found), expression_chart(found)):
        drawn = re.findall(r' d="([^"]+)"', inline_svg(chart, "x"))
        assert drawn
        for outline in drawn:
            xs = [float(x) for x in re.findall(r"(-?[\d.]+),-?[\d.]+", outline)]
            assert max(xs) < middle or min(xs) > middle


def test_a_chart_in_a_page_takes_its_colours_from_the_page(reports):
    svg = inline_svg(expression_chart(reports["one"].videos[0].interactions[0]), "mix")
    assert f'viewBox="0 0 {WIDTH} {HEIGHT}"' in svg
    assert "var(--happiness)" in svg
    assert "#" not in svg
    assert "<text" not in svg


def test_a_chart_stands_by_itself_in_a_notebook(reports):
    found = reports["one"].videos[0].interactions[0]
    spec = alt.layer(valence_chart(found)).to_dict()
    assert spec["layer"]
