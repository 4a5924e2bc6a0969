"""Where a face may have changed at once.

A random walk of one pace throughout cannot both stand still and jump. Without this, a smile that breaks out in a tenth
of a second after a second of standing still would be taken for a second of noise. So the places at which readings
differ most from one moment to the next are looked up, and the posterior also weighs that the level jumped there
(`mien.journey.posterior`); the readings decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SIDE_S: Final = 0.5
"""Readings compared on each side of a place, s; also the least distance of two places."""
MIN_SIDE: Final = 2
"""Readings needed on each side."""
STRIKING: Final = 2.5
"""A place is looked at from a difference of so many standard deviations of one reading before and one after."""
LEAST_ROUGH: Final = 0.2
"""Readings smoother than this share of what their standard deviations lead one to expect count as this rough."""
MOST: Final = 6
"""Places weighed at most, the most striking ones."""
SPREAD: Final = 1
"""Steps from reading to reading on either side of a place among which a jump may be divided."""
JUMP_SD: Final = 0.6
"""Standard deviation of a jump, valence."""

_ROUNDING_S: Final = 1e-6
_MEDIAN_OF_NORMAL: Final = float(ndtri(0.75))
"""Median of the absolute value of a normal number of standard deviation 1."""


def find_jumps(t: Array, y: Array, sd: Array) -> Array:
    """What jumps would add to the variance of the steps from reading to reading.

    Args:
        t: (n,) seconds, strictly increasing.
        y: (n,) valence.
        sd: (n,) predicted standard deviation.

    Returns:
        (k + 1, n - 1): row 0 is zero, each other row has a jump at one place; k is at most `MOST`.
    """
    steps = max(t.size - 1, 0)
    strikes = np.zeros(steps)
    first = np.searchsorted(t, t[:-1] - SIDE_S - _ROUNDING_S, "left")
    last = np.searchsorted(t, t[1:] + SIDE_S + _ROUNDING_S, "right")
    sd = sd * _roughness(y, sd)
    for i in _promising(y, sd, first, last):
        before, after = slice(first[i], i + 1), slice(i + 1, last[i])
        noise = np.hypot(np.median(sd[before]), np.median(sd[after]))
        # Medians say whether there is a jump, whatever a few readings say; means are furthest apart right at it.
        if abs(np.median(y[after]) - np.median(y[before])) >= STRIKING * noise:
            strikes[i] = abs(y[after].mean() - y[before].mean()) / noise
    places: list[int] = []
    for i in np.argsort(-strikes, kind="stable"):
        if strikes[i] <= 0 or len(places) == MOST:
            break
        if all(abs(t[i] - t[j]) >= SIDE_S - _ROUNDING_S for j in places):
            places.append(int(i))
    added = np.zeros((len(places) + 1, steps))
    for row, place in enumerate(places, start=1):
        around = slice(max(place - SPREAD, 0), place + SPREAD + 1)
        added[row, around] = JUMP_SD**2 / added[row, around].size
    return added


def _roughness(y: Array, sd: Array) -> float:
    """How rough the readings are from one to the next, over what their standard deviations lead one to expect."""
    if y.size < 3:
        return 1.0
    expected = np.hypot(sd[1:], sd[:-1])
    found = float(np.median(np.abs(np.diff(y)) / expected)) / _MEDIAN_OF_NORMAL
    return min(max(found, LEAST_ROUGH), 1.0)


def _promising(y: Array, sd: Array, first: NDArray[np.intp], last: NDArray[np.intp]) -> NDArray[np.intp]:
    """Places with readings enough on both sides, whose means differ enough for a closer look."""
    here = np.arange(first.size) + 1
    sums = [np.append(0.0, np.cumsum(values)) for values in (y, sd)]
    n_before, n_after = here - first, last - here
    (before, sd_before), (after, sd_after) = (
        [(total[high] - total[low]) / np.maximum(high - low, 1) for total in sums]
        for low, high in ((first, here), (here, last))
    )
    striking = np.abs(after - before) >= 0.5 * STRIKING * np.hypot(sd_before, sd_after)
    return np.flatnonzero(striking & (n_before >= MIN_SIDE) & (n_after >= MIN_SIDE))
