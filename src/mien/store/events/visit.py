"""Events about visits: what is told of one that has ended, and that one is no more.

Nothing of a face, and no interaction's curve: a visit says which interactions were joined, how surely, and what the
states at its touchpoints were. A number that is not shown is null here too, and `reason` says why (design 3.8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AwareDatetime, Field

from mien.errors import StoreError
from mien.expressions import ScaleName
from mien.journey.parts import Part, Points, Share, StopPart, rounded, stop_parts
from mien.journey.types import Outcome
from mien.store.events.envelope import CloudEvent, schema_of, source_of
from mien.store.events.interaction import Replaces
from mien.visits import Ended

if TYPE_CHECKING:
    from datetime import datetime

    from mien.store.visit_records import StoredVisit

VISIT_SCORED: Final = "mien.visit.scored"
"""A visit has ended and was scored, for the first time or anew."""

VISIT_WITHDRAWN: Final = "mien.visit.withdrawn"
"""A visit that was told is not there any more."""

MEMBER_LOST: Final = "a later analysis of a recording finds one of its interactions no more"
"""Why a visit is withdrawn after a re-run."""

JOINED_ANEW: Final = "its interactions were joined anew"
"""Why a visit is withdrawn after a replay."""


class VisitMemberPart(Part):
    """An interaction of the visit."""

    interaction: Annotated[str, Field(description="Its id, the subject of its own events.")]
    touchpoint: str | None
    started_at: AwareDatetime
    ended_at: AwareDatetime
    probability: Annotated[
        Share | None,
        Field(description="That it is the same person as before; null of the first."),
    ]


class VisitScored(Part):
    """The interactions of one customer, door to door. A number is null where `reason` says why."""

    replaces: Replaces
    site: str
    started_at: Annotated[AwareDatetime, Field(description="Beginning of its first interaction, UTC.")]
    ended_at: Annotated[AwareDatetime, Field(description="End of its last interaction, UTC.")]
    ended: Annotated[Ended, Field(description="Why nothing more is joined to it.")]
    members: Annotated[list[VisitMemberPart], Field(description="In order of time.")]
    stops: Annotated[list[StopPart], Field(description="The touchpoints on the way, in order of time.")]
    eps: Annotated[Points | None, Field(description="100 x (last - first state), -200..200.")]
    eps_low: Annotated[Points | None, Field(description="Lower end of the 95 % interval.")]
    eps_high: Annotated[Points | None, Field(description="Upper end of the 95 % interval.")]
    outcome: Outcome
    reason: Annotated[str | None, Field(description="Why there is no EPS; null where there is one.")]
    calibrated: Annotated[
        bool,
        Field(
            description="The two cameras were measured; only such visits may be compared with other sites."
        ),
    ]
    selected_sample: Annotated[
        bool,
        Field(
            description="It was joined by face, so that an average over such visits holds for people whose face was "
            "large, bare and turned to two cameras or more, and looked like nobody else's; say so beside it."
        ),
    ]
    scale: Annotated[ScaleName | None, Field(description="Valence scale of every number; null: several.")]
    reader: Annotated[
        str | None, Field(description="Name and version of the expression reader; null: several.")
    ]


class VisitWithdrawn(Part):
    """A visit that was told must be counted no more."""

    replaces: Replaces
    site: str
    reason: Annotated[str, Field(description="Why it is withdrawn.")]


def visit_scored(visit: StoredVisit, *, replaces: str | None = None) -> CloudEvent:
    """The event that tells of a visit that has ended.

    Args:
        visit: The visit, scored.
        replaces: Id of the event that told of it before.

    Returns:
        The event; points are rounded to 2 decimals, all else to 4, so that a replay that differs by less is alike.

    Raises:
        StoreError: The visit is still open.
    """
    score = visit.score
    if score is None or visit.ended is None:
        raise StoreError(f"Visit {visit.uid} is open, so there is nothing to tell of it yet; close it first.")
    data = VisitScored(
        replaces=replaces,
        site=visit.site,
        started_at=visit.started_at,
        ended_at=visit.last_seen_at,
        ended=visit.ended,
        members=[
            VisitMemberPart(
                interaction=one.interaction,
                touchpoint=one.touchpoint,
                started_at=one.started_at,
                ended_at=one.ended_at,
                probability=rounded(one.probability),
            )
            for one in visit.members
        ],
        stops=stop_parts(score.stops),
        eps=rounded(score.eps, 2),
        eps_low=rounded(score.eps_low, 2),
        eps_high=rounded(score.eps_high, 2),
        outcome=score.outcome,
        reason=score.reason,
        calibrated=score.calibrated,
        selected_sample=len(visit.members) > 1,
        scale=score.scale,
        reader=score.reader,
    )
    return _event(VISIT_SCORED, visit.uid, visit.site, data, visit.last_seen_at)


def visit_withdrawn(uid: str, site: str, at: datetime, *, replaces: str, reason: str) -> CloudEvent:
    """The event that says that a visit is no more.

    Args:
        uid: Its id.
        site: Its site.
        at: When it was withdrawn, with its zone.
        replaces: Id of the event that told of it.
        reason: Why.
    """
    data = VisitWithdrawn(replaces=replaces, site=site, reason=reason)
    return _event(VISIT_WITHDRAWN, uid, site, data, at)


def _event(kind: str, subject: str, site: str, data: Part, time: datetime) -> CloudEvent:
    return CloudEvent(
        source=source_of(site, None),
        type=kind,
        subject=subject,
        time=time,
        dataschema=schema_of(type(data)),
        data=data.model_dump(mode="json"),
    )
