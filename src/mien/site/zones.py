"""Places in a camera's picture, in shares of its width and height: 0, 0 is the upper left corner."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

import shapely
from pydantic import AfterValidator, Field, model_validator
from shapely.geometry import LineString, Polygon

from mien.errors import ZoneError
from mien.marking import N_, Said
from mien.site.part import Name, Part, WrongValue
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
        if any(value > 1.0 for corner in corners for value in corner):
            raise WrongValue(
                "%(what)s. Divide pixels by the picture's width and height", what=error.said
            ) from None
        raise WrongValue(error.text, **error.values) from None
    return corners


def _in_picture(points: tuple[Point, ...]) -> tuple[Point, ...]:
    for x, y in points:
        if not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0):
            raise WrongValue(
                "%(point)s is outside the picture; coordinates are shares of its width and height, 0 to 1",
                point=f"{x:g}, {y:g}",
            )
    return points


class Zone(Part):
    """A polygon in a camera's picture."""

    kind: ZoneKind = Field(
        description=N_(
            "'read' (only faces in such zones are read), 'staff' or 'no-reading' (blacked out), "
            "'shelf' (what people look at) or 'queue'"
        )
    )
    corners: Annotated[tuple[Point, ...], AfterValidator(_polygon)] = Field(
        description=N_(
            "at least three corners [[x, y], [x, y], [x, y]] along the outline, each number 0 to 1"
        )
    )
    service_points: tuple[Name, ...] = Field(
        default=(), description=N_('in a queue only: the service points that it leads to, such as ["till 1"]')
    )

    @property
    def polygon(self) -> Polygon:
        """Its outline, in 0-1 coordinates."""
        return Polygon(self.corners)

    @model_validator(mode="after")
    def _queue_only(self) -> Self:
        if self.service_points and self.kind != "queue":
            raise WrongValue(
                "a zone of kind '%(kind)s' has no service_points; only 'queue' leads to some", kind=self.kind
            )
        return self


class DoorLine(Part):
    """A line that people cross when they come in or go out."""

    ends: Annotated[tuple[Point, Point], AfterValidator(_in_picture)] = Field(
        description=N_("its two ends [[x, y], [x, y]], each number 0 to 1")
    )
    inside: Annotated[Point, AfterValidator(lambda point: _in_picture((point,))[0])] = Field(
        description=N_("any point [x, y] on the inner side of the line, each number 0 to 1")
    )

    @model_validator(mode="after")
    def _has_sides(self) -> Self:
        (x1, y1), (x2, y2) = self.ends
        length = math.dist(*self.ends)
        if length < _LEAST_LINE:
            raise WrongValue(
                "the door line is %(length)s long, so nobody could cross it; give ends at least %(least)s apart",
                length=f"{length:.3f}",
                least=_LEAST_LINE,
            )
        x, y = self.inside
        if abs((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) / length < _LEAST_LINE / 2:
            raise WrongValue(
                "the point 'inside' lies on the door line; give one that is clearly on its inner side"
            )
        return self


def excluded(zones: Iterable[Zone]) -> BaseGeometry:
    """What is blacked out, as one shape in 0-1 coordinates; empty where nothing is."""
    return shapely.union_all([zone.polygon for zone in zones if zone.kind in EXCLUDED])


def never_matching(zones: Mapping[str, Zone], lines: Mapping[str, DoorLine]) -> dict[tuple[str, str], Said]:
    """The zones and lines of a camera that could never match anything, since nobody is looked for there.

    Args:
        zones: By name.
        lines: By name.

    Returns:
        Why, by the table (`zones` or `door_lines`) and the name.
    """
    black = excluded(zones.values())
    names = [name for name, zone in zones.items() if zone.kind in EXCLUDED]
    black_ones = (
        Said("the blacked-out zones %(names)s", names=", ".join(names))
        if len(names) > 1
        else Said("the blacked-out zone %(name)s", name=", ".join(names))
    )
    found: dict[tuple[str, str], Said] = {}
    for name, zone in zones.items():
        if zone.kind in {"read", "queue"} and zone.polygon.difference(black).area < _LEAST_LEFT:
            found["zones", name] = Said(
                "lies wholly in %(zones)s, so it could never match anything; move one of them or take one out",
                zones=black_ones,
            )
    for name, line in lines.items():
        if LineString(line.ends).difference(black).length < _LEAST_LINE:
            found["door_lines", name] = Said(
                "lies wholly in %(zones)s, so nobody could be seen to cross it; move one of them or take one out",
                zones=black_ones,
            )
    if names and Polygon([(0, 0), (1, 0), (1, 1), (0, 1)]).difference(black).area < _LEAST_LEFT:
        found["zones", names[-1]] = Said(
            "blacks out the whole picture (with the others), so nobody could ever be read"
        )
    return found
