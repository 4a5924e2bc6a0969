"""Single interactions: a list, the newest first, and one with its curve. Each look at a single one is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import AwareDatetime, Field

from mien.journey.types import Outcome
from mien.privacy.roles import Right
from mien.report.document import InteractionPart, interaction_part
from mien.store.listing import Wanted
from mien.web.access import Visitor, needs
from mien.web.api.common import Answer, Limit, SiteName, Text, site_names
from mien.web.known import store_of
from mien.web.looking import note_look
from mien.web.problems import NotFound

if TYPE_CHECKING:
    from mien.store.listing import ListedInteraction

router = APIRouter(tags=["interactions"])


class InteractionOut(Answer):
    """An interaction of a site; nothing in it tells of whom."""

    site: str | None
    started_at: AwareDatetime | None = Field(description="UTC; null where nobody knows.")
    camera: str | None
    interaction: InteractionPart


class InteractionPage(Answer):
    """Interactions, the newest first.

    Attributes:
        interactions: Of this page; without curves.
        next: Give this as `before` for the older ones; null where there are none.
    """

    interactions: list[InteractionOut]
    next: int | None = Field(examples=[4711])


@router.get("/interactions")
def interactions(  # noqa: PLR0913, PLR0917  (one parameter per filter)
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.VISITS))],
    site: SiteName,
    touchpoint: Text = None,
    type: Text = None,
    shift: Text = None,
    outcome: Outcome | None = None,
    scored: Annotated[bool | None, Query(description="Whether the EPS is shown.")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Begun then or later.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Begun before.")] = None,
    before: Annotated[int | None, Query(description="`next` of the page before.", ge=1, le=2**53)] = None,
    limit: Limit = 100,
) -> InteractionPage:
    """The interactions of a site."""
    site_names(request, visitor, Right.VISITS, site)
    wanted = Wanted()
    given: dict[str, object] = {"touchpoint": touchpoint, "type": type, "shift": shift, "outcome": outcome}
    given |= {"scored": scored, "since": since, "until": until}
    wanted.update({name: value for name, value in given.items() if value is not None})  # type: ignore[typeddict-item]
    page = store_of(request).listing.page(site, before=before, limit=limit, **wanted)
    return InteractionPage(
        interactions=[_out(one) for one in page.entries], next=page.entries[-1].row_id if page.more else None
    )


@router.get("/interactions/{uid}")
def interaction(
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.VISITS))],
    uid: Annotated[str, Path(max_length=36)],
) -> InteractionOut:
    """One interaction with its curve. The look is noted."""
    store = store_of(request)
    found = store.listing.get(uid)
    if found is None or not visitor.may(Right.VISITS, found.interaction.context.site):
        raise NotFound("There is no such interaction here that you may see.")
    note_look(store, visitor, found)
    return _out(found)


def _out(one: ListedInteraction) -> InteractionOut:
    return InteractionOut(
        site=one.interaction.context.site,
        started_at=one.started_at,
        camera=one.camera,
        interaction=interaction_part(one.interaction),
    )
