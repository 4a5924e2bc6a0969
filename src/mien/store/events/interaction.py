"""Events about interactions: what is told of one, and that one is no more.

No curve, no record of a second, no share of an expression, nothing of a picture: an event leaves the house.
A number that is not shown is null here too, and `reason` says why (design 3.8).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AwareDatetime, Field

from mien.errors import StoreError
from mien.expressions import ScaleName
from mien.journey.parts import (
    ContextPart,
    Count,
    Index,
    LeftOut,
    MomentPart,
    Part,
    Points,
    Seconds,
    Valence,
    context_part,
    moment_parts,
    round_,
    rounded,
)
from mien.journey.types import Outcome
from mien.store.events.envelope import CloudEvent, schema_of, source_of

if TYPE_CHECKING:
    from datetime import datetime

    from mien.journey.types import Context, Interaction

SCORED: Final = "mien.interaction.scored"
"""An interaction was scored, for the first time or anew."""

WITHDRAWN: Final = "mien.interaction.withdrawn"
"""An interaction that was told is not there any more."""

NOT_FOUND: Final = "a later analysis of the recording finds it no more"
"""Why an interaction is withdrawn after a re-run."""

Replaces = Annotated[
    str | None,
    Field(description="Id of the event that this one takes the place of; null where it is the first."),
]


class InteractionScored(Part):
    """One customer's continuous presence at one touchpoint. A number is null where `reason` says why."""

    replaces: Replaces
    context: ContextPart
    started_at: Annotated[AwareDatetime | None, Field(description="UTC; null where nobody knows.")]
    ended_at: Annotated[AwareDatetime | None, Field(description="UTC; null where nobody knows.")]
    start_s: Annotated[Seconds, Field(description="First time the face was seen, seconds in the stream.")]
    end_s: Annotated[Seconds, Field(description="Last time, seconds in the stream.")]
    eps: Annotated[Points | None, Field(description="100 x (final - initial valence), -200..200.")]
    eps_low: Annotated[Points | None, Field(description="Lower end of the 95 % interval.")]
    eps_high: Annotated[Points | None, Field(description="Upper end of the 95 % interval.")]
    initial_valence: Valence | None
    final_valence: Valence | None
    happiness_index: Index | None
    hi_low: Annotated[Index | None, Field(description="Lower end of the 95 % interval.")]
    hi_high: Annotated[Index | None, Field(description="Upper end of the 95 % interval.")]
    outcome: Outcome
    reason: Annotated[str | None, Field(description="Why a number is missing; null where all are there.")]
    moments: list[MomentPart]
    readings: Annotated[Count, Field(description="Readings, usable or not.")]
    usable_readings: Annotated[Count, Field(description="Readings that count.")]
    usable_s: Annotated[Seconds, Field(description="Seconds covered by usable readings.")]
    by_eyes: Annotated[
        Count,
        Field(description="Usable readings made from the eyes alone, because the lower face was covered."),
    ]
    left_out: LeftOut
    interrupted: Annotated[
        bool, Field(description="The recording ended or was stopped while the face was still there.")
    ]
    scale: Annotated[ScaleName, Field(description="Valence scale of every number.")]
    reader: Annotated[str, Field(description="Name and version of the expression reader.")]


class InteractionWithdrawn(Part):
    """An interaction that was told must be counted no more."""

    replaces: Replaces
    context: ContextPart
    reason: Annotated[str, Field(description="Why it is withdrawn.")]


def scored(found: Interaction, started_at: datetime | None, *, replaces: str | None = None) -> CloudEvent:
    """The event that tells of a scored interaction.

    Args:
        found: The interaction, at a named site; its curve and seconds are not looked at.
        started_at: When it began, with its zone; `None` where nobody knows.
        replaces: Id of the event that told of it before.

    Returns:
        The event; points are rounded to 2 decimals, all else to 4, so that a re-run that differs by less is alike.

    Raises:
        StoreError: The interaction is at no named site.
    """
    score, ended_at = found.score, None
    if started_at is not None:
        ended_at = started_at + timedelta(seconds=found.end_s - found.start_s)
    data = InteractionScored(
        replaces=replaces,
        context=context_part(found.context),
        started_at=started_at,
        ended_at=ended_at,
        start_s=round_(found.start_s),
        end_s=round_(found.end_s),
        eps=rounded(score.eps, 2),
        eps_low=rounded(score.eps_low, 2),
        eps_high=rounded(score.eps_high, 2),
        initial_valence=rounded(score.initial_valence),
        final_valence=rounded(score.final_valence),
        happiness_index=rounded(score.happiness_index, 2),
        hi_low=rounded(score.hi_low, 2),
        hi_high=rounded(score.hi_high, 2),
        outcome=score.outcome,
        reason=score.reason,
        moments=moment_parts(score.moments),
        readings=found.readings,
        usable_readings=score.n,
        usable_s=round_(score.usable_s),
        by_eyes=found.by_eyes,
        left_out=dict(found.left_out),
        interrupted=found.interrupted,
        scale=found.scale,
        reader=found.reader,
    )
    return _event(SCORED, found.id, found.context, data, time=ended_at)


def withdrawn(found: Interaction, at: datetime, *, replaces: str, reason: str = NOT_FOUND) -> CloudEvent:
    """The event that says that an interaction is no more.

    Args:
        found: The interaction as it was told, at a named site.
        at: When it was withdrawn, with its zone.
        replaces: Id of the event that told of it.
        reason: Why.

    Raises:
        StoreError: The interaction is at no named site.
    """
    data = InteractionWithdrawn(replaces=replaces, context=context_part(found.context), reason=reason)
    return _event(WITHDRAWN, found.id, found.context, data, time=at)


def _event(kind: str, subject: str, context: Context, data: Part, *, time: datetime | None) -> CloudEvent:
    if context.site is None:
        raise StoreError(
            f"Interaction {subject} is at no named site, so nobody is told of it; name its site."
        )
    return CloudEvent(
        source=source_of(context.site, context.touchpoint),
        type=kind,
        subject=subject,
        time=time,
        dataschema=schema_of(type(data)),
        data=data.model_dump(mode="json"),
    )
