"""How real people move while they talk, wait, blink and turn: taken from clips, put on other faces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from tools.scene.mesh import LANDMARKS, OVAL, Stance, rotation_between

from mien.video import open_video
from mien.vision.align import canonical_face
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker
from mien.vision.pose import head_pose

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from tools.scene.mesh import MeshFace

_LEAST: Final = 3
_LONGEST_S: Final = 60.0
_ASIDE: Final = (
    0.25  # face heights that somebody sways at most, so that nobody leaves their place in the picture
)
_NEARER: Final = (0.85, 1.15)


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """How one person moved, at the times of pictures.

    Attributes:
        moved: (T, 468, 3) how far each landmark is from where it mostly is, face heights, the head held straight.
        held: (T, 6) right and down in face heights, times as tall, yaw, pitch and roll in degrees, likewise.
    """

    moved: NDArray[np.float64]
    held: NDArray[np.float64]

    def at(self, face: MeshFace, number: int) -> NDArray[np.float64]:
        """(V, 3) the movement of the vertices of another face at a picture; there and back where there are no more."""
        moved = self.moved[there_and_back(number, len(self.moved))]
        # The rings around a face go with its outline.
        outline = [moved[list(OVAL)]] * ((len(face.vertices) - LANDMARKS) // len(OVAL))
        return np.concatenate([moved, *outline])

    def stance(self, number: int, x: float, y: float, height: float) -> Stance:
        """How the head is held at a picture, about a place in pixels."""
        right, down, tall, yaw, pitch, roll = self.held[there_and_back(number, len(self.held))].tolist()
        return Stance(x + right * height, y + down * height, height * tall, yaw, pitch, roll)


def there_and_back(number: int, length: int) -> int:
    """The place at a step of somebody who walks from 0 to `length` - 1 and back, again and again.

    Example:
        >>> [there_and_back(k, 3) for k in range(6)]
        [0, 1, 2, 1, 0, 1]
    """
    if length < 2:
        return 0
    step = number % (2 * length - 2)
    return step if step < length else 2 * length - 2 - step


def motion_of(clip: Path, rate: float) -> Motion | None:
    """How the one person of a clip moves in its first minute; `None` where hardly anybody is found.

    Args:
        clip: The file.
        rate: Pictures a second.
    """
    detector, landmarker = YuNet(long_side=640), MediaPipeLandmarker()
    shape = canonical_face() * (1.0, -1.0, -1.0)
    fronts, held = [], []
    with open_video(clip, threads=1) as video:
        for frame in video.frames(rate=rate):
            if frame.t_s > _LONGEST_S:
                break
            found = detector.detect(frame.image)
            if not found:
                continue
            mesh = landmarker.locate(frame.image, max(found, key=lambda one: float(one.box[3] - one.box[1])))
            points = mesh.points[:LANDMARKS].astype(np.float64)
            centre = points.mean(axis=0)
            front = (points - centre) @ rotation_between(shape, points)
            height = float(np.ptp(front[:, 1]))
            pose = head_pose(mesh)
            fronts.append(front / height)
            held.append((*centre[:2], height, pose.yaw, pose.pitch, pose.roll))
    if len(fronts) < _LEAST:
        return None
    at, usual = np.array(held), np.median(held, axis=0)
    at[:, :2] = np.clip((at[:, :2] - usual[:2]) / usual[2], -_ASIDE, _ASIDE)
    at[:, 2] = np.clip(at[:, 2] / usual[2], *_NEARER)
    at[:, 3:] -= usual[3:]
    return Motion(np.array(fronts) - np.median(fronts, axis=0), at)
