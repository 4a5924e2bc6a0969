"""Fingerprints of pictures: whether two are (nearly) the same, without keeping either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE: Final = 32
_WAVES: Final = 16
BYTES: Final = _WAVES * _WAVES // 8
"""Length of a fingerprint."""

ALIKE: Final = 17
"""Bits of 255 in which two fingerprints of one picture may differ. Of FER2013's 3,579 validation pictures all 291 with
a known (near) copy in training are found, and 9 of the others are taken for copies; of pictures enlarged 1.7 times,
darkened and compressed with JPEG 60, 98 % are still found."""

_CHUNK: Final = 64


def fingerprint(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The fingerprint of a picture, hardly changed by its size, brightness or compression; another crop has another.

    Signs of its 16 x 16 slowest waves (discrete cosine transform of 32 x 32 averages) but the mean, after Zauner 2010,
    "Implementation and benchmarking of perceptual image hash functions".

    Args:
        image: (H, W, 3) uint8 BGR.

    Returns:
        (32,) uint8.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    waves = cv2.dct(small)[:_WAVES, :_WAVES] > 0
    waves[0, 0] = True  # so that no picture has the fingerprint of nothing
    return np.packbits(waves)


def alike(pictures: NDArray[np.uint8], known: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which pictures have a (near) copy among known ones.

    Args:
        pictures: (M, 32) fingerprints; of zeros, nothing is known.
        known: (K, 32) fingerprints.

    Returns:
        (M,).
    """
    found = np.zeros(len(pictures), np.bool_)
    words = np.ascontiguousarray(known).view(np.uint64)
    for start in range(0, len(pictures), _CHUNK):
        part = np.ascontiguousarray(pictures[start : start + _CHUNK]).view(np.uint64)
        differ = np.zeros((len(part), len(words)), np.uint16)
        for k in range(words.shape[1]):
            differ += np.bitwise_count(part[:, k, None] ^ words[None, :, k])
        found[start : start + _CHUNK] = differ.min(axis=1, initial=8 * BYTES) <= ALIKE
    return found & pictures.any(axis=1)
