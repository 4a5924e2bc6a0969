"""The tablet of a touchpoint: who is in view and what the faces show, large enough to be read from two steps away."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse

from mien.journey.moods import chart
from mien.privacy.roles import Right
from mien.runtime.moment import moment_of
from mien.web.access import Visitor, needs
from mien.web.known import site_names, store_of
from mien.web.naming import OTHER_TROUBLE, REASONS, ROLES, TROUBLES
from mien.web.pages.today import PHASES, look_of
from mien.web.problems import NotFound
from mien.web.rendering import render

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
    shown = next(
        (
            one
            for moment in moments
            for one in moment.touchpoints
            if site is not None and one.name == touchpoint
        ),
        None,
    )
    if touchpoint is not None and shown is None:
        raise NotFound("There is no touchpoint '%(touchpoint)s' there.", touchpoint=touchpoint)
    return render(
        request,
        "tablet.html.j2",
        moments=moments,
        site=site,
        shown=shown,
        roles=ROLES,
        look_of=look_of,
        reasons=REASONS,
        troubles=TROUBLES,
        other_trouble=OTHER_TROUBLE,
        phases=PHASES,
        moods={mood.key: mood for mood in chart()},
    )
