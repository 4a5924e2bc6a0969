"""Real faces, turned, lowered, moved and scaled: a renderer for videos whose truth is known.

A face of a real picture becomes a textured mesh: its 468 landmarks with depth, and around them two rings
for hair, ears and neck. Drawn over a background, several of them in order of depth, it gives frames whose
poses, places and times are exactly known, and that detectors, landmarks and readers see as they see any
other face.

Signs are those of `mien.vision.types`: yaw > 0 turns towards the right edge of the picture, pitch > 0 looks
down, roll > 0 tilts clockwise.

    face = MeshFace.from_picture(cv2.imread("samples/multi_face.jpg"))
    turning = Actor(face, lambda t_s: Stance(x=320, y=180, height=120, yaw=20 * t_s))
    film(path, steady(10, 3.0), [turning])
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import av
import cv2
import numpy as np
from scipy.spatial import Delaunay

from mien.vision.align import canonical_face
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker
from support.clips import write_clip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

ROOT: Final = Path(__file__).parents[2]
SAMPLES: Final = ROOT / "samples"
PORTRAIT: Final = ROOT / "src" / "mien" / "vision" / "selftest" / "face.jpg"

# MediaPipe's face oval, from the middle of the forehead clockwise.
_OVAL: Final = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
# The rings around the oval: how much wider, how far behind it (face heights), how opaque.
_RINGS: Final = ((1.22, 0.12, 1.0), (1.5, 0.38, 0.0))
# Degrees; the median over press photographs of people who look at the camera.
_REST_PITCH: Final = 5.0
# The head turns about a point this far behind the face, in face heights.
_PIVOT: Final = 0.45


@dataclass(frozen=True, slots=True)
class Stance:
    """Where a face is and how it is held.

    Attributes:
        x: Centre of the head, pixels from the left.
        y: Pixels from the top.
        height: Forehead to chin when seen from the front, pixels.
        yaw: Degrees.
        pitch: Degrees.
        roll: Degrees.
    """

    x: float
    y: float
    height: float
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class MeshFace:
    """One real face as a textured mesh.

    Attributes:
        texture: (H, W, 3) uint8 BGR, the picture it comes from.
        pixels: (V, 2) where each vertex is in the texture.
        vertices: (V, 3) where it is in space, seen from the front: x right, y down, z away, in face
            heights, from
            the point about which the head turns.
        opacity: (V,) 0..1.
        triangles: (T, 3) vertices of each triangle.
    """

    texture: NDArray[np.uint8]
    pixels: NDArray[np.float64]
    vertices: NDArray[np.float64]
    opacity: NDArray[np.float64]
    triangles: NDArray[np.intp]

    @classmethod
    def from_picture(cls, image: NDArray[np.uint8], which: int = 0) -> MeshFace:
        """The `which`th face of a picture ((H, W, 3) uint8 BGR), from the left."""
        faces = sorted(YuNet(long_side=None).detect(image), key=lambda found: float(found.box[0]))
        points = MediaPipeLandmarker().locate(image, faces[which]).points[:468].astype(np.float64)
        shape = canonical_face() * (1.0, -1.0, -1.0)
        centre = points.mean(axis=0)
        # A head that looks straight ahead shows landmarks lowered by some degrees against the canonical face.
        turn = _rotation_between(shape, points) @ rotation(Stance(0, 0, 1, pitch=-_REST_PITCH))
        front = (points - centre) @ turn
        height = float(np.ptp(front[:, 1]))
        front /= height
        rings, opacity = [], [np.ones(len(front))]
        for wider, behind, opaque in _RINGS:
            ring = front[list(_OVAL)].copy()
            ring[:, :2] *= wider
            ring[:, 2] += behind
            rings.append(ring)
            opacity.append(np.full(len(ring), opaque))
        vertices = np.concatenate([front, *rings])
        pixels = (vertices * height) @ turn.T + centre
        # The canonical face, not this one, gives the triangles, so that no expression folds them.
        flat = shape[:, :2] / np.ptp(shape[:, 1])
        outline = [flat[list(_OVAL)] * wider for wider, _, _ in _RINGS]
        triangles = Delaunay(np.concatenate([flat, *outline])).simplices.astype(np.intp)
        return cls(image, pixels[:, :2], vertices - (0.0, 0.0, _PIVOT), np.concatenate(opacity), triangles)

    def draw(self, canvas: NDArray[np.uint8], stance: Stance) -> None:
        """Draw the face onto `canvas` ((H, W, 3) uint8 BGR), over what is there."""
        placed = self.vertices @ rotation(stance).T * stance.height
        corners = placed[:, :2] + (stance.x, stance.y)
        order = self._visible(corners, placed[:, 2])
        owner = np.zeros(canvas.shape[:2], dtype=np.int32)
        outline = np.round(corners * 16).astype(np.int32)
        for number, triangle in enumerate(self.triangles[order], start=1):
            cv2.fillConvexPoly(owner, outline[triangle], number, shift=4)
        left, top, width, height = cv2.boundingRect((owner > 0).astype(np.uint8))
        if width == 0:
            return
        part = np.s_[top : top + height, left : left + width]
        owner = owner[part]
        # Inside a triangle, place in the texture and opacity are linear in place on the canvas.
        three = self.triangles[order]
        homogeneous = np.concatenate([corners[three], np.ones((len(three), 3, 1))], axis=2)
        values = np.concatenate([self.pixels, self.opacity[:, None]], axis=1)[three]
        linear = np.concatenate([np.zeros((1, 3, 3)), np.linalg.solve(homogeneous, values)])[owner]
        y, x = np.mgrid[top : top + height, left : left + width]
        spots = np.stack([x, y, np.ones_like(x)], axis=-1).astype(np.float64)
        u, v, opaque = np.einsum("yxi,yxij->jyx", spots, linear).astype(np.float32)
        texture, shrink = self._texture_for(stance.height)
        colour = cv2.remap(texture, u * shrink, v * shrink, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        share = np.clip(opaque, 0.0, 1.0)[..., None]
        canvas[part] = np.round(share * colour + (1.0 - share) * canvas[part]).astype(np.uint8)

    def _visible(self, corners: NDArray[np.float64], depth: NDArray[np.float64]) -> NDArray[np.intp]:
        """Triangles that face the camera, the farthest first."""
        a, b, c = (corners[self.triangles[:, i]] for i in range(3))
        area = _cross(b - a, c - a)
        p, q, r = (self.vertices[self.triangles[:, i], :2] for i in range(3))
        seen = np.flatnonzero((area * np.sign(_cross(q - p, r - p))) > 0.05)
        return seen[np.argsort(-depth[self.triangles[seen]].mean(axis=1), kind="stable")]

    def _texture_for(self, height: float) -> tuple[NDArray[np.uint8], float]:
        """The texture shrunk for a face of that height, so that it doesn't flicker, and the factor."""
        own = float(np.ptp(self.pixels[:468, 1]))
        shrink = min(1.0, float(height) / own)
        if shrink > 0.7:
            return self.texture, 1.0
        size = (max(1, round(self.texture.shape[1] * shrink)), max(1, round(self.texture.shape[0] * shrink)))
        return cv2.resize(self.texture, size, interpolation=cv2.INTER_AREA), shrink


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """A face that plays a part.

    Attributes:
        face: Whose face.
        stance: Where it is and how it is held at a time in seconds; `None` while it is not there.
    """

    face: MeshFace
    stance: Callable[[float], Stance | None]


