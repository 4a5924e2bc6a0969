"""EPS, Happiness Index and outcome of one interaction (design 3.5 and 3.7-3.9)."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final, SupportsFloat

import numpy as np

from mien.expressions import check_scale
from mien.journey.curve import curve_of
from mien.journey.moments import find_moments
from mien.journey.posterior import infer
from mien.journey.readings import prepare
from mien.journey.thresholds import (
    CHANGED,
    MIN_STATE_READINGS,
    MIN_STATE_S,
    MIN_USABLE_S,
    MIN_WINDOW_S,
    SAME,
    THRESHOLDS,
    WINDOW_S,
)
from mien.journey.types import Outcome, Score
from mien.journey.visibility import Visibilities
from mien.journey.windows import Coverage

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from mien.expressions import ScaleName
    from mien.journey.posterior import Mixture, Posterior
    from mien.journey.thresholds import Thresholds
    from mien.journey.types import Curve, Moment

    Array = NDArray[np.float64]

CHANGED_VISIBILITY: Final = "visibility changed"
"""Reason where the two ends hold too little that was read in one way, by the eyes alone or from the whole face."""

_ROUNDING_S = 1e-6
_LOW, _HIGH = 0.025, 0.975


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """Posterior of the numbers of an interaction, shown or not.

    Attributes:
        initial: Mean valence of the first window; `None` where an EPS is undefined.
        final: Mean valence of the last window.
        change: Their difference.
        overall: Time-weighted mean valence; `None` where nothing is usable.
        usable_s: Usable seconds.
        missing: Why there is no EPS.
        window_s: Width of the first and the last window; `None` where an EPS is undefined.
    """

    initial: Mixture | None
    final: Mixture | None
    change: Mixture | None
    overall: Mixture | None
    usable_s: float
    missing: str | None
    window_s: float | None


def measure(posterior: Posterior, coverage: Coverage, visibilities: Visibilities | None = None) -> Measures:
    """Window means and overall mean of a posterior.

    Args:
        posterior: The level at the reading times.
        coverage: Usable time on the same clock.
        visibilities: From what the readings were made, on the same clock; `None` where all are of whole faces.
    """
    start, end = coverage.start_s, coverage.end_s
    whole, usable, whole_bridge = coverage.integral(start, end)
    if usable <= 0:
        return Measures(None, None, None, None, 0.0, "no two readings within 2 s of each other", None)
    window = min(WINDOW_S, (end - start) / 3)
    ends = (start, start + window), (end - window, end)
    seen_s = [coverage.integral(*stretch)[1] for stretch in ends]
    alike = coverage if visibilities is None else visibilities.alike(coverage, *ends)
    (first, first_s, first_bridge), (last, last_s, last_bridge) = (alike.integral(*part) for part in ends)
    rows, bridges = [whole / usable], [whole_bridge / usable**2]
    windows: list[float | None] = [None]
    missing = None
    if usable < MIN_USABLE_S - _ROUNDING_S:
        missing = f"{usable:.1f} s usable, an EPS needs {MIN_USABLE_S:g} s"
    elif min(seen_s) < MIN_WINDOW_S - _ROUNDING_S:
        missing = f"under {MIN_WINDOW_S:g} s usable in the first or last {window:.1f} s"
    elif min(first_s, last_s) < MIN_WINDOW_S - _ROUNDING_S:
        missing = CHANGED_VISIBILITY
    else:
        early, late = first_bridge / first_s**2, last_bridge / last_s**2
        rows += [first / first_s, last / last_s, last / last_s - first / first_s]
        bridges += [early, late, early + late]
        windows += [window if [first_s, last_s] == seen_s else min(first_s, last_s)] * 3
    mixed = posterior.functional(np.array(rows), np.array(bridges), windows)
    parts: list[Mixture | None] = [*mixed.rows(), None, None, None][:4]
    return Measures(parts[1], parts[2], parts[3], parts[0], usable, missing, None if missing else window)


def outcome(below: Callable[[float], SupportsFloat], limits: Thresholds) -> Outcome:
    """The outcome rules of design 3.9.

    Args:
        below: The probability of final minus initial valence being below a value.
        limits: Those of its scale.
    """
    far, near = limits.changed / 100, limits.same / 100
    if 1 - float(below(far)) >= CHANGED:
        return Outcome.IMPROVED
    if float(below(-far)) >= CHANGED:
        return Outcome.WORSENED
    if float(below(near)) - float(below(-near)) >= SAME:
        return Outcome.UNCHANGED
    return Outcome.UNCLEAR


def is_state(n: int, usable_s: float) -> bool:
    """Whether so many usable readings over so many seconds are enough for a mean to be said (design 3.6)."""
    return n >= MIN_STATE_READINGS and usable_s >= MIN_STATE_S - _ROUNDING_S


def score_interaction(
    times_s: ArrayLike,
    valence: ArrayLike,
    variance: ArrayLike,
    *,
    scale: ScaleName = "balance",
    by_eyes: ArrayLike | None = None,
) -> Score:
    """Score one interaction from its usable readings.

    Args:
        times_s: (n,) seconds, any order; readings less than 10 ms apart count as one. n may be 0.
        valence: (n,) valence of each reading, any finite values; -1..1 on every scale of Mien.
        variance: (n,) error variance of each reading as the reader predicts it, >= 0; under 0.01^2 counts as 0.01^2.
        scale: The valence scale, which sets the limits of what is shown and said.
        by_eyes: (n,) bool: which readings were made from the eyes alone; `None` where all are of whole faces. Ends are
            compared by what was read in one way in both; where that is under 1 s of either there is no EPS. No moment
            is listed within 2 s of a change.

    Returns:
        The score. Intervals hold 95 %; what cannot be shown is `None` with a reason. Numbers stay on their scale where
        every reading does.

    Raises:
        InputError: Lengths differ, a number is not finite, a variance is negative, or the scale does not exist.

    Example:
        >>> import numpy as np
        >>> t = np.arange(0, 20, 0.1)
        >>> score = score_interaction(t, np.where(t < 10, -0.5, 0.5), np.full(t.size, 0.02))
        >>> str(score.outcome), score.eps_low > 60
        ('improved', True)
    """
    return analyse(times_s, valence, variance, scale=scale, by_eyes=by_eyes)[0]


def analyse(
    times_s: ArrayLike,
    valence: ArrayLike,
    variance: ArrayLike,
    *,
    scale: ScaleName = "balance",
    by_eyes: ArrayLike | None = None,
) -> tuple[Score, Curve | None]:
    """Score and curve of one interaction from one posterior; no curve without a reading.

    Arguments and errors are those of `score_interaction`.
    """
    limits = THRESHOLDS[check_scale(scale)]
    series, origin = prepare(times_s, valence, variance)
    visibilities = Visibilities.of(series.t, times_s, by_eyes)
    n = int(np.size(np.asarray(times_s)))
    if n == 0:
        return _nothing(0.0, 0, "no usable reading"), None
    posterior = infer(series)
    coverage = Coverage.of(series.t)
    measures = measure(posterior, coverage, visibilities)
    bound = 1.0 if float(np.abs(series.y).max()) <= 1.0 else np.inf
    moments = find_moments(posterior, coverage, limits, visibilities, origin_s=origin)
    return _report(measures, limits, n, bound, moments), curve_of(posterior, origin_s=origin)


def _nothing(usable_s: float, n: int, reason: str) -> Score:
    empty = (None,) * 8
    return Score(*empty, outcome=Outcome.UNCLEAR, usable_s=usable_s, n=n, reason=reason)


def _report(
    measures: Measures, limits: Thresholds, n: int, bound: float, moments: tuple[Moment, ...]
) -> Score:
    """Show what is narrow enough; keep mean and standard deviation of all."""
    overall, change = measures.overall, measures.change
    if overall is None:
        return _nothing(measures.usable_s, n, measures.missing or "")
    reasons = [measures.missing] if measures.missing else []
    eps, eps_low, eps_high = _numbers(change, 100.0, 0.0, 2 * bound)
    index, hi_low, hi_high = _numbers(overall, 50.0, 50.0, bound)
    initial, final = (
        _numbers(measures.initial, 1.0, 0.0, bound)[0],
        _numbers(measures.final, 1.0, 0.0, bound)[0],
    )
    if eps_low is not None and eps_high is not None and eps_high - eps_low >= limits.eps_width:
        reasons.append(
            f"EPS known to {ceil(eps_high - eps_low)} points only, shown under {limits.eps_width:g}"
        )
        initial = final = eps_low = eps_high = None
    width = hi_high - hi_low if hi_low is not None and hi_high is not None else np.inf
    if not is_state(n, measures.usable_s):
        reasons.append(f"a Happiness Index needs {MIN_STATE_READINGS} readings over {MIN_STATE_S:g} s")
        hi_low = hi_high = None
    elif width >= limits.hi_width:
        reasons.append(f"Happiness Index known to {ceil(width)} points only, shown under {limits.hi_width:g}")
        hi_low = hi_high = None
    return Score(
        eps=eps if eps_low is not None else None,
        eps_low=eps_low,
        eps_high=eps_high,
        initial_valence=initial,
        final_valence=final,
        happiness_index=index if hi_low is not None else None,
        hi_low=hi_low,
        hi_high=hi_high,
        outcome=outcome(change.below, limits) if change is not None else Outcome.UNCLEAR,
        usable_s=measures.usable_s,
        n=n,
        reason="; ".join(reasons) or None,
        eps_mean=eps,
        eps_sd=None if change is None else 100 * float(change.sd),
        hi_mean=index,
        hi_sd=50 * float(overall.sd),
        moments=moments,
        window_s=measures.window_s,
    )


def _numbers(
    mixture: Mixture | None, factor: float, offset: float, bound: float
) -> tuple[float | None, float | None, float | None]:
    """Mean and 95 % interval in points, kept on the scale."""
    if mixture is None:
        return None, None, None
    values = np.array([mixture.mean, mixture.quantile(_LOW), mixture.quantile(_HIGH)])
    points = offset + factor * np.clip(values, -bound, bound)
    mean, low, high = (points + 0.0).tolist()  # without negative zeros
    return mean, low, high
