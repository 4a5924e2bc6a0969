"""Where a face is, as a turned square: what the landmark network looks in, and all that following remembers of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from pydantic import BaseModel, ConfigDict

from mien.vision.geometry import mesh_box
from mien.vision.types import Detection, FaceMesh

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENLARGE: Final = 1.5
"""Side of the network's square over the longer side of the face."""

RIGHT_EYE_OUTER: Final = 33
LEFT_EYE_OUTER: Final = 263
"""Outer corners of the person's right and left eye; in a picture the right eye is at the left."""


@dataclass(frozen=True, slots=True)
class Region:
    """A turned square in a picture, where a face is looked for.

    Attributes:
        x: Centre, pixels.
        y: Centre, pixels.
        side: Side, pixels.
        angle: Radians clockwise by which the face is tilted.
    """

    x: float
    y: float
    side: float
    angle: float = 0.0

    def matrix(self, size: int) -> NDArray[np.float64]:
        """(2, 3) float64: picture pixels -> pixels of a `size` x `size` crop."""
        k = size / self.side
        cos, sin = np.cos(self.angle) * k, np.sin(self.angle) * k
        turn = np.array([[cos, sin], [-sin, cos]])
        return np.column_stack([turn, size / 2 - turn @ (self.x, self.y)])


def region_of(face: Detection | FaceMesh) -> Region:
    """Where the landmark network has to look for a face that a detector or an earlier picture gave."""
    if isinstance(face, Detection):
        (x1, y1, x2, y2) = (float(v) for v in face.box)
        dx, dy = (float(v) for v in face.points[1] - face.points[0])
        side = max(x2 - x1, y2 - y1) * ENLARGE
        return Region((x1 + x2) / 2, (y1 + y2) / 2, side, float(np.arctan2(dy, dx)))
    points = face.points[:, :2].astype(np.float64)
    dx, dy = points[LEFT_EYE_OUTER] - points[RIGHT_EYE_OUTER]
    angle = float(np.arctan2(dy, dx))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    level = points @ turn.T
    low, high = level.min(axis=0), level.max(axis=0)
    x, y = turn.T @ ((low + high) / 2)
    return Region(float(x), float(y), float((high - low).max()) * ENLARGE, angle)


class FacePlace(BaseModel):
    """Where the landmarks of a face were: two squares in a picture, nothing of the face.

    Attributes:
        region: Where they are looked for again.
        box: The upright box around them, pixels.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: Region
    box: tuple[float, float, float, float]

    @classmethod
    def of(cls, mesh: FaceMesh) -> Self:
        """Where landmarks are."""
        x1, y1, x2, y2 = (float(side) for side in mesh_box(mesh))
        return cls(region=region_of(mesh), box=(x1, y1, x2, y2))

    def moved(self, x: float, y: float) -> Self:
        """The same so many pixels to the right and down."""
        x1, y1, x2, y2 = self.box
        region = replace(self.region, x=self.region.x + x, y=self.region.y + y)
        return self.model_copy(update={"region": region, "box": (x1 + x, y1 + y, x2 + x, y2 + y)})
