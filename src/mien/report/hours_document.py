"""The JSON document of `mien hours`, and its published schema.

The schema lies beside this module as `hours.schema.json`; `python -m mien.report.hours_document` prints what it must
be.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from mien.expressions import ScaleName
from mien.insight import Unit, Verdict
from mien.journey.parts import Count, Index, Part, Valence, round_
from mien.report.hours import points, remarks

if TYPE_CHECKING:
    from mien.insight import Compared, Difference, Estimate, SideMean
    from mien.report.hours import HoursReport

SCHEMA_ID: Final = "urn:mien:hours:1"

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


class SidePart(Part):
    """What was seen on one side; `mean` is null where `reason` says why."""

    seen: Annotated[Count, Field(description="Interactions.")]
    states: Annotated[Count, Field(description="Those that are compared: whole faces with a state.")]
    covered: Annotated[Count, Field(description="States left out because they were read by the eyes alone.")]
    stateless: Annotated[Count, Field(description="Interactions of which too little was read for a state.")]
    mean: MeanPart | None
    reason: str | None


class DifferencePart(Part):
    """Mean at the exit minus mean at the entrance; the verdict comes from the joint interval."""

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
    points: PointsChange
    points_low: PointsChange
    points_high: PointsChange


class ComparedPart(Part):
    """Entrance and exit in one period; `difference` is null where `reason` says why."""

    entrance: SidePart
    exit: SidePart
    difference: DifferencePart | None
    reason: str | None
    verdict: Verdict


class HourPart(ComparedPart):
    """One hour on the clock of the site."""

    begins: Annotated[AwareDatetime, Field(description="With its offset from UTC.")]


class ClockPart(ComparedPart):
    """One hour of the day, the days taken together."""

    hour: Annotated[int, Field(ge=0, le=23, description="The hour that begins at this time of the clock.")]


class DayPart(ComparedPart):
    """One day on the clock of the site."""

    day: date


class TotalPart(ComparedPart):
    """The whole time."""

    unit: Annotated[Unit, Field(description="What counts once in means and difference.")]
    days: Annotated[Count, Field(description="Days that count where the day is the unit; 0 elsewhere.")]


class OtherWayPart(Part):
    """Interactions left out because they were read in another way."""

    reader: str
    scale: ScaleName
    interactions: Count
    first: date
    last: date


class RemarkPart(Part):
    """Something that must be said with the numbers."""

    head: str
    text: str


class HoursDocument(Part):
    """What `mien hours --json` writes. No average of fewer than 10 interactions is in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Mien hours", populate_by_name=True)

    schema_: Annotated[Literal[1], Field(alias="schema", description="Version of this layout.")] = 1
    site: str
    time_zone: str
    first: Annotated[date, Field(description="First day, on the clock of the site.")]
    last: Annotated[date, Field(description="Last day.")]
    entrance: Annotated[list[str], Field(description="Touchpoints taken together as the entrance.")]
    exit: Annotated[list[str], Field(description="Touchpoints taken together as the exit.")]
    same_people: Annotated[Literal[False], Field(description="Nobody is followed.")] = False
    calibrated: Annotated[
        Literal[False], Field(description="The offset of the cameras is in every difference.")
    ] = False
    reader: Annotated[
        str | None, Field(description="Who read what is compared; null where there is nothing.")
    ]
    scale: Annotated[ScaleName | None, Field(description="Valence scale of every number.")]
    total: TotalPart
    clock: list[ClockPart]
    days: list[DayPart]
    hours: list[HourPart]
    other_ways: list[OtherWayPart]
    undated: Annotated[Count, Field(description="Interactions without a time of day, which are in nothing.")]
    remarks: list[RemarkPart]
    simulated: Annotated[bool, Field(description="The interactions are made up.")]
    mien_version: str
    made_at: AwareDatetime

    def to_json(self, indent: int | None = None) -> str:
        """The document as JSON text; no NaN, no infinity.

        Args:
            indent: Spaces per level; `None` writes one line.
        """
        return self.model_dump_json(by_alias=True, indent=indent)


def build_hours_document(report: HoursReport) -> HoursDocument:
    """The JSON document of a comparison; valence is rounded to 4 decimals, points to 2."""
    found = report.found
    return HoursDocument(
        site=report.site,
        time_zone=report.time_zone,
        first=report.first,
        last=report.last,
        entrance=list(report.entrance),
        exit=list(report.exit),
        reader=None if found.way is None else found.way.reader,
        scale=None if found.way is None else found.way.scale,
        total=TotalPart(**_compared(found.total), unit=found.total.unit, days=found.total.days),
        clock=[ClockPart(hour=cell.at, **_compared(cell.found)) for cell in found.clock],
        days=[DayPart(day=cell.at, **_compared(cell.found)) for cell in found.days],
        hours=[HourPart(begins=cell.at, **_compared(cell.found)) for cell in found.hours],
        other_ways=[
            OtherWayPart(
                reader=one.way.reader,
                scale=one.way.scale,
                interactions=one.interactions,
                first=one.first,
                last=one.last,
            )
            for one in found.others
        ],
        undated=report.undated,
        remarks=[RemarkPart(head=one.head, text=one.text) for one in remarks(report)],
        simulated=report.simulated,
        mien_version=report.mien_version,
        made_at=report.made_at,
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that every document fulfils."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **HoursDocument.model_json_schema(by_alias=True, mode="serialization"),
    }


def _compared(found: Compared) -> dict[str, Any]:
    return {
        "entrance": _side(found.entrance),
        "exit": _side(found.exit),
        "difference": None if found.difference is None else _difference(found.difference),
        "reason": found.reason,
        "verdict": found.verdict,
    }


def _side(side: SideMean) -> SidePart:
    return SidePart(
        seen=side.seen,
        states=side.states,
        covered=side.covered,
        stateless=side.stateless,
        mean=None if side.mean is None else _mean(side.mean),
        reason=side.reason,
    )


def _mean(mean: Estimate) -> MeanPart:
    return MeanPart(
        valence=round_(mean.value),
        valence_low=round_(mean.low),
        valence_high=round_(mean.high),
        happiness_index=round_(points(mean.value), 2),
        hi_low=round_(points(mean.low), 2),
        hi_high=round_(points(mean.high), 2),
    )


def _difference(found: Difference) -> DifferencePart:
    return DifferencePart(
        valence=round_(found.value),
        valence_low=round_(found.low),
        valence_high=round_(found.high),
        valence_joint_low=round_(found.joint_low),
        valence_joint_high=round_(found.joint_high),
        points=round_(50 * found.value, 2),
        points_low=round_(50 * found.low, 2),
        points_high=round_(50 * found.high, 2),
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
