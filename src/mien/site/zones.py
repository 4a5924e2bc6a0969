"""Places in a camera's picture, in shares of its width and height: 0, 0 is the upper left corner."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

import shapely
from pydantic import AfterValidator, Field, model_validator
from shapely.geometry import LineString, Polygon

from mien.errors import ZoneError
from mien.site.part import Name, Part
from mien.vision.exclude import check_polygon

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]
ZoneKind = Literal["read", "staff", "no-reading", "shelf", "queue"]

EXCLUDED: Final[tuple[ZoneKind, ...]] = ("staff", "no-reading")
"""Kinds that are blacked out before anything is looked for."""

_LEAST_LINE: Final = 0.02
"""Shares of the picture; nobody is seen to cross a shorter line."""

_LEAST_LEFT: Final = 1e-4
"""Area that must be left of a zone: a square of one hundredth of the picture's sides, smaller than any face."""


def _polygon(corners: tuple[Point, ...]) -> tuple[Point, ...]:
    try:
        check_polygon(corners)
    except ZoneError as error:
        told = str(error)
        if any(value > 1.0 for corner in corners for value in corner):
            told += " Divide pixels by the picture's width and height."
        raise ValueError(told) from None
    return corners


def _in_picture(points: tuple[Point, ...]) -> tuple[Point, ...]:
    for x, y in points:
        if not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0):
            raise ValueError(
                f"{x:g}, {y:g} is outside the picture; coordinates are shares of its width and height, 0 to 1"
            )
    return points


class Zone(Part):
    """A polygon in a camera's picture."""

    kind: ZoneKind = Field(
        description="'read' (only faces in such zones are read), 'staff' or 'no-reading' (blacked out), "
        "'shelf' (what people look at) or 'queue'"
    )
    corners: Annotated[tuple[Point, ...], AfterValidator(_polygon)] = Field(
        description="at least three corners [[x, y], [x, y], [x, y]] along the outline, each number 0 to 1"
    )
    service_points: tuple[Name, ...] = Field(
        default=(), description='in a queue only: the service points that it leads to, such as ["till 1"]'
    )

    @property
    def polygon(self) -> Polygon:
        """Its outline, in 0-1 coordinates."""
        return Polygon(self.corners)

    @model_validator(mode="after")
    def _queue_only(self) -> Self:
        if self.service_points and self.kind != "queue":
            raise ValueError(
                f"a zone of kind '{self.kind}' has no service_points; only 'queue' leads to some"
            )
        return self


class DoorLine(Part):
    """A line that people cross when they come in or go out."""

    ends: Annotated[tuple[Point, Point], AfterValidator(_in_picture)] = Field(
        description="its two ends [[x, y], [x, y]], each number 0 to 1"
    )
    inside: Annotated[Point, AfterValidator(lambda point: _in_picture((point,))[0])] = Field(
        description="any point [x, y] on the inner side of the line, each number 0 to 1"
    )

    @model_validator(mode="after")
    def _has_sides(self) -> Self:
        (x1, y1), (x2, y2) = self.ends
        length = math.dist(*self.ends)
        if length < _LEAST_LINE:
            raise ValueError(
                f"the door line is {length:.3f} long, so nobody could cross it; give ends at least {_LEAST_LINE} apart"
            )
        x, y = self.inside
        if abs((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) / length < _LEAST_LINE / 2:
            raise ValueError(
                "the point 'inside' lies on the door line; give one that is clearly on its inner side"
            )
        return self


def excluded(zones: Iterable[Zone]) -> BaseGeometry:
    """What is blacked out, as one shape in 0-1 coordinates; empty where nothing is."""
    return shapely.union_all([zone.polygon for zone in zones if zone.kind in EXCLUDED])


def never_matching(zones: Mapping[str, Zone], lines: Mapping[str, DoorLine]) -> dict[tuple[str, str], str]:
    """The zones and lines of a camera that could never match anything, since nobody is looked for there.

    Args:
        zones: By name.
        lines: By name.

    Returns:
        Why, by the table (`zones` or `door_lines`) and the name.
    """
    black = excluded(zones.values())
    names = [name for name, zone in zones.items() if zone.kind in EXCLUDED]
    said = f"the blacked-out zone{'s' if len(names) > 1 else ''} {', '.join(names)}"
    found: dict[tuple[str, str], str] = {}
    for name, zone in zones.items():
        if zone.kind in {"read", "queue"} and zone.polygon.difference(black).area < _LEAST_LEFT:
            found["zones", name] = (
                f"lies wholly in {said}, so it could never match anything; move one of them or take one out"
            )
    for name, line in lines.items():
        if LineString(line.ends).difference(black).length < _LEAST_LINE:
            found["door_lines", name] = (
                f"lies wholly in {said}, so nobody could be seen to cross it; move one of them or take one out"
            )
    if names and Polygon([(0, 0), (1, 0), (1, 1), (0, 1)]).difference(black).area < _LEAST_LEFT:
        found["zones", names[-1]] = (
            "blacks out the whole picture (with the others), so nobody could ever be read"
        )
    return found
