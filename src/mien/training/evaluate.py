"""How good a reader is: figures against the votes of taggers and against single labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mien.expressions import EXPRESSIONS, LEVELS, valence

if TYPE_CHECKING:
    from numpy.typing import NDArray


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


def figures(probabilities: NDArray[np.float64], labels: NDArray[np.integer]) -> Figures:
    """Figures of distributions (N, 8) against labels (N,), in the order of `EXPRESSIONS`.

    Where the labels use fewer than eight expressions, only those that occur may be answered.
    """
    present = np.unique(labels)
    answer = present[probabilities[:, present].argmax(axis=1)]
    recall, f1 = {}, {}
    for k in present:
        hit = float(((answer == k) & (labels == k)).sum())
        recall[EXPRESSIONS[k]] = hit / float((labels == k).sum())
        f1[EXPRESSIONS[k]] = 2 * hit / float((labels == k).sum() + (answer == k).sum())
    return Figures(
        n=len(labels),
        accuracy=float((answer == labels).mean()),
        macro_f1=float(np.mean(list(f1.values()))),
        balanced=float(np.mean(list(recall.values()))),
        three_levels=float((LEVELS[answer] == LEVELS[labels]).mean()),
        recall=recall,
        f1=f1,
    )


def concordance(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Concordance correlation coefficient (Lin 1989, Biometrics 45), -1..1."""
    covariance = float(((x - x.mean()) * (y - y.mean())).mean())
    return 2 * covariance / float(x.var() + y.var() + (x.mean() - y.mean()) ** 2)


def calibration_error(
    probabilities: NDArray[np.float64], shares: NDArray[np.float64], bins: int = 10
) -> float:
    """Classwise calibration error against vote shares, 0..1.

    The mean over expressions of the weighted mean gap between predicted and voted share in `bins` bins of equal
    width (Kull et al. 2019, arXiv:1910.12656).

    Args:
        probabilities: (N, 8).
        shares: (N, 8) vote shares.
        bins: Bins of equal width.
    """
    gaps = []
    for k in range(probabilities.shape[1]):
        place = np.minimum((probabilities[:, k] * bins).astype(int), bins - 1)
        counts = np.bincount(place, minlength=bins)
        difference = np.bincount(place, probabilities[:, k] - shares[:, k], minlength=bins)
        gaps.append(np.abs(difference[counts > 0]).sum() / len(probabilities))
    return float(np.mean(gaps))


def valence_concordance(probabilities: NDArray[np.float64], shares: NDArray[np.float64]) -> float:
    """Concordance of valence on scale `balance` with the mean of the taggers."""
    return concordance(valence(probabilities), valence(shares))
