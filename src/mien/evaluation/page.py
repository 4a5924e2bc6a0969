"""An evaluation as one HTML file that needs no network, lets none be used, and holds no picture of a face."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from mien.evaluation import wording
from mien.evaluation.drawing import Axis, axis, axis_over, confusion_cells, diagrams, mark
from mien.evaluation.figures import FIGURES
from mien.evaluation.types import FEWEST
from mien.masking import masked
from mien.report.figures import share
from mien.report.palette import COLOURS
from mien.report.saving import save_text
from mien.templating import templates_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from jinja2 import Environment

    from mien.evaluation.groups import Difference, Grouping
    from mien.evaluation.results import Evaluation
    from mien.evaluation.types import Estimate

_NEEDS_VOTES: Final = frozenset(
    {"valence_concordance", "valence_miss", "valence_shift", "residual_mean_square"}
)


@dataclass(frozen=True, slots=True)
class Made:
    """How a page was made.

    Attributes:
        at: When, with a time zone.
        version: Version of Mien.
        command: The command, as typed; "" where there was none.
    """

    at: datetime
    version: str
    command: str = ""


def write_page(found: Evaluation, made: Made, path: Path) -> Path:
    """Write an evaluation as one self-contained HTML file.

    The file holds its styles and charts and no script; its Content-Security-Policy forbids it to load or send
    anything.

    Args:
        found: The evaluation.
        made: How it was made.
        path: Where to write; an existing file is replaced.

    Returns:
        `path`.

    Raises:
        InputError: The file cannot be written.
    """
    return save_text(page(found, made), path, what="report", option="--report")


def page(found: Evaluation, made: Made) -> str:
    """An evaluation as the text of an HTML page."""
    style = "\n".join(
        files(package).joinpath("assets", name).read_text(encoding="utf-8").strip()
        for package, name in (("mien.report", "report.css"), ("mien.evaluation", "evaluation.css"))
    )
    return (
        _environment()
        .get_template("evaluation.html.j2")
        .render(
            found=found,
            made=made,
            axes=_axes(found),
            confusion=confusion_cells(found),
            diagrams=diagrams(found),
            figures=[f for f in FIGURES if found.faces.votes is not None or f.key not in _NEEDS_VOTES],
            fewest=FEWEST,
            words=wording,
            colours=COLOURS,
            style=Markup(style),
        )
    )


def _axes(found: Evaluation) -> dict[str, Axis]:
    """One axis for each kind of chart, so that charts of a kind can be compared with the eye."""
    views = [view for table in found.bins for view in table.views if view.figures]

    def of(key: str) -> list[Estimate]:
        return [view.figures[key] for view in views]

    people = found.people
    beside = [people.tagger, people.tagger_levels, people.reader, people.reader_levels] if people else []
    calibration = [v for e in of("calibration_error") for v in (e.value, e.high)]
    residuals = [v for e in of("residual_mean_square") for v in (e.value, e.low)]
    return {
        "share": Axis(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0)),
        "people": axis_over(beside, high=1.0),
        "accuracy": axis_over(of("accuracy"), high=1.0),
        "calibration_error": axis([*calibration, 0.02], low=0.0),
        "residual_mean_square": axis([*residuals, 1.5], low=0.0, high=None),
        "groups": axis_over(
            (g.figures["accuracy"] for grouping in found.groups for g in grouping.groups), high=1.0
        ),
    }


def _by_figure(grouping: Grouping) -> list[list[Difference]]:
    """The differences of a grouping, those of one figure together, in the order in which they were made."""
    by_key: dict[str, list[Difference]] = {}
    for difference in grouping.differences:
        by_key.setdefault(difference.key, []).append(difference)
    return list(by_key.values())


def _around_zero(estimates: list[Estimate]) -> Axis:
    """An axis with 0 in its middle."""
    reach = max((abs(v) for e in estimates for v in (e.value, e.low, e.high) if v is not None), default=0.1)
    half = axis([0.0, reach], low=0.0)
    return Axis(-half.high, half.high, (-half.high, 0.0, half.high))


def _environment() -> Environment:
    environment = templates_of("mien.evaluation", "mien.report")
    environment.filters.update(share=share, masked=masked)
    environment.globals.update(mark=mark, around_zero=_around_zero, by_figure=_by_figure)
    return environment
