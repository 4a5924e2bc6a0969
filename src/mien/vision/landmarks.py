"""Landmarks of one face: 478 points with depth, presence, and 52 blendshapes.

The network is the face landmarker of MediaPipe. It wants a square with the eyes level, one and a half times
as large as the face; it gives the points in that square.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.vision.align import warp
from mien.vision.models import entry, session
from mien.vision.region import Region, region_of
from mien.vision.types import Detection, FaceMesh

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIN_PRESENCE: Final = 0.5
"""Landmarks found in a loose crop with less presence than this are not used."""

# Where `find_in_crop` looks first: sides of the square over the longer side of the crop, and angles, likeliest first.
_LOOKS: Final = ((1.4, 0.0), (1.75, 0.0), (1.1, 0.0), (1.4, 0.5), (1.4, -0.5))
_GOOD_PRESENCE: Final = 0.8

# MediaPipe, face_blendshapes_graph.cc: the landmarks that the blendshape network takes, in its order.
# fmt: off
_BLENDSHAPE_POINTS: Final = (
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67,
    70, 78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146,
    148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181,
    185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283, 284, 285, 288, 291, 293,
    295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332, 334, 336, 338, 356, 361,
    362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398,
    400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472, 473, 474, 475, 476, 477,
)
BLENDSHAPES: Final = (
    "_neutral", "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight",
    "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight",
    "eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft",
    "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight", "eyeSquintLeft", "eyeSquintRight",
    "eyeWideLeft", "eyeWideRight", "jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose",
    "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft", "mouthFrownRight", "mouthFunnel",
    "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthPressLeft", "mouthPressRight",
    "mouthPucker", "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
    "mouthSmileLeft", "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft",
    "mouthUpperUpRight", "noseSneerLeft", "noseSneerRight",
)
# fmt: on
"""Names of the 52 blendshapes, in the order of `Blendshapes.of`."""


class MediaPipeLandmarker:
    """Finds 478 landmarks of one face, as `mien.vision.protocols.Landmarker`.

    Args:
        refine: Look a second time, at the square that the first look gives, where the first square came from
            a detector. A square from the picture before is good enough for one look.
        threads: Threads inside one operation.

    Raises:
        ModelError: The weights are missing or altered.
    """

    name = "mediapipe"

    def __init__(self, *, refine: bool = True, threads: int = 1) -> None:
        self._refine = refine
        self._session = session("face_landmarks_478", threads=threads)
        self._input: str = self._session.get_inputs()[0].name
        self._size = entry("face_landmarks_478").input_size[0]

    def locate(self, image: NDArray[np.uint8], around: Detection | FaceMesh | Region) -> FaceMesh:
        """Landmarks of the face at a detection, or where it was in the picture before.

        Args:
            image: (H, W, 3) uint8 BGR.
            around: The detection, landmarks in a picture of the same size, or the square to look in.

        Returns:
            The landmarks in pixels of `image`. A low `presence` says that there is no face; the points mean
            nothing then.
        """
        mesh = self.locate_in(image, around if isinstance(around, Region) else region_of(around))
        if self._refine and isinstance(around, Detection):
            mesh = self.locate_in(image, region_of(mesh))
        return mesh

    def locate_in(self, image: NDArray[np.uint8], region: Region) -> FaceMesh:
        """Landmarks of the face in a square of `image` ((H, W, 3) uint8 BGR), one look."""
        matrix = region.matrix(self._size)
        crop = cv2.cvtColor(warp(image, matrix, self._size), cv2.COLOR_BGR2RGB)
        raw, logit, _ = self._session.run(None, {self._input: crop[None].astype(np.float32) / 255.0})
        points = np.asarray(raw, np.float32).reshape(478, 3)
        scale = self._size / region.side
        back = cv2.invertAffineTransform(matrix)
        out = np.empty_like(points)
        out[:, :2] = points[:, :2] @ back[:, :2].T + back[:, 2]
        out[:, 2] = points[:, 2] / scale
        presence = 1.0 / (1.0 + np.exp(-np.clip(float(np.asarray(logit).item()), -60.0, 60.0)))
        return FaceMesh(out, float(presence))


class Blendshapes:
    """Tells how far each of 52 facial movements is carried out: the blendshape network of MediaPipe.

    It takes landmarks, not pixels, so that size and place make no difference. `cheekPuff`, `cheekSquint*` and
    `noseSneer*` are 0 of every face.

    Args:
        threads: Threads inside one operation.

    Raises:
        ModelError: The weights are missing or altered.
    """

    def __init__(self, *, threads: int = 1) -> None:
        self._session = session("face_blendshapes_52", threads=threads)
        self._input: str = self._session.get_inputs()[0].name

    def of(self, mesh: FaceMesh) -> NDArray[np.float32]:
        """Blendshapes of one face.

        Args:
            mesh: Landmarks.

        Returns:
            (52,) float32, 0..1, in the order of `BLENDSHAPES`.
        """
        points = mesh.points[list(_BLENDSHAPE_POINTS), :2][None]
        (out,) = self._session.run(None, {self._input: points})
        return np.asarray(out, np.float32).reshape(-1)


def find_in_crop(
    landmarker: MediaPipeLandmarker, image: NDArray[np.uint8], place: Region | None = None
) -> FaceMesh | None:
    """Landmarks of the face in a loose crop of one face.

    Args:
        landmarker: Network.
        image: (H, W, 3) uint8 BGR, the face filling 40 to 100 % of it.
        place: Where to look; where left out, squares of several sizes and angles about the middle are tried.

    Returns:
        The landmarks, after a second look; `None` where no face was found.
    """
    height, width = image.shape[:2]
    side = max(height, width)
    places = [Region(width / 2, height / 2, side * scale, angle) for scale, angle in _LOOKS]
    best: FaceMesh | None = None
    for region in places if place is None else [place]:
        first = landmarker.locate_in(image, region)
        mesh = landmarker.locate_in(image, region_of(first))
        if best is None or mesh.presence > best.presence:
            best = mesh
        if best.presence > _GOOD_PRESENCE:
            break
    return best if best is not None and best.presence >= MIN_PRESENCE else None
