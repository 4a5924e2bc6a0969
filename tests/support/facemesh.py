"""Videos of real faces, turned, lowered, moved and scaled, whose truth is known.

The faces are those of `tools.scene.mesh`, which says how they are made and which way they turn.

    face = MeshFace.from_picture(cv2.imread("samples/multi_face.jpg"))
    turning = Actor(face, lambda t_s: Stance(x=320, y=180, height=120, yaw=20 * t_s))
    film(path, steady(10, 3.0), [turning])
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tools.scene.mesh import MeshFace, Stance
from tools.scene.people import PORTRAIT, SAMPLES, faces_of_pictures
from tools.scene.room import background

from support.clips import write_clip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "PORTRAIT",
    "SAMPLES",
    "Actor",
    "MeshFace",
    "Stance",
    "background",
    "faces",
    "film",
    "picture",
]


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """A face that plays a part.

    Attributes:
        face: Whose face.
        stance: Where it is and how it is held at a time in seconds; `None` while it is not there.
    """

    face: MeshFace
    stance: Callable[[float], Stance | None]


@cache
def faces() -> tuple[MeshFace, ...]:
    """Six real faces: the five of the group picture from the left, then the portrait."""
    return faces_of_pictures()


def film(
    path: Path, times_s: Sequence[float], actors: Sequence[Actor], scene: NDArray[np.uint8] | None = None
) -> Path:
    """Write an MP4 file (H.264) of actors before a scene, 640x360 unless the scene says else.

    Args:
        path: Where to.
        times_s: Presentation time of each picture, seconds, increasing.
        actors: Who is there.
        scene: (H, W, 3) uint8 BGR with even sides.
    """
    stage = background(640, 360) if scene is None else scene
    height, width = stage.shape[:2]
    return write_clip(
        path, times_s, size=(width, height), draw=lambda number: picture(stage, actors, times_s[number])
    )


def picture(scene: NDArray[np.uint8], actors: Sequence[Actor], t_s: float) -> NDArray[np.uint8]:
    """What a camera sees at a time: the actors before a scene, the one with the tallest face in front."""
    canvas = scene.copy()
    there = [(actor.face, stance) for actor in actors if (stance := actor.stance(t_s)) is not None]
    for face, stance in sorted(there, key=lambda pair: pair[1].height):
        face.draw(canvas, stance)
    return canvas
