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
from mien.insight.allowance import Allowance
from mien.journey.parts import Count, Part
from mien.report.hours_camera_parts import (
    CamerasPart,
    GapPart,
    WatchedPart,
    cameras_part,
    gap_parts,
    watched_part,
)
from mien.report.hours_parts import DifferencePart, MeanPart, difference_part, mean_part
from mien.report.hours_remarks import remarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.insight import Compared, SideMean
    from mien.insight.coverage import Missing
    from mien.report.hours import HoursReport

SCHEMA_ID: Final = "urn:mien:hours:1"


class SidePart(Part):
    """What was seen on one side; `mean` is null where `reason` says why."""

    seen: Annotated[Count, Field(description="Interactions.")]
    states: Annotated[Count, Field(description="Those that are compared: whole faces with a state.")]
    covered: Annotated[Count, Field(description="States left out because they were read by the eyes alone.")]
    stateless: Annotated[Count, Field(description="Interactions of which too little was read for a state.")]
    mean: MeanPart | None
    reason: str | None


class ComparedPart(Part):
    """Entrance and exit in one period; `difference` is null where `reason` says why."""

    entrance: SidePart
    exit: SidePart
    difference: DifferencePart | None
    reason: str | None
    verdict: Verdict
    gaps: Annotated[
        list[GapPart], Field(description="Cameras that were not read for a minute or more of it.")
    ]


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
        bool, Field(description="Whether differences are free of the offset of cameras, but for its error.")
    ]
    cameras: Annotated[
        CamerasPart | None,
        Field(description="How the cameras are allowed for; null where a side has no states."),
    ]
    watched: Annotated[WatchedPart, Field(description="From what it is known when cameras were not read.")]
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
    found, missed = report.found, report.watched.missed
    return HoursDocument(
        site=report.site,
        time_zone=report.time_zone,
        first=report.first,
        last=report.last,
        entrance=list(report.entrance),
        exit=list(report.exit),
        calibrated=found.cameras is not None and found.cameras.allowance is not Allowance.UNCALIBRATED,
        cameras=None if found.cameras is None else cameras_part(found.cameras),
        watched=watched_part(report.watched),
        reader=None if found.way is None else found.way.reader,
        scale=None if found.way is None else found.way.scale,
        total=TotalPart(**_compared(found.total, missed.total), unit=found.total.unit, days=found.total.days),
        clock=[
            ClockPart(hour=cell.at, **_compared(cell.found, missed.clock.get(cell.at, ())))
            for cell in found.clock
        ],
        days=[
            DayPart(day=cell.at, **_compared(cell.found, missed.days.get(cell.at, ()))) for cell in found.days
        ],
        hours=[
            HourPart(begins=cell.at, **_compared(cell.found, missed.hours.get(cell.at, ())))
            for cell in found.hours
        ],
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


def _compared(found: Compared, missing: Sequence[Missing]) -> dict[str, Any]:
    return {
        "entrance": _side(found.entrance),
        "exit": _side(found.exit),
        "difference": None if found.difference is None else difference_part(found.difference),
        "reason": found.reason,
        "verdict": found.verdict,
        "gaps": gap_parts(missing),
    }


def _side(side: SideMean) -> SidePart:
    return SidePart(
        seen=side.seen,
        states=side.states,
        covered=side.covered,
        stateless=side.stateless,
        mean=None if side.mean is None else mean_part(side.mean),
        reason=side.reason,
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
