"""Segments of a site compared, with what must be said beside them, and their JSON document."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from mien.insight.types import FEWEST
from mien.journey.parts import round_
from mien.segments import APPARENT, ATTRIBUTES, MEASURED, UNADJUSTED, Attribute
from mien.store import PartState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mien.insight import By, Estimate, Scored, SegmentMean, SegmentRow, Way
    from mien.store import SegmentPart

SCHEMA: Final = "urn:mien:segments:1"


@dataclass(frozen=True, slots=True)
class SegmentsReport:
    """Segments of a site over some days.

    Attributes:
        site: Its name.
        time_zone: Its clock.
        first: First day.
        last: Last day.
        touchpoints: At which touchpoints.
        by: What segments are told apart by.
        way: How the interactions that are compared were read; `None` where nothing is stored.
        rows: The segments.
        parts: Everything that is stored of these days, lost parts and those read in another way too.
    """

    site: str
    time_zone: str
    first: date
    last: date
    touchpoints: tuple[str, ...]
    by: By
    way: Way | None
    rows: tuple[SegmentRow, ...]
    parts: tuple[SegmentPart, ...]

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """What is told of people here."""
        return tuple(name for name in ATTRIBUTES if self.by in (name, "both"))

    @property
    def seen(self) -> Counter[Scored]:
        """Interactions of the parts that are compared, by what scores they have, in a segment or not."""
        counted: Counter[Scored] = Counter()
        for part in self.parts:
            if self._is_compared(part):
                counted.update(part.seen)
        return counted

    @property
    def in_segments(self) -> int:
        """Those of them that are in a segment here."""
        return sum(row.interactions for row in self.rows)

    @property
    def remarks(self) -> list[str]:
        """What must be known of the numbers, one sentence each."""
        told = [UNADJUSTED, APPARENT, *(MEASURED[name] for name in self.attributes)]
        if seen := self.seen.total():
            told.append(
                f"{self.in_segments} of {seen} interactions are in a segment here. The others could not be told, may "
                f"be of people under 18, or were fewer than {FEWEST} alike at a touchpoint on a day, which is not kept."
            )
        told += self._gaps()
        if others := sum(
            sum(p.seen.values()) for p in self._in_state(PartState.WRITTEN) if p not in self._compared
        ):
            told.append(f"{others} interactions that another reader or scale read are left out.")
        return told

    def to_json(self) -> str:
        """The document."""
        document = {
            "schema": SCHEMA,
            "site": self.site,
            "time_zone": self.time_zone,
            "first": str(self.first),
            "last": str(self.last),
            "touchpoints": list(self.touchpoints),
            "by": self.by,
            "reader": None if self.way is None else self.way.reader,
            "scale": None if self.way is None else self.way.scale,
            "adjusted": False,
            "interactions": {str(scored): n for scored, n in self.seen.items()},
            "in_segments": self.in_segments,
            "segments": [_row(row) for row in self.rows],
            "parts": [
                {
                    "day": str(part.key.day),
                    "touchpoint": part.key.touchpoint,
                    "state": str(part.state),
                    "since": part.begins_at.isoformat(),
                    "until": None if part.ends_at is None else part.ends_at.isoformat(),
                }
                for part in self.parts
            ],
            "remarks": self.remarks,
        }
        return json.dumps(document, indent=2, ensure_ascii=False)

    def _gaps(self) -> list[str]:
        clock = ZoneInfo(self.time_zone)
        said = {
            PartState.LOST: "the counts since {since} were lost: the program was killed or the machine switched off",
            PartState.HELD: "what came since {since} is held in memory until the day is over, if mien run is still at "
            "work",
            PartState.TWICE: "what was read from {since} on had been counted before and is not counted again",
        }
        return [
            f"{part.key.day} at {part.key.touchpoint}: "
            + said[part.state].format(since=f"{part.begins_at.astimezone(clock):%H:%M}")
            + "."
            for state in said
            for part in self._in_state(state)
        ]

    def _in_state(self, state: PartState) -> list[SegmentPart]:
        return [part for part in self.parts if part.state is state]

    @property
    def _compared(self) -> list[SegmentPart]:
        return [part for part in self.parts if self._is_compared(part)]

    def _is_compared(self, part: SegmentPart) -> bool:
        way = self.way
        written = part.state is PartState.WRITTEN
        return written and way is not None and (part.key.reader, part.key.scale) == (way.reader, way.scale)


def _row(row: SegmentRow) -> dict[str, Any]:
    return {
        "age": row.segment.age,
        "gender": row.segment.gender,
        "interactions": row.interactions,
        "eps": _mean(row.eps),
        "happiness_index": _mean(row.index),
    }


def _mean(mean: SegmentMean) -> dict[str, Any]:
    return {
        "interactions": mean.interactions,
        "mean": _ends(mean.mean),
        "reason": mean.reason,
        "minus_others": _ends(mean.difference),
        "verdict": str(mean.verdict),
    }


def _ends(found: Estimate | None) -> dict[str, float] | None:
    if found is None:
        return None
    values: Sequence[float] = (found.value, found.low, found.high)
    return dict(zip(("value", "low", "high"), (round_(v, 2) for v in values), strict=True))
