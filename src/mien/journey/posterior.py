"""From readings to the posterior of the level: a weighted mixture of Gaussians over the hyperparameters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import logsumexp, ndtr

from mien.journey.model import Fit, Grid, Series, factorise, fit, log_evidence, solve
from mien.journey.prior import LOG_JUMP, Q_RANGE, even_nodes, grid_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEARNED_FROM: Final = 1500
"""Readings from which the hyperparameters are learned; longer tracks give evenly spread stretches of `STRETCH`."""
STRETCH: Final = 250
"""Readings of one such stretch."""
CAUTION_WHOLE: Final = 1.35
"""Factor on the variance of a mean over the whole stay (`Posterior.caution`)."""
CAUTION_WINDOW: Final = (1.12, 2.4, 1.45)
"""Factor on the variance of a mean over a window: constant, and growing with the correlation time's share of the
window, in its first and second power."""
NEGLIGIBLE: Final = 2e-3
"""Grid points of less weight than this share of the heaviest are dropped."""

WORTH_A_LOOK: Final = 3.0
"""A further jump that makes the readings this much less likely, in natural logarithms, is not weighed."""

_PILOT: Final = (5, 3, 3)
_COARSE: Final = (9, 6, 5)
_FINE: Final = (5, 5, 5)
_ROUNDS: Final = 3
_SHARP: Final = 0.75
"""An axis is refined where one node holds more than this share of the weight."""


def _weights(log_posterior: Array) -> Array:
    w = np.exp(log_posterior - log_posterior.max())
    return np.asarray(w / w.sum())


def _sample(series: Series) -> Series:
    """The stretches of a long track from which its hyperparameters are learned."""
    n = series.t.size
    if n <= LEARNED_FROM:
        return series
    starts = np.linspace(0, n - STRETCH, LEARNED_FROM // STRETCH).astype(int)
    index = np.unique((starts[:, None] + np.arange(STRETCH)).ravel())
    steps = np.where(np.diff(index) == 1, series.jumps[:, index[:-1]], 0.0)
    return Series(series.t[index], series.y[index], series.sd[index], steps)


def choose_jumps(series: Series) -> Series:
    """The same readings with sets of 0, 1, 2 ... jumps instead of single ones, the likeliest added first.

    A place is added as long as that makes the readings hardly less likely, on a coarse grid; how much each set counts
    is left to the posterior.
    """
    if len(series.jumps) == 1:
        return series
    sample, nodes = _sample(series), even_nodes(_PILOT)
    pilot = grid_over(nodes, float(series.t[-1]), jumps=0)
    left, chosen = list(range(1, len(series.jumps))), [0]
    worth = -np.inf
    while left:
        sets = sample.jumps[chosen].sum(axis=0) + sample.jumps[left]
        tried = replace(sample, jumps=sets)
        many = pilot.take(np.tile(np.arange(pilot.q.size), len(left)))
        many = replace(many, jumps=np.repeat(np.arange(len(left)), pilot.q.size))
        score = (log_evidence(tried, many, iterations=4) + many.log_prior).reshape(len(left), -1)
        likely = logsumexp(score, axis=1) + len(chosen) * LOG_JUMP
        best = int(likely.argmax())
        if likely[best] < worth - WORTH_A_LOOK:
            break
        worth = max(worth, float(likely[best]))
        chosen.append(left.pop(best))
    return replace(series, jumps=np.cumsum(series.jumps[chosen], axis=0))


def learn(series: Series) -> Grid:
    """Hyperparameters worth looking at, as a grid around the plausible ones.

    The nodes are refined until none of them holds most of the weight. The correlation time and the misjudgement of a
    long track are learned from stretches of it; its diffusion from all of it, since one sharp change in an hour counts.
    """
    sample = _sample(series)
    nodes = even_nodes(_COARSE)
    stay_s, jumps = float(series.t[-1]), len(series.jumps) - 1
    for _ in range(_ROUNDS):
        grid = grid_over(nodes, stay_s, jumps)
        weight = _weights(log_evidence(sample, grid, iterations=4) + grid.log_prior)
        zoomed = _zoom(nodes, weight)
        if zoomed is None:
            break
        nodes = zoomed
    if sample is series:
        return grid.take(np.flatnonzero(weight > NEGLIGIBLE * weight.max()))
    tau, s = (_around(axis, weight) for axis in (grid.tau, grid.s))
    nodes = (np.geomspace(*Q_RANGE, 2 * _COARSE[0]), tau[1:2], s[1:2])
    grid = grid_over(nodes, stay_s, jumps)
    weight = _weights(log_evidence(series, grid, iterations=4) + grid.log_prior)
    return grid_over((_around(grid.q, weight), tau, s), stay_s, jumps)


def _around(values: Array, weight: Array) -> Array:
    """Three nodes that stand for a weighted parameter: its geometric mean and 1.5 standard deviations either side."""
    log = np.log(values)
    mean = weight @ log
    sd = max(float(np.sqrt(weight @ (log - mean) ** 2)), 0.05)
    return np.asarray(np.exp(mean + np.array([-1.5, 0.0, 1.5]) * sd))


def _zoom(nodes: tuple[Array, ...], weight: Array) -> tuple[Array, ...] | None:
    """Finer nodes around the heavy ones, or `None` where the grid is fine enough."""
    cube = weight.reshape([*(axis.size for axis in nodes), -1]).sum(axis=-1)
    zoomed = []
    sharp = False
    for k, axis in enumerate(nodes):
        marginal = cube.sum(axis=tuple(j for j in range(3) if j != k))
        heavy = np.flatnonzero(marginal > 1e-3)
        low, high = max(heavy[0] - 1, 0), min(heavy[-1] + 1, axis.size - 1)
        interior = 0 < marginal.argmax() < axis.size - 1
        sharp |= bool(marginal.max() > _SHARP and interior)
        zoomed.append(np.geomspace(axis[low], axis[high], _FINE[k] + 2 * (high - low > 3)))
    return tuple(zoomed) if sharp else None


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """A number known as a weighted mixture of Gaussians.

    Attributes:
        weight: (g,) weights, summing to 1.
        means: (..., g) means.
        sds: (..., g) standard deviations.
    """

    weight: Array
    means: Array
    sds: Array

    @property
    def mean(self) -> Array:
        """(...) mean."""
        return np.asarray(self.means @ self.weight)

    @property
    def sd(self) -> Array:
        """(...) standard deviation."""
        spread = self.means - self.mean[..., None]
        return np.asarray(np.sqrt((self.sds**2 + spread**2) @ self.weight))

    def rows(self) -> list[Mixture]:
        """The numbers of a (k, g) mixture one by one."""
        return [Mixture(self.weight, m, s) for m, s in zip(self.means, self.sds, strict=True)]

    def below(self, value: float | Array) -> Array:
        """(...) probability of being below `value`."""
        z = (np.asarray(value)[..., None] - self.means) / self.sds
        return np.asarray(ndtr(z) @ self.weight)

    def quantile(self, p: float) -> Array:
        """(...) quantile, by bisection between the outermost components."""
        low = (self.means - 9 * self.sds).min(-1)
        high = (self.means + 9 * self.sds).max(-1)
        for _ in range(48):
            middle = (low + high) / 2
            under = self.below(middle) < p
            low = np.where(under, middle, low)
            high = np.where(under, high, middle)
        return np.asarray((low + high) / 2)


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What is known of the level at the reading times, given the readings.

    Attributes:
        series: The readings.
        grid: Hyperparameters kept.
        weight: (g,) their posterior weights.
        fit: The Gaussian of each.
        careful: Whether variances carry the factor of `caution`.
    """

    series: Series
    grid: Grid
    weight: Array
    fit: Fit
    careful: bool = True

    def caution(self, window_s: float | None) -> Array:
        """Factor on the variance for what the model does not know of itself, (g,).

        A Gaussian at the mode takes for granted which jumps are the level's and which the noise's. In a window that is
        the more often wrong the fewer correlation times it has. The constants also cover noise that is not an
        autoregression with t innovations. All were found by simulation (`docs/scoring.md`).

        Args:
            window_s: Seconds of the window that is averaged; `None` for the whole stay.
        """
        if not self.careful or window_s is None:
            return np.full_like(self.grid.tau, CAUTION_WHOLE if self.careful else 1.0)
        constant, first, second = CAUTION_WINDOW
        share = self.grid.tau / window_s
        return np.asarray(constant + first * share + second * share**2)

    def functional(self, weights: Array, bridge: Array, windows_s: Sequence[float | None]) -> Mixture:
        """Posterior of k weighted sums of the level.

        Args:
            weights: (k, n) weight of each reading time.
            bridge: (k,) what the path between readings adds to the variance, in units of q.
            windows_s: Seconds of the window each averages, of the shorter for a difference; `None` for the whole stay.
        """
        g = self.grid.q.size
        rhs = np.broadcast_to(weights[:, None, :], (weights.shape[0], g, weights.shape[1]))
        z = solve(self.fit.d, self.fit.ell, np.ascontiguousarray(rhs))
        variance = np.einsum("kn,kgn->kg", weights, z) + bridge[:, None] * self.grid.q
        variance *= np.stack([self.caution(window_s) for window_s in windows_s])
        return Mixture(self.weight, weights @ self.fit.mean.T, np.sqrt(variance))

    def local_functional(self, first: int, weights: Array, bridge: float, window_s: float) -> Mixture:
        """As `functional` for one sum over the readings from `first` on, at the cost of those readings only."""
        last = first + weights.size
        diag = self.fit.diag[:, first:last].copy()
        diag[:, 0] = self.fit.d[:, first]
        diag[:, -1] += self.fit.back[:, last - 1] - self.fit.diag[:, last - 1]
        d, ell = factorise(diag, self.fit.off[:, first : last - 1])
        z = solve(d, ell, np.tile(weights, (self.grid.q.size, 1)))
        variance = (z @ weights + bridge * self.grid.q) * self.caution(window_s)
        return Mixture(self.weight, self.fit.mean[:, first:last] @ weights, np.sqrt(variance))


def infer(series: Series) -> Posterior:
    """The posterior of the level given at least one reading."""
    series = choose_jumps(series)
    grid = learn(series)
    fitted, evidence = fit(series, grid, iterations=6)
    weight = _weights(evidence + grid.log_prior)
    return Posterior(series, grid, weight, fitted)
