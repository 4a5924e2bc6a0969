"""What flow is counted over: the door lines and zones of one camera, and how."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from mien.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

Point = tuple[float, float]
Kind = Literal["queue", "shelf", "read"]


@dataclass(frozen=True, slots=True)
class FlowLine:
    """A line that people cross when they come in or go out.

    Attributes:
        name: Its name in the site file.
        ends: Its two ends, 0-1 coordinates of the picture.
        inside: A point on its inner side.
    """

    name: str
    ends: tuple[Point, Point]
    inside: Point


@dataclass(frozen=True, slots=True)
class FlowZone:
    """A zone in which people are or wait.

    Attributes:
        name: Its name in the site file.
        kind: What it is for.
        corners: Its outline, 0-1 coordinates of the picture.
        leads_to: Of a queue: names of the zones in which those who waited are served; empty where that is not known.
    """

    name: str
    kind: Kind
    corners: tuple[Point, ...]
    leads_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowPlan:
    """The door lines and zones of one camera.

    Attributes:
        lines: The door lines.
        zones: The zones.
        aspect: Width of the picture over its height.
    """

    lines: tuple[FlowLine, ...] = ()
    zones: tuple[FlowZone, ...] = ()
    aspect: float = field(default=16.0 / 9.0)

    def __post_init__(self) -> None:
        """Refuse what could only count wrongly.

        Raises:
            SettingError: A name stands twice, a queue leads to a zone that is not there, or the aspect is not positive.
        """
        if not self.aspect > 0.0:
            raise SettingError(
                f"The picture is {self.aspect} times as wide as high; give its width over its height."
            )
        for what, parts in (("door line", self.lines), ("zone", self.zones)):
            _check_names(what, [part.name for part in parts])
        known = {zone.name for zone in self.zones}
        for zone in self.zones:
            if unknown := sorted(set(zone.leads_to) - known):
                raise SettingError(
                    f"The queue '{zone.name}' leads to '{unknown[0]}', and there is no such zone; there are "
                    f"{', '.join(sorted(known))}."
                )

    def seen_in(self, size: tuple[int, int]) -> Self:
        """The same in a picture of that width and height, pixels."""
        return replace(self, aspect=size[0] / size[1])


def _check_names(what: str, names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise SettingError(f"There are two of the {what} '{name}'; give each a name of its own.")


class FlowSettings(BaseModel):
    """How people are counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quarter_s: float = Field(
        900.0,
        ge=1.0,
        le=86400.0,
        title="Length of a period",
        description="Seconds over which counts are summed and stored.",
    )
    margin: float = Field(
        0.05,
        ge=0.0,
        le=1.0,
        title="Margin of a door line",
        description="How far beyond a door line somebody must be to have crossed it, in their own heights.",
    )
    least_margin: float = Field(
        0.01,
        ge=0.0,
        le=0.5,
        title="Least margin of a door line",
        description="The same for people far off, as a share of the picture's height.",
    )
    grace_s: float = Field(
        2.0,
        ge=0.0,
        le=60.0,
        title="Grace",
        description="Seconds for which somebody may be outside a zone and still have stayed.",
    )
    min_stay_s: float = Field(
        1.0,
        ge=0.0,
        le=600.0,
        title="Least stay",
        description="Seconds in a zone under which one only passed.",
    )
    join_s: float = Field(
        3.0,
        ge=0.0,
        le=600.0,
        title="Joining a queue",
        description="Seconds in the zone of a queue from which one waits there.",
    )
    serve_within_s: float = Field(
        10.0,
        ge=0.0,
        le=600.0,
        title="Way to the service point",
        description="Seconds within which somebody who left a queue must be at a service point to have been served.",
    )
    max_gap_s: float = Field(
        3.0,
        gt=0.0,
        le=600.0,
        title="Longest pause",
        description="Seconds between two pictures from which the camera was blind in between.",
    )
    columns: int = Field(
        32, ge=1, le=500, title="Columns of the heat map", description="Cells from left to right."
    )
    rows: int = Field(18, ge=1, le=500, title="Rows of the heat map", description="Cells from top to bottom.")

    def into_period_s(self, begins: datetime | None) -> float:
        """How much of its period had passed at a moment (with its zone), seconds; 0 where that is not known.

        So periods begin with the quarters of the hour.
        """
        return 0.0 if begins is None else begins.timestamp() % self.quarter_s


@dataclass(frozen=True, slots=True)
class Sighting:
    """One person of one track in one picture, as flow counts it.

    Attributes:
        track_id: Number of the track at its camera.
        x: Where they stand, share of the picture's width, 0..1.
        y: Likewise, share of its height; over 1 where the feet are below the picture.
        height: From head to feet, share of the picture's height.
        feet: Whether the feet are in the picture, so that `y` was seen and not guessed.
    """

    track_id: int
    x: float
    y: float
    height: float
    feet: bool = True

    @property
    def place(self) -> Point:
        """Where they stand, moved to the lower edge where the feet are below the picture."""
        return self.x, min(self.y, 1.0)

    @property
    def points(self) -> tuple[Point, Point, Point]:
        """Feet (as `place`), the middle of the part in the picture, and the head."""
        top, low = max(self.y - self.height, 0.0), min(self.y, 1.0)
        return (self.x, low), (self.x, (top + low) / 2.0), (self.x, min(top + 0.1 * self.height, low))
