"""What the parts of an evaluation hand to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from mien.vision.types import Visibility

SetKind = Literal["folder", "csv", "npz"]
SplitName = Literal["train", "validation", "test", "all"]

FEWEST: int = 10
"""Fewest persons (pictures, where persons are not known) of a bin or group that is shown, and of an interval."""


class Lost(StrEnum):
    """Why a picture of the set is not compared."""

    MISSING = "file is missing"
    UNREADABLE = "file cannot be read as a picture"
    NO_FACE = "no face found"
    NOT_READ = "face not readable"
    NO_LABEL = "set names no expression"
    NO_MAJORITY = "taggers have no clear majority"
    OTHER_CLASS = "expression not asked for"


class Pictures(Protocol):
    """The pictures of a set, opened one at a time."""

    @property
    def crops(self) -> bool:
        """Whether each picture is a crop filled by one face."""
        ...

    @property
    def paths(self) -> Sequence[Path]:
        """Files they are in, one for each; empty where they are in none of their own."""
        ...

    def open(self, row: int) -> NDArray[np.uint8]:
        """Picture number `row`, (H, W, 3) uint8 BGR.

        Raises:
            FileNotFoundError: Its file is missing.
            ImageError: Its file cannot be read as a picture.
        """
        ...

    def box(self, row: int) -> NDArray[np.float64] | None:
        """(4,) x1, y1, x2, y2 of the face in pixels, where the set says it."""
        ...

    def name(self, row: int) -> str:
        """What to call picture number `row` in a message."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class FaceSet:
    """A set of labelled faces, N pictures.

    Attributes:
        name: Path as given.
        kind: What it is.
        pictures: The pictures.
        labels: (N,) int64 index in `EXPRESSIONS`, -1 where there is none.
        votes: (N, 10) uint8 votes of taggers for the eight expressions, unknown and not-a-face; `None` without.
        usage: (N,) 0 train, 1 validation, 2 test; `None` where the set is not split.
        person: (N,) who is shown; `None` where it is not known.
        copies: (N,) the same number marks (nearly) the same picture; `None` where it is not known.
        columns: Further columns by name, (N,) text each.
        remarks: What the user must know, one sentence each.
    """

    name: str
    kind: SetKind
    pictures: Pictures
    labels: NDArray[np.int64]
    votes: NDArray[np.uint8] | None = None
    usage: NDArray[np.int64] | None = None
    person: NDArray[np.str_] | None = None
    copies: NDArray[np.int64] | None = None
    columns: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What a reader made of M chosen pictures of a set. Numbers are NaN where there is nothing.

    Attributes:
        rows: (M,) row in the set.
        probabilities: (M, 8) in the order of `EXPRESSIONS`.
        variances: (M, 3) predicted variance of valence, per scale of `SCALES`.
        found: (M,) whether a face was found and read as the reader reads in use.
        as_came: (M,) whether no face was found and the crop was read as it came.
        height_px: (M,) face height, pixels.
        yaw: (M,) degrees.
        pitch: (M,) degrees.
        sharpness: (M,) 0..1.
        brightness: (M,) 0..1.
        visibility: How much of each face can be read, M long; `None` where no landmarks were found.
        lost: Why nothing was read, M long; `None` where it was.
        several: Pictures with several faces, of which the largest was taken.
        examples: Names of up to three pictures lost for each reason.
        hashes: (M, 48) uint8 fingerprints of the pictures; zeros where the picture could not be opened.
    """

    rows: NDArray[np.intp]
    probabilities: NDArray[np.float64]
    variances: NDArray[np.float64]
    found: NDArray[np.bool_]
    as_came: NDArray[np.bool_]
    height_px: NDArray[np.float64]
    yaw: NDArray[np.float64]
    pitch: NDArray[np.float64]
    sharpness: NDArray[np.float64]
    brightness: NDArray[np.float64]
    visibility: tuple[Visibility | None, ...]
    lost: tuple[Lost | None, ...]
    several: int
    examples: Mapping[Lost, tuple[str, ...]]
    hashes: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Readings beside the truth, M pictures.

    Attributes:
        truth: (M,) index in `EXPRESSIONS`, -1 where there is none to compare with.
        answer: (M,) likeliest expression among `classes`, -1 where nothing was read.
        classes: Expressions that may be answered: those that the set has.
        probabilities: (M, 8).
        variance: (M,) predicted variance of valence on the scale of the evaluation.
        valence: (M,) of the reading.
        shares: (M, 8) vote shares, or 1 for the label; zeros where there is neither.
        tagger_valence: (M,) mean valence of the taggers; NaN without votes.
        taggers: (M,) votes for an expression; 1 for a label, 0 where there is neither.
        found: (M,) as in `Readings`.
    """

    truth: NDArray[np.int64]
    answer: NDArray[np.int64]
    classes: tuple[int, ...]
    probabilities: NDArray[np.float64]
    variance: NDArray[np.float64]
    valence: NDArray[np.float64]
    shares: NDArray[np.float64]
    tagger_valence: NDArray[np.float64]
    taggers: NDArray[np.int64]
    found: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval.

    Attributes:
        value: The figure; `None` where it is not defined.
        low: Lower end of the 95 % interval; `None` where there is none.
        high: Upper end.
        n: Pictures it rests on.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int

    @property
    def excludes_zero(self) -> bool:
        """Whether there is an interval and 0 lies outside it."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)
