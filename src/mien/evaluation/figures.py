"""The figures of an evaluation, each a function of the sums of `mien.evaluation.sums`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.evaluation.sums import ASKED, CLASSES, CONFUSION, COUNT, GAPS, RIGHT, VALENCE
from mien.expressions import LEVELS

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


def recalls(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 8): of the pictures of an expression, the share that is named so."""
    table = confusion(sums)
    return _over(_hits(table), table.sum(axis=-1))


def precisions(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 8): of the pictures named so, the share that is of the expression."""
    table = confusion(sums)
    return _over(_hits(table), table.sum(axis=-2))


def f1s(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 8): harmonic mean of recall and precision, of the expressions that occur."""
    table = confusion(sums)
    true = table.sum(axis=-1)
    return np.where(true > 0, _over(2 * _hits(table), true + table.sum(axis=-2)), np.nan)


def accuracy(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of pictures whose likeliest expression is the true one."""
    table = confusion(sums)
    return _over(_hits(table).sum(axis=-1), table.sum(axis=(-2, -1)))


def balanced(sums: NDArray[np.float64], classes: Sequence[int] = range(CLASSES)) -> NDArray[np.float64]:
    """Mean recall over the expressions that occur, of those named."""
    return _mean(recalls(sums)[..., list(classes)])


def macro_f1(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean F1 over the expressions that occur."""
    return _mean(f1s(sums))


def three_levels(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Accuracy of pleasant / neutral with surprise / unpleasant."""
    table = confusion(sums)
    same = LEVELS[:, None] == LEVELS[None]
    return _over((table * same).sum(axis=(-2, -1)), table.sum(axis=(-2, -1)))


def leaning(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean level of the answers (1 pleasant, 0, -1 unpleasant) minus that of the truth, -2..2."""
    table = confusion(sums)
    apart = LEVELS[None] - LEVELS[:, None]
    return _over((table * apart).sum(axis=(-2, -1)), table.sum(axis=(-2, -1)))


def calibration_error(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Classwise calibration error in bins of equal width (Kull et al. 2019, arXiv:1910.12656), 0..1."""
    return _over(np.abs(sums[..., GAPS]).sum(axis=-1) / CLASSES, sums[..., COUNT])


def concordance(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Concordance of valence with the taggers' mean (Lin 1989, Biometrics 45), -1..1."""
    n, x, y, xx, yy, xy, _, _ = np.moveaxis(sums[..., VALENCE], -1, 0)
    mx, my = _over(x, n), _over(y, n)
    spread = _over(xx, n) - mx**2 + _over(yy, n) - my**2 + (mx - my) ** 2
    return _over(2 * (_over(xy, n) - mx * my), spread)


def mean_miss(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean absolute difference of valence from the taggers' mean."""
    return _over(sums[..., VALENCE][..., 6], sums[..., VALENCE][..., 0])


def valence_shift(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of valence read minus the taggers' mean."""
    votes = sums[..., VALENCE]
    return _over(votes[..., 1] - votes[..., 2], votes[..., 0])


def residual(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean square of the misses of valence over their predicted variance; 1 where the prediction is right."""
    return _over(sums[..., VALENCE][..., 7], sums[..., VALENCE][..., 0])


def end_to_end(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Accuracy with every picture in which no face was found counted as wrong."""
    return _over(sums[..., RIGHT], sums[..., ASKED])


def _compared(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(sums[..., CONFUSION].sum(axis=-1))


def _voted(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(sums[..., VALENCE.start])


def _shared(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(sums[..., COUNT])


def _asked(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(sums[..., ASKED])


ACCURACY: Final = Figure("accuracy", "accuracy", accuracy, _compared, share=True)
BALANCED: Final = Figure("balanced_accuracy", "balanced accuracy", balanced, _compared, every=_ALL)
MACRO_F1: Final = Figure("macro_f1", "macro-F1", macro_f1, _compared, every=_ALL)
THREE_LEVELS: Final = Figure("three_levels", "3 levels", three_levels, _compared, share=True)
LEANING: Final = Figure("leaning", "leaning", leaning, _compared)
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


def class_figures(k: int) -> tuple[Figure, Figure, Figure]:
    """Recall, precision and F1 of one expression."""

    def true(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(confusion(sums).sum(axis=-1)[..., k])

    def named(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(confusion(sums).sum(axis=-2)[..., k])

    return (
        Figure("recall", "recall", lambda sums: recalls(sums)[..., k], true, share=True),
        Figure("precision", "precision", lambda sums: precisions(sums)[..., k], named, share=True),
        Figure("f1", "F1", lambda sums: f1s(sums)[..., k], true, share=True),
    )


def _hits(table: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.diagonal(table, axis1=-2, axis2=-1), np.float64)


def _over(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """`part / whole`, NaN where there is no whole."""
    nowhere = np.full(np.broadcast(part, whole).shape, np.nan)
    return np.asarray(np.divide(part, whole, out=nowhere, where=whole > 0), np.float64)


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the last axis of what is defined."""
    known = np.isfinite(values)
    return _over(np.where(known, values, 0.0).sum(axis=-1), known.sum(axis=-1).astype(np.float64))
