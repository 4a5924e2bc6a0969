"""How long people stayed or waited, in a form that sums over periods and forgets nobody who was not seen to leave."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from pydantic import Field, NonNegativeInt

from mien.journey.flow.summing import Counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_PER_OCTAVE: Final = 8
"""Bins for each doubling: 9 % wide, so that a duration is off by 4.5 % at most."""

_SHORTEST_S: Final = 0.25

MIN_ENDED: Final = 5
"""Stays seen to their end from which a median is told."""


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile of durations with its 95 % interval.

    Attributes:
        value_s: Seconds; `None` where it cannot be told.
        low_s: Lower end of the interval; `None` likewise.
        high_s: Upper end; `None` where it is not known how much longer.
        reason: Why it cannot be told; `None` where it can.
    """

    value_s: float | None
    low_s: float | None
    high_s: float | None
    reason: str | None


class Durations(Counts):
    """Durations counted in bins of equal ratio.

    Those of people who were lost from sight or still there are *cut*: it is only known that they lasted longer. Leaving
    them out would leave out the long ones, so both are counted, and quantiles take them into account (Kaplan & Meier
    1958, with the interval of the survival function after Greenwood on the log-log scale, by `scipy.stats.ecdf`).

    Attributes:
        ended: How many ended in each bin.
        cut: How many were cut in each bin.
        total_s: Sum of all, ended and cut, seconds.

    Example:
        >>> stays = Durations.of([30.0] * 6) + Durations.of([60.0] * 6, cut=[90.0])
        >>> stays.n, stays.n_cut, round(stays.quantile().value_s)
        (12, 1, 61)
    """

    ended: dict[int, NonNegativeInt] = Field(default_factory=dict)
    cut: dict[int, NonNegativeInt] = Field(default_factory=dict)
    total_s: float = Field(0.0, ge=0.0)

    @classmethod
    def of(cls, ended: Sequence[float] = (), cut: Sequence[float] = ()) -> Self:
        """Durations from seconds, those that ended and those that were cut."""
        return cls(ended=_binned(ended), cut=_binned(cut), total_s=sum(ended) + sum(cut))

    @property
    def n(self) -> int:
        """How many ended."""
        return sum(self.ended.values())

    @property
    def n_cut(self) -> int:
        """How many were cut."""
        return sum(self.cut.values())

    def quantile(self, share: float = 0.5) -> Quantile:
        """The duration that a share of people does not exceed; the median by default.

        Args:
            share: 0..1.

        Returns:
            It with its interval, within the 4.5 % of the bins; `None` with the reason where under `MIN_ENDED` were
            seen to their end, or too many were cut.
        """
        if self.n < MIN_ENDED:
            return Quantile(None, None, None, f"under {MIN_ENDED} seen to their end")
        from scipy import stats  # noqa: PLC0415  (only reports need it, and every worker would load it)

        data = stats.CensoredData(uncensored=_spread(self.ended), right=_spread(self.cut))
        survival = stats.ecdf(data).sf
        with warnings.catch_warnings():
            # Where nobody is left the interval has no upper end, which is told as such.
            warnings.filterwarnings("ignore", "The confidence interval is undefined", RuntimeWarning)
            interval = survival.confidence_interval(method="log-log")
        value, low, high = (
            _first_below(survival.quantiles, levels, 1.0 - share)
            for levels in (survival.probabilities, interval.low.probabilities, interval.high.probabilities)
        )
        if value is None:
            return Quantile(None, low, None, "too many were not seen to their end")
        return Quantile(value, low if low is not None else value, high, None)


def _binned(seconds: Sequence[float]) -> dict[int, int]:
    found: dict[int, int] = {}
    for value in seconds:
        key = math.floor(_PER_OCTAVE * math.log2(max(value, _SHORTEST_S) / _SHORTEST_S))
        found[key] = found.get(key, 0) + 1
    return found


def _spread(bins: dict[int, int]) -> NDArray[np.float64]:
    """A duration for each, (n,) float64 in their order, at the middle of its bin."""
    keys = sorted(bins)
    middles = _SHORTEST_S * 2.0 ** ((np.array(keys, dtype=np.float64) + 0.5) / _PER_OCTAVE)
    return np.repeat(middles, [bins[key] for key in keys])


def _first_below(times: NDArray[np.float64], levels: NDArray[np.float64], level: float) -> float | None:
    """The first time at which as few as `level` are left; the step must be certain, not a missing number."""
    reached = np.flatnonzero(np.nan_to_num(levels, nan=1.0) <= level + 1e-9)
    return float(times[reached[0]]) if reached.size else None
