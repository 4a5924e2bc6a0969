"""Parts of an interaction as JSON tells it, in documents and in events alike."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from mien.journey.types import MomentKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.journey.types import Context, Moment
    from mien.journey.visit import Stop

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False, description="Seconds.")]
Valence = Annotated[float, Field(allow_inf_nan=False, description="-1 unpleasant .. 1 pleasant.")]
Points = Annotated[float, Field(allow_inf_nan=False, description="Points of the EPS, -200..200.")]
Index = Annotated[
    float, Field(allow_inf_nan=False, description="Points of the Happiness Index, 0..100; 50 is neutral.")
]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]
LeftOut = Annotated[dict[str, Count], Field(description="Readings left out, by reason.")]


class Part(BaseModel):
    """A part that takes nothing it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MomentPart(Part):
    """A sustained change of valence; a fall is a critical moment."""

    t_s: Seconds
    kind: MomentKind
    change: Annotated[
        float, Field(ge=-2, le=2, description="Mean valence of the 2 s after minus the 2 s before.")
    ]
    probability: Annotated[
        Share,
        Field(description="Probability that the change reaches the limit of the scale (0.20 on balance)."),
    ]


class StopPart(Part):
    """A touchpoint on the way. A number is null where `reason` says why."""

    touchpoint: str | None
    interactions: Annotated[list[str], Field(description="Ids of those that follow each other there.")]
    valence: Annotated[Valence | None, Field(description="The state: mean valence, -1..1.")]
    low: Annotated[Valence | None, Field(description="Lower end of its 95 % interval.")]
    high: Annotated[Valence | None, Field(description="Upper end of its 95 % interval.")]
    reason: Annotated[str | None, Field(description="Why there is no state to show; null where there is.")]


class ContextPart(Part):
    """Where and how it took place; null where nothing was said."""

    site: str | None
    touchpoint: str | None
    type: str | None
    service_point: str | None
    shift: str | None
    protocol: str | None


def moment_parts(moments: Sequence[Moment]) -> list[MomentPart]:
    """Moments in order, rounded to 4 decimals."""
    return [
        MomentPart(
            t_s=round_(moment.t_s),
            kind=moment.kind,
            change=round_(moment.change),
            probability=round_(moment.probability),
        )
        for moment in moments
    ]


def stop_parts(stops: Sequence[Stop]) -> list[StopPart]:
    """Touchpoints on the way in order, rounded to 4 decimals."""
    return [
        StopPart(
            touchpoint=stop.touchpoint,
            interactions=list(stop.interactions),
            valence=rounded(stop.valence),
            low=rounded(stop.low),
            high=rounded(stop.high),
            reason=stop.reason,
        )
        for stop in stops
    ]


def context_part(context: Context) -> ContextPart:
    """Where and how it took place."""
    return ContextPart(**asdict(context))


def rounded(value: float | None, digits: int = 4) -> float | None:
    """A number that may be missing; what is not finite is missing too."""
    return None if value is None or not math.isfinite(value) else round_(value, digits)


def round_(value: float, digits: int = 4) -> float:
    """A finite number to so many decimals."""
    # A tiny fall is no "-0.0", which programs compare and people read as something else than 0.
    return round(float(value), digits) + 0.0
