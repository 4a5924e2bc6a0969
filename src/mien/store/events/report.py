"""The event that carries the service-quality report of a day, for who is mailed it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, Field

from mien.journey.parts import Count, Part
from mien.store.events.envelope import CloudEvent, schema_of, source_of

DAY_REPORTED: Final = "mien.report.day"
"""A day is over, and this is how it was."""

_NAMESPACE: Final = uuid.UUID("5cbb6f0e-98f1-5a55-9a0f-1f3d7d2c6b10")

_Number = Annotated[float | None, Field(description="Null where `reason` says why.")]


class FigurePart(Part):
    """A mean with its interval."""

    of: Annotated[str, Field(description="What is averaged: index, eps, improved, worsened (shares 0..1).")]
    interactions: Count
    counted: Annotated[Count, Field(description="Those that have it.")]
    mean: _Number
    low: _Number
    high: _Number
    reason: str | None


class AgainstPart(Part):
    """How a mean of the whole site changed against a time before."""

    of: Annotated[str, Field(description="What is averaged, as in figures.")]
    before: Annotated[str, Field(description="day: the day before; week: the seven days before.")]
    change: Annotated[float | None, Field(description="Now minus before; null where `reason` says why.")]
    low: _Number
    high: _Number
    counted: Annotated[Count, Field(description="Interactions of the day that have it.")]
    counted_before: Annotated[Count, Field(description="Those of the time before.")]
    reason: str | None


class PlacePart(Part):
    """A touchpoint on that day."""

    touchpoint: str | None
    figures: list[FigurePart]


class RulePart(Part):
    """What a rule told on that day."""

    rule: str
    raised: Count
    right: Count
    wrong: Count


class DayReport(Part):
    """How a day at a site was: means of at least ten, counts, and what is to be done. It names nobody."""

    site: str
    day: date
    simulated: bool
    figures: Annotated[list[FigurePart], Field(description="Of the whole site.")]
    places: list[PlacePart]
    against: Annotated[
        list[AgainstPart], Field(default_factory=list, description="The whole site against times before.")
    ]
    rules: list[RulePart]
    tasks_opened: Count
    tasks_closed: Annotated[Count | None, Field(description="Null in reports of earlier versions.")] = None
    tasks_open: Annotated[Count, Field(description="Of any day.")]
    tasks_overdue: Count
    unread_hours: Annotated[
        dict[str, float],
        Field(description="By camera: hours in which the site was open and the camera not read."),
    ]
    written_at: AwareDatetime


def report_event(report: DayReport, at: datetime) -> CloudEvent:
    """The event of a report; the same day of the same site has the same id.

    Args:
        report: The report.
        at: When it was written, with zone.
    """
    return CloudEvent(
        id=report_id(report.site, report.day),
        source=source_of(report.site, None),
        type=DAY_REPORTED,
        subject=report_id(report.site, report.day),
        time=at,
        dataschema=schema_of(DayReport),
        data=report.model_dump(mode="json"),
    )


def report_id(site: str, day: date) -> str:
    """The id of the report of a day."""
    return str(uuid.uuid5(_NAMESPACE, f"{site}\x1f{day}"))
