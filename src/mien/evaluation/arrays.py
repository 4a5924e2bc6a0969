"""A set in an `.npz` file: crops with votes, as `mien.training.material` describes, or with labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from mien.errors import InputError
from mien.evaluation.names import labels_of
from mien.evaluation.pictures import ArrayPictures
from mien.evaluation.types import FaceSet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

_OWN = frozenset({"images", "ferplus", "votes", "usage", "dup_group"})


def open_arrays(path: Path, numbers: str | None = None, person: str | None = None) -> FaceSet:
    """Open an `.npz` file.

    It holds `images` (N, H, W) grey or (N, H, W, 3) RGB uint8, one face filling each, and `ferplus` or `votes` (N, 10)
    or (N, 8), or `label` (N,) names or numbers; and if need be `usage` (N,) 0 train, 1 validation, 2 test, `dup_group`
    (N,), `person` (N,), and any further (N,) arrays to be named as groups.

    Args:
        path: The file.
        numbers: Order that numbers in `label` follow.
        person: Name of the array that says who is shown; "person" where left out.

    Raises:
        InputError: It is no such file, or its arrays don't fit together.
    """
    arrays = _arrays(path)
    images = arrays.get("images")
    if images is None:
        raise InputError(f"{path} has no 'images'; it has {', '.join(arrays) or 'nothing'}.")
    if images.dtype != np.uint8 or images.ndim not in {3, 4} or (images.ndim == 4 and images.shape[3] != 3):
        raise InputError(
            f"images in {path} must be (N, H, W) or (N, H, W, 3) uint8, they are {images.shape} {images.dtype}."
        )
    count = len(images)
    for name in ("label", "usage", "dup_group"):
        if name in arrays and arrays[name].shape != (count,):
            raise InputError(f"{name} in {path} must be ({count},), it is {arrays[name].shape}.")
    votes = _votes(path, arrays, count)
    if votes is None and "label" not in arrays:
        raise InputError(f"{path} has no 'ferplus' votes and no 'label'; it needs one of them.")
    columns = {
        name: np.asarray(array.astype(np.str_))
        for name, array in arrays.items()
        if name not in _OWN and array.shape == (count,)
    }
    who = person or "person"
    if person is not None and person not in columns:
        raise InputError(f"{path} has no ({count},) array '{person}' to tell persons apart.")
    labels = np.full(count, -1, np.int64)
    if votes is None:
        labels = labels_of(columns["label"].tolist(), numbers, str(path))
    usage, copies = arrays.get("usage"), arrays.get("dup_group")
    return FaceSet(
        str(path),
        "npz",
        ArrayPictures(images),
        labels,
        votes,
        None if usage is None else usage.astype(np.int64),
        columns.get(who),
        None if copies is None else copies.astype(np.int64),
        {name: column for name, column in columns.items() if name != who},
    )


def _arrays(path: Path) -> Mapping[str, NDArray[Any]]:
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, BadZipFile, AttributeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is no such file"
        raise InputError(f"{path} cannot be read as an .npz of pictures: {why}.") from error


def _votes(path: Path, arrays: Mapping[str, NDArray[Any]], count: int) -> NDArray[np.uint8] | None:
    name = "ferplus" if "ferplus" in arrays else "votes"
    votes = arrays.get(name)
    if votes is None:
        return None
    if votes.shape not in {(count, 8), (count, 10)} or not np.issubdtype(votes.dtype, np.integer):
        raise InputError(
            f"{name} in {path} must be ({count}, 10) or ({count}, 8) whole numbers, not {votes.shape} {votes.dtype}."
        )
    if votes.size and (votes.min() < 0 or votes.max() > 255):
        raise InputError(
            f"{name} in {path} run from {votes.min()} to {votes.max()}; votes are counts of 0 to 255."
        )
    padded = np.zeros((count, 10), np.uint8)
    padded[:, : votes.shape[1]] = votes
    return padded
