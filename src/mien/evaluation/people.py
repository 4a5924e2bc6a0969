"""The human row: how well one tagger knows what the others will say, and the reader against the same majorities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mien.expressions import LEVELS
from mien.figures import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class LeaveOneOut:
    """Expected agreement with the majority of the other taggers, over every tagger of every picture.

    Attributes:
        weight: (M,) share of a picture's taggers whose fellows have one single majority; 0 where it does not count.
        tagger: (M,) share of its taggers who agree with that majority.
        tagger_levels: (M,) likewise, of pleasant / neutral / unpleasant.
        reader: (M,) share of its taggers with whose fellows' majority the reader agrees.
        reader_levels: (M,) likewise.
    """

    weight: NDArray[np.float64]
    tagger: NDArray[np.float64]
    tagger_levels: NDArray[np.float64]
    reader: NDArray[np.float64]
    reader_levels: NDArray[np.float64]


def leave_one_out(votes: NDArray[np.uint8], answer: NDArray[np.int64]) -> LeaveOneOut:
    """Leave each tagger out once and compare him, and the reader, with the majority of the rest.

    Counts pictures on which one expression has more votes than any other class, "unknown" and "not a face" included; on
    those, votes for an expression. A tagger counts where the votes of the others have one single majority. Every tagger
    of a class gives the same, so the expected value follows from the counts alone.

    Args:
        votes: (M, 10) votes for the eight expressions, unknown and not-a-face.
        answer: (M,) the reader's, -1 where there is none; such pictures don't count.
    """
    every = votes.astype(np.int64)
    top = every.max(axis=1)
    single = ((every == top[:, None]).sum(axis=1) == 1) & (every.argmax(axis=1) < CLASSES) & (top > 0)
    given = every[:, :CLASSES]
    share = given / np.maximum(given.sum(axis=1, keepdims=True), 1)
    sums = np.zeros((5, len(votes)))
    for k in range(CLASSES):
        others = given.copy()
        others[:, k] -= given[:, k] > 0
        most = others.max(axis=1)
        majority = others.argmax(axis=1)
        one = (others == most[:, None]).sum(axis=1) == 1
        weight = share[:, k] * (single & one & (most > 0) & (answer >= 0))
        same_level = LEVELS[majority] == LEVELS[k]
        readers_level = LEVELS[majority] == LEVELS[np.maximum(answer, 0)]
        sums += weight * np.stack([one, majority == k, same_level, majority == answer, readers_level])
    return LeaveOneOut(*sums)
