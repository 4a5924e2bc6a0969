"""A set in a folder with one sub-folder per class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.errors import InputError
from mien.evaluation.names import labels_of
from mien.evaluation.pictures import FilePictures
from mien.evaluation.types import FaceSet

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
"""Files with these endings are pictures."""

_SPLITS: Final = frozenset({"train", "training", "val", "valid", "validation", "test", "testing", "dev"})


def open_folder(path: Path, numbers: str | None = None) -> FaceSet:
    """Open a folder with one sub-folder per class.

    Args:
        path: The folder. What begins with a dot or "__" is not looked at.
        numbers: Order that sub-folders with numbers for names follow.

    Raises:
        InputError: There are no sub-folders with pictures, or one's name is no expression.
    """
    folders = sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith((".", "__")))
    if not folders:
        raise InputError(
            f"'{path}' has no sub-folders; pictures of each expression belong in a folder named by it."
        )
    if all(p.name.lower() in _SPLITS for p in folders):
        names = " or ".join(f"'{p}'" for p in folders)
        raise InputError(f"'{path}' holds splits, not classes; evaluate one of them: {names}.")
    classes = dict(
        zip(folders, labels_of([p.name for p in folders], numbers, f"folder '{path}'"), strict=True)
    )
    paths, labels, others = [], [], 0
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if not file.is_file() or file.name.startswith("."):
                continue
            if file.suffix.lower() in SUFFIXES:
                paths.append(file)
                labels.append(classes[folder])
            else:
                others += 1
    if not paths:
        raise InputError(f"The sub-folders of '{path}' hold no pictures ({', '.join(sorted(SUFFIXES))}).")
    remarks = (f"{others} files in it are no pictures and were not looked at.",) if others else ()
    return FaceSet(str(path), "folder", FilePictures(paths), np.array(labels, np.int64), remarks=remarks)
