"""The summary in the terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from mien.report.terminal import print_summary


def printed(report, width=100, written=None, **options):
    out = io.StringIO()
    print_summary(Console(file=out, width=width, **options), report, written)
    return out.getvalue()


def test_it_tells_outcome_figures_intervals_moments_and_what_was_left_out(reports):
    text = printed(reports["one"])
    for part in (
        "The face shows a clear improvement.",
        "+95  95 % between +71 and +110", "48 of 100  95 % between 44 and 51",
        "0:12.2  critical: valence fell by 0.27", "350 of 400 readings, 35.9 s usable",
        "12 %: turned away 9 %",
        "−0.62", "+0.33", "checkout",
    ):  # fmt: skip
        assert part in text, part


def test_a_missing_number_has_its_reason(reports):
    text = printed(reports["left_out"])
    assert "Cannot tell" in text
    assert "no reading of this face was usable" in text
    assert "100 %: too small 80 %, blurred 20 %" in text
    assert "Cannot tell: no face was found in any picture." in printed(reports["no_face"])
    assert "The file ends in the middle of a picture" in printed(reports["worsened"])


def test_it_tells_what_was_read_by_the_eyes_alone_and_is_silent_where_nothing_was(reports, make):
    text = printed(reports["covered"], 200)
    assert "212 of 350 readings by the eyes alone: the lower face was covered" in text
    assert "visibility changed" in text
    (video,) = reports["covered"].videos
    whole = replace(video.interactions[0], by_eyes=350)
    assert "All 350 readings by the eyes alone" in printed(make(replace(video, interactions=(whole,))), 200)
    assert "eyes" not in printed(reports["one"], 200)


def test_several_are_counted_at_the_end(reports):
    last = printed(reports["several"]).strip().splitlines()[-1]
    assert last == "5 interactions: ▲ 1 improved, ▼ 1 worsened, = 1 unchanged, ◇ 2 unclear; 2 without an EPS"


@pytest.mark.parametrize("width", [40, 60, 200])
def test_no_line_is_wider_than_the_terminal(reports, width):
    for report in reports.values():
        assert max(cell_len(line) for line in printed(report, width).splitlines()) <= width


def test_without_colour_it_says_the_same(reports):
    plain = printed(reports["several"], no_color=True, force_terminal=True)
    assert "\x1b[3" not in plain
    assert "▲" in plain
    assert "▼" in plain


def test_markup_in_a_name_is_not_obeyed(make, reports):
    video = replace(
        reports["no_face"].videos[0], video="[bold red]x[/].mp4", warnings=("[link=x]cut[/link]",)
    )
    text = printed(make(video))
    assert "[bold red]x[/].mp4" in text
    assert "[link=x]cut[/link]" in text


def test_a_path_is_printed_whole(reports):
    path = Path("a/long/way/to/the/file/that/holds/what/was/found/report.html")
    assert str(path) in printed(reports["one"], 50, {"Report": path})
