"""What `mien run` counted at a site over some days, and its JSON document."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from mien.report.flow import counts_of, heat_of
from mien.report.visit_flow import visit_flow_document

if TYPE_CHECKING:
    from datetime import date

    from mien.insight import VisitFlow
    from mien.journey.flow import Balance, FlowCounts, FlowPlan, FlowQuarter, FlowSettings, FlowSum

SCHEMA: Final = "urn:mien:flow-stored:1"


@dataclass(frozen=True, slots=True)
class StoredCamera:
    """What was counted at one camera.

    Attributes:
        camera: Its name.
        plan: What the site file gives it to count at now.
        time_zone: Of the site.
        summed: All periods together.
        quarters: The counts by period, in order, in seconds since 1970; times without any have none. Empty where they
            were not asked for.
    """

    camera: str
    plan: FlowPlan
    time_zone: str
    summed: FlowSum
    quarters: tuple[FlowQuarter, ...] = ()

    @property
    def total(self) -> FlowCounts:
        """All that was counted."""
        return self.summed.counts

    def moment(self, t_s: float) -> datetime:
        """A time of the periods on the clock of the site."""
        return datetime.fromtimestamp(t_s, ZoneInfo(self.time_zone))

    def clock(self, t_s: float) -> str:
        """The same as people read it."""
        return self.moment(t_s).strftime("%H:%M")


@dataclass(frozen=True, slots=True)
class DoorDay:
    """One day at all doors of a site together.

    Attributes:
        day: The day on the clock of the site.
        closed_at: When the site closed last on it; `None` where it did not, or not yet, or no hours are given.
        inside: In minus out by the end of the period in which it closed: people at closing time, by the count; `None`
            likewise.
        balance: The self-checks, from before opening to after closing.
        unjudged: Why nothing is said of errors; empty where it is.
        watched: Whether any camera at these doors saw any of it.
    """

    day: date
    closed_at: datetime | None
    inside: int | None
    balance: Balance
    unjudged: str
    watched: bool


@dataclass(frozen=True, slots=True)
class StoredFlow:
    """What was counted at a site.

    Attributes:
        site: Its name.
        time_zone: Its clock.
        first: First day.
        last: Last day.
        cameras: What was counted, by camera; cameras without anything are left out.
        doors: Names of the cameras over whose door lines people come in and go out.
        days: The days at these doors; none where there are no doors.
        settings: How people were counted.
        visits: What joined visits say; `None` where one camera only is told of.
    """

    site: str
    time_zone: str
    first: date
    last: date
    cameras: tuple[StoredCamera, ...]
    doors: tuple[str, ...]
    days: tuple[DoorDay, ...]
    settings: FlowSettings
    visits: VisitFlow | None = None

    def to_json(self) -> str:
        """The document, for programs; numbers that cannot be told are null."""
        document = {
            "schema": SCHEMA,
            "site": self.site,
            "time_zone": self.time_zone,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "doors": list(self.doors),
            "days": [
                {
                    "day": one.day.isoformat(),
                    "closed_at": None if one.closed_at is None else one.closed_at.isoformat(),
                    "inside_at_closing": one.inside,
                    "balance": asdict(one.balance),
                    "unjudged": one.unjudged or None,
                }
                for one in self.days
            ],
            "cameras": [
                {
                    "camera": one.camera,
                    "periods_seen_twice": one.summed.twice,
                    "total": counts_of(one.total),
                    "periods": [
                        {
                            "begins_at": one.moment(quarter.begin_s).isoformat(),
                            "ends_at": one.moment(quarter.end_s).isoformat(),
                            "whole": quarter.whole,
                            **counts_of(quarter.counts),
                        }
                        for quarter in one.quarters
                    ],
                    "heat_map": heat_of(one.total, self.settings),
                }
                for one in self.cameras
            ],
            "visits": None if self.visits is None else visit_flow_document(self.visits),
        }
        return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
