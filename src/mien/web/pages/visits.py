"""Visits: single interactions to look through, and one of them with all that is known of it. Never a face."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import HTMLResponse

from mien.journey.types import MomentKind, Outcome
from mien.marking import N_
from mien.privacy.roles import Right
from mien.runtime.compare import whole_stored
from mien.runtime.single import single_of
from mien.runtime.stored import busiest_site
from mien.site.hours import YEARS
from mien.spoken.reasons import told
from mien.store import Chosen, Store
from mien.store.listing import Wanted
from mien.visits import Ended
from mien.web.access import Visitor, needs
from mien.web.known import site_file, store_of
from mien.web.looking import note_look
from mien.web.problems import NotFound
from mien.web.rendering import render
from mien.web.showing import OUTCOMES, values_of
from mien.web.texts import language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.store.listing import ListedInteraction

router = APIRouter(prefix="/visits")

OWN: Final = "-"
"""Stands where the name of a site stands for recordings that belong to none; no name of a site begins so."""
DAYS: Final = 30
"""Days that are shown where none are asked for, up to the last that something is stored of."""
PER_PAGE: Final = 50
ENDS: Final = {
    Ended.EXIT: N_("left by the exit"),
    Ended.EXPIRED: N_("not seen again"),
    Ended.CLOSING: N_("the site closed"),
    Ended.INTERRUPTED: N_("reading ended"),
}
"""Why a visit ended, as it is shown."""


@router.get("")
def visits(  # noqa: PLR0913, PLR0917  (one parameter per filter)
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.VISITS))],
    site: Annotated[str | None, Query(max_length=200)] = None,
    touchpoint: Annotated[str, Query(max_length=200)] = "",
    type: Annotated[str, Query(max_length=200)] = "",
    shift: Annotated[str, Query(max_length=200)] = "",
    outcome: Annotated[str, Query(max_length=20)] = "",
    score: Annotated[str, Query(max_length=3)] = "",
    first: Annotated[str, Query(max_length=10)] = "",
    last: Annotated[str, Query(max_length=10)] = "",
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> HTMLResponse:
    """The list."""
    store = store_of(request)
    open_to = _open_to(visitor, store)
    if site is not None and site not in open_to:
        raise NotFound("There is no site '%(site)s' here that you may see.", site=site)
    chosen = site or busiest_site(store, [one for one in open_to if one != OWN]) or (OWN if open_to else None)
    named = None if chosen == OWN else chosen
    zone = zone_of(request, named)
    days = None if named is None else _days(store, named, zone, first, last)
    texts = {"touchpoint": touchpoint, "type": type, "shift": shift, "outcome": outcome, "score": score}
    page, choices = None, None
    if chosen is not None:
        page = store.listing.page(named, before=before, limit=PER_PAGE, **_wanted(texts, days, zone))
        choices = store.listing.choices(named)
    whole = None
    if named is not None and days is not None:
        places = {name: texts[name] for name in ("touchpoint", "type", "shift") if texts[name]}
        whole = whole_stored(store, Chosen((named,), *days, places))
    shown = {"site": chosen, **texts}
    if days is not None:
        shown |= {"first": days[0].isoformat(), "last": days[1].isoformat()}
    asked = {name: value for name, value in shown.items() if value}
    older = page.entries[-1].row_id if page is not None and page.more else None
    return render(
        request,
        "visits.html.j2",
        sites=open_to,
        own=OWN,
        shown=shown,
        choices=choices,
        page=page,
        whole=whole,
        by_day=() if page is None else _by_day(page.entries, zone),
        zone=zone,
        query=urlencode(asked if before is None else asked | {"before": before}),
        newest=urlencode(asked) if before is not None else None,
        older=None if older is None else urlencode(asked | {"before": older}),
        outcomes=OUTCOMES,
        fall=MomentKind.FALL,
        told=partial(told, spoken=language_of(request)),
    )


@router.get("/{uid}")
def visit(
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.VISITS))],
    uid: Annotated[str, Path(max_length=36)],
) -> HTMLResponse:
    """One interaction, and the visit that it is part of. The look is noted."""
    store = store_of(request)
    found = store.listing.get(uid)
    if found is None or not visitor.may(Right.VISITS, found.interaction.context.site):
        raise NotFound("There is no such interaction here that you may see.")
    note_look(store, visitor, found)
    one = found.interaction
    known = single_of(store, found)
    simulated = store.sites.simulated()
    return render(
        request,
        "visit.html.j2",
        found=found,
        zone=zone_of(request, one.context.site),
        joined=known.visit,
        real=bool(simulated) and one.context.site not in simulated,
        back=request.url.query or urlencode({"site": one.context.site or OWN}),
        ends=ENDS,
        **values_of(request, one, camera=found.camera),
    )


def zone_of(request: Request, site: str | None) -> ZoneInfo:
    """The clock of a site, as its file says; UTC where there is no file of it here."""
    of = site_file(request, site)
    return ZoneInfo("UTC") if of is None else of.zone


def _open_to(visitor: Visitor, store: Store) -> tuple[str, ...]:
    """The sites whose interactions somebody may see, and recordings of none where there are any."""
    own = visitor.may(Right.VISITS, None) and bool(store.listing.page(None, limit=1).entries)
    return (*visitor.sites(Right.VISITS, store.sites.entries()), *((OWN,) if own else ()))


def _by_day(
    entries: Sequence[ListedInteraction], zone: ZoneInfo
) -> list[tuple[date | None, list[ListedInteraction]]]:
    """Interactions by the day on the clock of the site, in their order."""
    return [
        (day, list(those))
        for day, those in groupby(
            entries, lambda one: None if one.started_at is None else one.started_at.astimezone(zone).date()
        )
    ]


def _days(store: Store, site: str, zone: ZoneInfo, first: str, last: str) -> tuple[date, date]:
    """The days that are shown; what is no day is as if nothing was asked for."""
    until = _day(last)
    if until is None:
        newest = store.listing.page(site, limit=1).entries
        at = newest[0].started_at if newest else None
        until = (at or datetime.now(UTC)).astimezone(zone).date()
    since = _day(first)
    if since is None or since > until:
        since = until - timedelta(days=DAYS - 1)
    return since, until


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if YEARS[0] < day.year < YEARS[1] else None


def _wanted(texts: dict[str, str], days: tuple[date, date] | None, zone: ZoneInfo) -> Wanted:
    wanted: Wanted = {}
    if texts["touchpoint"]:
        wanted["touchpoint"] = texts["touchpoint"]
    if texts["type"]:
        wanted["type"] = texts["type"]
    if texts["shift"]:
        wanted["shift"] = texts["shift"]
    if texts["outcome"] in set(Outcome):
        wanted["outcome"] = Outcome(texts["outcome"])
    if texts["score"] in {"yes", "no"}:
        wanted["scored"] = texts["score"] == "yes"
    if days is not None:
        wanted["since"] = _midnight(days[0], zone)
        wanted["until"] = _midnight(days[1] + timedelta(days=1), zone)
    return wanted


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
