"""Today: the state at each touchpoint now, what was seen today, and whether the cameras are well."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from mien.insight import Measure
from mien.journey.now import Look, PersonNow
from mien.marking import N_
from mien.privacy.roles import Right
from mien.runtime.moment import moment_of, today_by_touchpoint
from mien.store import Chosen, Store
from mien.web.access import Visitor, needs
from mien.web.alerting import SITUATIONS
from mien.web.changes import answer_of
from mien.web.known import site_names, store_of
from mien.web.naming import OTHER_TROUBLE, REASONS, ROLES, TROUBLES
from mien.web.rendering import render
from mien.web.texts import language_of

if TYPE_CHECKING:
    from mien.insight import Group
    from mien.runtime.moment import TouchpointMoment
    from mien.web.changes import Answer
    from mien.web.texts import Language

router = APIRouter()

FOLLOWS: Final = "mien-follows"
"""Header of a request by which an open page follows the moment: what does not change by the second is left out."""

MOST_TOLD: Final = 99
"""Open alerts that are counted."""

_LOOKS = {
    Look.PLEASANT: ("green", "green", N_("The face shows something pleasant")),
    Look.EVEN: ("amber", "amber", N_("The face shows little either way")),
    Look.UNPLEASANT: ("red", "red", N_("The face shows something unpleasant")),
    Look.UNCLEAR: ("none", "unclear", N_("Not clear either way")),
}
_UNTOLD = ("none", "unclear", N_("Cannot tell"))


def look_of(person: PersonNow) -> tuple[str, str, str]:
    """Colour, glyph and words of what a face in view shows."""
    return _UNTOLD if person.valence is None else _LOOKS[person.look]


PHASES = {
    "live": N_("live"),
    "reading": N_("reading"),
    "connecting": N_("connecting"),
    "starting": N_("starting"),
    "idle": N_("waiting for opening hours"),
    "done": N_("done"),
}
"""What a camera is doing, as it is shown."""


@router.get("/")
def today(request: Request, visitor: Annotated[Visitor, Depends(needs(Right.LIVE))]) -> HTMLResponse:
    """The page."""
    store = store_of(request)
    names = visitor.sites(Right.LIVE, site_names(request))
    moments = moment_of(store, names, request.app.state.sites)
    # Means are figures: who may only see the moment sees the moment.
    figures = visitor.sites(Right.FIGURES, names)
    so_far = today_by_touchpoint(store, figures)
    followed = request.headers.get(FOLLOWS) is not None
    return render(
        request,
        "today.html.j2",
        moments=moments,
        so_far=so_far,
        told=[
            (SITUATIONS[one.signal.situation][0], one)
            for _, one in store.alerts.listed(names, open_only=True, limit=MOST_TOLD)
        ],
        answer=None if followed else _lately(store, figures, language_of(request)),
        is_awake=partial(_is_awake, so_far=so_far),
        roles=ROLES,
        look_of=look_of,
        reasons=REASONS,
        troubles=TROUBLES,
        other_trouble=OTHER_TROUBLE,
        phases=PHASES,
    )


def _lately(store: Store, sites: tuple[str, ...], spoken: Language) -> Answer | None:
    """Which store got worse in the last month that anything is stored of; `None` where nothing is."""
    span = store.rollups.span(sites)
    if span is None:
        return None
    first, last = span[1].replace(day=1), span[1]
    return answer_of(store, Chosen(sites, first, last), last, Measure.INDEX, spoken)


def _is_awake(site: str, touchpoint: TouchpointMoment, so_far: dict[tuple[str, str], Group]) -> bool:
    """Whether there is anything to say of a touchpoint: it is read, was read today, or a camera is in trouble."""
    troubled = any(one.health is not None for one in touchpoint.cameras)
    return touchpoint.read or troubled or (site, touchpoint.name) in so_far
