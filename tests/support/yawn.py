"""A yawn on the mesh of a face: the mouth wide open and dark, the eyes squeezed shut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from tools.scene.expression import closed_eyes
from tools.scene.mesh import LANDMARKS, rotation

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tools.scene.mesh import MeshFace, Stance

_UPPER_INNER: Final = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
_LOWER_INNER: Final = (324, 318, 402, 317, 14, 87, 178, 88, 95)
_LOWER_OUTER: Final = (146, 91, 181, 84, 17, 314, 405, 321, 375)
_DARK: Final = (25, 15, 45)
_OPEN: Final = 0.2
"""By how much the jaw drops, face heights."""


def draw_yawn(canvas: NDArray[np.uint8], face: MeshFace, stance: Stance, much: float) -> None:
    """Draw a face that yawns onto `canvas` ((H, W, 3) uint8 BGR).

    Args:
        canvas: Drawn on.
        face: Whose.
        stance: Where and how it is held.
        much: How far, 0 not at all .. 1 as wide as it goes.
    """
    moved = _moved(face, much)
    face.draw(canvas, stance, moved)
    inner = (face.vertices + moved)[[*_UPPER_INNER, *_LOWER_INNER]] @ rotation(stance).T * stance.height
    corners = np.round((inner[:, :2] + (stance.x, stance.y)) * 16).astype(np.int32)
    cv2.fillPoly(canvas, [corners], _DARK, lineType=cv2.LINE_AA, shift=4)


def _moved(face: MeshFace, much: float) -> NDArray[np.float64]:
    """(V, 3) movement of the vertices, face heights."""
    shape = face.vertices
    moved = closed_eyes(face) * much
    middle, half = shape[13, 0], abs(shape[308, 0] - shape[78, 0]) / 2
    lip = list(_LOWER_INNER + _LOWER_OUTER)
    below = [k for k in range(LANDMARKS) if shape[k, 1] > shape[17, 1] and k not in lip]
    for chosen, width in ((lip, half), (below, 3 * half)):
        aside = np.clip((shape[chosen, 0] - middle) / width, -1, 1)
        moved[chosen, 1] = _OPEN * much * (1 - aside**2)
    return moved
