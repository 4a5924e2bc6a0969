"""The tablet of a touchpoint: what staff are told and what the faces show, to be read from two steps away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse

from mien.action.playbook import advice
from mien.journey.moods import chart
from mien.privacy.roles import Right
from mien.privacy.tokens import digest
from mien.runtime.moment import moment_of
from mien.web.access import Visitor, needs
from mien.web.alerting import ANSWER_WORDS, LOUD, Shown, playbook_now, shown
from mien.web.guests import looks_of
from mien.web.known import site_names, store_of
from mien.web.naming import OTHER_TROUBLE, REASONS, ROLES, TROUBLES
from mien.web.pages.today import PHASES, look_of
from mien.web.problems import NotFound
from mien.web.rendering import render
from mien.web.texts import language_of

router = APIRouter()


@router.get("/tablet")
def tablet(
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.LIVE))],
    site: Annotated[str | None, Query(max_length=200)] = None,
    touchpoint: Annotated[str | None, Query(max_length=200)] = None,
) -> HTMLResponse:
    """The page: one touchpoint, or a choice of them."""
    names = visitor.sites(Right.LIVE, site_names(request))
    if site is not None and site not in names:
        raise NotFound("There is no site '%(site)s' that you may see.", site=site)
    moments = moment_of(store_of(request), names if site is None else (site,), request.app.state.sites)
    if site is None or touchpoint is None:
        return render(request, "tablet.html.j2", moments=moments, shown=None, roles=ROLES)
    found = next((one for moment in moments for one in moment.touchpoints if one.name == touchpoint), None)
    if found is None:
        raise NotFound("There is no touchpoint '%(touchpoint)s' there.", touchpoint=touchpoint)
    store, spoken = store_of(request), language_of(request)
    book, at_hand = playbook_now(request, site, touchpoint), store.alerts.at_hand(site, touchpoint)
    return render(
        request,
        "tablet.html.j2",
        shown=found,
        here=f"{request.url.path}?{request.url.query}",
        now_ms=round(datetime.now(UTC).timestamp() * 1000),
        who=digest(visitor.name)[:12],
        alerts=sorted((shown(one, spoken, book) for one in at_hand), key=_urgency),
        may_act=visitor.may(Right.ACT, site),
        answer_words=ANSWER_WORDS,
        looks=looks_of(request),
        zone=ZoneInfo(store.sites.clocks().get(site) or "UTC"),
        look_of=look_of,
        reasons=REASONS,
        troubles=TROUBLES,
        other_trouble=OTHER_TROUBLE,
        phases=PHASES,
        moods={mood.key: mood for mood in chart()},
        advice_of=lambda mood: advice(book, None, language=spoken.code, touchpoint=touchpoint, mood=mood),
    )


def _urgency(one: Shown) -> int:
    """What nobody sees to yet comes first, of that what rings loudly; else the newest."""
    return 2 if one.alert.acknowledged_at is not None else 0 if one.ring == LOUD else 1
