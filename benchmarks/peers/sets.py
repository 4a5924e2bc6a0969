"""The pictures, their truth, and where Mien's landmarks see the face of each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from benchmarks.expression import face_regions
from mien.errors import InputError
from mien.evaluation.pictures import ArrayPictures
from mien.evaluation.sets import open_set, select
from mien.evaluation.views import clusters
from mien.expressions import EXPRESSIONS
from mien.vision.region import Region

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mien.evaluation.types import FaceSet

_FEWEST: Final = 50
"""Fewest pictures of an expression for it to count in the set from elsewhere."""
Split = Literal["validation", "test"]


@dataclass(frozen=True, eq=False)
class Pictures:
    """Labelled pictures of one face each.

    Attributes:
        name: For people.
        images: (N, S, S) uint8 grey.
        truth: (N,) index in `EXPRESSIONS`.
        cluster: (N,) who is shown, or which copies a picture belongs to; drawn as a whole.
        drawn_as: What a cluster is.
        cache: Folder in which the places of faces are kept.
    """

    name: str
    images: NDArray[np.uint8]
    truth: NDArray[np.int64]
    cluster: NDArray[np.int64]
    drawn_as: str
    cache: Path

    @cached_property
    def hash(self) -> str:
        """Of pictures and truth, for the names of kept answers."""
        return hashlib.sha256(self.images.tobytes() + self.truth.tobytes()).hexdigest()[:16]

    @cached_property
    def regions(self) -> list[Region | None]:
        """Where the face of each picture is."""
        kept = self.cache / f"faces-{self.hash}.npy"
        if not kept.exists():
            found = face_regions(self.images)
            self.cache.mkdir(parents=True, exist_ok=True)
            np.save(kept, np.array([[np.nan] * 3 if r is None else [r.x, r.y, r.side] for r in found]))
        return [None if np.isnan(x) else Region(x, y, side) for x, y, side in np.load(kept).tolist()]

    def sample(self, most: int | None, seed: int = 0) -> NDArray[np.intp]:
        """Rows of at most `most` pictures of each expression, drawn by chance; a larger sample holds the smaller."""
        order = np.random.default_rng(seed).permutation(len(self.truth))
        rows = [order[self.truth[order] == k][:most] for k in range(len(EXPRESSIONS))]
        return np.sort(np.concatenate(rows))


def ferplus(path: Path, split: Split, cache: Path) -> Pictures:
    """Pictures of a FER+ split with enough votes and a clear majority (`mien.training.material.majorities`).

    Raises:
        InputError: The file is no such set.
    """
    faces = open_set(path)
    chosen = select(faces, split, tuple(range(len(EXPRESSIONS))))
    clear = chosen.truth >= 0
    return _pictures(f"FER+ {split}", faces, chosen.rows[clear], chosen.truth[clear], cache)


def outside(path: Path, cache: Path) -> Pictures:
    """Pictures from elsewhere, of the expressions that have at least 50.

    Raises:
        InputError: The file is no such set.
    """
    faces = open_set(path, "ferplus")
    counts = np.bincount(faces.labels[faces.labels >= 0], minlength=len(EXPRESSIONS))
    chosen = select(faces, None, tuple(np.flatnonzero(counts >= _FEWEST).tolist()))
    return _pictures("pictures from elsewhere", faces, chosen.rows, chosen.truth, cache)


def _pictures(
    name: str,
    faces: FaceSet,
    rows: NDArray[np.intp],
    truth: NDArray[np.int64],
    cache: Path,
) -> Pictures:
    if not isinstance(faces.pictures, ArrayPictures) or faces.pictures.images.ndim != 3:
        raise InputError(f"{faces.name} must be an .npz of grey pictures (N, S, S).")
    cluster, drawn_as = clusters(faces, rows)
    return Pictures(name, faces.pictures.images[rows], truth, cluster, drawn_as, cache)
