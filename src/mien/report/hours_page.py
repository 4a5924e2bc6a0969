"""Entrance and exit per hour as one HTML file that needs no network and lets none be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from mien.insight import Unit, Verdict
from mien.insight.allowance import Allowance
from mien.report.charts import inline_svg
from mien.report.hours import clock_name, difference_text, headline, points
from mien.report.hours_cameras import camera_line, gap_text
from mien.report.hours_chart import (
    Dot,
    difference_chart,
    dots,
    hour_ticks,
    hours_span,
    level_chart,
    series,
    value_span,
)
from mien.report.hours_remarks import remarks
from mien.report.pages import asset, page_environment
from mien.report.palette import COLOURS
from mien.report.saving import save_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mien.report.hours import HoursReport
    from mien.report.hours_chart import Point
    from mien.report.timeline import Span, Tick

TONES: Final = {
    Verdict.HIGHER: "good",
    Verdict.LOWER: "bad",
    Verdict.NONE: "none",
    Verdict.UNKNOWN: "middling",
}
"""Colour of each verdict; the page says it with a shape and a word too."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart with its scale: the marks, named values with their places from top, and dots."""

    marks: Markup
    scale: Sequence[tuple[float, int]]
    dots: Sequence[tuple[str, Sequence[Dot]]]


@dataclass(frozen=True, slots=True)
class MissedHour:
    """An hour of the day of which cameras missed something.

    `left` and `width` are in per cent of the chart, `part` is the share that the worst of them missed, 0..1, and `text`
    what a pointer is told there.
    """

    left: float
    width: float
    part: float
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Both charts over one axis; `change` is `None` where no hour has a difference.

    `missed` are the hours in which a camera was not read all the time.
    """

    ticks: Sequence[Tick]
    levels: Plot
    change: Plot | None
    missed: Sequence[MissedHour]


def write_hours_page(report: HoursReport, path: Path, *, command: str = "") -> Path:
    """Write a comparison as one self-contained HTML file, without script; it can load and send nothing.

    Args:
        report: The comparison.
        path: Where to write; an existing file is replaced.
        command: The command that made it, as typed.

    Returns:
        `path`.

    Raises:
        InputError: The file cannot be written.
    """
    return save_text(hours_page(report, command=command), path, what="page", option="--out")


def hours_page(report: HoursReport, *, command: str = "") -> str:
    """A comparison as the text of an HTML page."""
    style = f"{asset('report.css')}\n{asset('hours.css')}"
    return (
        page_environment()
        .get_template("hours.html.j2")
        .render(
            report=report,
            found=report.found,
            total=report.found.total,
            by_day=report.found.total.unit is Unit.DAY,
            headline=headline(report),
            remarks=remarks(report),
            drawing=_drawing(report),
            tones=TONES,
            verdicts=Verdict,
            points=points,
            difference_text=difference_text,
            clock_name=clock_name,
            cameras=camera_line(report.found),
            calibrated=report.found.cameras is not None
            and report.found.cameras.allowance is Allowance.CALIBRATED,
            missed=report.watched.missed,
            gap_text=gap_text,
            colours=COLOURS,
            command=command,
            style=Markup(style),
        )
    )


def _drawing(report: HoursReport) -> Drawing | None:
    """The charts; `None` where no hour has an average."""
    cells = report.found.clock
    entrance, exit_, change = series(cells)
    if not entrance and not exit_:
        return None
    across = hours_span(cells)
    up, named = value_span([*entrance, *exit_])
    levels = Plot(
        inline_svg(level_chart(entrance, exit_, across, up), "levels"),
        _scale(up, named),
        [
            ("entrance", dots(entrance, across, up, "entrance")),
            ("exit", dots(exit_, across, up, "exit")),
        ],
    )
    return Drawing(
        hour_ticks(across), levels, _change(change, across) if change else None, _missed(report, across)
    )


def _missed(report: HoursReport, across: Span) -> list[MissedHour]:
    return [
        MissedHour(
            left=across.percent(hour),
            width=round(across.percent(hour + 1) - across.percent(hour), 2),
            part=round(max(one.missing_s / one.expected_s for one in missing), 2),
            text=f"{hour}:00 not read: {gap_text(missing)}",
        )
        for hour, missing in report.watched.missed.clock.items()
    ]


def _change(change: Sequence[Point], across: Span) -> Plot:
    up, named = value_span(change, zero=True)
    marks = inline_svg(difference_chart(change, across, up), "change")
    return Plot(marks, _scale(up, named), [("difference", dots(change, across, up, "exit minus entrance"))])


def _scale(up: Span, named: Sequence[int]) -> list[tuple[float, int]]:
    return [(round(100 - up.percent(value), 2), value) for value in named]
