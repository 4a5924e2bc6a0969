"""The live state: the model of the scores as a filter, one reading at a time (design 3.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.errors import InputError
from mien.journey.model import FISHER, LEVEL_SD, NU
from mien.journey.posterior import Mixture
from mien.journey.prior import even_nodes, grid_over
from mien.journey.readings import SAME_TIME_S, SD_RANGE, VALENCE_LIMIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_NODES: Final = (6, 4, 3)
_TYPICAL_STAY_S: Final = 30.0
_ROUNDS: Final = 3


class LiveState:
    """What a face shows now, given its readings so far.

    A bank of Kalman filters, one per hyperparameter, each made robust against single gross errors; their weights follow
    how well each foretold the readings. Memory and time per reading do not grow.

    Example:
        >>> state = LiveState()
        >>> for k in range(50):
        ...     state.update(k / 10, 0.4, 0.04)
        >>> bool(state.probability_above(0.0) > 0.95)
        True
    """

    def __init__(self) -> None:
        self._grid = grid_over(even_nodes(_NODES), _TYPICAL_STAY_S, jumps=0)
        self._scale2 = (NU - 2) / NU * self._grid.s**2
        self._log_weight = self._grid.log_prior.copy()
        self._mean = np.zeros(self._grid.q.size)
        self._variance = np.full(self._grid.q.size, LEVEL_SD**2)
        self._last: tuple[float, float, float] | None = None
        self.n = 0

    @property
    def t_s(self) -> float | None:
        """Time of the last reading, s; `None` before the first."""
        return self._last[0] if self._last else None

    def update(self, t_s: float, valence: float, variance: float) -> None:
        """Take one usable reading.

        Args:
            t_s: Seconds, later than the reading before; a reading within 10 ms of it is passed over.
            valence: Valence, finite.
            variance: Its error variance as the reader predicts it, >= 0.

        Raises:
            InputError: A number is not finite, the variance is negative, or time runs backwards.
        """
        if not np.isfinite([t_s, valence, variance]).all() or variance < 0:
            raise InputError(
                f"A reading at {t_s} s has valence {valence} and variance {variance}; give finite numbers and a "
                "variance of 0 or more."
            )
        y = min(max(valence, -VALENCE_LIMIT), VALENCE_LIMIT)
        sd = min(max(variance**0.5, SD_RANGE[0]), SD_RANGE[1])
        if self._last is None:
            one = np.ones_like(self._mean)
            root, a, b, drift, r = one, one / sd, 0 * one, 0 * one, one * (y / sd)
        else:
            before, y_before, sd_before = self._last
            dt = t_s - before
            if dt < 0:
                raise InputError(
                    f"A reading at {t_s} s follows one at {before} s; give readings in order of time."
                )
            if dt < SAME_TIME_S:
                return
            root = np.sqrt(-np.expm1(-2 * dt / self._grid.tau))
            a, b = 1 / (sd * root), np.exp(-dt / self._grid.tau) / (sd_before * root)
            drift, r = self._grid.q * dt, a * y - b * y_before
        self._assimilate(r, a, b, drift, root)
        self._last = (t_s, y, sd)
        self.n += 1

    def _assimilate(self, r: Array, a: Array, b: Array, drift: Array, root: Array) -> None:
        """One step of every filter: the level moves by `drift`, then `a x_now - b x_before + noise = r` is seen."""
        residual = r - (a - b) * self._mean
        known = (a - b) ** 2 * self._variance + a**2 * drift
        cross = (a - b) * self._variance + a * drift
        lam = np.ones_like(known)
        for _ in range(_ROUNDS):
            noise = self._scale2 / lam
            u2 = (residual * noise / (known + noise)) ** 2 + known * noise / (known + noise)
            lam = (NU + 1) / (NU + u2 / self._scale2)
        self._mean = self._mean + cross / (known + self._scale2 / lam) * residual
        self._variance = self._variance + drift - cross**2 / (known + self._scale2 / (FISHER * lam))
        spread = known + self._scale2
        self._log_weight -= (
            0.5 * (NU + 1) * np.log1p(residual**2 / (NU * spread)) + 0.5 * np.log(spread) + np.log(root)
        )
        self._log_weight -= self._log_weight.max()

    def at(self, t_s: float | None = None) -> Mixture:
        """The level at a time, by default that of the last reading; without readings since, it is known ever less.

        Raises:
            InputError: The time lies before the last reading.
        """
        ahead = 0.0
        if t_s is not None and self._last is not None:
            ahead = t_s - self._last[0]
            if ahead < 0:
                raise InputError(
                    f"{t_s} s lies before the last reading at {self._last[0]} s; ask for now or later."
                )
        weight = np.exp(self._log_weight)
        return Mixture(weight / weight.sum(), self._mean, np.sqrt(self._variance + ahead * self._grid.q))

    @property
    def mean(self) -> float:
        """Mean valence at the last reading."""
        return float(self.at().mean)

    @property
    def sd(self) -> float:
        """Its standard deviation."""
        return float(self.at().sd)

    def probability_below(self, valence: float, t_s: float | None = None) -> float:
        """Probability that the level is below `valence` at a time (by default that of the last reading)."""
        return float(self.at(t_s).below(valence))

    def probability_above(self, valence: float, t_s: float | None = None) -> float:
        """Probability that the level is above `valence` at a time (by default that of the last reading)."""
        return 1.0 - float(self.at(t_s).below(valence))
