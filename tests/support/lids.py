"""Faces of `support.facemesh` with lids and brows moved by known amounts."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.vision.cues import face_cues
from mien.vision.detect import YuNet
from mien.vision.landmarks import Blendshapes, MediaPipeLandmarker
from mien.vision.pose import gaze
from mien.vision.types import Visibility
from support.facemesh import Stance, background

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mien.vision.types import FaceCues
    from support.facemesh import MeshFace

# Upper lid, lower lid and the fold above, from the outer corner.
_LIDS: Final = {
    "left": (
        (246, 161, 160, 159, 158, 157, 173),
        (7, 163, 144, 145, 153, 154, 155),
        (247, 30, 29, 27, 28, 56, 190),
    ),
    "right": (
        (466, 388, 387, 386, 385, 384, 398),
        (249, 390, 373, 374, 380, 381, 382),
        (467, 260, 259, 257, 258, 286, 414),
    ),
}
_BROWS: Final = (55, 65, 52, 53, 46, 107, 66, 105, 63, 70, 285, 295, 282, 283, 276, 336, 296, 334, 293, 300)


def lowered_lids(
    face: MeshFace, share: float, eyes: Sequence[str] = ("left", "right")
) -> NDArray[np.float64]:
    """(V, 3) how vertices move when upper lids go down, 0 not at all .. 1 onto the lower ones."""
    moved = np.zeros_like(face.vertices)
    for eye in eyes:
        for upper, lower, fold in zip(*_LIDS[eye], strict=True):
            way = share * (face.vertices[lower] - face.vertices[upper])
            moved[upper], moved[fold] = way, way / 2
    return moved


def lowered_brows(face: MeshFace, way: float) -> NDArray[np.float64]:
    """(V, 3) how vertices move when brows go down by `way` face heights."""
    moved = np.zeros_like(face.vertices)
    moved[list(_BROWS), 1] = way
    return moved


def drawn(
    face: MeshFace, moved: NDArray[np.float64] | None = None, height: float = 150.0
) -> NDArray[np.uint8]:
    """(360, 640, 3) uint8 BGR: a face in the middle of a room."""
    canvas = background(640, 360)
    face.draw(canvas, Stance(x=320, y=180, height=height), moved)
    return canvas


def cues_of(image: NDArray[np.uint8], visibility: Visibility = Visibility.FULL) -> FaceCues:
    """The cues of the tallest face of a picture."""
    detector, landmarker, shapes = _networks()
    mesh = landmarker.locate(image, max(detector.detect(image), key=lambda one: one.height))
    return face_cues(mesh, shapes.of(mesh), visibility, gaze(mesh))


@cache
def _networks() -> tuple[YuNet, MediaPipeLandmarker, Blendshapes]:
    return YuNet(long_side=None), MediaPipeLandmarker(), Blendshapes()


def mirrored(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture in a mirror."""
    return np.asarray(cv2.flip(image, 1), np.uint8)
