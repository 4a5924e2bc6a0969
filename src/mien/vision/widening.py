"""How much less sure a reading is of small and of turned faces than the network itself says.

The network sees every face at the same size and from the front as far as can be, so it knows little of how few pixels
the face had or how far it was turned. Two curves, measured on the validation split, widen its error for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from mien.expressions import SCALES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

KEY: Final = "widening"
"""Where the curves are kept in the network's file."""
HEIGHTS: Final = (20.0, 28.0, 36.0, 48.0)
"""Heights of faces between which the curve is straight, pixels; flat beyond."""
TURNS: Final = (5.0, 15.0, 25.0, 37.0, 50.0)
"""Turns of the head to either side, degrees; likewise."""


def _hats(value: float, knots: Sequence[float]) -> NDArray[np.float64]:
    """(K,) how much each knot counts: 1 at itself, 0 at its neighbours."""
    return np.array([np.interp(value, knots, row) for row in np.eye(len(knots))])


def features(height_px: float, turn: float) -> NDArray[np.float64]:
    """What the curves are made of, (K,).

    Args:
        height_px: Height of the face.
        turn: Yaw of the head, degrees.
    """
    return np.concatenate([_hats(height_px, HEIGHTS), _hats(abs(turn), TURNS)])


@dataclass(frozen=True, slots=True, eq=False)
class Widening:
    """The curves of a network.

    Attributes:
        logs: (3, K) logarithms of what variances are multiplied by, per scale and feature.
    """

    logs: NDArray[np.float64]

    def factor(self, height_px: float, turn: float) -> NDArray[np.float64]:
        """What the three variances of a face are multiplied by."""
        return np.asarray(np.exp(self.logs @ features(height_px, turn)), np.float64)

    def document(self) -> dict[str, list[float]]:
        """As it is kept in a network's file: one row of logarithms per scale."""
        return {scale: row.tolist() for scale, row in zip(SCALES, self.logs, strict=True)}

    @classmethod
    def read(cls, document: Mapping[str, Sequence[float]]) -> Self:
        """What `document` gave."""
        return cls(np.array([document[scale] for scale in SCALES], np.float64))

    @classmethod
    def none(cls) -> Self:
        """Curves that change nothing."""
        return cls(np.zeros((len(SCALES), len(HEIGHTS) + len(TURNS))))
