"""Alerts: what staff were told, acknowledged and answered, and how right it was."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from starlette.responses import RedirectResponse

from mien.action import AlertState, Answer, RuleName
from mien.action.words import RULE_WORDS
from mien.insight.answered import WISHED
from mien.marking import N_
from mien.privacy.roles import Right
from mien.runtime.answered import BOUNDED, precisions
from mien.web.access import SignedIn, Visitor, needs
from mien.web.alerting import ANSWER_WORDS, Asked, alert_of, listed, playbook_now, shown
from mien.web.guests import looks_of
from mien.web.known import site_names, store_of
from mien.web.pages.choices import own_path
from mien.web.pages.today import FOLLOWS
from mien.web.problems import NotFound
from mien.web.rendering import render
from mien.web.texts import language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import HTMLResponse

    from mien.action.playbook import Playbook
    from mien.web.alerting import Shown

PER_PAGE: Final = 25
"""Alerts on one page of the list."""
MOST_OPEN: Final = 20
"""Open alerts that are shown before the list; more are counted."""

STATE_WORDS: Final[dict[AlertState, str]] = {
    AlertState.OPEN: N_("open"),
    AlertState.ACKNOWLEDGED: N_("seen to"),
    AlertState.OVER: N_("nobody saw to it"),
}
"""How far an alert that nobody answered has come, in words."""

router = APIRouter()

Actor = Annotated[Visitor, Depends(needs(Right.ACT))]
Uid = Annotated[str, Path(max_length=36)]
Next = Annotated[str, Form(max_length=2000)]
Filter = Annotated[str, Query(max_length=200)]


@router.get("/alerts")
def alerts(
    request: Request,
    visitor: Visitor = SignedIn,
    site: Filter = "",
    touchpoint: Filter = "",
    rule: Filter = "",
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> HTMLResponse:
    """The page: alerts for those who act on them, and for who may see figures how right they were."""
    names = site_names(request)
    told, figures = visitor.sites(Right.LIVE, names), visitor.sites(Right.FIGURES, names)
    if site and site not in {*told, *figures}:
        raise NotFound("There is no site '%(site)s' that you may see.", site=site)
    store = store_of(request)
    asked = Asked(
        tuple(one for one in told if site in {"", one}),
        touchpoint or None,
        RuleName(rule) if rule in set(RuleName) else None,
        before=before,
    )
    followed = request.headers.get(FOLLOWS) is not None
    zones = {
        name: ZoneInfo(clock or "UTC")
        for name, clock in {**dict.fromkeys(names), **store.sites.clocks()}.items()
    }
    counted = tuple(one for one in figures if site in {"", one})
    open_now = _open(request, asked) if before is None else []
    found, older = ([], None) if followed else _listed(request, visitor, asked)
    shown_above = {one.alert.uid for one in open_now}
    chosen = {"site": site, "touchpoint": touchpoint, "rule": rule}
    query = {name: value for name, value in chosen.items() if value}
    return render(
        request,
        "alerts.html.j2",
        sites=tuple(dict.fromkeys((*told, *figures))),
        told=told,
        touchpoints=store.alerts.touchpoints(asked.sites),
        chosen=chosen,
        open=open_now,
        most_open=MOST_OPEN,
        by_day=_by_day([one for one in found if one.alert.uid not in shown_above], zones),
        older=None if older is None else urlencode(query | {"before": older}),
        newest=None if before is None else urlencode(query),
        zones=zones,
        here=f"{request.url.path}?{request.url.query}".rstrip("?"),
        may_act=lambda one: visitor.may(Right.ACT, one.site),
        rule_words=RULE_WORDS,
        answer_words=ANSWER_WORDS,
        looks=looks_of(request),
        state_words=STATE_WORDS,
        precisions=[] if followed else [(one, precisions(store, one)) for one in counted],
        wished=WISHED,
        bounded=BOUNDED,
    )


@router.post("/alerts/{uid}/acknowledge")
def acknowledge(request: Request, visitor: Actor, uid: Uid, next: Next = "/alerts") -> RedirectResponse:
    """Somebody sees to an alert; back to the page."""
    found = alert_of(request, visitor, Right.ACT, uid)
    store_of(request).alerts.acknowledge(found.uid, visitor.name)
    return RedirectResponse(own_path(next), HTTPStatus.SEE_OTHER)


@router.post("/alerts/{uid}/answer")
def answer(
    request: Request, visitor: Actor, uid: Uid, answer: Annotated[Answer, Form()], next: Next = "/alerts"
) -> RedirectResponse:
    """Somebody says what an alert was worth; back to the page."""
    found = alert_of(request, visitor, Right.ACT, uid)
    store_of(request).alerts.answer(found.uid, answer, visitor.name)
    return RedirectResponse(own_path(next), HTTPStatus.SEE_OTHER)


def _open(request: Request, asked: Asked) -> list[Shown]:
    """What is open now, with advice."""
    found = store_of(request).alerts.listed(
        asked.sites,
        touchpoint=asked.touchpoint,
        rule=asked.rule,
        open_only=True,
        limit=MOST_OPEN,
    )
    books: dict[tuple[str, str | None], Playbook | None] = {}
    for _, one in found:
        place = (one.site, one.signal.touchpoint)
        if place not in books:
            books[place] = playbook_now(request, *place)
    spoken = language_of(request)
    return [shown(one, spoken, books[one.site, one.signal.touchpoint]) for _, one in found]


def _listed(request: Request, visitor: Visitor, asked: Asked) -> tuple[list[Shown], int | None]:
    """A page of the list, and the number before which the next one begins."""
    found, older = listed(request, visitor, asked, limit=PER_PAGE)
    spoken = language_of(request)
    page = sorted(found, key=lambda one: one.signal.at, reverse=True)
    return [shown(one, spoken, None) for one in page], older


def _by_day(found: Sequence[Shown], zones: dict[str, ZoneInfo]) -> list[tuple[date, list[Shown]]]:
    """Alerts by the day on the clock of their site, in their order."""

    def day(one: Shown) -> date:
        return one.alert.signal.at.astimezone(zones[one.alert.site]).date()

    return [(of, list(those)) for of, those in groupby(found, day)]
