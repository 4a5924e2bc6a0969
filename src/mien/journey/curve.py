"""The curve of an interaction: valence over time with its band, as the smoother sees it (design 3.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.journey.model import inverse_bands
from mien.journey.posterior import Mixture, infer
from mien.journey.readings import prepare
from mien.journey.types import Curve
from mien.journey.windows import GAP_S

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from mien.journey.posterior import Posterior

    Array = NDArray[np.float64]

MAX_POINTS: Final = 240
MIN_STEP_S: Final = 0.2


def fit_curve(times_s: ArrayLike, valence: ArrayLike, variance: ArrayLike) -> Curve:
    """Smooth the usable readings of one interaction.

    Args:
        times_s: (n,) seconds, any order.
        valence: (n,) valence of each reading.
        variance: (n,) error variance of each reading as the reader predicts it.

    Returns:
        The curve from the first to the last reading, without points where there is no reading.

    Raises:
        InputError: As `mien.journey.score_interaction`.
    """
    series, origin = prepare(times_s, valence, variance)
    if series.t.size == 0:
        return Curve(series.t, series.t, series.t, series.t)
    return curve_of(infer(series), origin_s=origin)


def curve_of(posterior: Posterior, *, origin_s: float) -> Curve:
    """The curve of a posterior, with `origin_s` added to its times."""
    t = posterior.series.t
    count = min(int((t[-1] - t[0]) / MIN_STEP_S) + 1, MAX_POINTS)
    at = np.linspace(t[0], t[-1], count)
    points = level_at(posterior, at)
    band = np.array([points.mean, points.quantile(0.025), points.quantile(0.975)])
    band[:, _inside_gaps(t, at)] = np.nan
    return Curve(at + origin_s, *band)


def level_at(posterior: Posterior, at: Array) -> Mixture:
    """Posterior of the level at (k,) times between the first and the last reading."""
    t, fit, q = posterior.series.t, posterior.fit, posterior.grid.q[:, None]
    if t.size == 1:
        sd = np.sqrt(posterior.caution(None) / fit.diag[:, 0])
        return Mixture(posterior.weight, np.tile(fit.mean[:, 0], (at.size, 1)), np.tile(sd, (at.size, 1)))
    variance, neighbours = inverse_bands(fit.diag, fit.off, fit.d, fit.ell)
    i = np.clip(np.searchsorted(t, at, "right") - 1, 0, t.size - 2)
    length = t[i + 1] - t[i]
    right = (at - t[i]) / length
    left = 1 - right
    mean = left * fit.mean[:, i] + right * fit.mean[:, i + 1]
    spread = left**2 * variance[:, i] + right**2 * variance[:, i + 1] + 2 * left * right * neighbours[:, i]
    spread += q * length * left * right
    return Mixture(
        posterior.weight, np.ascontiguousarray(mean.T), np.sqrt((spread * posterior.caution(None)[:, None]).T)
    )


def _inside_gaps(t: Array, at: Array) -> NDArray[np.bool_]:
    i = np.clip(np.searchsorted(t, at, "right") - 1, 0, max(t.size - 2, 0))
    if t.size == 1:
        return np.zeros(at.size, dtype=bool)
    return np.asarray((t[i + 1] - t[i] > GAP_S) & (at > t[i]) & (at < t[i + 1]))
