"""Sustained changes inside an interaction (design 3.10)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import maximum_filter1d

from mien.journey.thresholds import MOMENT_PROBABILITY, MOMENT_WINDOW_S
from mien.journey.types import Moment, MomentKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.journey.posterior import Posterior
    from mien.journey.thresholds import Thresholds
    from mien.journey.visibility import Visibilities
    from mien.journey.windows import Coverage

    Array = NDArray[np.float64]

STEP_S: Final = 0.1
"""Distance of the times that are looked at, s."""
MIN_SIDE_S: Final = 1.0
"""Usable time needed on each side, s."""


def find_moments(
    posterior: Posterior,
    coverage: Coverage,
    limits: Thresholds,
    visibilities: Visibilities,
    *,
    origin_s: float,
) -> tuple[Moment, ...]:
    """Moments of an interaction, in order of time.

    Times are looked at every `STEP_S`. Where the posterior mean of the change is largest within 2 s either way, and at
    least the threshold, the joint posterior of both windows says how probable such a change is. Where readings by the
    eyes alone and readings of the whole face lie within those windows, nothing is said.

    Args:
        posterior: The level at the reading times.
        coverage: Usable time on the same clock.
        limits: Least change.
        visibilities: From what the readings were made, on the same clock.
        origin_s: Added to the times given.
    """
    level = posterior.weight @ posterior.fit.mean
    found: list[Moment] = []
    for begin, end in coverage.stretches():
        for t in _peaks(coverage, level, begin, end, limits.moment):
            # Not before: the peak of a change of visibility also hides what it drags along.
            if visibilities.change_within(t, MOMENT_WINDOW_S):
                continue
            moment = _test(posterior, coverage, t, limits.moment)
            apart = not found or t + origin_s - found[-1].t_s >= MOMENT_WINDOW_S
            if moment.probability > MOMENT_PROBABILITY and apart:
                found.append(replace(moment, t_s=t + origin_s))
    return tuple(found)


def _peaks(coverage: Coverage, level: Array, begin: float, end: float, threshold: float) -> list[float]:
    """Times in a stretch at which the mean change is largest within 2 s either way and reaches the threshold."""
    at = np.arange(begin + MIN_SIDE_S, end - MIN_SIDE_S, STEP_S)
    if at.size == 0:
        return []
    areas, times = zip(*(coverage.cumulative(level, at + shift) for shift in _SHIFTS), strict=True)
    before_s, after_s = times[1] - times[0], times[2] - times[1]
    enough = (before_s >= MIN_SIDE_S) & (after_s >= MIN_SIDE_S)
    change = (areas[2] - areas[1]) / np.where(enough, after_s, 1.0)
    change -= (areas[1] - areas[0]) / np.where(enough, before_s, 1.0)
    size = np.where(enough, np.abs(change), 0.0)
    reach = 2 * round(MOMENT_WINDOW_S / STEP_S) + 1
    peaks = (size >= threshold) & (size == maximum_filter1d(size, reach))
    return [float(t) for t in at[peaks]]


_SHIFTS: Final = (-MOMENT_WINDOW_S, 0.0, MOMENT_WINDOW_S)


def _test(posterior: Posterior, coverage: Coverage, t: float, threshold: float) -> Moment:
    """The change around `t` with its probability."""
    begin, middle, w_before, before_s, before_bridge = coverage.local_integral(t - MOMENT_WINDOW_S, t)
    start, end, w_after, after_s, after_bridge = coverage.local_integral(t, t + MOMENT_WINDOW_S)
    weights = np.zeros(end - begin)
    weights[: middle - begin] -= w_before / before_s
    weights[start - begin :] += w_after / after_s
    bridge = before_bridge / before_s**2 + after_bridge / after_s**2
    mixed = posterior.local_functional(begin, weights, bridge, min(before_s, after_s))
    change = float(mixed.mean)
    probability = float(mixed.below(-threshold) + 1 - mixed.below(threshold))
    return Moment(t, MomentKind.RISE if change > 0 else MomentKind.FALL, change, probability)
