"""Families of badge markers, as OpenCV has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

import cv2
import numpy as np

from mien.errors import SettingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Family = Literal["apriltag-25h9", "aruco-4x4"]
"""Names as the site file has them."""

SIDE_MM: Final = 100.0
"""Side of the black square of a printed marker, mm."""

_DICTIONARIES: Final[dict[Family, int]] = {
    "apriltag-25h9": cv2.aruco.DICT_APRILTAG_25h9,
    "aruco-4x4": cv2.aruco.DICT_4X4_50,
}

FAMILIES: Final[dict[Family, int]] = {
    name: len(cv2.aruco.getPredefinedDictionary(number).bytesList) for name, number in _DICTIONARIES.items()
}
"""How many markers each family has; they are numbered from 0."""

OPT_OUT: Final = 5
"""The last so many markers of a family are printed for customers who do not wish to be read, the others for staff."""


def check_family(name: str) -> Family:
    """Return `name` if it is a family of markers.

    Raises:
        SettingError: It is none; the message lists those that exist.
    """
    for family in get_args(Family):
        if family == name:
            return family  # type: ignore[no-any-return]  # get_args forgets the literal
    raise SettingError(f"There is no family of markers '{name}'; choose one of {', '.join(FAMILIES)}.")


def dictionary(family: Family) -> cv2.aruco.Dictionary:
    """The markers of a family, for OpenCV."""
    return cv2.aruco.getPredefinedDictionary(_DICTIONARIES[family])


def opt_out_markers(family: Family) -> range:
    """The markers that are printed for customers who do not wish to be read.

    Example:
        >>> opt_out_markers("apriltag-25h9")
        range(30, 35)
    """
    return range(FAMILIES[family] - OPT_OUT, FAMILIES[family])


def cells(family: Family, number: int) -> NDArray[np.bool_]:
    """Which cells of a marker are black.

    Args:
        family: Its family.
        number: Its number, 0 .. `FAMILIES[family]` - 1.

    Returns:
        (N, N) bool with the black border, without the white margin of one cell that must surround it.

    Raises:
        SettingError: The family has no marker of that number.

    Example:
        >>> cells("apriltag-25h9", 3).shape
        (7, 7)
    """
    most = FAMILIES[family] - 1
    if not 0 <= number <= most:
        raise SettingError(f"There is no marker {number}; {family} has 0 to {most}.")
    markers = dictionary(family)
    side = int(markers.markerSize) + 2
    return np.asarray(cv2.aruco.generateImageMarker(markers, number, side) == 0)
