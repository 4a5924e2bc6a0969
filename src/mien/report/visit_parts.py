"""One visit as documents and the API hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AwareDatetime, Field

from mien.expressions import ScaleName
from mien.journey.parts import Part, Points, Share, StopPart, rounded, stop_parts
from mien.journey.types import Outcome
from mien.visits import Ended

if TYPE_CHECKING:
    from mien.journey.visit import VisitScore
    from mien.store import StoredVisit


class MemberPart(Part):
    """An interaction of a visit."""

    id: str
    touchpoint: str | None
    started_at: AwareDatetime
    ended_at: AwareDatetime
    probability: Annotated[
        Share | None, Field(description="That it is the same person as before; null of the first.")
    ]


class VisitScorePart(Part):
    """What a visit says. A number is null where `reason` says why."""

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
    scale: Annotated[ScaleName | None, Field(description="Valence scale of every number; null: several.")]
    reader: Annotated[
        str | None, Field(description="Name and version of the expression reader; null: several.")
    ]
    stops: Annotated[list[StopPart], Field(description="The touchpoints on the way, in order of time.")]


class VisitPart(Part):
    """The interactions of one customer, door to door. Nothing in it tells of whom."""

    id: str
    site: str
    started_at: Annotated[AwareDatetime, Field(description="Beginning of its first interaction, UTC.")]
    last_seen_at: Annotated[AwareDatetime, Field(description="End of its last interaction, UTC.")]
    ended: Annotated[
        Ended | None, Field(description="Why nothing more is joined to it; null while it is open.")
    ]
    interactions: Annotated[list[MemberPart], Field(description="In order of time.")]
    score: Annotated[VisitScorePart | None, Field(description="Null while it is open.")]


def visit_part(visit: StoredVisit) -> VisitPart:
    """One visit: its interactions, the states on the way, and what it says."""
    return VisitPart(
        id=visit.uid,
        site=visit.site,
        started_at=visit.started_at,
        last_seen_at=visit.last_seen_at,
        ended=visit.ended,
        interactions=[
            MemberPart(
                id=member.interaction,
                touchpoint=member.touchpoint,
                started_at=member.started_at,
                ended_at=member.ended_at,
                probability=rounded(member.probability),
            )
            for member in visit.members
        ],
        score=None if visit.score is None else _score(visit.score),
    )


def _score(score: VisitScore) -> VisitScorePart:
    return VisitScorePart(
        eps=rounded(score.eps, 2),
        eps_low=rounded(score.eps_low, 2),
        eps_high=rounded(score.eps_high, 2),
        outcome=score.outcome,
        reason=score.reason,
        calibrated=score.calibrated,
        scale=score.scale,
        reader=score.reader,
        stops=stop_parts(score.stops),
    )
