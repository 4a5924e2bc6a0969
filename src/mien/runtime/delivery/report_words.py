"""The report of a day in words: as a plain message, and what a page of it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from babel.dates import format_date
from babel.numbers import format_percent

from mien.action import RuleName
from mien.action.words import RULE_WORDS
from mien.insight.types import FEWEST
from mien.marking import N_
from mien.runtime.delivery.report_page import page_of
from mien.runtime.delivery.report_parts import Line, ReportSaid, Section
from mien.spoken.reasons import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mien.spoken import Language
    from mien.store.events.report import AgainstPart, DayReport, FigurePart, RulePart

_NAMES: Final = {
    "index": N_("Happiness Index"),
    "eps": N_("EPS"),
    "improved": N_("Left with a happier face"),
    "worsened": N_("Left with an unhappier face"),
}
_BEFORE: Final = {"day": N_("Against the day before"), "week": N_("Against the seven days before")}
_AND: Final = " · "
_SHARES: Final = frozenset({"improved", "worsened"})
_SIGNED: Final = "eps"
_TITLE: Final = N_("Service quality, %(site)s, %(day)s")
_SIMULATED: Final = N_("Everything in this report is simulated.")
_WHOLE: Final = N_("The whole site")
_NOWHERE: Final = N_("Without a touchpoint")
_ENDS: Final = N_("%(low)s to %(high)s")
_CANNOT: Final = N_("cannot tell")
_BOTH: Final = N_("%(now)s and %(before)s interactions")
_HIGHER: Final = N_("higher")
_LOWER: Final = N_("lower")
_NO_DIFFERENCE: Final = N_("no difference shown")
_VALUE: Final = N_("%(name)s: %(value)s (%(beside)s)")
_CHANGE: Final = N_("%(name)s: %(value)s (%(beside)s), %(verdict)s")
_RULE: Final = N_("%(rule)s: %(raised)s; %(answers)s")
_ANSWERS: Final = N_("What staff said of alerts")
_TASKS: Final = N_("Tasks")
_CAMERAS: Final = N_("Cameras")
_UNREAD: Final = N_("Camera %(camera)s was not read for %(hours)s h while the site was open.")
_NOTE: Final = N_(
    "Intervals hold the truth in 95 of 100 cases. They say what faces showed, not what people felt. No mean of fewer "
    "than %(fewest)s is shown."
)
_IN_POINTS: Final = N_("Changes are in points; those of shares in percentage points.")
_LINKS: Final = {
    "compare": N_("The figures and their history"),
    "tasks": N_("Tasks"),
    "alerts": N_("Alerts"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A message to people.

    Attributes:
        title: One line.
        text: The rest, plain.
        html: The rest as a page of its own, for those whose programs show it; `None` where there is none.
    """

    title: str
    text: str
    html: str | None = None


def report_words(report: DayReport, spoken: Language, links: Mapping[str, str]) -> Words:
    """The report in a language.

    Args:
        report: The report.
        spoken: The language.
        links: Addresses of the pages `compare`, `tasks` and `alerts`; none where the pages have none.
    """
    found = said_of(report, spoken, links)
    lines = [found.simulated, ""] if found.simulated else []
    for section in found.sections:
        lines.append(section.name)
        for one in section.figures:
            lines.append(f"  {_line(one, spoken)}")
            lines += [f"    {_line(change, spoken)}" for change in one.against]
        lines += [*(f"  {line}" for line in section.lines), ""]
    lines += [found.note, *(line for name, url in found.links for line in ("", name, url))]
    return Words(found.title, "\n".join(lines), page_of(found))


def _line(one: Line, spoken: Language) -> str:
    text = _CHANGE if one.verdict else _VALUE
    return spoken.text(text, name=one.name, value=one.value, beside=one.beside, verdict=one.verdict)


