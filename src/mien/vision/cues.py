"""Cues: what single parts of a face do in one picture, from its landmarks alone.

Units and signs are those of `mien.vision.types`. Where a cue is made of blendshapes and where of distances was
chosen by measuring both, as were the numbers below (docs/cues.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.vision.landmarks import BLENDSHAPES
from mien.vision.pose import EYES, MIN_EYE_PX, rotation
from mien.vision.types import FaceCues, Visibility

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.types import FaceMesh, Gaze

# Ends of the scales 0..1, on press photographs and in clips (docs/cues.md): widths of the eye, shares of `eyeBlink`,
# and distances of the eyes' outer corners.
_OPENING: Final = (0.30, 0.06)
_BLINK: Final = (0.08, 0.65)
_BROWS: Final = (0.21, 0.13)

_INNER_BROWS: Final = (55, 107, 285, 336)  # lower and upper edge, each brow
_CORNERS: Final = (33, 133, 362, 263)
_OUTER_CORNERS: Final = (33, 263)

_PLACE: Final = {name: place for place, name in enumerate(BLENDSHAPES)}
# Blendshapes name sides as the person has them; the eye at the picture's left is the person's right one.
_SIDES: Final = ("Right", "Left")


def face_cues(
    mesh: FaceMesh,
    shapes: NDArray[np.float32],
    visibility: Visibility,
    gaze: Gaze | None,
    droop: float | None = None,
) -> FaceCues:
    """The cues of one face.

    Args:
        mesh: Its landmarks.
        shapes: (52,) its blendshapes, 0..1.
        visibility: How much of it can be read: with the lower face covered no mouth is.
        gaze: Direction of its eyes, where it is known.
        droop: Degrees by which its head hangs lower than usual, where that is known.
    """
    openings = lid_openings(mesh)
    opening = closure = wink = None
    if openings is not None:
        opening = sum(openings) / 2.0
        left, right = (
            (_on(shut, *_OPENING) + _on(_mean(shapes, f"eyeBlink{side}"), *_BLINK)) / 2.0
            for shut, side in zip(openings, _SIDES, strict=True)
        )
        closure, wink = (left + right) / 2.0, left - right
    whole = visibility is Visibility.FULL
    smile = _mean(shapes, "mouthSmileLeft", "mouthSmileRight") if whole else None
    return FaceCues(
        smile=smile,
        brow_lowering=_on(brow_height(mesh), *_BROWS),
        brow_raising=_mean(shapes, "browInnerUp"),
        lid_closure=closure,
        lid_opening=opening,
        wink=wink,
        squint=_mean(shapes, "eyeSquintLeft", "eyeSquintRight"),
        gaze=gaze,
        droop=droop,
        jaw_open=_mean(shapes, "jawOpen") if whole else None,
    )


def lid_openings(mesh: FaceMesh) -> tuple[float, float] | None:
    """How far the eyes are open, in widths of the eye, the one at the left first.

    Args:
        mesh: Landmarks of the face.

    Returns:
        0 .. about 0.5, or `None` where the eyes are too small for it.
    """
    points = mesh.points.astype(np.float64)
    openings = []
    for outer, inner, upper, lower, _ in EYES:
        width = float(np.linalg.norm(points[outer] - points[inner]))
        if width < MIN_EYE_PX:
            return None
        openings.append(float(np.linalg.norm(points[upper] - points[lower])) / width)
    return openings[0], openings[1]


def brow_height(mesh: FaceMesh) -> float:
    """How high the inner ends of the brows are above the corners of the eyes, seen from the front.

    Args:
        mesh: Landmarks of the face.

    Returns:
        In distances of the outer corners of the eyes; 0.21 of most faces that show nothing.
    """
    level = mesh.points.astype(np.float64) @ rotation(mesh)
    left, right = _OUTER_CORNERS
    apart = max(float(abs(level[right, 0] - level[left, 0])), 1e-6)
    return float(level[list(_CORNERS), 1].mean() - level[list(_INNER_BROWS), 1].mean()) / apart


def _on(value: float, none: float, all_of_it: float) -> float:
    """A measure on a scale 0..1 whose ends are known."""
    return min(max((value - none) / (all_of_it - none), 0.0), 1.0)


def _mean(shapes: NDArray[np.float32], *names: str) -> float:
    return sum(float(shapes[_PLACE[name]]) for name in names) / len(names)
