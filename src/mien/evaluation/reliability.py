"""How well predicted shares mean what they say: the reliability diagram, and what chance alone would show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.figures import BINS, CLASSES, bin_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mien.evaluation.types import Scored

_WORLDS: Final = 40
"""Made-up sets of votes from which the calibration error of a perfect reader is estimated."""


@dataclass(frozen=True, slots=True)
class ReliabilityPoint:
    """One bin of predicted share of one expression.

    Attributes:
        predicted: Mean predicted share.
        true: Mean share of the votes (or of the labels).
        n: Pictures in the bin.
    """

    predicted: float
    true: float
    n: int


def reliability(scored: Scored) -> tuple[tuple[ReliabilityPoint, ...], ...]:
    """The points of each expression, over the faces found, in the bins of the calibration error."""
    known = _known(scored)
    p, shares = scored.probabilities[known], scored.shares[known]
    place = bin_of(p)
    out = []
    for k in range(CLASSES):
        count = np.bincount(place[:, k], minlength=BINS)
        said = np.bincount(place[:, k], p[:, k], BINS)
        true = np.bincount(place[:, k], shares[:, k], BINS)
        out.append(
            tuple(
                ReliabilityPoint(float(said[b] / count[b]), float(true[b] / count[b]), int(count[b]))
                for b in np.flatnonzero(count)
            )
        )
    return tuple(out)


def by_chance(scored: Scored, choices: Sequence[NDArray[np.bool_]], seed: int = 0) -> list[float | None]:
    """The calibration error that a perfectly calibrated reader would show on as many pictures with as many votes.

    Votes are drawn from the predicted shares themselves (consistency resampling: Bröcker & Smith 2007, "Increasing the
    reliability of reliability diagrams"), so that what remains is the noise of few pictures and few votes.

    Args:
        scored: Readings beside the truth.
        choices: Each (M,), which pictures.
        seed: Of the draws.

    Returns:
        The mean over the draws for each choice; `None` where it has no such picture.
    """
    known = _known(scored)
    p, taggers = scored.probabilities[known], scored.taggers[known]
    p = p / p.sum(axis=1, keepdims=True)
    cell = bin_of(p) + BINS * np.arange(CLASSES)
    rng = np.random.default_rng(seed)
    errors = np.zeros(len(choices))
    masks = [choice[known] for choice in choices]
    for _ in range(_WORLDS):
        gaps = p - rng.multinomial(taggers, p) / taggers[:, None]
        for i, mask in enumerate(masks):
            sums = np.bincount(cell[mask].ravel(), gaps[mask].ravel(), CLASSES * BINS)
            errors[i] += np.abs(sums).sum() / CLASSES / max(int(mask.sum()), 1) / _WORLDS
    return [float(e) if mask.any() else None for e, mask in zip(errors, masks, strict=True)]


def _known(scored: Scored) -> NDArray[np.bool_]:
    return np.asarray(scored.found & (scored.taggers > 0), np.bool_)
