"""Every figure is a function of sums over pictures, so that a resample is one product of matrices.

`features` gives each picture a row; the sums of rows over any choice of pictures, however often each was drawn, are
all that `mien.evaluation.figures` needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.figures import BINS, CLASSES, bin_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.evaluation.types import Scored

CONFUSION: Final = slice(0, CLASSES * CLASSES)
"""Count of each truth (row) and answer (column)."""
VALENCE: Final = slice(CONFUSION.stop, CONFUSION.stop + 8)
"""Of pictures with votes: count, x, y, x squared, y squared, xy, |x - y|, (x - y) squared over the predicted
variance; x is the reading, y the taggers' mean."""
GAPS: Final = slice(VALENCE.stop, VALENCE.stop + CLASSES * BINS)
"""Predicted minus true share, in the bin of the predicted share, of each expression."""
COUNT: Final = GAPS.stop
"""Pictures with a truth for the distribution."""
RIGHT: Final = COUNT + 1
"""Pictures whose answer is right, of all that have a truth, whether a face was found or not."""
ASKED: Final = RIGHT + 1
"""Pictures with a truth, whether a face was found or not."""
WIDTH: Final = ASKED + 1


def features(scored: Scored) -> NDArray[np.float64]:
    """The row of every picture: (M, WIDTH) float64."""
    count = len(scored.truth)
    out = np.zeros((count, WIDTH))
    compared = np.flatnonzero((scored.truth >= 0) & (scored.answer >= 0))
    out[compared, scored.truth[compared] * CLASSES + scored.answer[compared]] = 1.0
    out[:, ASKED] = scored.truth >= 0
    out[:, RIGHT] = scored.found & (scored.truth >= 0) & (scored.truth == scored.answer)

    voted = np.isfinite(scored.tagger_valence) & np.isfinite(scored.valence)
    x, y = scored.valence[voted], scored.tagger_valence[voted]
    out[voted, VALENCE] = np.stack(
        [np.ones_like(x), x, y, x * x, y * y, x * y, np.abs(x - y), (x - y) ** 2 / scored.variance[voted]],
        axis=1,
    )
    shared = np.flatnonzero((scored.taggers > 0) & np.isfinite(scored.probabilities[:, 0]))
    place = bin_of(scored.probabilities[shared])
    gaps = scored.probabilities[shared] - scored.shares[shared]
    for k in range(CLASSES):
        out[shared, GAPS.start + k * BINS + place[:, k]] = gaps[:, k]
    out[shared, COUNT] = 1.0
    return out
