"""Means and differences as the JSON document of `mien hours` has them: valence to 4 decimals, points to 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from mien.journey.parts import Index, Part, Valence, round_
from mien.report.hours import points

if TYPE_CHECKING:
    from mien.insight import Difference, Estimate

Change = Annotated[float, Field(allow_inf_nan=False, description="Difference of valence, -2..2.")]
PointsChange = Annotated[
    float, Field(allow_inf_nan=False, description="Difference in points of the Happiness Index, -100..100.")
]


class MeanPart(Part):
    """A mean with the 95 % interval that holds for it alone."""

    valence: Valence
    valence_low: Valence
    valence_high: Valence
    happiness_index: Index
    hi_low: Index
    hi_high: Index


class DifferencePart(Part):
    """Mean at the exit minus at the entrance, without the offset of cameras; the verdict is of the joint interval."""

    valence: Change
    valence_low: Annotated[Change, Field(description="Lower end of the 95 % interval, for it alone.")]
    valence_high: Annotated[Change, Field(description="Upper end.")]
    valence_joint_low: Annotated[
        Change,
        Field(
            description="Lower end of the interval that holds together with those of all other periods of its kind."
        ),
    ]
    valence_joint_high: Annotated[Change, Field(description="Upper end.")]
    valence_alone_low: Annotated[
        Change,
        Field(
            description="Lower end of the 95 % interval without the error of the cameras, which is one in all periods: "
            "with it periods are compared among themselves."
        ),
    ]
    valence_alone_high: Annotated[Change, Field(description="Upper end.")]
    valence_offset: Annotated[
        Change, Field(description="Taken away for the cameras; 0 where not calibrated.")
    ]
    points: PointsChange
    points_low: PointsChange
    points_high: PointsChange
    points_offset: PointsChange
    points_widened: Annotated[
        float, Field(ge=0, description="By how much the cameras put each end of the interval further out.")
    ]


def mean_part(mean: Estimate) -> MeanPart:
    """A mean."""
    return MeanPart(
        valence=round_(mean.value),
        valence_low=round_(mean.low),
        valence_high=round_(mean.high),
        happiness_index=round_(points(mean.value), 2),
        hi_low=round_(points(mean.low), 2),
        hi_high=round_(points(mean.high), 2),
    )


def difference_part(found: Difference) -> DifferencePart:
    """A difference."""
    return DifferencePart(
        valence=round_(found.value),
        valence_low=round_(found.low),
        valence_high=round_(found.high),
        valence_joint_low=round_(found.joint_low),
        valence_joint_high=round_(found.joint_high),
        valence_alone_low=round_(found.alone_low),
        valence_alone_high=round_(found.alone_high),
        valence_offset=round_(found.offset),
        points=round_(50 * found.value, 2),
        points_low=round_(50 * found.low, 2),
        points_high=round_(50 * found.high, 2),
        points_offset=round_(50 * found.offset, 2),
        points_widened=max(round_(50 * found.widened, 2), 0.0),
    )
