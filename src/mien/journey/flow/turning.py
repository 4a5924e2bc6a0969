"""Whether a face turns to a shelf, as far as one picture tells.

A picture has no depth. That a head or its eyes are turned to the side is seen, and so is on which side of it a shelf
lies; how far off the shelf is, and whether anything stands between, is not. A face that is turned to the camera may
look at anything between itself and the camera, so nothing is told of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from shapely.geometry import Polygon

if TYPE_CHECKING:
    from mien.journey.flow.plan import FlowZone

LEAST_TURN: Final = 25.0
"""Degrees away from the camera under which it is not told where a face turns to."""

HALF_CONE: Final = 20.0
"""Degrees to either side of the direction in the picture within which the shelf must lie."""

_FAR: Final = 4.0
"""Picture heights: further than any corner of a picture."""


@dataclass(frozen=True, slots=True)
class FaceTurn:
    """Where one face is in the picture, and where it is turned to.

    Attributes:
        x: Its middle, share of the picture's width.
        y: Likewise, share of its height.
        yaw: Degrees away from the camera, over 0 towards the right edge of the picture: of the eyes where their
            direction is known, else of the head.
        pitch: Likewise, over 0 down.
    """

    x: float
    y: float
    yaw: float
    pitch: float


class ShelfWatch:
    """Tells which faces turn to one shelf.

    Args:
        zone: The shelf.
        aspect: Width of the picture over its height.
    """

    def __init__(self, zone: FlowZone, aspect: float) -> None:
        self.name = zone.name
        self._aspect = aspect
        self._polygon = Polygon([(x * aspect, y) for x, y in zone.corners])

    def turned(self, face: FaceTurn) -> bool | None:
        """Whether a face turns to the side on which the shelf lies; `None` where it faces the camera."""
        yaw, pitch = np.radians([face.yaw, face.pitch])
        across, down = float(np.sin(yaw) * np.cos(pitch)), float(np.sin(pitch))
        if np.hypot(across, down) < np.sin(np.radians(LEAST_TURN)):
            return None
        place = np.array([face.x * self._aspect, face.y])
        middle = np.arctan2(down, across)
        sides = middle + np.radians([-HALF_CONE, HALF_CONE])
        ends = place + _FAR * np.stack([np.cos(sides), np.sin(sides)], axis=1)
        return bool(Polygon([place, *ends]).intersects(self._polygon))
