"""Means from daily sums, with intervals that hold although the people of a day have much in common.

Interactions count alike in a mean (design 3.7), and days are what chance draws: the weather, the queue, the light and
who serves are one for all people of a day. So the error of a mean is taken from how far the days lie from it, each
weighing as many interactions as it has (the ratio estimator of Cochran 1977, chapter 6; residuals freed of their own
weight as in CR2 of Bell and McCaffrey 2002, Survey Methodology 28). Days that follow each other are more alike than
others, which is learnt from all groups together and widens all intervals. Two groups that share days are compared
within these days, since what a day has in common drops out of a difference. With fewer than 5 days the spread between
days is taken from all groups; where nothing is known of it, an interval speaks of these days only. That intervals hold
is measured by `benchmarks/compare.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import stdtrit

from mien.insight.means import Mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DAYS_ENOUGH: Final = 5
"""Days from which on a group tells by itself how far its days lie apart."""
_FORTNIGHT: Final = 14
"""Days from which on a group tells how alike days are that follow each other."""


@dataclass(frozen=True, slots=True, eq=False)
class Daily:
    """One group by day, on an axis of days that all groups share.

    Attributes:
        n: (D,) interactions that have the measure.
        total: (D,) its sum.
        squares: (D,) sum of its squares.
    """

    n: Array
    total: Array
    squares: Array

    def plus(self, other: Daily) -> Daily:
        """Both groups as one."""
        return Daily(self.n + other.n, self.total + other.total, self.squares + other.squares)

    def minus(self, part: Daily) -> Daily:
        """Without a group that is part of it."""
        return Daily(self.n - part.n, self.total - part.total, self.squares - part.squares)


@dataclass(frozen=True, slots=True)
class Between:
    """How far days lie apart, over all groups.

    Attributes:
        variance: Variance of what a day adds to all of its interactions.
        df: Degrees of freedom.
        inflation: How many times the variance of a mean over days is that of days that know nothing of each other: for
            a first-order autoregression with correlation r of neighbours (1 + r) / (1 - r); at least 1.
    """

    variance: float
    df: int
    inflation: float = 1.0

    @classmethod
    def of(cls, sides: Sequence[Side]) -> Between | None:
        """That of some groups, pooled; `None` where too few days tell of it."""
        told = [one for one in sides if one.days > 1]
        df = sum(one.days - 1 for one in told)
        if df < DAYS_ENOUGH - 1:
            return None
        excess = sum((one.days - 1) * (one.clustered - one.within) / one.concentration for one in told)
        return cls(max(excess / df, 0.0), df, _inflated(told))


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """A group with its mean, and all that the error of it follows from.

    Attributes:
        n: Interactions.
        mean: Their mean.
        days: Days on which there are any.
        within: Variance of the mean as if days had nothing in common.
        clustered: Variance of the mean by days; 0 for a single day.
        weights: (D,) share of each day in the interactions.
        residuals: (D,) what each day adds to the error of the mean.
        concentration: 1 / the number of days that count: 1 where all are of one day.
    """

    n: int
    mean: float
    days: int
    within: float
    clustered: float
    weights: Array
    residuals: Array
    concentration: float

    @classmethod
    def of(cls, daily: Daily, least_variance: float = 0.0, *, share: bool = False) -> Side:
        """The side of a group that has at least 2 interactions.

        Args:
            daily: The group.
            least_variance: Variance of single values that is assumed at least.
            share: Whether values are 0 and 1; then the variance is that of a share that is pulled from the ends, since
                few of which none is 1 do not prove that none ever is.
        """
        n = float(daily.n.sum())
        mean = float(daily.total.sum()) / n
        if share:
            pulled = (float(daily.total.sum()) + 1) / (n + 2)
            variance = pulled * (1 - pulled)
        else:
            variance = max((float(daily.squares.sum()) - n * mean**2) / (n - 1), least_variance)
        weights = daily.n / n
        days = int((daily.n > 0).sum())
        residuals = np.zeros_like(weights)
        if days > 1:
            residuals = (daily.total - daily.n * mean) / n / np.sqrt(1 - weights)
        return cls(
            int(n),
            mean,
            days,
            variance / n,
            float(residuals @ residuals),
            weights,
            residuals,
            float(weights @ weights),
        )

    @property
    def by_days(self) -> bool:
        """Whether its own days are enough."""
        return self.days >= DAYS_ENOUGH

    def estimate(self, between: Between | None) -> Mean:
        """Its mean as it is computed on.

        Args:
            between: How far days lie apart elsewhere; `None` where nobody knows.
        """
        if self.by_days:
            variance = max(self.clustered * _inflation(between), self.within)
            return Mean(self.mean, variance, max(1 / self.concentration - 1, 1.0))
        if between is None:
            return Mean(self.mean, self.within, self.n - 1)
        common = between.variance * self.concentration
        variance = self.within + common
        df = variance**2 / (self.within**2 / (self.n - 1) + common**2 / between.df)
        return Mean(self.mean, variance, df)

    def design_effect(self, between: Between | None) -> float:
        """How many times the variance is that of as many unconnected interactions, at least 1."""
        return max(self.estimate(between).variance / self.within, 1.0)


def difference(one: Side, other: Side, between: Between | None) -> Mean:
    """One mean minus another, of groups that have no interaction in common but may share days.

    Args:
        one: The first.
        other: The second.
        between: How far days lie apart, over all groups.
    """
    first, second = one.estimate(between), other.estimate(between)
    if not (one.by_days and other.by_days):
        return first.minus(second)
    apart = one.residuals - other.residuals
    variance = max(float(apart @ apart) * _inflation(between), one.within + other.within)
    # Satterthwaite: days weigh in the variance as they weigh in the two means.
    shares = first.variance * one.weights + second.variance * other.weights
    effective = float(shares.sum() ** 2 / (shares @ shares))
    least = min(1 / one.concentration, 1 / other.concentration)
    return Mean(one.mean - other.mean, variance, max(effective * (least - 1) / least, 1.0))


def _inflation(between: Between | None) -> float:
    return 1.0 if between is None else between.inflation


def _inflated(sides: Sequence[Side]) -> float:
    """What neighbours have in common, from all sides with a fortnight or more, as a factor of variances."""
    days, alike = 0, 0.0
    for one in sides:
        there = one.residuals[one.weights > 0]
        if there.size >= _FORTNIGHT and one.clustered > 0:
            found = float(there[1:] @ there[:-1]) / one.clustered
            # Freed of its bias, which comes from taking the mean away (Marriott and Pope 1954, Biometrika 41).
            alike += there.size * found + 1 + 3 * found
            days += there.size
    correlation = min(max(alike / days, 0.0), 0.8) if days else 0.0
    return (1 + correlation) / (1 - correlation)


def wilson(share: float, n: float, df: float, level: float) -> tuple[float, float]:
    """Interval of a share (Wilson 1927, JASA 22), by Student's t where its error was estimated.

    Args:
        share: 0..1.
        n: Of how many unconnected ones it is worth.
        df: Degrees of freedom of that.
        level: 0..1.

    Example:
        >>> [round(end, 3) for end in wilson(0.0, 20, 1e9, 0.95)]
        [0.0, 0.161]
    """
    t = float(stdtrit(df, (1 + level) / 2))
    middle = (share + t**2 / (2 * n)) / (1 + t**2 / n)
    half = t / (1 + t**2 / n) * (share * (1 - share) / n + t**2 / (4 * n**2)) ** 0.5
    return min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share)


def share_interval(side: Side, between: Between | None, level: float) -> tuple[float, float]:
    """Interval of the share of a side, 0..1."""
    n = side.n / side.design_effect(between)
    return wilson(side.mean, n, side.estimate(between).df, level)


def share_difference(one: Side, other: Side, between: Between | None, level: float) -> tuple[float, float]:
    """Interval of the difference of two shares, from theirs (Newcombe 1998, Statistics in Medicine 17, method 10)."""
    (a, b), (c, d) = (share_interval(side, between, level) for side in (one, other))
    p, q = one.mean, other.mean
    return p - q - ((p - a) ** 2 + (d - q) ** 2) ** 0.5, p - q + ((b - p) ** 2 + (q - c) ** 2) ** 0.5
