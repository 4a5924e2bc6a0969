"""Pictures that show a photograph of which the other side, learned from or held out, has another crop.

As `mien.vision.likeness`, by correlation instead of bits, which is more exact and needs the pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.training.material import TRAIN
from mien.vision.align import warp
from mien.vision.likeness import SIDE, detail

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.training.material import Material

ALIKE: Final = 0.80
"""Correlation of detail from which two aligned faces count as one photograph. Of pairs looked at in FER2013, twenty
for each range, nearly all were copies from .86 on, half of them at .84 to .86, a third at .78 to .84. Of 4,733 press
photographs from elsewhere 7.6 % correlate .80 or more with a training picture, .9 % .84 or more: some pictures are
taken for copies that are none, so that few copies stay."""

_CHUNK: Final = 512


def _signature(faces: NDArray[np.uint8]) -> NDArray[np.float32]:
    rows = np.stack([detail(face).ravel() for face in faces])
    rows -= rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.sqrt((rows * rows).sum(axis=1, keepdims=True) + 1e-6), np.float32)


def nearest(
    images: NDArray[np.uint8], matrices: NDArray[np.float64], rows: NDArray[np.intp], among: NDArray[np.intp]
) -> NDArray[np.float32]:
    """How much the most alike of other faces, or its mirror image, is like each face.

    Args:
        images: (N, S, S) uint8 grey pictures.
        matrices: (N, 2, 3) their alignments, picture -> square of 48.
        rows: The pictures asked about, K.
        among: The pictures compared with.

    Returns:
        (K,) correlations of detail, -1 to 1; -1 with nothing to compare with.
    """
    best = np.full(len(rows), -1.0, np.float32)
    if not len(among) or not len(rows):
        return best

    def aligned(which: NDArray[np.intp]) -> NDArray[np.uint8]:
        return np.stack([warp(images[i], matrices[i], SIDE) for i in which])

    others = aligned(among)
    known = (_signature(others), _signature(others[:, :, ::-1]))
    for start in range(0, len(rows), _CHUNK):
        part = _signature(aligned(rows[start : start + _CHUNK]))
        for side in known:
            best[start : start + _CHUNK] = np.maximum(
                best[start : start + _CHUNK], (part @ side.T).max(axis=1)
            )
    return best


def copied(material: Material, matrices: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(N,) which training pictures show a photograph that is held out, too, and which held-out ones one of training."""
    sides = np.flatnonzero(material.usage == TRAIN), np.flatnonzero(material.usage != TRAIN)
    found = np.zeros(len(material.images), np.bool_)
    for rows, others in (sides, sides[::-1]):
        found[rows] = nearest(material.images, matrices, rows, others) >= ALIKE
    return found
