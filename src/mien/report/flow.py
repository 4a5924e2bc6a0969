"""What was counted in a recording, and its JSON document."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol
from zoneinfo import ZoneInfo

from mien.journey.flow import Crossing

if TYPE_CHECKING:
    from datetime import datetime

    from mien.journey.flow import Balance, Durations, FlowCounts, FlowPlan, FlowQuarter, FlowSettings, Stay

SCHEMA: Final = "urn:mien:flow:1"


class Counted(Protocol):
    """What was counted at one camera, as tables need it."""

    @property
    def plan(self) -> FlowPlan:
        """What was counted at."""
        ...

    @property
    def quarters(self) -> tuple[FlowQuarter, ...]:
        """The counts by period."""
        ...

    @property
    def total(self) -> FlowCounts:
        """All periods together."""
        ...

    def clock(self, t_s: float) -> str:
        """A time of the periods as people read it."""
        ...


@dataclass(frozen=True, slots=True)
class FlowReport:
    """What was counted in one recording of one camera.

    Attributes:
        video: The file.
        site: Name of the site.
        camera: Name of the camera.
        recorded_at: When second 0 was, with zone; `None` where not known.
        time_zone: Of the site.
        rate: Pictures per second that were looked at.
        length_s: How far it was looked at, seconds.
        complete: Whether to its end; `False` after a stop.
        plan: What was counted at.
        settings: How.
        quarters: The counts by period.
        events: Crossings and stays, in the order in which they became certain.
        total: All periods together.
        balance: The self-checks.
        warnings: What went wrong in the recording, one sentence each.
    """

    video: str
    site: str
    camera: str
    recorded_at: datetime | None
    time_zone: str
    rate: float
    length_s: float
    complete: bool
    plan: FlowPlan
    settings: FlowSettings
    quarters: tuple[FlowQuarter, ...]
    events: tuple[Crossing | Stay, ...]
    total: FlowCounts
    balance: Balance
    warnings: tuple[str, ...]

    def clock(self, t_s: float) -> str:
        """A time of the stream as people read it: on the clock of the site, or else since the start."""
        if self.recorded_at is not None:
            moment = self.recorded_at + timedelta(seconds=t_s)
            return moment.astimezone(ZoneInfo(self.time_zone)).strftime("%H:%M:%S")
        minutes, seconds = divmod(max(round(t_s), 0), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"

    def to_json(self) -> str:
        """The document, for programs; numbers that cannot be told are null, with their reason."""
        document = {
            "schema": SCHEMA,
            "video": self.video,
            "site": self.site,
            "camera": self.camera,
            "recorded_at": self.recorded_at.isoformat() if self.recorded_at is not None else None,
            "rate": self.rate,
            "length_s": round(self.length_s, 3),
            "complete": self.complete,
            "warnings": list(self.warnings),
            "balance": asdict(self.balance),
            "total": counts_of(self.total),
            "quarters": [
                {
                    "begin_s": quarter.begin_s,
                    "end_s": quarter.end_s,
                    "whole": quarter.whole,
                    **counts_of(quarter.counts),
                }
                for quarter in self.quarters
            ],
            "crossings": [asdict(event) for event in self.events if isinstance(event, Crossing)],
            "stays": [asdict(event) for event in self.events if not isinstance(event, Crossing)],
            "heat_map": heat_of(self.total, self.settings),
        }
        return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)


def heat_of(counts: FlowCounts, settings: FlowSettings) -> dict[str, Any]:
    """Where people stood for how long, row after row from the top."""
    seconds = counts.heat_map(settings.rows, settings.columns)
    return {"rows": settings.rows, "columns": settings.columns, "seconds": seconds.round(2).tolist()}


def counts_of(counts: FlowCounts) -> dict[str, Any]:
    """Counts as people use them; the bins of durations stay inside."""
    return {
        "watched_s": round(counts.watched_s, 3),
        "gap_s": round(counts.gap_s, 3),
        "gaps": counts.gaps,
        "people": counts.people,
        "excluded": counts.excluded,
        "faces_s": round(counts.faces_s, 3),
        "facing_camera_s": round(counts.facing_s, 3),
        "lines": {name: line.model_dump() for name, line in counts.lines.items()},
        "zones": {
            name: {
                "stays": _durations(zone.stays),
                "person_s": round(zone.person_s, 3),
                "feetless_s": round(zone.feetless_s, 3),
                "turned_s": round(zone.turned_s, 3),
            }
            for name, zone in counts.zones.items()
        },
        "queues": {
            name: {
                "joined": queue.joined,
                "served": _durations(queue.served),
                "gave_up": _durations(queue.gave_up),
                "left": _durations(queue.left),
                "share_given_up": asdict(share) if (share := queue.share_given_up) is not None else None,
                "mean_length": queue.mean_length,
                "longest": queue.longest,
                "length_s": {str(n): round(seconds, 3) for n, seconds in queue.length_s.items()},
            }
            for name, queue in counts.queues.items()
        },
        "paths": counts.paths,
    }


def _durations(durations: Durations) -> dict[str, Any]:
    return {
        "ended": durations.n,
        "cut": durations.n_cut,
        "total_s": round(durations.total_s, 3),
        "median": asdict(durations.quantile()),
        "ninth_decile": asdict(durations.quantile(0.9)),
    }
