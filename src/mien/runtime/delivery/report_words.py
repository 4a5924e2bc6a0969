"""The report of a day as a plain message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from babel.dates import format_date

from mien.insight.types import FEWEST
from mien.marking import N_

if TYPE_CHECKING:
    from mien.spoken import Language
    from mien.store.events.report import DayReport, FigurePart

_MEASURES: Final = {
    "index": N_("Happiness Index: %(mean)s (%(low)s to %(high)s), of %(n)s interactions"),
    "eps": N_("EPS: %(mean)s (%(low)s to %(high)s), of %(n)s interactions"),
    "improved": N_("Left with a happier face: %(mean)s %% (%(low)s to %(high)s), of %(n)s interactions"),
    "worsened": N_("Left with an unhappier face: %(mean)s %% (%(low)s to %(high)s), of %(n)s interactions"),
}
_HIDDEN: Final = {
    "index": N_("Happiness Index: not shown, of %(n)s interactions"),
    "eps": N_("EPS: not shown, of %(n)s interactions"),
    "improved": N_("Left with a happier face: not shown, of %(n)s interactions"),
    "worsened": N_("Left with an unhappier face: not shown, of %(n)s interactions"),
}
_SHARES: Final = frozenset({"improved", "worsened"})
_SIGNED: Final = "eps"
_TITLE: Final = N_("Service quality, %(site)s, %(day)s")
_SIMULATED: Final = N_("Everything in this report is simulated.")
_WHOLE: Final = N_("The whole site")
_NOWHERE: Final = N_("Without a touchpoint")
_ALERTS: Final = N_("Alerts: %(raised)s raised, %(right)s answered as right, %(wrong)s as wrong.")
_TASKS: Final = N_("Tasks: %(opened)s opened; open now %(open)s, of these %(overdue)s overdue.")
_UNREAD: Final = N_("Camera %(camera)s was not read for %(hours)s h while the site was open.")
_NOTE: Final = N_(
    "Intervals hold the truth in 95 of 100 cases. They say what faces showed, not what people felt. No mean of fewer "
    "than %(fewest)s is shown."
)


@dataclass(frozen=True, slots=True)
class Words:
    """A message to people.

    Attributes:
        title: One line.
        text: The rest, plain.
    """

    title: str
    text: str


def report_words(report: DayReport, spoken: Language, link: list[str]) -> Words:
    """The report in a language.

    Args:
        report: The report.
        spoken: The language.
        link: Lines that lead to the pages.
    """
    said = spoken.text
    lines = [said(_SIMULATED), ""] if report.simulated else []
    for name, figures in (
        (said(_WHOLE), report.figures),
        *((place.touchpoint or said(_NOWHERE), place.figures) for place in report.places),
    ):
        lines += [name, *(f"  {_figure(one, spoken)}" for one in figures), ""]
    if report.rules:
        total = {
            what: sum(getattr(one, what) for one in report.rules) for what in ("raised", "right", "wrong")
        }
        lines.append(said(_ALERTS, **total))
    lines.append(
        said(_TASKS, opened=report.tasks_opened, open=report.tasks_open, overdue=report.tasks_overdue)
    )
    lines += [
        said(_UNREAD, camera=camera, hours=spoken.number(hours, 1))
        for camera, hours in report.unread_hours.items()
        if hours > 0
    ]
    lines += ["", said(_NOTE, fewest=FEWEST), *link]
    day = format_date(report.day, format="full", locale=spoken.locale)
    return Words(said(_TITLE, site=report.site, day=day), "\n".join(lines))


def _figure(one: FigurePart, spoken: Language) -> str:
    if one.mean is None or one.low is None or one.high is None:
        return spoken.text(_HIDDEN[one.of], n=one.interactions)
    scale = 100 if one.of in _SHARES else 1

    def number(value: float) -> str:
        sign = "+" if one.of == _SIGNED and value > 0 else ""
        return sign + spoken.number(scale * value, 0 if one.of in _SHARES else 1)

    return spoken.text(
        _MEASURES[one.of], mean=number(one.mean), low=number(one.low), high=number(one.high), n=one.counted
    )
