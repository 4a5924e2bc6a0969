"""What an evaluation found out, as the page, the table and the JSON document tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mien.evaluation.bootstrap import RESAMPLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from mien.evaluation.groups import Grouping
    from mien.evaluation.measured import MeasuredError
    from mien.evaluation.reliability import ReliabilityPoint
    from mien.evaluation.seen import Card
    from mien.evaluation.sets import Selection
    from mien.evaluation.types import Estimate, FaceSet, Lost
    from mien.expressions import ScaleName

ClusterKind = Literal["person", "copies", "picture"]
Verdict = Literal["copies found", "no copies found", "cannot tell"]


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One expression: its name, pictures of it, times it was answered, recall, precision and F1."""

    name: str
    true: int
    answered: int
    recall: Estimate
    precision: Estimate
    f1: Estimate


@dataclass(frozen=True, slots=True)
class View:
    """The figures of a choice of pictures.

    Attributes:
        name: Which.
        pictures: How many were read.
        persons: Persons (copies, pictures) among them.
        figures: By key.
        chance: Calibration error that a perfectly calibrated reader would show on them.
    """

    name: str
    pictures: int
    persons: int
    figures: Mapping[str, Estimate]
    chance: float | None


@dataclass(frozen=True, slots=True)
class BinTable:
    """Bins of one quantity; of those with too few pictures only the number is shown."""

    key: str
    name: str
    unit: str
    views: tuple[View, ...]


@dataclass(frozen=True, slots=True)
class People:
    """One tagger and the reader against the majority of the other taggers, on the same pictures."""

    pictures: int
    tagger: Estimate
    tagger_levels: Estimate
    reader: Estimate
    reader_levels: Estimate


@dataclass(frozen=True, slots=True)
class Contamination:
    """Could the model have seen this set?

    Attributes:
        verdict: What was found.
        why: On what that rests, one or two sentences.
        among: What the pictures were looked for in, "" where nothing could be compared.
        checked: Pictures that were looked for; 0 where nothing could be compared.
        copies: Those with a (near) copy among the training pictures; `None` where nothing could be compared.
        without: Figures without those copies; `None` where there are none.
        card: What the model's card says of its training.
    """

    verdict: Verdict
    why: str
    among: str
    checked: int
    copies: int | None
    without: View | None
    card: Card | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for, beyond the set and what is chosen of it.

    Attributes:
        scale: Valence scale.
        groups: Group columns.
        resamples: Draws for the intervals.
        seed: Of the draws.
        known: (K, 48) fingerprints of pictures the model learned from.
    """

    scale: ScaleName = "balance"
    groups: tuple[str, ...] = ()
    resamples: int = RESAMPLES
    seed: int = 0
    known: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Everything that was found out.

    Attributes:
        faces: The set.
        selection: What was evaluated of it.
        reader: Name and version of the reader.
        wishes: What was asked for.
        lost: Pictures not read or not compared by class, by reason.
        examples: Names of some of them.
        several: Pictures with several faces, of which the largest was taken.
        drawn_as: What is drawn as a whole for the intervals.
        total: Figures of the faces found.
        end_to_end: Accuracy with unfound faces counted as wrong.
        as_came: Figures with unfound faces read as they came; `None` where there are none or they cannot be.
        among_all: Accuracy and balanced accuracy with every expression allowed as an answer; `None` where the set
            has all.
        classes: One row for each expression of the set.
        confusion: (8, 8) truth by answer.
        reliability: Points of each expression.
        people: The human row; `None` without votes.
        bins: By size, turn, light ...
        groups: By group column.
        contamination: Could the model have seen it?
        measured: By how much its valence misses, for a manifest; `None` where there are too few pictures.
    """

    faces: FaceSet
    selection: Selection
    reader: str
    wishes: Wishes
    lost: Mapping[Lost, int]
    examples: Mapping[Lost, tuple[str, ...]]
    several: int
    drawn_as: ClusterKind
    total: View
    end_to_end: Estimate
    as_came: View | None
    among_all: Mapping[str, Estimate] | None
    classes: tuple[ClassRow, ...]
    confusion: NDArray[np.int64]
    reliability: tuple[tuple[ReliabilityPoint, ...], ...]
    people: People | None
    bins: tuple[BinTable, ...]
    groups: tuple[Grouping, ...]
    contamination: Contamination
    measured: MeasuredError | None
