"""The report as one HTML file that needs no network and lets none be used."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from mien.journey import thresholds
from mien.journey.types import Outcome
from mien.report.pages import asset, page_environment
from mien.report.palette import COLOURS
from mien.report.saving import save_text
from mien.report.views import interaction_view

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mien.journey.types import Interaction
    from mien.report.model import Report

MOST_DRAWN: Final = 40
"""Interactions drawn in full in one file; a crowded recording of hours would make a page that no one can open."""
_OUTCOMES: Final = (Outcome.IMPROVED, Outcome.UNCHANGED, Outcome.UNCLEAR, Outcome.WORSENED)


def render_report(report: Report, path: Path) -> Path:
    """Write the report as one self-contained HTML file.

    The file holds its styles, its charts (as SVG) and one small script; its Content-Security-Policy forbids
    it to load or send anything. It holds no picture of a face.

    Args:
        report: The analysed videos.
        path: Where to write; an existing file is replaced.

    Returns:
        `path`.

    Raises:
        InputError: The file cannot be written.
    """
    return save_text(report_page(report), path, what="report", option="--report")


def report_page(report: Report) -> str:
    """The report as the text of an HTML page."""
    script = asset("report.js")
    drawn = _worth_drawing([found for _, found in report.interactions])
    views = [
        interaction_view(i, video, found, drawn=i in drawn)
        for i, (video, found) in enumerate(report.interactions, 1)
    ]
    outcomes = Counter(view.score.outcome for view in views)
    return (
        page_environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            views=views,
            by_video=[(video, [view for view in views if view.video is video]) for video in report.videos],
            outcomes=[(outcome.value, outcomes[outcome]) for outcome in _OUTCOMES],
            unscored=sum(view.score.eps is None for view in views),
            simulated=any(video.simulated for video in report.videos),
            rules=thresholds,
            colours=COLOURS,
            style=Markup(asset("report.css")),
            script=Markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def _worth_drawing(interactions: Sequence[Interaction]) -> set[int]:
    """Running numbers of those that get charts: all, or the ones that changed most where there are very many."""
    changes = [(-1.0 if i.score.eps is None else abs(i.score.eps), -n) for n, i in enumerate(interactions, 1)]
    return {-number for _, number in sorted(changes, reverse=True)[:MOST_DRAWN]}
