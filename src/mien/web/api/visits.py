"""Joined visits: a list, the newest first, and one of them. Each look at a single one is noted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import AwareDatetime, Field

from mien.journey.types import Outcome
from mien.privacy.roles import Right
from mien.report.visit_parts import VisitPart, visit_part
from mien.store.visit_listing import WantedVisits
from mien.visits import SELECTED, Ended
from mien.web.access import Visitor, needs
from mien.web.api.common import Answer, Before, Limit, SiteName, site_names
from mien.web.known import store_of
from mien.web.looking import note_visit_look
from mien.web.problems import NotFound

router = APIRouter(tags=["visits"])


class VisitPage(Answer):
    """Visits, the newest first.

    Attributes:
        visits: Of this page.
        next: Give this as `before` for the older ones; null where there are none.
        holds_for: Of whom averages over joined visits speak: say it beside each.
    """

    visits: list[VisitPart]
    next: int | None = Field(examples=[4711])
    holds_for: str = Field(SELECTED, examples=[SELECTED])


@router.get("/visits")
def visits(  # noqa: PLR0913, PLR0917  (one parameter per filter)
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.VISITS))],
    site: SiteName,
    joined: Annotated[
        bool | None, Query(description="Whether several interactions were joined in it.")
    ] = None,
    ended: Annotated[Ended | None, Query(description="How it ended.")] = None,
    outcome: Outcome | None = None,
    since: Annotated[AwareDatetime | None, Query(description="Begun then or later.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Begun before.")] = None,
    before: Before = None,
    limit: Limit = 100,
) -> VisitPage:
    """The visits of a site, those that are open still as well; `docs/visits.md` explains the numbers."""
    site_names(request, visitor, Right.VISITS, site)
    wanted = WantedVisits()
    given: dict[str, object] = {"joined": joined, "ended": ended, "outcome": outcome}
    given |= {"since": since, "until": until}
    wanted.update({name: value for name, value in given.items() if value is not None})  # type: ignore[typeddict-item]
    page = store_of(request).visit_listing.page(site, before=before, limit=limit, **wanted)
    return VisitPage(visits=[visit_part(one) for one in page.entries], next=page.next)


@router.get("/visits/{uid}")
def visit(
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.VISITS))],
    uid: Annotated[str, Path(max_length=36)],
) -> VisitPart:
    """One visit: its interactions, the state at each touchpoint, and what it says. The look is noted."""
    store = store_of(request)
    found = store.visit_listing.get(uid)
    if found is None or not visitor.may(Right.VISITS, found.site):
        raise NotFound("There is no such visit here that you may see.")
    note_visit_look(store, visitor, found)
    return visit_part(found)