def said_of(report: DayReport, spoken: Language, links: Mapping[str, str]) -> ReportSaid:
    """What the report says, part by part; see `report_words`."""
    said = spoken.text
    day = format_date(report.day, format="full", locale=spoken.locale)
    whole = tuple(_figure(one, spoken, report.against) for one in report.figures)
    sections = [Section(said(_WHOLE), whole), Section(said(_TASKS), lines=tuple(_tasks(report, spoken)))]
    if report.rules:
        sections.append(Section(said(_ANSWERS), lines=tuple(_rule(one, spoken) for one in report.rules)))
    unread = tuple(
        said(_UNREAD, camera=camera, hours=spoken.number(hours, 1))
        for camera, hours in report.unread_hours.items()
        if hours > 0
    )
    if unread:
        sections.append(Section(said(_CAMERAS), lines=unread))
    for place in report.places:
        figures = tuple(_figure(one, spoken) for one in place.figures)
        sections.append(Section(place.touchpoint or said(_NOWHERE), figures))
    note = said(_NOTE, fewest=FEWEST)
    return ReportSaid(
        language=spoken.code,
        title=said(_TITLE, site=report.site, day=day),
        site=report.site,
        day=day,
        simulated=said(_SIMULATED) if report.simulated else "",
        sections=tuple(sections),
        note=f"{note} {said(_IN_POINTS)}" if report.against else note,
        links=tuple((said(_LINKS[name]), url) for name, url in links.items()),
    )


def _figure(one: FigurePart, spoken: Language, against: Iterable[AgainstPart] = ()) -> Line:
    name, changes = (
        spoken.text(_NAMES[one.of]),
        tuple(_change(it, spoken) for it in against if it.of == one.of),
    )
    if one.mean is None or one.low is None or one.high is None:
        seen = spoken.ngettext("%(num)s interaction", "%(num)s interactions", one.interactions)
        beside = _AND.join(part for part in (told(one.reason, spoken), seen) if part)
        return Line(name, spoken.text(_CANNOT), beside, known=False, against=changes)
    mean, low, high = (_number(one.of, end, spoken) for end in (one.mean, one.low, one.high))
    ends = spoken.text(_ENDS, low=low, high=high)
    counted = spoken.ngettext("%(num)s interaction", "%(num)s interactions", one.counted)
    return Line(name, mean, _AND.join((ends, counted)), known=True, against=changes)


def _change(one: AgainstPart, spoken: Language) -> Line:
    name = spoken.text(_BEFORE[one.before])
    if one.change is None or one.low is None or one.high is None:
        return Line(name, spoken.text(_CANNOT), told(one.reason, spoken), known=False)
    verdict = _HIGHER if one.low > 0 else _LOWER if one.high < 0 else _NO_DIFFERENCE
    counted = spoken.text(_BOTH, now=spoken.number(one.counted), before=spoken.number(one.counted_before))
    points = 100 if one.of in _SHARES else 1
    change, low, high = (spoken.signed(points * end, 1) for end in (one.change, one.low, one.high))
    ends = spoken.text(_ENDS, low=low, high=high)
    return Line(name, change, _AND.join((ends, counted)), known=True, verdict=spoken.text(verdict))


def _number(of: str, value: float, spoken: Language) -> str:
    """A mean as its readers write it: shares in percent, all else with one decimal, EPS with its sign."""
    if of in _SHARES:
        return format_percent(value, locale=spoken.locale)
    return spoken.signed(value, 1) if of == _SIGNED else spoken.number(value, 1)


def _tasks(report: DayReport, spoken: Language) -> Iterable[str]:
    yield spoken.ngettext("%(num)s task opened", "%(num)s tasks opened", report.tasks_opened)
    if report.tasks_closed is not None:
        yield spoken.ngettext("%(num)s task closed", "%(num)s tasks closed", report.tasks_closed)
    yield spoken.ngettext("%(num)s task open now", "%(num)s tasks open now", report.tasks_open)
    if report.tasks_overdue:
        yield spoken.ngettext("%(num)s task overdue", "%(num)s tasks overdue", report.tasks_overdue)


def _rule(one: RulePart, spoken: Language) -> str:
    raised = spoken.ngettext("%(num)s alert", "%(num)s alerts", one.raised)
    right = spoken.ngettext("%(num)s right", "%(num)s right", one.right)
    wrong = spoken.ngettext("%(num)s wrong", "%(num)s wrong", one.wrong)
    silent = one.raised - one.right - one.wrong
    answers = [
        right,
        wrong,
        *([spoken.ngettext("%(num)s not answered", "%(num)s not answered", silent)] if silent > 0 else []),
    ]
    rule = spoken.text(RULE_WORDS[RuleName(one.rule)])
    return spoken.text(_RULE, rule=rule, raised=raised, answers=", ".join(answers))
