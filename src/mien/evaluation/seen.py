"""Could the model have seen this set? Fingerprints of pictures, and what the model's card says.

    python -m mien.evaluation.seen SET OUT.npz

writes the fingerprints of a set's pictures (of its training split, if it is split), to be given to `mien evaluate
--seen`. A fingerprint is no picture and leads back to none.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import BadZipFile

import cv2
import numpy as np

from mien.errors import ImageError, InputError, MienError
from mien.evaluation.sets import open_set
from mien.training.material import TRAIN
from mien.vision.models import WEIGHTS, manifest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.evaluation.types import FaceSet
    from mien.vision.protocols import Reader

_SIDE: Final = 32
_WAVES: Final = 16
BYTES: Final = _WAVES * _WAVES // 8
"""Length of a fingerprint."""

ALIKE: Final = 17
"""Bits of 255 in which two fingerprints of one picture may differ. Of FER2013's 3,579 validation pictures all 291 with
a known (near) copy in training are found, and 9 of the others are taken for copies; of pictures enlarged 1.7 times,
darkened and compressed with JPEG 60, 98 % are still found."""

_CHUNK: Final = 64


@dataclass(frozen=True, slots=True)
class Card:
    """What is said of a model's training pictures.

    Attributes:
        model: Its name in the manifest.
        training: The card's paragraph on training data; "" where the card has none.
    """

    model: str
    training: str


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


def load_fingerprints(path: Path) -> NDArray[np.uint8]:
    """Read a file that `write_fingerprints` wrote: (K, 32) uint8.

    Raises:
        InputError: It is none.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            known = file["fingerprints"]
    except (OSError, ValueError, KeyError, BadZipFile, AttributeError) as error:
        raise InputError(
            f"'{path}' holds no fingerprints; make them with: python -m mien.evaluation.seen SET {path.name}."
        ) from error
    if known.ndim != 2 or known.shape[1] != BYTES or known.dtype != np.uint8:
        raise InputError(
            f"The fingerprints in '{path}' are {known.shape} {known.dtype}, not (N, {BYTES}) uint8."
        )
    return np.asarray(known, np.uint8)


def write_fingerprints(faces: FaceSet, path: Path) -> int:
    """Write the fingerprints of a set's pictures, of its training split if it is split; returns how many."""
    rows = np.arange(len(faces.labels)) if faces.usage is None else np.flatnonzero(faces.usage == TRAIN)
    known = []
    for row in rows:
        try:
            known.append(fingerprint(faces.pictures.open(int(row))))
        except (FileNotFoundError, ImageError):
            continue
    np.savez_compressed(path, fingerprints=np.array(known, np.uint8).reshape(-1, BYTES))
    return len(known)


def card_of(reader: Reader) -> Card | None:
    """What the manifest and the card say of a reader's training; `None` where it is not in the manifest."""
    same = [m for m in manifest().values() if m.kind == "expression" and m.version == reader.version]
    if len(same) != 1:
        return None
    model = same[0]
    if model.card is None:
        return Card(model.name, "")
    text = (WEIGHTS / model.card).read_text(encoding="utf-8")
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    about = [part for part in paragraphs if part.lower().startswith("**training data")]
    return Card(model.name, about[0].replace("**", "").replace("`", "") if about else "")


def main(arguments: list[str]) -> int:
    """Write fingerprints, as the module's text says."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m mien.evaluation.seen SET OUT.npz\n")
        return 2
    try:
        # what classes are called does not matter here, so any order of numbers will do
        count = write_fingerprints(open_set(Path(arguments[0]), "ferplus"), Path(arguments[1]))
    except MienError as error:
        sys.stderr.write(f"mien: {error}\n")
        return 2
    sys.stdout.write(f"{count} fingerprints\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
