"""Counts with their intervals, in words of a table."""

from __future__ import annotations

from scipy import stats


def poisson(count: int, exposure: float) -> tuple[float, float, float]:
    """A rate with its exact 95 % interval (Garwood 1936), per unit of exposure.

    Example:
        >>> [round(x, 2) for x in poisson(3, 2.0)]
        [1.5, 0.31, 4.38]
    """
    low = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    high = stats.chi2.ppf(0.975, 2 * count + 2) / 2
    return count / exposure, float(low) / exposure, float(high) / exposure


def rate(count: int, exposure: float) -> str:
    """The same, as text: rate, interval, and what was counted."""
    if exposure <= 0:
        return "-"
    mean, low, high = poisson(count, exposure)
    return f"{mean:.2f} ({low:.2f} to {high:.2f}), {count} in {exposure:.2f}"


def share(count: int, of: int) -> str:
    """A share with its 95 % interval (Wilson 1927), as text."""
    if of == 0:
        return "-"
    found = stats.binomtest(count, of).proportion_ci(method="wilson")
    return f"{count / of:.0%} ({found.low:.0%} to {found.high:.0%}), {count} of {of}"