def rotation(stance: Stance) -> NDArray[np.float64]:
    """(3, 3) the turn of a head, for coordinates x right, y down, z away."""
    yaw, pitch, roll = np.radians([stance.yaw, stance.pitch, stance.roll])
    about_y = [[np.cos(yaw), 0.0, -np.sin(yaw)], [0.0, 1.0, 0.0], [np.sin(yaw), 0.0, np.cos(yaw)]]
    about_x = [[1.0, 0.0, 0.0], [0.0, np.cos(pitch), -np.sin(pitch)], [0.0, np.sin(pitch), np.cos(pitch)]]
    about_z = [[np.cos(roll), -np.sin(roll), 0.0], [np.sin(roll), np.cos(roll), 0.0], [0.0, 0.0, 1.0]]
    return np.array(about_z) @ np.array(about_y) @ np.array(about_x)


def background(width: int, height: int, seed: int = 0) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 BGR: a softly lit room's worth of blurred shapes without a face."""
    rng = np.random.default_rng(seed)
    coarse = rng.normal((130.0, 135.0, 140.0), 8.0, size=(9, 16, 3)) + rng.normal(0.0, 35.0, size=(9, 16, 1))
    wide = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    grain = rng.normal(0.0, 2.0, size=(height, width, 1))
    return np.clip(wide + grain, 0, 255).astype(np.uint8)


@cache
def faces() -> tuple[MeshFace, ...]:
    """Six real faces: the five of the group picture from the left, then the portrait."""
    group = cv2.imread(str(SAMPLES / "multi_face.jpg"))
    portrait = cv2.imread(str(PORTRAIT))
    return (*(MeshFace.from_picture(group, i) for i in range(5)), MeshFace.from_picture(portrait))


def face_of_video(name: str, t_s: float) -> MeshFace:
    """The face of a sample video at a time, say `face_of_video("crying_to_smiling.mp4", 2.0)`."""
    with av.open(str(SAMPLES / name)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= t_s:
                return MeshFace.from_picture(frame.to_ndarray(format="bgr24"))
    raise ValueError(f"{name} ends before {t_s} s")


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


def _rotation_between(shape: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The turn that brings `shape` nearest to `points` (Kabsch 1976), both (N, 3)."""
    u, _, v = np.linalg.svd((shape - shape.mean(axis=0)).T @ (points - points.mean(axis=0)))
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(v.T @ u.T))])
    return v.T @ flip @ u.T


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
