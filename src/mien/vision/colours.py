"""Names for colours: a point of OKLab to one of twelve terms.

OKLab (Ottosson 2020, https://bottosson.github.io/posts/oklab/) is a space in which steps look alike: `L` from 0, black,
to 1, white; `a` from green to red, `b` from blue to yellow. A colour has the name of the nearest of a few dozen
examples; lightness counts half, since folds and shade change it more than they change the hue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.guests import COLOURS, Colour

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIGHTNESS: Final = 0.5
"""How much lightness counts in a distance, against `a` and `b`."""

_EXAMPLES: Final[dict[Colour, tuple[int, ...]]] = {
    Colour.BLACK: (0x000000, 0x0D0D0D, 0x1A1A1A, 0x232326, 0x15151F, 0x1F1A17),
    Colour.WHITE: (0xFFFFFF, 0xF5F5F5, 0xE8E8E8, 0xDADADA, 0xEEF0F6, 0xF6F1E8),
    Colour.GREY: (0x404040, 0x555555, 0x6E6E6E, 0x808080, 0x9A9A9A, 0xB4B4B4, 0xC8C8C8, 0x708090, 0x8A857F),
    Colour.RED: (0xFF0000, 0xD8141E, 0xB22222, 0x8B0000, 0x7A1020, 0xC8373C, 0x5A0A12),
    Colour.ORANGE: (0xFF7F00, 0xFFA500, 0xFF8C42, 0xE86A17, 0xD2691E, 0xF28C28, 0xFF5A1F),
    Colour.YELLOW: (0xFFFF00, 0xFFD700, 0xF5E663, 0xE6C229, 0xFFF59D, 0xD4B800, 0xC9B03C),
    Colour.GREEN: (0x008000, 0x00B050, 0x2E8B57, 0x6B8E23, 0x556B2F, 0x90EE90, 0x004D25, 0x8DB600, 0x1F3D2B, 0x3CB371,
                   0x4F7942, 0x9DC183, 0x00FF00, 0x007A5E),
    Colour.BLUE: (0x0000FF, 0x1E5AC8, 0x000080, 0x1B2A49, 0x4169E1, 0x87CEEB, 0xADD8E6, 0x4682B4, 0x5F8FBF, 0x00BFFF,
                  0x0E3A66, 0x3A6EA5, 0x2C3E6B, 0x00CED1, 0x008B9B, 0x5D7EA6),
    Colour.PURPLE: (0x800080, 0x6A0DAD, 0x9370DB, 0x4B0082, 0x8E4585, 0xB57EDC, 0x5B2A6E, 0x9932CC, 0x3B1A45,
                    0xC8A2C8, 0x7F00FF),
    Colour.PINK: (0xFFC0CB, 0xFF69B4, 0xFF1493, 0xF4A6B8, 0xE75480, 0xD87093, 0xFFB6C1, 0xF88FB0, 0xFA8CA0, 0xFF66FF),
    Colour.BROWN: (0x8B4513, 0x654321, 0x5C4033, 0x7B3F00, 0x6F4E37, 0x966F33, 0x3B2A1E, 0x8B5A2B, 0xA0522D, 0x7A5230),
    Colour.BEIGE: (0xF5F5DC, 0xD2B48C, 0xE8DCC4, 0xC2B280, 0xDCC9A8, 0xC8AD7F, 0xEAD9B8, 0xBFA98A),
}  # fmt: skip


def oklab(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colours in OKLab.

    Args:
        linear: (..., 3) light of blue, green and red, 0..1, not gamma-coded.

    Returns:
        (..., 3) L, a, b.
    """
    to_cones = np.array(
        [
            [0.0514459929, 0.5363325363, 0.4122214708],
            [0.1073969566, 0.6806995451, 0.2119034982],
            [0.6299787005, 0.2817188376, 0.0883024619],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return np.asarray(np.cbrt(np.maximum(linear, 0.0) @ to_cones.T) @ to_lab.T)


def _light_of_levels() -> NDArray[np.float64]:
    levels = np.arange(256) / 255.0
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


_LIGHT: Final = _light_of_levels()


def light(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Light of each pixel: sRGB's coding (IEC 61966-2-1) undone.

    Args:
        image: (..., 3) uint8 BGR.

    Returns:
        (..., 3) 0..1, blue, green, red.
    """
    return _LIGHT[image]


def _example_points() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    coded = [(one, COLOURS.index(colour)) for colour, those in _EXAMPLES.items() for one in those]
    levels = np.array([[one & 255, one >> 8 & 255, one >> 16] for one, _ in coded], np.uint8)
    return weighted(oklab(light(levels))), np.array([number for _, number in coded])


def weighted(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points between which straight distances are told, with lightness counted `LIGHTNESS` times."""
    return np.asarray(lab * (LIGHTNESS, 1.0, 1.0))


_POINTS, _NUMBERS = _example_points()


def named(lab: NDArray[np.float64]) -> NDArray[np.int64]:
    """Places in `COLOURS` of the names of (N, 3) points of OKLab.

    Example:
        >>> red = np.array([[20, 20, 220]], np.uint8)
        >>> COLOURS[named(oklab(light(red)))[0]]
        <Colour.RED: 'red'>
    """
    points = weighted(lab)
    far = ((points[:, None, :] - _POINTS[None]) ** 2).sum(axis=-1)
    return np.asarray(_NUMBERS[far.argmin(axis=1)])
