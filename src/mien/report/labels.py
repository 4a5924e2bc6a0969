"""What the overlay says of a face at one time: an expression, a mood of the eyes chart, a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mien.journey.moods import Colour
from mien.report.drawing import Pen, Word, colour

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.report.trails import Sight


def told(sight: Sight) -> tuple[str, Colour | None]:
    """What stands beside a face, and the sign before it."""
    if sight.left_out is not None:
        return f"left out: {sight.left_out}", None
    if sight.eyes is None:
        return (f"shows {sight.shows}" if sight.shows else ""), None
    mood, sign = sight.eyes.mood, sight.eyes.colour
    word = mood.names["en"] if mood is not None else sign.value if sign is not None else "cannot tell"
    return f"{word}, eyes only", sign


def sentence(sight: Sight | None) -> tuple[Word, Colour | None]:
    """The same for the row of an interaction, in full."""
    if sight is not None and sight.left_out is not None:
        return Word(f"left out: {sight.left_out}", "none"), None
    if sight is None or sight.shows is None:
        return Word("not seen at present", "none"), None
    tired = "; may look tired" if sight.tired else ""
    if sight.eyes is None:
        return Word(f"The face shows {sight.shows}{tired}"), None
    mood, sign = sight.eyes.mood, sight.eyes.colour
    if mood is not None:
        return Word(f"The eyes show {mood.names['en']}{tired}"), sign
    return Word(f"The eyes: {'cannot tell' if sign is None else f'{sign}, no mood told'}{tired}"), sign


def sign_width(pen: Pen, size: float) -> int:
    """Pixels that a sign beside text of a size needs."""
    return pen.px(0.7 * size)


def draw_sign(pen: Pen, image: NDArray[np.uint8], sign: Colour, at: tuple[float, float], size: float) -> int:
    """Draw the shape of a colour of the chart before text of a size; returns where it ends.

    Args:
        pen: Draws.
        image: (H, W, 3) uint8 BGR, drawn on.
        sign: The colour.
        at: Left end and baseline, pixels.
        size: Of the text.
    """
    width = sign_width(pen, size)
    middle = np.array([at[0] + width / 2, at[1] - pen.px(size) * 0.36])
    half = width / 2
    if sign is Colour.GREEN:
        pen.dot(image, (float(middle[0]), float(middle[1])), 0.35 * size, colour(sign.tone))
    else:
        triangle, square = [(-1, 1), (1, 1), (0, -1)], [(-1, 1), (1, 1), (1, -1), (-1, -1)]
        corners = np.array(triangle if sign is Colour.AMBER else square)
        pen.area(image, middle + corners * half * 0.92, colour(sign.tone))
    return round(at[0]) + width
