"""Reports: the month of a store or of all, to be read here, printed, or taken away as tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse

from mien.privacy.roles import Right
from mien.runtime.analyst import DAILY, INTERACTIONS, described
from mien.runtime.monthly import Month, month_flow, months_of
from mien.spoken import language
from mien.web.access import Visitor, needs
from mien.web.api.reports import FEWEST_STORES, LanguageCode, month_of
from mien.web.compared import capital
from mien.web.known import site_file, store_of
from mien.web.monthly import Asked, article, can_print, flow_part, make_report
from mien.web.problems import NotFound
from mien.web.rendering import render
from mien.web.texts import language_of

if TYPE_CHECKING:
    from mien.spoken import Language

router = APIRouter()

_MONTHS: Final = 36

SiteChoice = Annotated[str, Query(max_length=200)]
MonthChoice = Annotated[str, Query(max_length=7)]


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for, and what there is to choose from.

    Attributes:
        asked: Of what; `None` where nothing is stored.
        spoken: The language of the report.
        sites: Sites that the visitor may see.
        months: Months that anything is stored of, the last first.
    """

    asked: Asked | None
    spoken: Language
    sites: tuple[str, ...]
    months: tuple[Month, ...]

    @property
    def query(self) -> dict[str, str]:
        """It as an address has it."""
        if self.asked is None:
            return {}
        site = {} if self.asked.chain else {"site": self.asked.names[0]}
        return {**site, "month": str(self.asked.month), "language": self.spoken.code}


def chosen(
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.FIGURES))],
    site: SiteChoice = "",
    month: MonthChoice = "",
    language_: Annotated[LanguageCode, Query(alias="language")] = None,
) -> Choice:
    """What is asked for: where nothing is, the last whole month that anything is stored of, of all stores.

    Raises:
        NotFound: There is no such site that the visitor may see.
        SettingError: There is no such month.
    """
    store = store_of(request)
    spoken = language_of(request) if language_ is None else language(language_)
    sites = visitor.sites(Right.FIGURES, store.sites.entries())
    if site and site not in sites:
        raise NotFound("There is no site '%(site)s' here that you may see.", site=site)
    chain = not site and len(sites) >= FEWEST_STORES
    names = sites if chain else (site,) if site else sites[:1]
    months = months_of(store, names)
    if not names:
        return Choice(None, spoken, sites, ())
    today = datetime.now(UTC).date()
    if not chain:
        today = datetime.now(ZoneInfo(store.sites.clocks().get(names[0]) or "UTC")).date()
    asked = Asked(_month(month, months, today), names, chain, None if chain else site_file(request, names[0]))
    return Choice(asked, spoken, sites, months)


@router.get("/reports")
def reports(request: Request, what: Annotated[Choice, Depends(chosen)]) -> HTMLResponse:
    """The page."""
    shown = None
    if what.asked is not None and what.months:
        report = make_report(store_of(request), what.asked, what.spoken, with_flow=False)
        shown = article(report, flow_address=f"/reports/flow?{urlencode(what.query)}")
    spoken = language_of(request)
    listed = dict.fromkeys((*what.months[:_MONTHS], *([what.asked.month] if what.asked else [])))
    kind = "chain" if what.asked is not None and what.asked.chain else "store"
    return render(
        request,
        "reports.html.j2",
        what=what,
        report=shown,
        months=[(str(month), capital(spoken.month(month.first))) for month in sorted(listed, reverse=True)],
        fewest=FEWEST_STORES,
        address=f"/api/v1/reports/{kind}?{urlencode(what.query)}",
        printing=can_print(),
        tables=_tables(request, what, spoken),
    )


@router.get("/reports/flow")
def flow(request: Request, what: Annotated[Choice, Depends(chosen)]) -> HTMLResponse:
    """The people that were counted, which takes longer to put together than all else on the page."""
    if what.asked is None or what.asked.chain:
        raise NotFound("People are told of one site; name it.")
    found = month_flow(store_of(request), what.asked.site, what.asked.month)
    return HTMLResponse(flow_part(found, what.spoken), headers={"Content-Language": what.spoken.code})


def _month(text: str, months: tuple[Month, ...], today: date) -> Month:
    """The month that is asked for, else the last whole one that anything is stored of."""
    if text:
        return month_of(text, today)
    whole = [month for month in months if month.last < today]
    return (whole or list(months) or [Month.of(today).before])[0]


def _tables(request: Request, what: Choice, spoken: Language) -> list[dict[str, object]]:
    """Tables that the visitor may take away, with what each column means."""
    visitor = needs(Right.FIGURES)(request)
    if what.asked is None:
        return []
    may = [name for name in what.asked.names if visitor.may(Right.EXPORT, name)]
    if not may:
        return []
    first, last = what.asked.month.days
    query = {"first": str(first), "last": str(last)}
    query |= {} if what.asked.chain else {"site": what.asked.names[0]}
    found: list[dict[str, object]] = [
        {
            "title": spoken.text("Days: means of at least ten"),
            "address": f"/api/v1/tables/daily?{urlencode(query)}",
            "columns": described(DAILY),
        }
    ]
    if any(visitor.may(Right.VISITS, name) for name in may):
        found.append(
            {
                "title": spoken.text("Single interactions; that they were taken away is noted"),
                "address": f"/api/v1/tables/interactions?{urlencode(query)}",
                "columns": described(INTERACTIONS),
            }
        )
    return found
