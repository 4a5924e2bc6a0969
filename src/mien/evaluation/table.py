"""A set in a CSV file: a picture's path and its label or votes in each line."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.errors import InputError
from mien.evaluation.names import NO_LABEL, labels_of, match_name
from mien.evaluation.pictures import FilePictures
from mien.evaluation.types import FaceSet
from mien.training.material import TEST, TRAIN, VALIDATION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_PATH: Final = (
    "path",
    "file",
    "filename",
    "filepath",
    "file_path",
    "image",
    "image_name",
    "image name",
    "picture",
)
_LABEL: Final = ("label", "expression", "emotion", "class")
_PERSON: Final = ("person", "person_id", "subject", "subject_id", "identity")
_USAGE: Final = ("usage", "split")
_COPIES: Final = ("dup_group",)
_BOXES: Final = (
    ("x1", "y1", "x2", "y2"),
    ("xmin", "ymin", "xmax", "ymax"),
    ("left", "top", "right", "bottom"),
    ("x", "y", "w", "h"),
    ("x", "y", "width", "height"),
    ("face_x", "face_y", "face_width", "face_height"),
)
_CORNERS: Final = 3
"""The first so many kinds of `_BOXES` give two corners, the others a corner and a size."""
_SPLITS: Final = {
    TRAIN: ("train", "training", "0"),
    VALIDATION: ("validation", "val", "valid", "dev", "public", "publictest", "1"),
    TEST: ("test", "testing", "private", "privatetest", "2"),
}
_NOT_A_FACE: Final = ("nf", "notaface", "not a face", "not-a-face", "noface")


@dataclass(frozen=True, slots=True)
class Columns:
    """What columns are called, where their names don't say it themselves.

    Attributes:
        path: Of the picture's path, relative to the CSV file.
        label: Of the expression.
        person: Of who is shown.
    """

    path: str | None = None
    label: str | None = None
    person: str | None = None


class _Table:
    """The cells of a CSV file by column."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            text = file.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise InputError(f"'{file}' cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise InputError(f"'{file}' is no UTF-8 text; save it as CSV in UTF-8.") from error
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        rows = [row for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter) if any(row)]
        if len(rows) < 2:
            raise InputError(f"'{file}' has no lines below its heading; each picture needs one.")
        self.names = [name.strip() for name in rows[0]]
        self.rows = rows[1:]
        uneven = next((i for i, row in enumerate(self.rows, 2) if len(row) != len(self.names)), None)
        if uneven is not None:
            raise InputError(
                f"Line {uneven} of '{file}' has {len(self.rows[uneven - 2])} cells, its heading has {len(self.names)}."
            )

    def find(self, known: Sequence[str], asked: str | None) -> str | None:
        """The column asked for, or one with a known name."""
        if asked is not None:
            if asked not in self.names:
                raise InputError(f"'{self.file}' has no column '{asked}'; it has {', '.join(self.names)}.")
            return asked
        lower = {name.lower(): name for name in self.names}
        return next((lower[name] for name in known if name in lower), None)

    def cells(self, name: str) -> list[str]:
        """A column, stripped."""
        at = self.names.index(name)
        return [row[at].strip() for row in self.rows]


def open_table(path: Path, numbers: str | None = None, columns: Columns | None = None) -> FaceSet:
    """Open a CSV file: paths relative to it, labels or votes, and what else it has.

    Columns named by expressions, with whole numbers in them, are votes. Boxes are four columns x1, y1, x2, y2
    (or x, y, w, h). Everything else may be named as a group.

    Args:
        path: The file; comma, semicolon or tab between cells.
        numbers: Order that numbers in the label column follow.
        columns: What columns are called, where their names don't say it.

    Raises:
        InputError: A column that is needed is missing, or a cell cannot be understood.
    """
    columns = columns or Columns()
    table = _Table(path)
    where = table.find(_PATH, columns.path)
    if where is None:
        raise InputError(
            f"'{path}' has no column of paths; name it with --path (its columns are {', '.join(table.names)})."
        )
    votes, vote_columns = _votes(table, columns)
    label = table.find(_LABEL, columns.label)
    if votes is None and label is None:
        raise InputError(
            f"'{path}' has no column of labels; name it with --label (its columns are {', '.join(table.names)})."
        )
    person, usage, copies = (
        table.find(_PERSON, columns.person), table.find(_USAGE, None), table.find(_COPIES, None)
    )  # fmt: skip
    boxes, box_columns = _boxes(table)
    labels = np.full(len(table.rows), NO_LABEL, np.int64)
    if votes is None and label is not None:
        labels = labels_of(table.cells(label), numbers, f"column '{label}' of '{path}'")
    own = {where, person, copies, *vote_columns, *box_columns}
    return FaceSet(
        str(path),
        "csv",
        FilePictures([path.parent / cell for cell in table.cells(where)], boxes),
        labels,
        votes,
        _usage(table, usage) if usage is not None else None,
        np.array(table.cells(person)) if person is not None else None,
        np.unique(table.cells(copies), return_inverse=True)[1].astype(np.int64)
        if copies is not None
        else None,
        {name: np.array(table.cells(name)) for name in table.names if name not in own},
    )


def _votes(table: _Table, columns: Columns) -> tuple[NDArray[np.uint8] | None, list[str]]:
    found: dict[str, int] = {}
    for name in table.names:
        index = (
            match_name(name) if name and name not in {columns.path, columns.label, columns.person} else None
        )
        if index is not None:
            found[name] = index if index != NO_LABEL else 9 if name.lower() in _NOT_A_FACE else 8
    if sum(index < 8 for index in found.values()) < 2:
        return None, []
    votes = np.zeros((len(table.rows), 10), np.uint8)
    for name, index in found.items():
        for row, cell in enumerate(table.cells(name)):
            if not (cell.isdecimal() and int(cell) <= 255):
                raise InputError(
                    f"Column '{name}' of '{table.file}' holds '{cell}'; a column named by an expression holds "
                    "votes, whole numbers of 0 to 255."
                )
            votes[row, index] += int(cell)
    return votes, list(found)


def _boxes(table: _Table) -> tuple[NDArray[np.float64] | None, list[str]]:
    lower = {name.lower(): name for name in table.names}
    kind = next((i for i, names in enumerate(_BOXES) if all(name in lower for name in names)), None)
    if kind is None:
        return None, []
    names = [lower[name] for name in _BOXES[kind]]
    try:
        cells = [[float(cell) if cell else np.nan for cell in table.cells(name)] for name in names]
    except ValueError as error:
        raise InputError(
            f"The face boxes of '{table.file}' ({', '.join(names)}) must be pixels: {error}."
        ) from error
    boxes = np.array(cells, np.float64).T
    if kind >= _CORNERS:
        boxes[:, 2:] += boxes[:, :2]
    wrong = np.flatnonzero((boxes[:, 2:] <= boxes[:, :2]).any(axis=1))
    if len(wrong):
        raise InputError(
            f"Line {wrong[0] + 2} of '{table.file}' has a face box without width or height ({', '.join(names)})."
        )
    return boxes, names


def _usage(table: _Table, name: str) -> NDArray[np.int64]:
    by_word = {word: split for split, words in _SPLITS.items() for word in words}
    cells = [cell.lower() for cell in table.cells(name)]
    unknown = next((cell for cell in cells if cell not in by_word), None)
    if unknown is not None:
        raise InputError(
            f"Column '{name}' of '{table.file}' holds '{unknown}'; it must say train, validation or test."
        )
    return np.array([by_word[cell] for cell in cells], np.int64)
