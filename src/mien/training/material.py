"""The pictures to learn from: the format of the file, its splits, and where the faces are.

The file is an `.npz` with these arrays, N pictures long:

- `images` (N, S, S) uint8 grey, one face filling each;
- `ferplus` (N, 10) uint8, how many taggers chose each of the eight `mien.expressions.EXPRESSIONS`, "unknown" and
  "not a face"; a set with one label per picture has one vote each;
- `usage` (N,) 0 train, 1 validation, 2 test;
- `dup_group` (N,), optional: the same number marks pictures that are the same or nearly so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zipfile import BadZipFile

import cv2
import numpy as np

from mien.errors import InputError
from mien.vision.align import CROP_CENTRE, CROP_SIDE, alignment, centre_alignment
from mien.vision.landmarks import MediaPipeLandmarker, find_in_crop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

TRAIN, VALIDATION, TEST = 0, 1, 2
MIN_VOTES: Final = 5
"""Fewest votes for an expression, of ten, for a picture to be learned from."""

_ARRAYS: Final = frozenset({"images", "ferplus", "usage", "dup_group"})


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Face pictures with the votes of taggers.

    Attributes:
        images: (N, S, S) uint8 grey.
        votes: (N, 10) uint8.
        usage: (N,) 0 train, 1 validation, 2 test.
        group: (N,) int64; the same number marks (nearly) the same picture.
    """

    images: NDArray[np.uint8]
    votes: NDArray[np.uint8]
    usage: NDArray[np.integer]
    group: NDArray[np.integer]

    def training_rows(self) -> NDArray[np.intp]:
        """Rows to learn from: train, enough votes, and no (near) copy in validation or test."""
        held_out = np.unique(self.group[self.usage != TRAIN])
        return np.flatnonzero(
            (self.usage == TRAIN) & enough_votes(self.votes) & ~np.isin(self.group, held_out)
        )

    def voted_rows(self, usage: int) -> NDArray[np.intp]:
        """Rows of a split that have enough votes to compare a distribution with."""
        return np.flatnonzero((self.usage == usage) & enough_votes(self.votes))

    def majority_rows(self, usage: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows of a split with a clear majority (see `majorities`), and the majority's class."""
        best = majorities(self.votes)
        rows = np.flatnonzero((self.usage == usage) & (best >= 0))
        return rows, best[rows]

    def copied_rows(self) -> NDArray[np.bool_]:
        """(N,) whether a (near) copy of the picture is in the training split."""
        return np.isin(self.group, np.unique(self.group[self.usage == TRAIN]))


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Aligned material of a run.

    Attributes:
        material: Pictures and votes.
        matrices: (N, 2, 3) alignment of each picture.
        found: (N,) whether landmarks were found.
        points: (N, 478, 2) float16 landmarks, pixels of the pictures; nothing where none were found.
        copied: (N,) pictures that show a photograph of which the other side, training or held out, has another crop.
    """

    material: Material
    matrices: NDArray[np.float64]
    found: NDArray[np.bool_]
    points: NDArray[np.float16]
    copied: NDArray[np.bool_]

    def apart_rows(self) -> NDArray[np.intp]:
        """As `Material.training_rows`, without the `copied`."""
        rows = self.material.training_rows()
        return rows[~self.copied[rows]]

    def judging_rows(self) -> NDArray[np.intp]:
        """The voted validation rows whose photographs were not learned from: what readers are calibrated on."""
        rows = self.material.voted_rows(VALIDATION)
        return rows[~self.copied[rows]]


def enough_votes(votes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(N, 10) votes -> (N,) whether `MIN_VOTES` of them, or the only one, are for an expression."""
    least = np.minimum(MIN_VOTES, np.maximum(votes.sum(axis=1), 1))
    return np.asarray(votes[:, :8].sum(axis=1) >= least)


def majorities(votes: NDArray[np.uint8]) -> NDArray[np.int64]:
    """(N, 10) votes -> (N,) index in `EXPRESSIONS` of the clear majority, -1 where there is none or for no expression.

    Votes of 0 or 1 count as 0; the majority must hold more than half of what is left; majorities of "unknown" and
    "not a face" drop out. (A set of one vote per picture keeps its votes.)
    """
    counts = votes.astype(np.int64)
    single = counts.sum(axis=1, keepdims=True) <= 1
    cleaned = np.where((counts > 1) | single, counts, 0)
    best = cleaned.argmax(axis=1)
    clear = 2 * cleaned.max(axis=1) > cleaned.sum(axis=1)
    return np.where(clear & (best < 8), best, -1)


def vote_shares(votes: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(N, 10) votes -> (N, 8) share of each expression among the votes for one; zeros where there is none."""
    eight = votes[:, :8].astype(np.float64)
    return np.asarray(eight / np.maximum(eight.sum(axis=1, keepdims=True), 1.0), np.float64)


def load(path: Path) -> Material:
    """Read a file of pictures and votes (see the module's text).

    Raises:
        InputError: It is missing, is no such file, or its arrays don't fit together.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files if name in _ARRAYS}
    except (OSError, ValueError, BadZipFile) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is no such file"
        raise InputError(f"{path} cannot be read as an .npz of pictures and votes: {why}.") from error
    missing = sorted(_ARRAYS - {"dup_group"} - arrays.keys())
    if missing:
        raise InputError(f"{path} has no {', '.join(missing)}; it needs images, ferplus and usage.")
    images, votes, usage = arrays["images"], arrays["ferplus"], arrays["usage"]
    if images.ndim != 3 or images.dtype != np.uint8 or images.shape[1] != images.shape[2]:
        raise InputError(f"images in {path} must be (N, S, S) uint8, they are {images.shape} {images.dtype}.")
    count = len(images)
    if votes.shape != (count, 10) or usage.shape != (count,):
        raise InputError(
            f"ferplus and usage in {path} must be ({count}, 10) and ({count},), they are {votes.shape} and "
            f"{usage.shape}."
        )
    group = arrays.get("dup_group", np.arange(count))
    return Material(images, votes.astype(np.uint8), usage.astype(np.int64), group.astype(np.int64))


def align_all(
    images: NDArray[np.uint8], size: int, cache: Path, step: Callable[[int, int], None] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float16]]:
    """The alignment of every picture, kept in a file so that it is found once.

    Args:
        images: (N, S, S) uint8 grey.
        size: Side of the canonical square, pixels.
        cache: Where the result is kept; used again if it was made with the same pictures and crop.
        step: Called with (done, all) now and then.

    Returns:
        (N, 2, 3) matrices, picture -> square, (N,) whether landmarks were found (else the picture is taken as it
        came), and (N, 478, 2) the landmarks.
    """
    key = np.array([len(images), images.shape[1], size, *CROP_CENTRE, CROP_SIDE, float(images[::97].sum())])
    if cache.exists():
        with np.load(cache) as file:
            if np.array_equal(file["key"], key) and "points" in file:
                return file["matrices"], file["found"], file["points"]
    landmarker = MediaPipeLandmarker()
    matrices = np.empty((len(images), 2, 3))
    found = np.zeros(len(images), dtype=np.bool_)
    points = np.zeros((len(images), 478, 2), np.float16)
    for i, image in enumerate(images):
        mesh = find_in_crop(landmarker, np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8))
        found[i] = mesh is not None
        if mesh is not None:
            points[i] = mesh.points[:, :2]
        matrices[i] = (
            centre_alignment(image.shape[0], image.shape[1], size)
            if mesh is None
            else alignment(mesh.points, size)
        )
        if step is not None and i % 64 == 0:
            step(i, len(images))
    cache.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(cache, key=key, matrices=matrices, found=found, points=points)
    return matrices, found, points
