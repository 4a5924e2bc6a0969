"""Today: the state at each touchpoint now, what was seen today, and whether the cameras are well."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from mien.journey.now import Look, PersonNow
from mien.privacy.roles import Right
from mien.runtime.moment import moment_of, today_by_touchpoint
from mien.web.access import Visitor, needs
from mien.web.known import site_names, store_of
from mien.web.rendering import render
from mien.web.texts import N_

router = APIRouter()

ROLES = {
    "entrance": N_("Entrance"),
    "department": N_("Department"),
    "counter": N_("Counter"),
    "checkout": N_("Checkout"),
    "exit": N_("Exit"),
    "call": N_("Call"),
}
"""The roles of touchpoints, as they are shown."""

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


REASONS = {
    "seen too shortly": N_("seen too shortly"),
    "no face is seen": N_("no face is seen"),
    "interval too wide": N_("the interval is too wide"),
    "too small": N_("too small"),
    "blurred": N_("blurred"),
    "too dark or too bright": N_("too dark or too bright"),
    "cut off by the picture's edge": N_("cut off by the picture's edge"),
    "turned away": N_("turned away"),
    "head or gaze down": N_("head or gaze down"),
    "phone": N_("looks at a phone"),
    "face not readable": N_("face not readable"),
    "lower face covered": N_("lower face covered"),
}
"""Why nothing can be told of a face, as it is shown."""

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
    so_far = today_by_touchpoint(store, visitor.sites(Right.FIGURES, names))
    return render(
        request,
        "today.html.j2",
        moments=moments,
        so_far=so_far,
        roles=ROLES,
        look_of=look_of,
        reasons=REASONS,
        phases=PHASES,
    )
