"""Zones where nothing is read: blacked out before anything is detected or inferred; and zones outside which nothing is.

Two rules hold together. Every pixel of an excluded zone is black in the picture that detector, landmarks
and reader get. And because a face that leans out of a zone may still be found by what shows of it, a face
whose box lies in excluded zones by more than a stated share is not read either.

Where zones to read are given, a face is followed and read only while the middle of its box is in one of them. Their
surroundings are not black: that somebody is there is seen, and nothing is made of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import shapely
from shapely.geometry import Point, Polygon, box

from mien.errors import ZoneError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Corners = Sequence[tuple[float, float]]

MAX_SHARE: Final = 0.2
"""Share of its box inside excluded zones from which a face is never read."""

_LEAST_AREA: Final = 1e-6


class ExcludedZones:
    """Polygons of a camera's picture where nothing is read, and those outside which nothing is.

    Args:
        polygons: Corners (x, y) of each, in 0-1 coordinates of the picture, x to the right, y down.
        read: Corners of each zone to which reading is confined; the whole picture where there are none.
        max_share: Share of its box inside the excluded zones from which a face is never read, 0..1.

    Raises:
        ZoneError: A polygon has under three corners, crosses itself, has no area or leaves the picture.
    """

    def __init__(
        self,
        polygons: Sequence[Corners] = (),
        *,
        read: Sequence[Corners] = (),
        max_share: float = MAX_SHARE,
    ) -> None:
        if not 0.0 <= max_share < 1.0:
            raise ZoneError(
                "A share of %(share)s of a face cannot be excluded; use 0 or more, less than 1.",
                share=max_share,
            )
        self.polygons = tuple(check_polygon(corners) for corners in polygons)
        self._area = shapely.union_all(self.polygons)
        self._read = shapely.union_all([check_polygon(corners) for corners in read]) if read else None
        self._max_share = max_share
        self._mask: NDArray[np.uint8] | None = None

    def __bool__(self) -> bool:
        """Whether anything is blacked out."""
        return bool(self.polygons)

    def blacked_out(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture with every pixel that a zone touches set to 0.

        Args:
            image: (H, W, 3) uint8; it is not changed.

        Returns:
            A copy of the same shape; `image` itself where there are no zones.
        """
        if not self:
            return image
        return cv2.bitwise_and(image, self._mask_of(image)).astype(np.uint8, copy=False)

    def kept(self, image: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
        """(H, W) uint8: 0 where `blacked_out` blackens such a picture, 255 elsewhere; `None` without zones."""
        return self._mask_of(image)[..., 0] if self else None

    def share(self, face: NDArray[np.float32], height: int, width: int) -> float:
        """Share of a face's box inside the zones, 0..1.

        Args:
            face: (4,) box in pixels.
            height: Height of the picture, pixels.
            width: Its width.
        """
        if not self:
            return 0.0
        x1, y1, x2, y2 = (float(value) for value in face)
        outline = box(x1 / width, y1 / height, x2 / width, y2 / height)
        return float(self._area.intersection(outline).area / outline.area) if outline.area > 0.0 else 0.0

    def forbids(self, face: NDArray[np.float32], height: int, width: int) -> bool:
        """Whether a face is not to be read for the place it is at; see `share` for the arguments."""
        if self._read is not None:
            x, y = (face[:2] + face[2:]) / 2.0
            if not self._read.covers(Point(float(x) / width, float(y) / height)):
                return True
        return self.share(face, height, width) > self._max_share

    def holds(self, x: float, y: float) -> bool:
        """Whether a point, shares of the picture's width and height, lies in the zones."""
        return bool(shapely.intersects_xy(self._area, x, y))

    def _mask_of(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if self._mask is None or self._mask.shape != image.shape:
            self._mask = self._kept_pixels(*image.shape[:2])
        return self._mask

    def _kept_pixels(self, height: int, width: int) -> NDArray[np.uint8]:
        """(H, W, 3) uint8: 0 where a zone touches the pixel, 255 elsewhere."""
        mask = np.full((height, width, 3), 255, dtype=np.uint8)
        for polygon in self.polygons:
            corners = np.asarray(polygon.exterior.coords) * (width, height)
            # Corners fall between pixels: the drawn outline of three pixels covers what rounding would spare.
            whole = [np.round(corners).astype(np.int32)]
            cv2.fillPoly(mask, whole, (0, 0, 0))
            cv2.polylines(mask, whole, isClosed=True, color=(0, 0, 0), thickness=3)
        return mask


def check_polygon(corners: Corners) -> Polygon:
    """A valid polygon inside the picture.

    Args:
        corners: (x, y) in 0-1 coordinates.

    Raises:
        ZoneError: It has under three corners, crosses itself, has no area or leaves the picture.
    """
    if len(corners) < 3 or any(len(corner) != 2 for corner in corners):
        raise ZoneError(
            "A zone needs at least three corners of x and y each, not %(corners)s.", corners=list(corners)
        )
    values = np.asarray(corners, dtype=np.float64)
    if not np.isfinite(values).all() or values.min() < 0.0 or values.max() > 1.0:
        raise ZoneError(
            "The zone %(corners)s leaves the picture; its coordinates are shares of the picture's width and height, "
            "0 to 1.",
            corners=_say(corners),
        )
    polygon = Polygon(values)
    if polygon.convex_hull.area < _LEAST_AREA:
        raise ZoneError(
            "The zone %(corners)s has no area, so it could never match anything; move a corner.",
            corners=_say(corners),
        )
    if not polygon.is_valid:
        raise ZoneError(
            "The zone %(corners)s crosses itself (%(why)s); give its corners in order along the outline.",
            corners=_say(corners),
            why=shapely.is_valid_reason(polygon),
        )
    return polygon


def parse_polygon(text: str) -> list[tuple[float, float]]:
    """Corners written as `x,y x,y x,y`, as on the command line.

    Raises:
        ZoneError: The text is not written so.

    Example:
        >>> parse_polygon("0,0 0.5,0 0.5,1")
        [(0.0, 0.0), (0.5, 0.0), (0.5, 1.0)]
    """
    try:
        corners = [tuple(float(part) for part in pair.split(",")) for pair in text.replace(";", " ").split()]
    except ValueError:
        corners = []
    if not corners or any(len(corner) != 2 for corner in corners):
        raise ZoneError(f"'{text}' is not a polygon; write its corners as 'x,y x,y x,y', each 0 to 1.")
    return [(corner[0], corner[1]) for corner in corners]


def _say(corners: Corners) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in corners)
