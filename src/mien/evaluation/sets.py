"""Open a set of labelled faces, whatever it is kept in, and choose what is evaluated of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, get_args

import numpy as np

from mien.errors import InputError, SettingError
from mien.evaluation.arrays import open_arrays
from mien.evaluation.folder import open_folder
from mien.evaluation.table import open_table
from mien.evaluation.types import FaceSet, Lost, SplitName
from mien.expressions import EXPRESSIONS
from mien.training.material import TEST, TRAIN, VALIDATION, enough_votes, majorities

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from mien.evaluation.table import Columns

_USAGE: Final[Mapping[str, int]] = {"train": TRAIN, "validation": VALIDATION, "test": TEST}


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """What is evaluated of a set.

    Attributes:
        rows: (M,) rows to be read.
        truth: (M,) index in `EXPRESSIONS` that answers are compared with, -1 where there is none.
        voted: (M,) whether there are enough votes to compare a distribution with.
        classes: Expressions that the set has, of those asked for; only they may be answered.
        split: Split that was taken; `None` where the set has none.
        available: Pictures of the split before any was left out or a sample drawn.
        limit: Size of the sample that was asked for; `None` where all are read.
        seed: Of the sample.
        lost: Pictures left out before reading, by reason.
    """

    rows: NDArray[np.intp]
    truth: NDArray[np.int64]
    voted: NDArray[np.bool_]
    classes: tuple[int, ...]
    split: SplitName | None
    available: int
    limit: int | None
    seed: int
    lost: Mapping[Lost, int]


def open_set(path: Path, numbers: str | None = None, columns: Columns | None = None) -> FaceSet:
    """Open a set.

    Args:
        path: Folder with one sub-folder per class, CSV file, or `.npz` file.
        numbers: Order that class numbers follow, one of `mien.evaluation.names.NUMBERS`.
        columns: What columns of a CSV are called, where their names don't say it.

    Raises:
        InputError: It is none of these, or does not hold what it must.
    """
    if path.is_dir():
        return open_folder(path, numbers)
    if not path.exists():
        raise InputError(f"There is no set at '{path}'; give a folder, a CSV or an .npz file.")
    match path.suffix.lower():
        case ".csv" | ".tsv":
            return open_table(path, numbers, columns)
        case ".npz":
            return open_arrays(path, numbers, columns.person if columns is not None else None)
    raise InputError(
        f"'{path}' is no set that Mien knows; give a folder with one sub-folder per class, a .csv or an .npz file."
    )


def check_split(name: str | None) -> SplitName | None:
    """Return `name` if it is a split, or `None`.

    Raises:
        SettingError: It is none.
    """
    for split in get_args(SplitName):
        if split == name:
            return split  # type: ignore[no-any-return]
    if name is not None:
        raise SettingError(f"There is no split '{name}'; choose one of {', '.join(get_args(SplitName))}.")
    return None


def truths(votes: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """What answers are compared with, by the rule that training uses.

    Args:
        votes: (N, 10).

    Returns:
        (N,) index in `EXPRESSIONS` of the majority, -1 where it is not clear, for no expression or of too few votes;
        (N,) whether there are enough votes to compare a distribution with.
    """
    voted = enough_votes(votes)
    return np.where(voted, majorities(votes), -1), voted


def select(
    faces: FaceSet,
    split: SplitName | None,
    classes: tuple[int, ...],
    limit: int | None = None,
    seed: int = 0,
) -> Selection:
    """Choose what is evaluated; the default split is validation.

    Args:
        faces: The set.
        split: Which split; where left out, validation if the set is split, else everything.
        classes: Expressions asked for; pictures of others are left out.
        limit: Size of a random sample of the split; all where left out.
        seed: Of the sample.

    Raises:
        SettingError: A split was asked for that the set does not have.
        InputError: Nothing is left to be evaluated.
    """
    in_split, split = _in_split(faces, split)
    truth, voted = _truth(faces)
    lost: Counter[Lost] = Counter()
    present = tuple(k for k in classes if bool((truth[in_split] == k).any()))
    wanted = in_split.copy()
    if len(classes) < len(EXPRESSIONS):
        other = in_split & ~np.isin(truth, classes) & (truth >= 0)
        wanted &= ~other
        if other.any():
            lost[Lost.OTHER_CLASS] = int(other.sum())
    if faces.votes is None:
        nameless = wanted & (truth < 0)
        wanted &= ~nameless
        if nameless.any():
            lost[Lost.NO_LABEL] = int(nameless.sum())
    rows = np.flatnonzero(wanted)
    if not len(rows) or len(present) < 2:
        what = f"the {split} split of " if split not in (None, "all") else ""
        raise InputError(
            f"{what}{faces.name} has {len(rows)} pictures of {len(present)} expressions to compare with; an evaluation "
            "needs pictures of at least two."
        )
    if limit is not None and limit < len(rows):
        rows = np.sort(np.random.default_rng(seed).choice(rows, limit, replace=False))
    else:
        limit = None
    return Selection(
        rows, truth[rows], voted[rows], present, split, int(in_split.sum()), limit, seed, dict(lost)
    )


def _in_split(faces: FaceSet, split: SplitName | None) -> tuple[NDArray[np.bool_], SplitName | None]:
    everything = np.ones(len(faces.labels), np.bool_)
    if faces.usage is None:
        if split not in (None, "all"):
            raise SettingError(
                f"{faces.name} is not divided into splits (it has no 'usage'), so --split {split} cannot be taken."
            )
        return everything, None
    split = split or "validation"
    if split == "all":
        return everything, split
    chosen = faces.usage == _USAGE[split]
    if not chosen.any():
        names = [name for name, number in _USAGE.items() if (faces.usage == number).any()]
        raise SettingError(
            f"{faces.name} has no {split} split; choose --split {' or '.join([*names, 'all'])}."
        )
    return chosen, split


def _truth(faces: FaceSet) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    if faces.votes is None:
        return faces.labels, np.zeros(len(faces.labels), np.bool_)
    return truths(faces.votes)
