"""Real hands and things before mouths among pictures to learn from, known by their fingerprints.

Pictures gathered on the web show people with a hand before the mouth; who learns from them as bare learns that hands
are no covers. One observer (one of the makers of Mien) looked at the 840 training pictures of FER2013 that an earlier
network took least for bare, on 2026-11-22, each 64 pixels wide, in the order of that network's doubt.
`real_covers.npz` holds the fingerprints of those in which a thing hides the mouth, and of those in which it hides
part of it, or the face or what hides it cannot be told. No picture is in it.
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.vision.align import warp
from mien.vision.likeness import SIDE, alike, fingerprint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.training.material import Faces

_FILE: Final = Path(__file__).with_name("real_covers.npz")
_SIDE: Final = 96
_ZOOM: Final = 0.72
"""How much smaller than in the crop a face is drawn where parts of two are put together: there is room around it."""


class Real(IntEnum):
    """What is known of a picture."""

    UNTOLD = -1
    UNKNOWN = 0
    HIDDEN = 1


def fingerprints(faces: Faces, rows: NDArray[np.intp]) -> NDArray[np.uint8]:
    """(N, 48) fingerprints of pictures of the material."""
    return np.stack([fingerprint(warp(faces.material.images[i], faces.matrices[i], SIDE)) for i in rows])


def known_covers(faces: Faces) -> NDArray[np.int8]:
    """What is known of the pictures of a material: (N,) of `Real`."""
    prints = fingerprints(faces, np.arange(len(faces.found)))
    with np.load(_FILE) as file:
        out = np.where(alike(prints, file["untold"]), Real.UNTOLD, Real.UNKNOWN)
        out[alike(prints, file["hidden"])] = Real.HIDDEN
    return out.astype(np.int8)


def _roomy(faces: Faces, row: int, crop: int) -> NDArray[np.float32]:
    """A face of the material aligned and somewhat smaller than its crop: (`_SIDE`, `_SIDE`)."""
    scale = _SIDE / crop * _ZOOM
    matrix = scale * faces.matrices[row]
    matrix[:, 2] += (scale - 1.0) / 2.0 + (1.0 - _ZOOM) * _SIDE / 2.0
    return warp(faces.material.images[row], matrix, _SIDE).astype(np.float32)


def _onto(crop: int) -> NDArray[np.float64]:
    """The alignment of what `_roomy` gives: (2, 3), its pixels -> crop pixels."""
    scale = crop / (_SIDE * _ZOOM)
    off = -(1.0 - _ZOOM) * _SIDE / 2.0 * scale + (scale - 1.0) / 2.0
    return np.array([[scale, 0.0, off], [0.0, scale, off]])


def transplant(
    rng: np.random.Generator, faces: Faces, row: int, donor: int, crop: int
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The lower part of one face, with what is before it, under the eyes of another.

    Both are aligned, the lower one perhaps mirrored and brought to the light of the upper one; they meet in a soft,
    somewhat tilted line between the middle and the base of the nose.

    Args:
        rng: Source of chance.
        faces: Aligned material.
        row: Whose eyes.
        donor: Whose lower face.
        crop: Side of the crop that faces are aligned to, pixels.

    Returns:
        Picture (96, 96) uint8, and (2, 3) its alignment to the crop.
    """
    upper, lower = _roomy(faces, row, crop), _roomy(faces, donor, crop)
    if rng.random() < 0.5:
        lower = lower[:, ::-1]
    place = _onto(crop)
    back = cv2.invertAffineTransform(place)
    line = float((back @ (0.0, rng.uniform(0.5, 0.6) * crop, 1.0))[1])
    top, left = back @ (0.1 * crop, 0.1 * crop, 1.0)
    compared = np.s_[int(top) : int(line), int(left) : _SIDE - int(left)]
    gain = np.clip(upper[compared].std() / max(float(lower[compared].std()), 1.0), 0.5, 2.0)
    lower = (lower - lower[compared].mean()) * gain + upper[compared].mean()
    rows, columns = np.mgrid[:_SIDE, :_SIDE].astype(np.float32)
    below = rows - line - rng.normal(0.0, 0.12) * (columns - _SIDE / 2)
    share = 1.0 / (1.0 + np.exp(-np.clip(below / rng.uniform(0.5, 2.5), -30.0, 30.0)))
    mixed = upper + share * (lower - upper)
    return np.clip(mixed, 0.0, 255.0).astype(np.uint8), place
