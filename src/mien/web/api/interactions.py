"""Single interactions: a list, the newest first, and one with its curve. Each look at a single one is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import AwareDatetime, Field

from mien.expressions import ScaleName
from mien.journey.moods import Colour
from mien.journey.parts import Count, LeftOut, Seconds, Share, Valence, round_, rounded
from mien.journey.types import Outcome
from mien.privacy.roles import Right
from mien.report.document import ExpressionShares, InteractionPart, interaction_part, shares_part
from mien.runtime.single import single_of
from mien.store.listing import Wanted
from mien.web.access import Visitor, needs
from mien.web.api.common import Answer, Before, Limit, SiteName, Text, site_names
from mien.web.known import store_of
from mien.web.looking import note_look
from mien.web.problems import NotFound

if TYPE_CHECKING:
    from mien.runtime.single import Single
    from mien.store.listing import ListedInteraction

router = APIRouter(tags=["interactions"])


class InteractionOut(Answer):
    """An interaction of a site; nothing in it tells of whom."""

    site: str | None
    started_at: AwareDatetime | None = Field(description="UTC; null where nobody knows.")
    camera: str | None
    interaction: InteractionPart


class SecondOut(Answer):
    """One second of it."""

    t_s: Seconds = Field(description="Where it begins, seconds in the stream.")
    valence: Valence | None = Field(description="Mean of its readings, not smoothed; null where none counts.")
    expressions: ExpressionShares | None
    readings: Count = Field(description="Readings that count.")
    left_out: LeftOut


class EyesOut(Answer):
    """What the eyes show on the whole, where only they were seen."""

    colour: Colour | None = Field(description="Null where no colour is likely enough.")
    colour_share: Share
    mood: str | None = Field(description="Key of the mood, where it may be told by name; `moods` names them.")


class SingleOut(InteractionOut):
    """An interaction with all that is known of it."""

    reader: str = Field(description="Name and version of the expression reader.")
    scale: ScaleName
    with_receipt: bool = Field(description="Whether a receipt was joined to it; nothing is told of which.")
    covered: bool = Field(description="Whether the lower face was covered, all the time or for a part of it.")
    eyes: EyesOut | None = Field(description="Null where not only the eyes were seen.")
    visit: str | None = Field(description="Id of the visit in which others were joined to it; null: none.")
    seconds: list[SecondOut] = Field(description="Empty where the curve is not kept any more.")


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
    before: Before = None,
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
) -> SingleOut:
    """One interaction with its curve. The look is noted."""
    store = store_of(request)
    found = store.listing.get(uid)
    if found is None or not visitor.may(Right.VISITS, found.interaction.context.site):
        raise NotFound("There is no such interaction here that you may see.")
    note_look(store, visitor, found)
    return _single(single_of(store, found))


def _out(one: ListedInteraction) -> InteractionOut:
    return InteractionOut(
        site=one.interaction.context.site,
        started_at=one.started_at,
        camera=one.camera,
        interaction=interaction_part(one.interaction),
    )


def _single(known: Single) -> SingleOut:
    one, eyes = known.found.interaction, known.mood
    return SingleOut(
        **dict(_out(known.found)),
        reader=one.reader,
        scale=one.scale,
        with_receipt=one.receipt is not None,
        covered=known.covered,
        eyes=None
        if eyes is None
        else EyesOut(
            colour=eyes.colour,
            colour_share=min(max(round_(eyes.colour_share), 0.0), 1.0),
            mood=None if eyes.mood is None else eyes.mood.key,
        ),
        visit=None if known.visit is None else known.visit.uid,
        seconds=[
            SecondOut(
                t_s=second.t_s,
                valence=rounded(second.valence),
                expressions=shares_part(second.expressions),
                readings=second.n,
                left_out=dict(second.left_out),
            )
            for second in one.seconds
        ],
    )
