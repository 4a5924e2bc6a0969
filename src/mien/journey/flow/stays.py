"""Who is in a zone for how long, and what became of those who waited."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import shapely
from pydantic import BaseModel, ConfigDict
from shapely.geometry import Polygon

if TYPE_CHECKING:
    from mien.journey.flow.plan import FlowSettings, FlowZone, Sighting

_NEAR_EDGE: Final = 0.08
"""Share of the picture from its edge within which somebody last seen has left the picture."""


class Outcome(StrEnum):
    """How a stay ended."""

    LEFT = "left"
    SERVED = "served"
    GAVE_UP = "left without service"
    CUT = "lost from sight or still there"


@dataclass(frozen=True, slots=True)
class Stay:
    """One person's continuous presence in one zone.

    Attributes:
        zone: Name of the zone.
        track_id: Number of the track at its camera.
        start_s: When first seen in it, seconds in the stream.
        end_s: When last seen in it.
        outcome: How it ended. In a queue that leads to zones of this camera, `LEFT` does not occur.
    """

    zone: str
    track_id: int
    start_s: float
    end_s: float
    outcome: Outcome

    @property
    def length_s(self) -> float:
        """How long it lasted, at least where it was cut; seconds."""
        return self.end_s - self.start_s


class OpenStay(BaseModel):
    """A stay under way.

    Attributes:
        start_s: When first seen in the zone.
        last_s: When last seen in it.
        out_since_s: Since when seen outside it; `None` while inside.
        told: Whether it lasted long enough to be one step of a path.
    """

    model_config = ConfigDict(extra="forbid")

    start_s: float
    last_s: float
    out_since_s: float | None = None
    told: bool = False


class ZoneWatch:
    """Follows who is in one zone.

    In a queue people are where their feet are. In other zones, which are drawn around faces and goods, it is enough
    that feet, middle or head lie there, as seen from the camera.

    Args:
        zone: The zone.
        settings: Grace and least stays.
    """

    def __init__(self, zone: FlowZone, settings: FlowSettings) -> None:
        self.zone = zone
        self._settings = settings
        self._polygon = Polygon(zone.corners)
        shapely.prepare(self._polygon)
        self.open: dict[int, OpenStay] = {}
        self.leaving: dict[int, OpenStay] = {}

    @property
    def is_queue(self) -> bool:
        """Whether people wait here."""
        return self.zone.kind == "queue"

    @property
    def least_s(self) -> float:
        """Seconds under which somebody only passed."""
        return self._settings.join_s if self.is_queue else self._settings.min_stay_s

    def holds(self, seen: Sighting) -> bool:
        """Whether somebody is in the zone."""
        points = seen.points[:1] if self.is_queue else seen.points
        return any(bool(shapely.intersects_xy(self._polygon, *point)) for point in points)

    def see(self, seen: Sighting, t_s: float) -> bool:
        """Take one sighting.

        Returns:
            Whether the stay has by now lasted long enough to be one, for the first time.
        """
        stay = self.open.get(seen.track_id)
        if not self.holds(seen):
            if stay is not None and stay.out_since_s is None:
                stay.out_since_s = t_s
            return False
        if stay is None:
            stay = self.open[seen.track_id] = OpenStay(start_s=t_s, last_s=t_s)
        stay.last_s, stay.out_since_s = t_s, None
        if stay.told or t_s - stay.start_s < self.least_s:
            return False
        stay.told = True
        return True

    def waiting(self) -> int:
        """How many are in the zone now who did not only pass."""
        return sum(stay.told for stay in self.open.values())

    def over(self, t_s: float) -> list[tuple[int, OpenStay]]:
        """End the stays of those who have been outside for longer than the grace; by track."""
        gone = [
            (track, stay)
            for track, stay in self.open.items()
            if stay.out_since_s is not None and t_s - stay.out_since_s >= self._settings.grace_s
        ]
        for track, _ in gone:
            del self.open[track]
        return gone

    def late(self, t_s: float) -> list[tuple[int, OpenStay]]:
        """Those who left a queue and were not served in time; by track."""
        late = [
            (track, stay)
            for track, stay in self.leaving.items()
            if t_s - stay.last_s > self._settings.serve_within_s
        ]
        for track, _ in late:
            del self.leaving[track]
        return late

    def stay(self, track_id: int, stay: OpenStay, outcome: Outcome) -> Stay | None:
        """A stay that ended; `None` where somebody only passed."""
        if not stay.told:
            return None
        return Stay(self.zone.name, track_id, stay.start_s, stay.last_s, outcome)


def left_picture(seen: Sighting) -> bool:
    """Whether somebody who was not seen again has left the picture, rather than been lost in it."""
    x, y = seen.place
    return min(x, 1.0 - x, 1.0 - y) < _NEAR_EDGE
