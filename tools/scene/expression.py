"""A smile learnt from one clip and taken off, or put on, other faces; and eyelids that close.

Two pictures of one person, plain and smiling, tell where a smile moves the skin and where it makes it lighter or
darker. The movement is added to another face's mesh, and its colours are multiplied by the ratio of the two pictures
(Liu, Shan, Zhang 2001, "Expressive expression mapping with ratio images", SIGGRAPH), without which cheeks and folds of
a smile stay on a face whose mouth has closed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from tools.scene.mesh import LANDMARKS, MeshFace, rotation_between

if TYPE_CHECKING:
    from numpy.typing import NDArray

# fmt: off
# Brow line, temples, bridge and corners of the eyes: where an expression moves a face least.
_STEADY: Final = (10, 338, 297, 332, 284, 251, 389, 356, 109, 67, 103, 54, 21, 162, 127,
                  6, 197, 195, 5, 4, 1, 168, 33, 133, 362, 263, 234, 454)
_UPPER_LIDS: Final = (246, 161, 160, 159, 158, 157, 173, 466, 388, 387, 386, 385, 384, 398)
_LOWER_LIDS: Final = (7, 163, 144, 145, 153, 154, 155, 249, 390, 373, 374, 380, 381, 382)
# fmt: on
_EVEN: Final = 128
"""Grey of a ratio of 1."""
_RATIO: Final = (0.7, 1.35)
"""Least and greatest ratio: beyond it lie teeth, hair and the edges of the face."""
_SOFT: Final = 0.02
"""Blur of the ratio, face heights: landmarks don't lie on each other to the pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class Smile:
    """What a smile does to a face.

    Attributes:
        moved: (V, 3) movement of each vertex from plain to smiling, face heights.
        shade: A face whose texture is the ratio plain over smiling, 128 times.
    """

    moved: NDArray[np.float64]
    shade: MeshFace

    @classmethod
    def between(cls, plain: MeshFace, smiling: MeshFace) -> Smile:
        """Learn it from two pictures of one person."""
        steady = list(_STEADY)
        to, of = plain.vertices[steady], smiling.vertices[steady]
        to_middle, of_middle = to.mean(axis=0), of.mean(axis=0)
        turn = rotation_between(of - of_middle, to - to_middle)
        scale = np.linalg.norm(to - to_middle) / np.linalg.norm(of - of_middle)
        moved = np.zeros_like(plain.vertices)
        placed = (smiling.vertices - of_middle) @ turn.T * scale + to_middle
        moved[:LANDMARKS] = (placed - plain.vertices)[:LANDMARKS]
        below, above = (
            cv2.GaussianBlur(
                cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32),
                (0, 0),
                _SOFT * plain.height_px,
            )
            for picture in (plain.texture, smiling.laid_on(plain))
        )
        ratio = np.clip(_EVEN * (below + 8.0) / (above + 8.0), *(_EVEN * np.array(_RATIO)))
        return cls(moved, replace(plain, texture=cv2.merge([ratio.astype(np.uint8)] * 3).astype(np.uint8)))

    def taken_off(self, face: MeshFace, shape: float = 1.0, shade: float = 1.0) -> MeshFace:
        """A smiling face without its smile.

        Args:
            face: Whose.
            shape: How much of the movement is taken back, 1 as much as the smile learnt from.
            shade: The power to which the ratio is taken.
        """
        even = replace(face, texture=np.full_like(face.texture, _EVEN))
        ratio = (self.shade.laid_on(even).astype(np.float32) / _EVEN) ** shade
        return replace(
            face,
            texture=np.clip(face.texture * ratio, 0, 255).astype(np.uint8),
            vertices=face.vertices - shape * self.moved,
        )


def closed_eyes(face: MeshFace) -> NDArray[np.float64]:
    """(V, 3) movement of the vertices of a face that closes its eyes, face heights."""
    moved = np.zeros_like(face.vertices)
    upper, lower = list(_UPPER_LIDS), list(_LOWER_LIDS)
    moved[upper] = 0.9 * (face.vertices[lower] - face.vertices[upper])
    return moved
