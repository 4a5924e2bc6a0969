"""What is drawn of a body: neck, shoulders, a badge on the chest, a bag held before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.vision.badges.families import Family, cells
from mien.vision.badges.torso import USUAL_SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.scene.mesh import MeshFace, Stance

FAMILY: Final[Family] = "apriltag-25h9"
NUMBER: Final = 7
"""The marker that staff of the scene wear."""

_SHIFT: Final = 4
# Outlines in face heights from the middle of the head: x right, y down.
_NECK: Final = ((-0.27, 0.2), (0.27, 0.2), (0.36, 0.78), (-0.36, 0.78))
_TORSO: Final = (
    (-0.36, 0.58), (-0.2, 0.71), (0.0, 0.76), (0.2, 0.71), (0.36, 0.58), (0.68, 0.73), (0.98, 0.88), (1.12, 1.15),
    (1.2, 1.7), (1.26, 5.0), (-1.26, 5.0), (-1.2, 1.7), (-1.12, 1.15), (-0.98, 0.88), (-0.68, 0.73),
)  # fmt: skip
_SLEEVE: Final = ((0.82, 1.5), (0.88, 1.8), (0.9, 5.0))
_BAG: Final = ((-0.52, -0.46), (0.52, -0.46), (0.58, 0.5), (-0.58, 0.5))
_CHEST: Final = 1.6
"""Middle of the badge, and of the bag that hides it, below the middle of the head."""


def draw_body(
    canvas: NDArray[np.uint8], face: MeshFace, stance: Stance, clothes: tuple[int, int, int]
) -> None:
    """Draw neck and torso below a head, before the head is drawn over them.

    Args:
        canvas: (H, W, 3) uint8 BGR, drawn on.
        face: Whose skin.
        stance: Where the head is; the body stays upright below it.
        clothes: BGR.
    """
    skin = 0.82 * skin_of(face)
    _fill(canvas, stance, _NECK, skin)
    _fill(canvas, stance, _TORSO, np.array(clothes))
    for side in (-1.0, 1.0):
        seam = np.array(_SLEEVE) * (side, 1.0)
        line = np.round((seam * stance.height + (stance.x, stance.y)) * 2**_SHIFT).astype(np.int32)
        shade = (0.75 * np.array(clothes)).tolist()
        thick = max(1, round(0.03 * stance.height))
        cv2.polylines(canvas, [line], False, shade, thick, cv2.LINE_AA, _SHIFT)


def draw_badge(canvas: NDArray[np.uint8], stance: Stance) -> None:
    """Draw the white card with the marker on the chest, 10 cm for a face of 18 cm."""
    black = cells(FAMILY, NUMBER)
    card = np.pad(np.where(black, 25, 225).astype(np.uint8), 1, constant_values=225)
    card = cv2.resize(card, None, fx=10, fy=10, interpolation=cv2.INTER_NEAREST).astype(np.uint8)
    scale = USUAL_SIDE * stance.height / (10.0 * len(black))
    half = scale * len(card) / 2.0
    place = np.array([[scale, 0.0, stance.x - half], [0.0, scale, stance.y + _CHEST * stance.height - half]])
    size = (canvas.shape[1], canvas.shape[0])
    cv2.warpAffine(cv2.merge([card] * 3), place, size, dst=canvas, borderMode=cv2.BORDER_TRANSPARENT)


def draw_bag(canvas: NDArray[np.uint8], stance: Stance, lowered: float) -> None:
    """Draw a bag that is held before the chest.

    Args:
        canvas: (H, W, 3) uint8 BGR, drawn on.
        stance: Where the head is.
        lowered: 0 it hides the badge .. 1 it hangs far below.
    """
    down = _CHEST + 1.6 * lowered
    for outline, colour in ((np.array(_BAG), (38, 62, 96)), (np.array(_BAG) * (0.84, 0.78), (48, 76, 116))):
        _fill(canvas, stance, np.add(outline, (0.0, down)), np.array(colour))
    for side in (-1.0, 1.0):
        hand = np.array([(side * 0.56 - 0.1, -0.06), (side * 0.56 + 0.1, -0.06), (side * 0.56, 0.14)])
        _fill(canvas, stance, np.add(hand, (0.0, down)), np.array((110, 140, 190)))


def _fill(canvas: NDArray[np.uint8], stance: Stance, outline: object, colour: NDArray[np.generic]) -> None:
    placed = np.asarray(outline, np.float64) * stance.height + (stance.x, stance.y)
    points = np.round(placed * 2**_SHIFT).astype(np.int32)
    cv2.fillPoly(canvas, [points], np.asarray(colour, np.float64).tolist(), cv2.LINE_AA, _SHIFT)


def skin_of(face: MeshFace) -> NDArray[np.float64]:
    """BGR of the cheeks and the forehead."""
    spots = np.round(face.pixels[[50, 280, 151, 117, 346]]).astype(int)
    return np.asarray(np.median(face.texture[spots[:, 1], spots[:, 0]], axis=0), np.float64)
