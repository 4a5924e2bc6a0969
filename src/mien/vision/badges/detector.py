"""Find badge markers on the torsos below faces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.vision.badges.families import dictionary
from mien.vision.badges.torso import LEAST_SIDE, MOST_SIDE, in_view, search_region, wearer
from mien.vision.exclude import ExcludedZones

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from mien.vision.badges.families import Family

MOST_ENLARGED: Final = 3.0
"""Torsos are enlarged by this at most (docs/design.md, facts measured beforehand)."""
_FACE_PX: Final = 180.0  # from this face height on nothing is enlarged: a badge there has 100 pixels
_LEAST_ENLARGED: Final = 0.25
_SAME_PLACE: Final = 0.5  # of a side: two finds of one number nearer than this are one marker


@dataclass(frozen=True, slots=True, eq=False)
class Marker:
    """One marker found.

    Attributes:
        number: Its number in its family.
        corners: (4, 2) float32 pixels of the picture.
    """

    number: int
    corners: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class TorsoLook:
    """What one picture shows of one torso.

    Attributes:
        markers: Those that belong to it.
        in_view: Whether it was searched and enough of it shows that a badge could be found.
    """

    markers: tuple[Marker, ...]
    in_view: bool


class BadgeDetector:
    """Searches the torsos of one camera's pictures.

    Args:
        family: Family of markers.
        zones: What is blacked out in the pictures; a chest behind it counts as not in view.
    """

    def __init__(self, family: Family = "apriltag-25h9", zones: ExcludedZones | None = None) -> None:
        self._zones = zones if zones is not None else ExcludedZones()
        self._settings = _parameters()
        self._finder = cv2.aruco.ArucoDetector(dictionary(family), self._settings)

    def search(
        self,
        image: NDArray[np.uint8],
        faces: Mapping[int, NDArray[np.float32]],
        due: Collection[int] | None = None,
    ) -> dict[int, TorsoLook]:
        """Search torsos, and give each marker to the one torso below whose face it fits best.

        Args:
            image: (H, W, 3) uint8 BGR, upright.
            faces: (4,) box in pixels of every face in it, by track: also those whose torsos are not searched, and
                tracks that are hidden just now where they are expected; each keeps its badge from its neighbours.
            due: The tracks whose torsos are searched; all by default.

        Returns:
            A look for each track that was due, and for others on which a marker was found by the way.
        """
        tracks = list(faces)
        boxes = [faces[track] for track in tracks]
        wanted = set(tracks if due is None else due)
        height, width = image.shape[:2]
        found: list[Marker] = []
        for track in wanted:
            for marker in self._in_region(image, faces[track]):
                if not any(_same(marker, other) for other in found):
                    found.append(marker)
        worn: dict[int, list[Marker]] = {track: [] for track in wanted}
        for marker in found:
            place = wearer(marker.corners, boxes)
            if place is not None:
                worn.setdefault(tracks[place], []).append(marker)
        return {
            track: TorsoLook(
                tuple(markers), track in wanted and in_view(faces[track], height, width, self._zones)
            )
            for track, markers in worn.items()
        }

    def _in_region(self, image: NDArray[np.uint8], face: NDArray[np.float32]) -> list[Marker]:
        """Every marker around the torso below a face."""
        left, top, right, bottom = search_region(face, *image.shape[:2])
        tall = float(face[3] - face[1])
        if right - left < 2 or bottom - top < 2 or tall <= 0.0:
            return []
        scale = float(np.clip(_FACE_PX / tall, _LEAST_ENLARGED, MOST_ENLARGED))
        grey = cv2.cvtColor(image[top:bottom, left:right], cv2.COLOR_BGR2GRAY)
        way = cv2.INTER_CUBIC if scale > 1.0 else cv2.INTER_AREA
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=way)
        # Sizes are told to OpenCV as shares of the crop's longer side, which the picture's edge may cut.
        perimeter = 4.0 * tall * scale / max(grey.shape)
        self._settings.minMarkerPerimeterRate = LEAST_SIDE * perimeter
        self._settings.maxMarkerPerimeterRate = MOST_SIDE * perimeter
        self._finder.setDetectorParameters(self._settings)
        corners, numbers, _ = self._finder.detectMarkers(grey)
        if numbers is None:
            return []
        size = np.array([grey.shape[1] / (right - left), grey.shape[0] / (bottom - top)])
        return [
            Marker(int(number), (outline.reshape(4, 2) / size + (left, top)).astype(np.float32))
            for number, outline in zip(numbers.ravel(), corners, strict=True)
        ]


def _parameters() -> cv2.aruco.DetectorParameters:
    """OpenCV's parameters for small, blurred markers of a known size, chosen on drawn torsos."""
    settings = cv2.aruco.DetectorParameters()
    settings.adaptiveThreshWinSizeMin = 13
    settings.adaptiveThreshWinSizeMax = 45
    settings.adaptiveThreshWinSizeStep = 32
    settings.polygonalApproxAccuracyRate = 0.06
    settings.perspectiveRemovePixelPerCell = 8
    # OpenCV's own limit lets a third of the border be wrong, and finds markers in random prints.
    settings.maxErroneousBitsInBorderRate = 0.1
    return settings


def _same(one: Marker, other: Marker) -> bool:
    side = float(np.linalg.norm(one.corners[0] - one.corners[1]))
    apart = float(np.linalg.norm(one.corners.mean(axis=0) - other.corners.mean(axis=0)))
    return one.number == other.number and apart < _SAME_PLACE * side
