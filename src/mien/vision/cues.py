"""Cues: what single parts of a face do in one picture, from its landmarks alone.

Units and signs are those of `mien.vision.types`. Where a cue is made of blendshapes and where of distances was
chosen by measuring both, as were the numbers below (docs/cues.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.vision.landmarks import BLENDSHAPES
from mien.vision.pose import EYES, MIN_EYE_PX
from mien.vision.types import FaceCues, Visibility

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.types import FaceMesh, Gaze


OPEN: Final = 0.28
"""Opening of an eye that counts as open, in its widths."""

SHUT: Final = 0.10
"""Opening that landmarks show of a shut eye."""

_PLACE: Final = {name: place for place, name in enumerate(BLENDSHAPES)}


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
        visibility: How much of it can be read: with the lower face covered there is no smile to be told.
        gaze: Direction of its eyes, where it is known.
        droop: Degrees by which its head hangs lower than usual, where that is known.
    """
    lids = lid_openings(mesh)
    closures = None if lids is None else [closure(opening) for opening in lids]
    return FaceCues(
        smile=None
        if visibility is not Visibility.FULL
        else _mean(shapes, "mouthSmileLeft", "mouthSmileRight"),
        brow_lowering=_mean(shapes, "browDownLeft", "browDownRight"),
        brow_raising=_mean(shapes, "browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
        lid_closure=None if lids is None else closure(sum(lids) / 2.0),
        lid_opening=None if lids is None else sum(lids) / 2.0,
        wink=None if closures is None else closures[0] - closures[1],
        squint=_mean(shapes, "eyeSquintLeft", "eyeSquintRight"),
        gaze=gaze,
        droop=droop,
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


def closure(opening: float, of_open: float = OPEN) -> float:
    """How far shut an eye is, 0 open .. 1 shut.

    Args:
        opening: In widths of the eye.
        of_open: Opening of the same eye when it is open; that of most people where left out.
    """
    return float(np.clip((of_open - opening) / max(of_open - SHUT, 1e-6), 0.0, 1.0))


def _mean(shapes: NDArray[np.float32], *names: str) -> float:
    return float(np.mean([shapes[_PLACE[name]] for name in names]))
