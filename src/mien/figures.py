"""The figures that say how good a reader is, in one place for training, evaluation and benchmarks.

Most are functions of a *confusion table* (..., 8, A): how often each truth (row) got each answer (column), in the order
of `mien.expressions.EXPRESSIONS`. A ninth column counts pictures that got no answer, say because no face was found;
they count as wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.expressions import EXPRESSIONS, LEVELS, valence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CLASSES: Final = len(EXPRESSIONS)
BINS: Final = 10
"""Bins of predicted share, of equal width, in which calibration is looked at."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How a reader does on pictures with one label each.

    Attributes:
        n: Pictures.
        accuracy: Share whose likeliest expression is the label.
        macro_f1: Mean F1 over the labels that occur.
        balanced: Mean recall over the labels that occur.
        three_levels: Accuracy of pleasant / neutral / unpleasant.
        recall: Recall of each label that occurs.
        f1: F1 of each label that occurs.
    """

    n: int
    accuracy: float
    macro_f1: float
    balanced: float
    three_levels: float
    recall: dict[str, float]
    f1: dict[str, float]


def answers(probabilities: NDArray[np.float64], allowed: Sequence[int]) -> NDArray[np.int64]:
    """(N,) the likeliest expression among those allowed, -1 where a row is NaN.

    Args:
        probabilities: (N, 8), NaN in the rows of pictures without a reading.
        allowed: Indices in `EXPRESSIONS`.
    """
    choice = np.asarray(allowed, np.int64)
    read = np.isfinite(probabilities[:, 0])
    return np.where(read, choice[np.nan_to_num(probabilities[:, choice]).argmax(axis=1)], -1)


def confusion_table(labels: NDArray[np.integer], answer: NDArray[np.integer]) -> NDArray[np.float64]:
    """(8, 9) table of labels (N,) and answers (N,); an answer of -1 is none."""
    table = np.zeros((CLASSES, CLASSES + 1))
    np.add.at(table, (labels, answer), 1.0)
    return table


def figures(probabilities: NDArray[np.float64], labels: NDArray[np.integer]) -> Figures:
    """Figures of distributions (N, 8) against labels (N,), in the order of `EXPRESSIONS`.

    Where the labels use fewer than eight expressions, only those that occur may be answered. Rows of NaN are pictures
    without a reading, and count as wrong.
    """
    present = np.unique(labels)
    table = confusion_table(labels, answers(probabilities, present.tolist()))
    names = [EXPRESSIONS[k] for k in present]
    return Figures(
        n=len(labels),
        accuracy=float(accuracy(table)),
        macro_f1=float(macro_f1(table)),
        balanced=float(balanced(table)),
        three_levels=float(three_levels(table)),
        recall=dict(zip(names, recalls(table)[present].tolist(), strict=True)),
        f1=dict(zip(names, f1s(table)[present].tolist(), strict=True)),
    )


def recalls(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 8): of the pictures of an expression, the share that is named so."""
    return over(_hits(table), table.sum(axis=-1))


def precisions(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 8): of the pictures named so, the share that is of the expression."""
    return over(_hits(table), _named(table))


def f1s(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 8): harmonic mean of recall and precision, of the expressions that occur."""
    true = table.sum(axis=-1)
    return np.where(true > 0, over(2 * _hits(table), true + _named(table)), np.nan)


def accuracy(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of pictures whose likeliest expression is the true one."""
    return over(_hits(table).sum(axis=-1), table.sum(axis=(-2, -1)))


def balanced(table: NDArray[np.float64], classes: Sequence[int] = range(CLASSES)) -> NDArray[np.float64]:
    """Mean recall over the expressions that occur, of those named."""
    return _mean(recalls(table)[..., list(classes)])


def macro_f1(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean F1 over the expressions that occur."""
    return _mean(f1s(table))


def three_levels(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Accuracy of pleasant / neutral with surprise / unpleasant."""
    same = LEVELS[:, None] == LEVELS[None]
    return over((table[..., :CLASSES] * same).sum(axis=(-2, -1)), table.sum(axis=(-2, -1)))


def leaning(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean level of the answers (1 pleasant, 0, -1 unpleasant) minus that of the truth, -2..2; of pictures answered."""
    answered = table[..., :CLASSES]
    apart = LEVELS[None] - LEVELS[:, None]
    return over((answered * apart).sum(axis=(-2, -1)), answered.sum(axis=(-2, -1)))


def concordance_of(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Concordance correlation coefficient (Lin 1989, Biometrics 45), -1..1.

    Args:
        sums: (..., 6) count, and sums of x, y, x squared, y squared and xy.
    """
    n, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
    mx, my = over(x, n), over(y, n)
    spread = over(xx, n) - mx**2 + over(yy, n) - my**2 + (mx - my) ** 2
    return over(2 * (over(xy, n) - mx * my), spread)


def concordance(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Concordance correlation coefficient of two series (N,), as `concordance_of`."""
    return float(concordance_of(np.array([len(x), x.sum(), y.sum(), x @ x, y @ y, x @ y], np.float64)))


def valence_concordance(probabilities: NDArray[np.float64], shares: NDArray[np.float64]) -> float:
    """Concordance of valence on scale `balance` with the mean of the taggers; both (N, 8)."""
    return concordance(valence(probabilities), valence(shares))


def bin_of(probabilities: NDArray[np.float64]) -> NDArray[np.intp]:
    """Number of the bin that each predicted share falls in."""
    return np.minimum((probabilities * BINS).astype(np.intp), BINS - 1)


def calibration_of(gaps: NDArray[np.float64], count: NDArray[np.float64]) -> NDArray[np.float64]:
    """Classwise calibration error in bins of equal width (Kull et al. 2019, arXiv:1910.12656), 0..1.

    Args:
        gaps: (..., 8 x BINS) sums of predicted minus true share, by expression and bin.
        count: (...) pictures.
    """
    return over(np.abs(gaps).sum(axis=-1) / CLASSES, count)


def calibration_error(probabilities: NDArray[np.float64], shares: NDArray[np.float64]) -> float:
    """Classwise calibration error of distributions (N, 8) against vote shares (N, 8), as `calibration_of`."""
    cell = bin_of(probabilities) + BINS * np.arange(CLASSES)
    gaps = np.bincount(cell.ravel(), (probabilities - shares).ravel(), CLASSES * BINS).astype(np.float64)
    return float(calibration_of(gaps, np.asarray(len(probabilities), np.float64)))


def over(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """`part / whole`, NaN where there is no whole."""
    nowhere = np.full(np.broadcast(part, whole).shape, np.nan)
    return np.asarray(np.divide(part, whole, out=nowhere, where=whole > 0), np.float64)


def _hits(table: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.diagonal(table, axis1=-2, axis2=-1), np.float64)


def _named(table: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(table[..., :CLASSES].sum(axis=-2))


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the last axis of what is defined."""
    known = np.isfinite(values)
    return over(np.where(known, values, 0.0).sum(axis=-1), known.sum(axis=-1).astype(np.float64))
