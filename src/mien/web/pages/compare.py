"""Compare: sites, months, shifts and more with intervals, and which site got worse and where in the visit."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, Response

from mien.insight import Grouping, Measure
from mien.journey.types import Outcome
from mien.marking import N_
from mien.privacy.roles import Right
from mien.runtime.compare import compare_stored
from mien.runtime.monthly import Month
from mien.store import Chosen
from mien.web.access import Visitor, needs, visitor_of
from mien.web.changes import answer_of
from mien.web.compared import MEASURES, capital, chart_of, report_rows, verdicts_of
from mien.web.known import site_file, store_of
from mien.web.problems import NotFound
from mien.web.rendering import render
from mien.web.texts import language_of

if TYPE_CHECKING:
    from mien.runtime.compare import Compared
    from mien.spoken import Language
    from mien.web.changes import Answer

router = APIRouter()

BY: Final = {
    Grouping.SITE: N_("Sites"),
    Grouping.MONTH: N_("Months"),
    Grouping.SHIFT: N_("Shifts"),
    Grouping.TOUCHPOINT: N_("Touchpoints"),
    Grouping.TYPE: N_("Types"),
    Grouping.SERVICE_POINT: N_("Service points"),
    Grouping.PROTOCOL: N_("Protocols"),
    Grouping.THIRD: N_("Thirds"),
}
"""What can be compared, as it is named."""
FILTERS: Final = {"touchpoint": N_("Touchpoint"), "type": N_("Type"), "shift": N_("Shift")}
"""What comparisons can be narrowed to."""
MEANT: Final = {
    Measure.INDEX: N_("Mean over the interaction; 50 is neutral"),
    Measure.EPS: N_("How much more pleasant the face was at the end than at the beginning, in points"),
    Measure.WORSENED: N_("Interactions at whose end the face was surely less pleasant than at the beginning"),
    Measure.IMPROVED: N_("Interactions at whose end the face was surely more pleasant than at the beginning"),
}
"""What each measure is, in a sentence."""
LONGER: Final = {3: N_("The last 3 months"), 12: N_("The last 12 months")}
"""Periods of several months."""
_MONTHS: Final = 12

Name = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, and what there is to choose from.

    Attributes:
        by: What is compared.
        measure: By what.
        period: The period as the address has it: a month, or a number of months.
        site: The one site, empty for all.
        places: What it is narrowed to, by `FILTERS`; empty for all.
        sites: Sites that the visitor may see.
        names: Names to choose from, by what they are names of.
        months: Months to choose from, the last first.
        span: First and last day that anything is stored of; `None` where nothing is.
        which: The interactions; `None` where nothing is stored.
    """

    by: Grouping
    measure: Measure
    period: str
    site: str
    places: dict[str, str]
    sites: tuple[str, ...]
    names: dict[Grouping, tuple[str, ...]]
    months: tuple[Month, ...]
    span: tuple[date, date] | None
    which: Chosen | None

    @property
    def address(self) -> str:
        """The query of this page."""
        asked = {"by": self.by.value, "measure": self.measure.value, "period": self.period, "site": self.site}
        return urlencode({name: value for name, value in (asked | self.places).items() if value})


def asked(  # noqa: PLR0913, PLR0917  (one parameter per choice)
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.FIGURES))],
    by: Grouping = Grouping.SITE,
    measure: Measure = Measure.INDEX,
    period: Annotated[str, Query(max_length=7)] = "",
    site: Name = "",
    touchpoint: Name = "",
    type: Name = "",
    shift: Name = "",
) -> Asked:
    """What is asked for.

    Raises:
        NotFound: There is no such site that the visitor may see, or no such period.
    """
    store = store_of(request)
    sites = visitor.sites(Right.FIGURES, store.sites.entries())
    if site and site not in sites:
        raise NotFound("There is no site '%(site)s' here that you may see.", site=site)
    # One store or shift alone cannot be compared with others of its kind.
    own = "" if by is Grouping.SITE else site
    places = {"touchpoint": touchpoint, "type": type, "shift": shift}
    places |= {name: "" for name in places if name == by.value}
    span = store.rollups.span(sites)
    if measure not in MEASURES or by not in BY:
        raise NotFound("There is no comparison of %(measure)s by %(by)s here.", measure=measure, by=by)
    if span is None:
        return Asked(by, measure, "", own, places, sites, {}, (), None, None)
    months = tuple(Month.between(*span))[:_MONTHS]
    first, last, period = _period(period, by, months, span[1])
    wanted = {name: value for name, value in places.items() if value}
    which = Chosen((own,) if own else sites, first, last, wanted)
    names = store.rollups.names(which.sites)
    return Asked(by, measure, period, own, places, sites, names, months, span, which)


