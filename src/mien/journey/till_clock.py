"""When receipts are printed, seen from the interactions, and how far off the clock of a till is.

A receipt belongs to the end of an interaction: goods are packed and change is put away for a while, then the face is
gone. So the *gap*, receipt minus last sight of the face, is mostly a little below 0. Its density is taken to be

- for 9 of 10 an exponential of mean `LEAVING_S` below 0 (customers who leave after the receipt) and one of mean
  `LOST_S` above 0 (faces lost before it: turned to a bag, hidden), the two meeting at 0 without a step;
- for 1 of 10 the same anywhere in the interaction (customers who stay on and talk).

A receipt before the first sight of a face is `EARLY` times as likely as it would be otherwise, for nobody is handed
a receipt before coming, yet a face may be noticed late. These are assumptions, stated here and tried with others in
`benchmarks/receipts.py`; they are not taken from any shop.

The clock of a till is off by a constant. Under an offset, receipts of a day are a Poisson process whose rate is the
sum of the densities at the interactions of that day, and a small constant for customers who were not seen. The
offset's posterior on a grid of seconds, with a normal prior of `PRIOR_S` around 0, gives its mean and its standard
deviation. Neighbouring receipts tell partly the same, so their evidence counts by half.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special, stats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEAVING_S: Final = 20.0
"""Mean time from receipt to leaving, seconds."""
LOST_S: Final = 10.0
"""Mean time by which a face is lost before the receipt, seconds."""
STAYING: Final = 0.1
"""Share of customers who stay on after their receipt, for any time."""
EARLY: Final = 0.1
"""How likely a face is first noticed after the receipt, against before."""
UNSEEN: Final = 0.1
"""Share of receipts whose customer was not seen."""
ASSUMED_S: Final = 5.0
"""How far the mean time to leaving may be from what is assumed, seconds."""
PRIOR_S: Final = 40.0
"""Standard deviation of the clocks of tills before anything is known of one, seconds."""

_FARTHEST_S: Final = 180
_JITTER_S: Final = 2.0
_EVIDENCE: Final = 0.5
_MINUTE_S: Final = 60.0
_ENOUGH: Final = 10


@dataclass(frozen=True, slots=True)
class Printed:
    """A receipt.

    Attributes:
        key: What it is called by the caller.
        at: When it was printed by the clock of its till, seconds since any moment.
    """

    key: str
    at: float


@dataclass(frozen=True, slots=True)
class Presence:
    """An interaction at the till.

    Attributes:
        key: What it is called by the caller.
        begin: First sight of the face, seconds since the same moment as receipts.
        end: Last sight.
    """

    key: str
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class TillClock:
    """How far off the clock of a till is.

    Attributes:
        offset_s: Seconds by which it is ahead; the mean of what is known.
        sd_s: Standard deviation of that, seconds.
        receipts: Receipts from which it is known.
    """

    offset_s: float = 0.0
    sd_s: float = 0.0
    receipts: int = 0

    @property
    def error_s(self) -> float:
        """Standard deviation of the offset as that of the clock alone, seconds.

        Customers who stay longer or shorter than is assumed look like a clock that is off, which does joining no harm.
        """
        return float(np.hypot(self.sd_s, ASSUMED_S))

    @property
    def spread_s(self) -> float:
        """Standard deviation of a printed time after correction: what is not known of the clock, and its jitter."""
        return float(np.hypot(self.sd_s, _JITTER_S))


def log_density(
    receipts: Sequence[Printed], presences: Sequence[Presence], clock: TillClock
) -> NDArray[np.float64]:
    """Log density of each receipt's time, if it was printed for each of the interactions.

    Args:
        receipts: N of one till.
        presences: M at that till.
        clock: What is known of its clock.

    Returns:
        (N, M) float64, natural logarithm of 1/second.
    """
    at = np.array([one.at for one in receipts])[:, None] - clock.offset_s
    begin = np.array([one.begin for one in presences])[None, :]
    end = np.array([one.end for one in presences])[None, :]
    return _log_density(at, begin, end, clock.spread_s)


def estimate_clock(receipts: Sequence[Printed], presences: Sequence[Presence]) -> TillClock:
    """How far off the clock of a till is, from receipts and interactions of some hours.

    Args:
        receipts: Of one till; also those joined already.
        presences: All interactions at that till in that time.

    Returns:
        The offset with its uncertainty: that of the prior where nothing can be told, wide where several offsets fit
        alike.
    """
    offsets = np.arange(-_FARTHEST_S, _FARTHEST_S + 1, dtype=np.float64)
    evidence = -0.5 * (offsets / PRIOR_S) ** 2
    if receipts and presences:
        rate = unseen_rate(receipts, presences)
        spread = float(np.hypot(_JITTER_S, resolution_s(receipts) / np.sqrt(12.0)))
        ends = np.sort(np.array([one.end for one in presences]))
        begins = np.array([one.begin for one in presences])[
            np.argsort([one.end for one in presences], kind="stable")
        ]
        longest = float((ends - begins).max())
        for one in receipts:
            # Only interactions near enough for any offset; the rest has no density there.
            first, last = np.searchsorted(
                ends,
                [one.at - _FARTHEST_S - 10 * LOST_S, one.at + _FARTHEST_S + max(10 * LEAVING_S, longest)],
            )
            logs = _log_density(
                one.at - offsets[:, None], begins[None, first:last], ends[None, first:last], spread
            )
            evidence += _EVIDENCE * np.logaddexp(
                special.logsumexp(logs, axis=1) if last > first else -np.inf, np.log(rate)
            )
    weights = special.softmax(evidence)
    mean = float(weights @ offsets)
    return TillClock(mean, float(np.sqrt(weights @ (offsets - mean) ** 2)), len(receipts))


def unseen_rate(receipts: Sequence[Printed], presences: Sequence[Presence]) -> float:
    """Receipts per second for customers who were not seen."""
    times = [one.at for one in receipts] + [one.end for one in presences]
    return UNSEEN * len(receipts) / max(max(times) - min(times), 3600.0)


def resolution_s(receipts: Sequence[Printed]) -> float:
    """In what steps the till tells the time: whole minutes where no receipt has seconds, else nought."""
    whole = all(one.at % _MINUTE_S == 0.0 for one in receipts)
    return _MINUTE_S if whole and len(receipts) >= _ENOUGH else 0.0


def _log_density(
    at: NDArray[np.float64], begin: NDArray[np.float64], end: NDArray[np.float64], spread_s: float
) -> NDArray[np.float64]:
    gap = at - end
    share = LEAVING_S / (LEAVING_S + LOST_S)
    # An exponential and a normal error add up to SciPy's exponnorm.
    left = np.log(share) + stats.exponnorm.logpdf(-gap, LEAVING_S / spread_s, scale=spread_s)
    lost = np.log1p(-share) + stats.exponnorm.logpdf(gap, LOST_S / spread_s, scale=spread_s)
    length = np.maximum(end - begin, 1.0)
    inside = stats.norm.cdf((at - begin) / spread_s) * stats.norm.cdf((end - at) / spread_s)
    with np.errstate(divide="ignore"):
        stays = np.log(STAYING * inside / length)
    come = np.log(EARLY + (1.0 - EARLY) * stats.norm.cdf((at - begin) / spread_s))
    return np.asarray(np.logaddexp(np.log1p(-STAYING) + np.logaddexp(left, lost) + come, stays))
