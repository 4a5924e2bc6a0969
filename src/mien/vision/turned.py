"""Where the faces of a picture are turned to: no expression is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mien.vision.exclude import ExcludedZones
from mien.vision.pose import gaze, head_pose
from mien.vision.registry import DETECTORS, LANDMARKERS
from mien.vision.track import TrackSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TurnedFace:
    """One face and its direction.

    Attributes:
        x: Its middle, share of the picture's width.
        y: Likewise, share of its height.
        yaw: Degrees, signs as in `mien.vision.types`: of the eyes where they can be made out, else of the head.
        pitch: Likewise.
    """

    x: float
    y: float
    yaw: float
    pitch: float


class FaceDirections:
    """Finds faces and tells where each is turned to.

    Args:
        exclude: Zones where no face is looked for, corners in 0-1 coordinates of the picture.
        threads: Threads inside one network.

    Raises:
        ZoneError: An excluded zone is no polygon inside the picture.
        ModelError: Weights are missing or altered.
    """

    def __init__(self, exclude: Sequence[Sequence[tuple[float, float]]] = (), *, threads: int = 1) -> None:
        self._zones = ExcludedZones(exclude)
        self._detector = DETECTORS.make("yunet", threads=threads)
        self._landmarker = LANDMARKERS.make("mediapipe", threads=threads)
        self._least = TrackSettings().min_presence

    def look(self, image: NDArray[np.uint8]) -> list[TurnedFace]:
        """The faces of `image` ((H, W, 3) uint8 BGR) whose direction is known."""
        height, width = image.shape[:2]
        seen = self._zones.blacked_out(image)
        found = []
        for face in self._detector.detect(seen):
            if self._zones.forbids(face.box, height, width):
                continue
            mesh = self._landmarker.locate(seen, face)
            if mesh.presence < self._least:
                continue
            turn = gaze(mesh) or head_pose(mesh)
            x, y = (face.box[:2] + face.box[2:]) / 2.0
            found.append(TurnedFace(float(x) / width, float(y) / height, turn.yaw, turn.pitch))
        return found
