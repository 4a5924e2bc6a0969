"""The JSON document of an analysis, and its published schema.

The schema lies beside this module as `analysis.schema.json`; `python -m mien.report.document` prints what it
must be.
"""

from __future__ import annotations

import json
import math
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from mien.expressions import EXPRESSIONS, ScaleName
from mien.journey.parts import (
    ContextPart,
    Count,
    Index,
    LeftOut,
    MomentPart,
    Part,
    Points,
    Seconds,
    Share,
    Valence,
    context_part,
    moment_parts,
    round_,
    rounded,
)
from mien.journey.types import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.journey.types import Curve, Interaction
    from mien.report.model import Report, VideoReport

SCHEMA_ID: Final = "urn:mien:analysis:1"


class ExpressionShares(Part):
    """Time-weighted mean shares of what the face shows, over usable readings; together 1."""

    neutral: Share
    happiness: Share
    surprise: Share
    sadness: Share
    anger: Share
    disgust: Share
    fear: Share
    contempt: Share


class CurvePart(Part):
    """Valence over time with its pointwise 95 % band; four lists of equal length, null inside gaps."""

    t_s: list[Seconds]
    valence: list[Valence | None]
    low: list[Valence | None]
    high: list[Valence | None]


class InteractionPart(Part):
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


class VideoPart(Part):
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


class AnalysisDocument(Part):
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
        duration_s=rounded(video.duration_s),
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
        start_s=round_(found.start_s),
        end_s=round_(found.end_s),
        readings=found.readings,
        usable_s=round_(score.usable_s),
        initial_valence=rounded(score.initial_valence),
        final_valence=rounded(score.final_valence),
        eps=rounded(score.eps, 2),
        eps_low=rounded(score.eps_low, 2),
        eps_high=rounded(score.eps_high, 2),
        outcome=score.outcome,
        happiness_index=rounded(score.happiness_index, 2),
        hi_low=rounded(score.hi_low, 2),
        hi_high=rounded(score.hi_high, 2),
        reason=score.reason,
        expressions=shares_part(found.expressions),
        moments=moment_parts(score.moments),
        curve=_curve(found.curve),
        usable_readings=score.n,
        by_eyes=found.by_eyes,
        left_out=dict(found.left_out),
        context=context_part(context),
        interrupted=found.interrupted,
    )


def shares_part(expressions: tuple[float, ...] | None) -> ExpressionShares | None:
    """Shares of the expressions as documents hold them."""
    if expressions is None:
        return None
    shares = (min(max(round_(share), 0.0), 1.0) for share in expressions)
    return ExpressionShares(**dict(zip(EXPRESSIONS, shares, strict=True)))


def _curve(curve: Curve | None) -> CurvePart:
    if curve is None:
        return CurvePart(t_s=[], valence=[], low=[], high=[])
    return CurvePart(
        t_s=[round_(t) for t in curve.t_s],
        valence=_series(curve.valence),
        low=_series(curve.low),
        high=_series(curve.high),
    )


def _series(values: Iterable[float]) -> list[float | None]:
    return [round_(value) if math.isfinite(value) else None for value in values]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
