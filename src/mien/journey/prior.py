"""What is believed of an interaction before its readings: how the level wanders, how the noise lingers.

The figures were set by simulation (`benchmarks/intervals.py`), so that intervals hold what they promise for truths and
noise of every kind, not for the average one alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.journey.jumps import SIDE_S
from mien.journey.model import Grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TAU_FLOOR_S: Final = 0.03
"""No correlation time below this is believed: one picture of a camera, whose noise is one noise."""
Q_RANGE: Final = (1e-6, 1.0)
"""Diffusion of the level, valence^2 per second: from standing still to a full swing within a second."""
TAU_RANGE_S: Final = (TAU_FLOOR_S, 0.8)
"""Correlation time of the noise, s. What lingers for longer is taken for what the face shows."""
S_RANGE: Final = (0.5, 2.0)
"""True over predicted standard deviation of a reading."""
SHORT_CHANGE2: Final = 3.0
"""Typical squared change of the level over a short stay, valence^2. It is more than is likely: in a few seconds the
readings cannot overrule the prior, so the prior must not smooth a real change away."""
SHORT_DECADES: Final = 0.38
"""Prior standard deviation of log10 q for a short stay."""
SHORT_S: Final = 9.0
"""A stay of this length is half short, half long."""
SHORTEST_STAY_S: Final = 1.0
"""A shorter stay is taken as this long."""
TYPICAL_TAU_S: Final = 0.5
"""Prior median of the correlation time, s."""
TAU_LOG_SD: Final = 1.9
"""Prior standard deviation of log tau: hardly any preference within its range."""
S_LOG_SD: Final = 0.25
"""Prior standard deviation of log s."""

JUMPS_PER_S: Final = 0.03
"""Jumps of the level believed beforehand."""
LOG_JUMP: Final = float(np.log(JUMPS_PER_S * SIDE_S))
"""Log prior probability that the level jumps at a given place."""


def even_nodes(counts: tuple[int, int, int]) -> tuple[Array, ...]:
    """Evenly spaced logarithmic nodes over the ranges of q, tau and s."""
    return tuple(
        np.geomspace(*limits, count)
        for limits, count in zip((Q_RANGE, TAU_RANGE_S, S_RANGE), counts, strict=True)
    )


def grid_over(nodes: tuple[Array, ...], stay_s: float, jumps: int) -> Grid:
    """All combinations of evenly spaced logarithmic nodes of q, tau and s and of 0 to `jumps` jumps, with their prior.

    Args:
        nodes: The nodes of q, tau and s.
        stay_s: Seconds from the first to the last reading.
        jumps: Places at which the level may have jumped.
    """
    q, tau, s, made = (axis.ravel() for axis in np.meshgrid(*nodes, np.arange(jumps + 1.0), indexing="ij"))
    log_prior = _log_prior_q(q, stay_s) + _log_prior_tau(tau) + _log_prior_s(s)
    log_prior += made * LOG_JUMP
    for axis, values in zip(
        nodes, (q, tau, s), strict=True
    ):  # trapezoidal rule: end nodes stand for half a step
        if axis.size > 1:
            log_prior -= np.log(2) * ((values == axis[0]) | (values == axis[-1]))
    return Grid(q, tau, s, made.astype(np.intp), log_prior)


def _log_prior_q(q: Array, stay_s: float) -> Array:
    """Log density of log10 q: even for a long stay; a short one is taken to see a change of one order of size."""
    stay_s = max(stay_s, SHORTEST_STAY_S)
    short = 1 / (1 + (stay_s / SHORT_S) ** 3)
    typical = np.log10(SHORT_CHANGE2 / stay_s)
    bell = np.exp(-0.5 * ((np.log10(q) - typical) / SHORT_DECADES) ** 2) / (
        SHORT_DECADES * np.sqrt(2 * np.pi)
    )
    even = 1 / np.log10(Q_RANGE[1] / Q_RANGE[0])
    return np.asarray(np.log(short * bell + (1 - short) * even))


def _log_prior_tau(tau: Array) -> Array:
    return np.asarray(-0.5 * (np.log(tau / TYPICAL_TAU_S) / TAU_LOG_SD) ** 2)


def _log_prior_s(s: Array) -> Array:
    return np.asarray(-0.5 * (np.log(s) / S_LOG_SD) ** 2)
