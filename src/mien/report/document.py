"""The JSON document of an analysis, and its published schema.

The schema lies beside this module as `analysis.schema.json`; `python -m mien.report.document` prints what it
must be.
"""

from __future__ import annotations

import json
import math
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from mien.expressions import EXPRESSIONS, ScaleName
from mien.journey.types import MomentKind, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.journey.types import Curve, Interaction
    from mien.report.model import Report, VideoReport

SCHEMA_ID: Final = "urn:mien:analysis:1"

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False, description="Seconds.")]
Valence = Annotated[float, Field(allow_inf_nan=False, description="-1 unpleasant .. 1 pleasant.")]
Points = Annotated[float, Field(allow_inf_nan=False, description="Points of the EPS, -200..200.")]
Index = Annotated[
    float, Field(allow_inf_nan=False, description="Points of the Happiness Index, 0..100; 50 is neutral.")
]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]
LeftOut = Annotated[dict[str, Count], Field(description="Readings left out, by reason.")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExpressionShares(_Part):
    """Time-weighted mean shares of what the face shows, over usable readings; together 1."""

    neutral: Share
    happiness: Share
    surprise: Share
    sadness: Share
    anger: Share
    disgust: Share
    fear: Share
    contempt: Share


class MomentPart(_Part):
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


class CurvePart(_Part):
    """Valence over time with its pointwise 95 % band; four lists of equal length, null inside gaps."""

    t_s: list[Seconds]
    valence: list[Valence | None]
    low: list[Valence | None]
    high: list[Valence | None]


class ContextPart(_Part):
    """Where and how it took place; null where nothing was said."""

    site: str | None
    touchpoint: str | None
    type: str | None
    service_point: str | None
    shift: str | None
    protocol: str | None


class InteractionPart(_Part):
    """One customer's continuous presence at one touchpoint. A number is null where `reason` says why."""

    id: str
    touchpoint: str | None
    start_s: Seconds
    end_s: Seconds
    readings: Annotated[Count, Field(description="Readings, usable or not.")]
    usable_s: Annotated[Seconds, Field(description="Seconds covered by usable readings.")]
    initial_valence: Valence | None
    final_valence: Valence | None
    eps: Annotated[Points | None, Field(description="100 x (final - initial valence), -200..200.")]
    eps_low: Annotated[Points | None, Field(description="Lower end of the 95 % interval.")]
    eps_high: Annotated[Points | None, Field(description="Upper end of the 95 % interval.")]
    outcome: Outcome
    happiness_index: Index | None
    hi_low: Annotated[Index | None, Field(description="Lower end of the 95 % interval.")]
    hi_high: Annotated[Index | None, Field(description="Upper end of the 95 % interval.")]
    reason: Annotated[str | None, Field(description="Why a number is missing; null where all are there.")]
    expressions: Annotated[ExpressionShares | None, Field(description="Null where no reading was usable.")]
    moments: list[MomentPart]
    curve: CurvePart
    usable_readings: Annotated[Count, Field(description="Readings that count.")]
    by_eyes: Annotated[
        Count, Field(description="Those made from the eyes alone, because the lower face was covered.")
    ]
    left_out: LeftOut
    context: ContextPart
    interrupted: Annotated[bool, Field(description="The recording ended while the face was still there.")]


class VideoPart(_Part):
    """One analysed video."""

    video: str
    duration_s: Seconds | None
    frames: Annotated[Count, Field(description="Pictures decoded.")]
    readings: Annotated[Count, Field(description="Readings, usable or not.")]
    left_out: LeftOut
    interactions: list[InteractionPart]
    reason: Annotated[str | None, Field(description="Why there is no interaction; null where there is one.")]
    warnings: list[str]
    simulated: Annotated[bool, Field(description="The video is made up.")]


class AnalysisDocument(_Part):
    """What `mien analyze --json` writes."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Mien analysis", populate_by_name=True)

    schema_: Annotated[Literal[1], Field(alias="schema", description="Version of this layout.")] = 1
    videos: list[VideoPart]
    mien_version: str
    made_at: AwareDatetime
    reader: Annotated[str, Field(description="Name and version of the expression reader.")]
    scale: Annotated[ScaleName, Field(description="Valence scale of every number.")]

    def to_json(self, indent: int | None = None) -> str:
        """The document as JSON text; no NaN, no infinity.

        Args:
            indent: Spaces per level; `None` writes one line.
        """
        return self.model_dump_json(by_alias=True, indent=indent)


def build_document(report: Report) -> AnalysisDocument:
    """The JSON document of a report.

    Args:
        report: The analysed videos.

    Returns:
        The document; numbers are as scored, rounded to 2 (points) or 4 (valence, seconds, shares) decimals.
    """
    return AnalysisDocument(
        videos=[_video(video) for video in report.videos],
        mien_version=report.mien_version,
        made_at=report.made_at,
        reader=report.reader,
        scale=report.scale,
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that every document fulfils."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **AnalysisDocument.model_json_schema(by_alias=True, mode="serialization"),
    }


def _video(video: VideoReport) -> VideoPart:
    return VideoPart(
        video=video.video,
        duration_s=_rounded(video.duration_s),
        frames=video.frames,
        readings=video.readings,
        left_out=dict(video.left_out),
        interactions=[interaction_part(interaction) for interaction in video.interactions],
        reason=video.reason,
        warnings=list(video.warnings),
        simulated=video.simulated,
    )


def interaction_part(found: Interaction) -> InteractionPart:
    """One interaction as documents hold it."""
    score, context = found.score, found.context
    return InteractionPart(
        id=found.id,
        touchpoint=context.touchpoint,
        start_s=_round(found.start_s),
        end_s=_round(found.end_s),
        readings=found.readings,
        usable_s=_round(score.usable_s),
        initial_valence=_rounded(score.initial_valence),
        final_valence=_rounded(score.final_valence),
        eps=_rounded(score.eps, 2),
        eps_low=_rounded(score.eps_low, 2),
        eps_high=_rounded(score.eps_high, 2),
        outcome=score.outcome,
        happiness_index=_rounded(score.happiness_index, 2),
        hi_low=_rounded(score.hi_low, 2),
        hi_high=_rounded(score.hi_high, 2),
        reason=score.reason,
        expressions=_shares(found.expressions),
        moments=[
            MomentPart(
                t_s=_round(moment.t_s),
                kind=moment.kind,
                change=_round(moment.change),
                probability=_round(moment.probability),
            )
            for moment in score.moments
        ],
        curve=_curve(found.curve),
        usable_readings=score.n,
        by_eyes=found.by_eyes,
        left_out=dict(found.left_out),
        context=ContextPart(
            site=context.site,
            touchpoint=context.touchpoint,
            type=context.type,
            service_point=context.service_point,
            shift=context.shift,
            protocol=context.protocol,
        ),
        interrupted=found.interrupted,
    )


def _shares(expressions: tuple[float, ...] | None) -> ExpressionShares | None:
    if expressions is None:
        return None
    shares = (min(max(_round(share), 0.0), 1.0) for share in expressions)
    return ExpressionShares(**dict(zip(EXPRESSIONS, shares, strict=True)))


def _curve(curve: Curve | None) -> CurvePart:
    if curve is None:
        return CurvePart(t_s=[], valence=[], low=[], high=[])
    return CurvePart(
        t_s=[_round(t) for t in curve.t_s],
        valence=_series(curve.valence),
        low=_series(curve.low),
        high=_series(curve.high),
    )


def _series(values: Iterable[float]) -> list[float | None]:
    return [_round(value) if math.isfinite(value) else None for value in values]


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None or not math.isfinite(value) else _round(value, digits)


def _round(value: float, digits: int = 4) -> float:
    # A tiny fall is no "-0.0", which programs compare and people read as something else than 0.
    return round(float(value), digits) + 0.0


if __name__ == "__main__":
    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
