"""Fingerprints of photographs of faces: whether two show the same one, without keeping either.

Pictures gathered by searching the web hold many photographs twice, cropped, turned, mirrored or marked with an agency's
name in other ways. Once the faces are aligned, the same photograph shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE: Final = 48
"""Side of the aligned faces, pixels."""
_ROWS, _COLUMNS = 19, 20
BYTES: Final = 48
"""Length of a fingerprint."""

ALIKE: Final = 46
"""Bits of 380 in which two fingerprints of one photograph may differ. Of FER2013's validation pictures, 794 of the 830
whose detail correlates .86 or more with a training picture (all copies, where looked at) are found, and 24 more;
of 4,733 press photographs from elsewhere 31 are taken for copies. Enlarged 1.7 times, darkened
and compressed with JPEG 60, 99 % are still found; sunglasses and crops that cut the face make it less."""

_CHUNK: Final = 64


def _bands(face: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A difference of Gaussians (1 and 4 pixels), divided by its local strength, without the margins: (38, 40)."""
    x = face.astype(np.float32)
    bands = cv2.GaussianBlur(x, (0, 0), 1.0) - cv2.GaussianBlur(x, (0, 0), 4.0)
    bands /= np.sqrt(cv2.GaussianBlur(bands * bands, (0, 0), 6.0) + 9.0)
    return np.asarray(bands[4:-6, 4:-4], np.float32)


def detail(face: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What makes one photograph of a face differ from others, light and contrast taken out.

    Args:
        face: (48, 48) uint8 aligned grey face.

    Returns:
        (19, 20) float32, every second pixel.
    """
    return _bands(face)[::2, ::2]


def fingerprint(face: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The fingerprint of a photograph, hardly changed by its crop, size, light or compression.

    The signs of means of its detail over two by two pixels. Faces without landmarks are aligned as they came, and known
    again only in the same crop.

    Args:
        face: (48, 48) uint8 aligned grey face.

    Returns:
        (48,) uint8.
    """
    means = cv2.resize(_bands(face), (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA).ravel()
    bits = np.ones(8 * BYTES, np.bool_)  # the rest is set, so that no picture has the fingerprint of nothing
    bits[: means.size] = means > means.mean()
    return np.packbits(bits)


def _mirrored(prints: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(K, 48) the fingerprints of the mirror images."""
    bits = np.unpackbits(prints, axis=1)
    used = bits[:, : _ROWS * _COLUMNS].reshape(-1, _ROWS, _COLUMNS)[:, :, ::-1]
    return np.packbits(np.column_stack([used.reshape(len(bits), -1), bits[:, _ROWS * _COLUMNS :]]), axis=1)


def alike(pictures: NDArray[np.uint8], known: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which photographs, or their mirror images, are among known ones.

    Args:
        pictures: (M, 48) fingerprints; of zeros, nothing is known.
        known: (K, 48) fingerprints.

    Returns:
        (M,).
    """
    found = np.zeros(len(pictures), np.bool_)
    words = np.concatenate([known, _mirrored(known)]).view(np.uint64)
    for start in range(0, len(pictures), _CHUNK):
        part = np.ascontiguousarray(pictures[start : start + _CHUNK]).view(np.uint64)
        differ = np.zeros((len(part), len(words)), np.uint16)
        for k in range(words.shape[1]):
            differ += np.bitwise_count(part[:, k, None] ^ words[None, :, k])
        found[start : start + _CHUNK] = differ.min(axis=1, initial=8 * BYTES) <= ALIKE
    return found & pictures.any(axis=1)
