"""The figures of an evaluation, each a function of the sums of `mien.evaluation.sums`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

import mien.figures as table
from mien.evaluation.sums import ASKED, CONFUSION, COUNT, GAPS, RIGHT, VALENCE
from mien.figures import CLASSES, calibration_of, concordance_of, over

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_ALL: Final = tuple(range(CLASSES))


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        key: Name in the JSON document.
        name: Name for people.
        of: Sums (..., WIDTH) -> the figure (...), NaN where it is not defined.
        count: Sums (..., WIDTH) -> pictures that it rests on (...).
        share: Whether it is a share of pictures, 0..1.
        biased: Whether it grows with noise, so that its draws are shifted back (see `mien.evaluation.bootstrap`).
        every: Expressions of which it is a mean, as far as they occur; draws without one of them don't count.
    """

    key: str
    name: str
    of: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    count: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    share: bool = False
    biased: bool = False
    every: tuple[int, ...] = ()


def confusion(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 8, 8): truth by answer."""
    return sums[..., CONFUSION].reshape(*sums.shape[:-1], CLASSES, CLASSES)


def calibration_error(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Classwise calibration error, as `mien.figures.calibration_of`."""
    return calibration_of(sums[..., GAPS], sums[..., COUNT])


def concordance(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Concordance of valence with the taggers' mean, as `mien.figures.concordance_of`."""
    return concordance_of(sums[..., VALENCE][..., :6])


def mean_miss(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean absolute difference of valence from the taggers' mean."""
    return over(sums[..., VALENCE][..., 6], sums[..., VALENCE][..., 0])


def valence_shift(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of valence read minus the taggers' mean."""
    votes = sums[..., VALENCE]
    return over(votes[..., 1] - votes[..., 2], votes[..., 0])


def residual(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean square of the misses of valence over their predicted variance; 1 where the prediction is right."""
    return over(sums[..., VALENCE][..., 7], sums[..., VALENCE][..., 0])


def end_to_end(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Accuracy with every picture in which no face was found counted as wrong."""
    return over(sums[..., RIGHT], sums[..., ASKED])


def _compared(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(sums[..., CONFUSION].sum(axis=-1))


def _voted(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(sums[..., VALENCE.start])


def _shared(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(sums[..., COUNT])


def _asked(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(sums[..., ASKED])


def _of_table(
    figure: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    return lambda sums: figure(confusion(sums))


ACCURACY: Final = Figure("accuracy", "accuracy", _of_table(table.accuracy), _compared, share=True)
BALANCED: Final = Figure(
    "balanced_accuracy", "balanced accuracy", _of_table(table.balanced), _compared, every=_ALL
)
MACRO_F1: Final = Figure("macro_f1", "macro-F1", _of_table(table.macro_f1), _compared, every=_ALL)
THREE_LEVELS: Final = Figure("three_levels", "3 levels", _of_table(table.three_levels), _compared, share=True)
LEANING: Final = Figure("leaning", "leaning", _of_table(table.leaning), _compared)
CALIBRATION: Final = Figure("calibration_error", "calibration error", calibration_error, _shared, biased=True)
CONCORDANCE: Final = Figure("valence_concordance", "valence concordance", concordance, _voted)
MISS: Final = Figure("valence_miss", "mean miss of valence", mean_miss, _voted)
SHIFT: Final = Figure("valence_shift", "shift of valence", valence_shift, _voted)
RESIDUAL: Final = Figure("residual_mean_square", "residual mean square", residual, _voted)
FIGURES: Final = (
    ACCURACY, BALANCED, MACRO_F1, THREE_LEVELS, LEANING, CALIBRATION, CONCORDANCE, MISS, SHIFT, RESIDUAL
)  # fmt: skip
"""Every figure of a whole set, a bin or a group."""
END_TO_END: Final = Figure(
    "end_to_end",
    "accuracy, unfound faces counted as wrong",
    end_to_end,
    lambda sums: sums[..., ASKED],
    share=True,
)


def balanced_among(classes: Sequence[int]) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Mean recall over those of some expressions that occur, of the sums."""
    return lambda sums: table.balanced(confusion(sums), classes)


def class_figures(k: int) -> tuple[Figure, Figure, Figure]:
    """Recall, precision and F1 of one expression."""

    def true(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(confusion(sums).sum(axis=-1)[..., k])

    def named(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(confusion(sums).sum(axis=-2)[..., k])

    return (
        Figure("recall", "recall", lambda sums: table.recalls(confusion(sums))[..., k], true, share=True),
        Figure(
            "precision",
            "precision",
            lambda sums: table.precisions(confusion(sums))[..., k],
            named,
            share=True,
        ),
        Figure("f1", "F1", lambda sums: table.f1s(confusion(sums))[..., k], true, share=True),
    )