@router.get("/compare")
def compare(request: Request, what: Annotated[Asked, Depends(asked)]) -> HTMLResponse:
    """The page."""
    store = store_of(request)
    spoken = language_of(request)
    found: dict[str, Any] = {"compared": None, "chart": None, "answer": None, "verdicts": ()}
    if what.which is not None and what.span is not None:
        compared = compare_stored(store, what.which, what.by, what.measure)
        found = {
            "compared": compared,
            "chart": chart_of(compared.found, spoken),
            "answer": answer_of(store, what.which, what.span[1], what.measure, spoken),
            "verdicts": verdicts_of(compared.found, spoken),
        }
    answer = found["answer"]
    return render(
        request,
        "compare.html.j2",
        worse_visits=None if answer is None else _worse_visits(answer, what, visitor_of(request)),
        worse_flow=None if answer is None else _worse_flow(request, answer, what),
        meant=MEANT,
        what=what,
        groupings=BY,
        filters=FILTERS,
        measures=MEASURES,
        options={
            "by": [(by.value, spoken.text(text)) for by, text in BY.items() if _some(what, by)],
            "measure": [(measure.value, spoken.text(text)) for measure, (text, _) in MEASURES.items()],
            "period": _periods(what, spoken),
        },
        seen_until=None if what.which is None or what.span is None else min(what.which.last, what.span[1]),
        **found,
    )


@router.get("/compare.csv")
def compare_csv(request: Request, what: Annotated[Asked, Depends(asked)]) -> Response:
    """What the page shows, as a table for a spreadsheet: names in English, numbers with points."""
    store = store_of(request)
    text = StringIO()
    writer = csv.writer(text)
    if what.which is not None:
        compared: Compared = compare_stored(store, what.which, what.by, what.measure)
        writer.writerows(report_rows(compared.found, what.which))
    name = f"mien-{what.by}-{what.measure}-{what.period or 'nothing'}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _period(period: str, by: Grouping, months: tuple[Month, ...], last: date) -> tuple[date, date, str]:
    """First and last day of a period, and how the address has it; of months always all of a year."""
    newest = months[0]
    if by is Grouping.MONTH:
        return months[-1].first, newest.last, str(_MONTHS)
    if not period:
        period = str(newest)
    for length in LONGER:
        if period == str(length):
            return months[:length][-1].first, newest.last, period
    for month in months:
        if period == str(month):
            return *month.days, period
    raise NotFound(
        "There is no period '%(period)s' here; the last day that anything is stored of is %(last)s.",
        period=period,
        last=last,
    )


def _periods(what: Asked, spoken: Language) -> list[tuple[str, str]]:
    """Periods to choose from, each as the address has it and as it is named."""
    longer = [(str(n), spoken.text(text)) for n, text in LONGER.items() if len(what.months) > 1]
    return [(str(month), capital(spoken.month(month.first))) for month in what.months] + longer


def _some(what: Asked, by: Grouping) -> bool:
    """Whether there is anything to compare by."""
    return by not in what.names or by is what.by or bool(what.names[by])


def _worse_flow(request: Request, answer: Answer, what: Asked) -> str | None:
    """The query of queues and ways of those days where it got worse; `None` where nothing is counted there."""
    if answer.site is None or what.which is None or site_file(request, answer.site) is None:
        return None
    last = what.which.last if what.span is None else min(what.which.last, what.span[1])
    return urlencode({"site": answer.site, "first": f"{last.replace(day=1)}", "last": f"{last}"})


def _worse_visits(answer: Answer, what: Asked, visitor: Visitor | None) -> str | None:
    """The query of the interactions that left unhappier where it got worse; `None` for who may not see single ones."""
    if (
        answer.site is None
        or what.which is None
        or visitor is None
        or not visitor.may(Right.VISITS, answer.site)
    ):
        return None
    asked = {"site": answer.site, "touchpoint": answer.touchpoint or "", "shift": answer.shift or ""}
    asked["outcome"] = Outcome.WORSENED.value
    days = {"first": f"{what.which.last.replace(day=1)}", "last": f"{what.which.last}"}
    return urlencode({name: value for name, value in (asked | days).items() if value})
