"""From whatever the caller has to readings that the model can take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.errors import InputError
from mien.journey.jumps import find_jumps
from mien.journey.model import Series

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

SD_RANGE: Final = (0.01, 100.0)
"""No reader is surer than the first, and none less sure than the second is worth telling apart."""
VALENCE_LIMIT: Final = 1000.0
"""Valence lives in -1..1; numbers beyond this are taken as this, so that no sum overflows."""
SPAN_LIMIT_S: Final = 1e9
"""Longest time from first to last reading, s (thirty years); beyond it the gaps are shortened, which tells the same."""
SAME_TIME_S: Final = 0.01
"""Readings closer than this are one: noise within one picture is one noise."""


def _vector(name: str, values: ArrayLike) -> Array:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} must be a list of numbers: {error}.") from error
    if array.ndim != 1:
        raise InputError(f"{name} has {array.ndim} dimensions; give one number per reading.")
    if not np.isfinite(array).all():
        where = int(np.flatnonzero(~np.isfinite(array))[0])
        raise InputError(f"{name}[{where}] is {array[where]}; leave readings out that are not finite.")
    return array


def prepare(times_s: ArrayLike, valence: ArrayLike, variance: ArrayLike) -> tuple[Series, float]:
    """Check, sort and merge readings.

    Args:
        times_s: (n,) seconds, any order.
        valence: (n,) valence.
        variance: (n,) predicted error variance, >= 0.

    Returns:
        Readings with times from 0 on, and the time of the first one.

    Raises:
        InputError: Lengths differ, a number is not finite, or a variance is negative.
    """
    t, y, v = _vector("times_s", times_s), _vector("valence", valence), _vector("variance", variance)
    if not t.size == y.size == v.size:
        raise InputError(
            f"There are {t.size} times, {y.size} valences and {v.size} variances; give one of each per reading."
        )
    if (v < 0).any():
        where = int(np.flatnonzero(v < 0)[0])
        raise InputError(f"variance[{where}] is {v[where]}; a variance is 0 or more.")
    if t.size == 0:
        return Series(t, y, v, find_jumps(t, y, v)), 0.0
    order = np.lexsort((v, y, t))  # ties in time in one order, whatever order they came in
    t, y, v = t[order], np.clip(y[order], -VALENCE_LIMIT, VALENCE_LIMIT), v[order]
    origin, t = float(t[0]), from_first(t)
    sd = np.clip(np.sqrt(v), *SD_RANGE)
    if (np.diff(t) < SAME_TIME_S).any():
        t, y, sd = _merge(t, y, sd)
    return Series(t, y, sd, find_jumps(t, y, sd)), origin


def from_first(t: Array) -> Array:
    """(n,) times in order -> seconds from the first one, with gaps shortened where they span over `SPAN_LIMIT_S`."""
    if t.size == 0:
        return t
    with np.errstate(over="ignore"):
        since, steps = t - t[0], np.diff(t)
    if since[-1] > SPAN_LIMIT_S:
        return np.append(0.0, np.cumsum(np.minimum(steps, SPAN_LIMIT_S / t.size)))
    return np.asarray(since)


def _merge(t: Array, y: Array, sd: Array) -> tuple[Array, Array, Array]:
    """Readings at one time become one, weighted by precision but no more precise than they were."""
    group = np.empty(t.size, dtype=np.intp)
    current, begin = 0, t[0]
    for i, time in enumerate(t.tolist()):
        if time - begin >= SAME_TIME_S:
            current, begin = current + 1, time
        group[i] = current
    count = np.bincount(group)
    precision = sd**-2
    total = np.bincount(group, precision)
    first = np.append(0, np.flatnonzero(np.diff(group)) + 1)
    return t[first], np.bincount(group, precision * y) / total, np.sqrt(count / total)
