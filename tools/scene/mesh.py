"""Real faces as textured meshes: turned, moved, scaled, blended and moved in expression.

A face of a real picture becomes a mesh: its 468 landmarks with depth, and around them two rings for hair, ears and
neck. Drawn over a background it gives pictures whose poses, places and times are exactly known, and that detectors,
landmarks and readers see as they see any other face.

Signs are those of `mien.vision.types`: yaw > 0 turns towards the right edge of the picture, pitch > 0 looks down,
roll > 0 tilts clockwise.

    face = MeshFace.from_picture(cv2.imread("samples/multi_face.jpg"))
    face.draw(canvas, Stance(x=320, y=180, height=120, yaw=20))
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from scipy.spatial import Delaunay

from mien.vision.align import canonical_face
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker

if TYPE_CHECKING:
    from numpy.typing import NDArray

OVAL: Final = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
"""MediaPipe's face oval, from the middle of the forehead clockwise."""

LANDMARKS: Final = 468
"""Of the face itself; the vertices of a mesh begin with them."""

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
        vertices: (V, 3) where it is in space, seen from the front: x right, y down, z away, in face heights, from
            the point about which the head turns. The first `LANDMARKS` are those of the face.
        opacity: (V,) 0..1.
        triangles: (T, 3) vertices of each triangle, the same for every face.
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
        points = MediaPipeLandmarker().locate(image, faces[which]).points[:LANDMARKS].astype(np.float64)
        shape = canonical_face() * (1.0, -1.0, -1.0)
        centre = points.mean(axis=0)
        # A head that looks straight ahead shows landmarks lowered by some degrees against the canonical face.
        turn = rotation_between(shape, points) @ rotation(Stance(0, 0, 1, pitch=-_REST_PITCH))
        front = (points - centre) @ turn
        height = float(np.ptp(front[:, 1]))
        front /= height
        rings, opacity = [], [np.ones(len(front))]
        for wider, behind, opaque in _RINGS:
            ring = front[list(OVAL)].copy()
            ring[:, :2] *= wider
            ring[:, 2] += behind
            rings.append(ring)
            opacity.append(np.full(len(ring), opaque))
        vertices = np.concatenate([front, *rings])
        pixels = (vertices * height) @ turn.T + centre
        # The canonical face, not this one, gives the triangles, so that no expression folds them.
        flat = shape[:, :2] / np.ptp(shape[:, 1])
        outline = [flat[list(OVAL)] * wider for wider, _, _ in _RINGS]
        triangles = Delaunay(np.concatenate([flat, *outline])).simplices.astype(np.intp)
        return cls(image, pixels[:, :2], vertices - (0.0, 0.0, _PIVOT), np.concatenate(opacity), triangles)

    def trimmed(self) -> MeshFace:
        """The same face with no more of its picture than it needs, which is drawn faster."""
        height, width = self.texture.shape[:2]
        left, top = np.maximum(np.floor(self.pixels.min(axis=0)).astype(int) - 2, 0)
        right, bottom = np.minimum(np.ceil(self.pixels.max(axis=0)).astype(int) + 3, (width, height))
        return replace(
            self, texture=self.texture[top:bottom, left:right].copy(), pixels=self.pixels - (left, top)
        )

    def blended(self, other: MeshFace, shape: float, texture: float) -> MeshFace:
        """This face on its way to another one, whose picture is laid over its own.

        Args:
            other: Where to.
            shape: How far its shape goes, 0 this face .. 1 the other.
            texture: How far its colours go, likewise; hair and surroundings go with them.
        """
        over = other.laid_on(self)
        return replace(
            self,
            texture=cv2.addWeighted(self.texture, 1.0 - texture, over, texture, 0.0).astype(np.uint8),
            vertices=(1.0 - shape) * self.vertices + shape * other.vertices,
        )

    def laid_on(self, other: MeshFace) -> NDArray[np.uint8]:
        """The picture of another face with this one over it, feature on feature, as a texture for its mesh."""
        over = other.texture.copy()
        self._paint(over, other.pixels, np.arange(len(self.triangles)), other.height_px)
        return over

    @property
    def height_px(self) -> float:
        """Height of the face in its texture, pixels."""
        return float(np.ptp(self.pixels[:LANDMARKS, 1]))

    def draw(
        self, canvas: NDArray[np.uint8], stance: Stance, moved: NDArray[np.float64] | None = None
    ) -> None:
        """Draw the face onto `canvas` ((H, W, 3) uint8 BGR), over what is there.

        Args:
            canvas: Drawn on.
            stance: Where and how.
            moved: (V, 3) by how much each vertex is moved beforehand, in face heights: an expression.
        """
        shape = self.vertices if moved is None else self.vertices + moved
        placed = shape @ rotation(stance).T * stance.height
        corners = placed[:, :2] + (stance.x, stance.y)
        self._paint(canvas, corners, self._visible(corners, placed[:, 2]), stance.height)

    def _paint(
        self,
        canvas: NDArray[np.uint8],
        corners: NDArray[np.float64],
        order: NDArray[np.intp],
        tall: float,
    ) -> None:
        """Paint triangles, later ones over earlier ones, with their vertices at `corners` ((V, 2) pixels)."""
        three = self.triangles[order]
        if not len(three):
            return
        edges = np.array([[0, 0], [canvas.shape[1], canvas.shape[0]]])
        left, top = np.clip(np.floor(corners[three].min(axis=(0, 1))).astype(int), *edges)
        right, bottom = np.clip(np.ceil(corners[three].max(axis=(0, 1))).astype(int) + 1, *edges)
        if left == right or top == bottom:
            return
        corners = corners - (left, top)
        owner = np.zeros((bottom - top, right - left), dtype=np.int32)
        outline = np.round(corners * 16).astype(np.int32)
        for number, triangle in enumerate(three, start=1):
            cv2.fillConvexPoly(owner, outline[triangle], number, shift=4)
        # Inside a triangle, place in the texture and opacity are linear in place on the canvas.
        homogeneous = np.concatenate([corners[three], np.ones((len(three), 3, 1))], axis=2)
        values = np.concatenate([self.pixels, self.opacity[:, None]], axis=1)[three]
        table = np.concatenate([np.zeros((1, 3, 3)), np.linalg.solve(homogeneous, values)])
        linear = table.transpose(1, 2, 0).astype(np.float32)
        x = np.arange(right - left, dtype=np.float32)
        y = np.arange(bottom - top, dtype=np.float32)[:, None]
        u, v, opaque = (
            across[owner] * x + down[owner] * y + base[owner]
            for across, down, base in linear.transpose(1, 0, 2)
        )
        texture, shrink = self._texture_for(tall)
        colour = cv2.remap(texture, u * shrink, v * shrink, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        share = np.clip(opaque, 0.0, 1.0)[..., None]
        part = canvas[top:bottom, left:right]
        part[:] = np.round(part + share * (colour.astype(np.float32) - part)).astype(np.uint8)

    def _visible(self, corners: NDArray[np.float64], depth: NDArray[np.float64]) -> NDArray[np.intp]:
        """Triangles that face the camera, the farthest first."""
        a, b, c = (corners[self.triangles[:, i]] for i in range(3))
        area = _cross(b - a, c - a)
        p, q, r = (self.vertices[self.triangles[:, i], :2] for i in range(3))
        seen = np.flatnonzero((area * np.sign(_cross(q - p, r - p))) > 0.05)
        return seen[np.argsort(-depth[self.triangles[seen]].mean(axis=1), kind="stable")]

    def _texture_for(self, height: float) -> tuple[NDArray[np.uint8], float]:
        """The texture shrunk for a face of that height, so that it doesn't flicker, and the factor."""
        shrink = min(1.0, float(height) / self.height_px)
        if shrink > 0.7:
            return self.texture, 1.0
        size = (max(1, round(self.texture.shape[1] * shrink)), max(1, round(self.texture.shape[0] * shrink)))
        shrunk = cv2.resize(self.texture, size, interpolation=cv2.INTER_AREA)
        return np.asarray(shrunk, np.uint8), shrink


def rotation(stance: Stance) -> NDArray[np.float64]:
    """(3, 3) the turn of a head, for coordinates x right, y down, z away."""
    yaw, pitch, roll = np.radians([stance.yaw, stance.pitch, stance.roll])
    about_y = [[np.cos(yaw), 0.0, -np.sin(yaw)], [0.0, 1.0, 0.0], [np.sin(yaw), 0.0, np.cos(yaw)]]
    about_x = [[1.0, 0.0, 0.0], [0.0, np.cos(pitch), -np.sin(pitch)], [0.0, np.sin(pitch), np.cos(pitch)]]
    about_z = [[np.cos(roll), -np.sin(roll), 0.0], [np.sin(roll), np.cos(roll), 0.0], [0.0, 0.0, 1.0]]
    return np.array(about_z) @ np.array(about_y) @ np.array(about_x)


def rotation_between(shape: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The turn that brings `shape` nearest to `points` (Kabsch 1976), both (N, 3)."""
    u, _, v = np.linalg.svd((shape - shape.mean(axis=0)).T @ (points - points.mean(axis=0)))
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(v.T @ u.T))])
    return np.asarray(v.T @ flip @ u.T, np.float64)


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], np.float64)
