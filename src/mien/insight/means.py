"""Means of states and their differences, with intervals that hold (measured by `benchmarks/hours.py`).

Each interaction counts alike. Weights by the stored error would lean towards the expressions that the reader is surest
of: clear smiles have several times less error than faces that are hard to read. The spread of the states holds the
error of each one beside the difference between people, so the interval of a plain mean holds both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import stdtrit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

LEVEL: Final = 0.95
"""How often an interval holds the truth."""
LEAST_VARIANCE: Final = 0.01**2
"""Variance of valence that a state has at least, as a reading has (`mien.journey.score.score_interaction`)."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far states lie apart within one hour of one side.

    Attributes:
        variance: Variance of valence, pooled over hours.
        df: Degrees of freedom.
    """

    variance: float
    df: int

    @classmethod
    def within(cls, hours: Iterable[Sequence[float]]) -> Spread:
        """The spread within hours, each with the states seen in it (-1..1).

        Example:
            >>> spread = Spread.within([[0.1, 0.3], [-0.5], [0.7, 0.9]])
            >>> round(spread.variance, 4), spread.df
            (0.02, 2)
        """
        pairs = [(len(states) - 1, float(np.var(states, ddof=1))) for states in hours if len(states) > 1]
        df = sum(n for n, _ in pairs)
        return cls(sum(n * v for n, v in pairs) / df if df else 0.0, df)


NO_SPREAD: Final = Spread(0.0, 0)
"""Nothing is known but the values themselves."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean as it is computed on.

    Attributes:
        value: The mean.
        variance: Variance of the mean.
        df: Degrees of freedom of that variance.
    """

    value: float
    variance: float
    df: float

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Ends of its interval by Student's t."""
        half = float(stdtrit(self.df, (1 + level) / 2)) * self.variance**0.5
        return self.value - half, self.value + half

    def minus(self, other: Mean) -> Mean:
        """The difference from an independent mean (Welch 1947, Biometrika 34; Satterthwaite's degrees of freedom)."""
        variance = self.variance + other.variance
        df = variance**2 / (self.variance**2 / self.df + other.variance**2 / other.df)
        return Mean(self.value - other.value, variance, df)


def mean_of(values: ArrayLike, spread: Spread = NO_SPREAD) -> Mean:
    """The mean of values that count alike.

    Few states of which none happens to be a rare smile lie closer together than people do, and an interval from them
    alone holds too seldom. So the spread is never taken to be less than that within hours of the whole time.

    Args:
        values: (n,) at least 2 valences, -2..2.
        spread: How far values lie apart elsewhere.

    Returns:
        The mean.

    Example:
        >>> mean = mean_of([0.1, 0.2, 0.3])
        >>> round(mean.value, 3), mean.df
        (0.2, 2)
    """
    array: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    variance = max(float(array.var(ddof=1)), spread.variance, LEAST_VARIANCE)
    return Mean(float(array.mean()), variance / array.size, max(array.size - 1, spread.df))


def joint_level(n: int) -> float:
    """Level of each of `n` independent intervals so that all of them together hold 95 % (Sidak 1967, JASA 62).

    Example:
        >>> joint_level(1), round(joint_level(12), 4)
        (0.95, 0.9957)
    """
    return float(LEVEL ** (1 / n))
