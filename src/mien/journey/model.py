"""The model behind every score: a wandering level seen through heavy-tailed noise that lingers (design 3.4).

A reading is ``y_i = x(t_i) + s sd_i z_i``. The level ``x`` is a random walk whose variance grows by ``q`` per second,
and by more at a few places where it may have jumped (`mien.journey.jumps`). The noise ``z`` is an autoregression in
continuous time with correlation time ``tau``, ``z_i = rho_i z_{i-1} + sqrt(1 - rho_i^2) u_i`` with
``rho_i = exp(-dt_i / tau)``, and its innovations ``u`` follow Student's t with `NU` degrees of freedom, scaled to
variance 1. ``s`` says by how much the reader misjudges its error.

Given the hyperparameters ``theta = (q, tau, s)`` everything about ``x`` at the reading times sits in a tridiagonal
precision matrix, because the innovation ``u_i`` involves ``x_i`` and ``x_{i-1}`` only:

1. the mode of ``p(x | y, theta)`` by iteratively reweighted least squares (t as a scale mixture of normals, Lange,
   Little & Taylor 1989, "Robust statistical modeling using the t distribution", JASA 84);
2. a Gaussian there, its information scaled by (nu+1)/(nu+3), the Fisher information of the t (same source), which
   plain reweighting overstates;
3. Laplace's approximation of ``p(y | theta)`` on a grid of ``theta``, times the prior: a mixture of Gaussians over the
   grid, as in INLA (Rue, Martino & Chopin 2009, JRSS B 71).

All grid points are factorised in one LAPACK call by laying their matrices one after the other. Time is O(readings).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.linalg.lapack import dpttrf, dpttrs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NU: Final = 4.0
"""Degrees of freedom of the noise: the readers' residuals have a few gross errors per hundred."""
FISHER: Final = (NU + 1) / (NU + 3)
"""Information of one t observation about its location, in units of the reweighted one."""
LEVEL_SD: Final = 1.0
"""Prior standard deviation of the first level around the readings' median: half the scale's range."""

_CHUNK: Final = 40_000  # elements worked on at once: the arrays of a chunk stay in the processor's cache


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Readings ready for the model.

    Attributes:
        t: (n,) float64 seconds, strictly increasing.
        y: (n,) float64 valence.
        sd: (n,) float64 predicted standard deviation, > 0.
        jumps: (k + 1, n - 1) sets of jumps of the level: what each adds to the variance of its steps; first, none.
    """

    t: Array
    y: Array
    sd: Array
    jumps: Array


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Hyperparameters, (g,) float64 each.

    Attributes:
        q: Diffusion, 1/s.
        tau: Correlation time, s.
        s: Misjudgement of the reader's standard deviation.
        jumps: Which of the series' sets of jumps the level makes, integer.
        log_prior: Log prior weight of the point, up to a constant.
    """

    q: Array
    tau: Array
    s: Array
    jumps: NDArray[np.intp]
    log_prior: Array

    def take(self, index: NDArray[np.intp]) -> Grid:
        """The points at `index`."""
        return Grid(self.q[index], self.tau[index], self.s[index], self.jumps[index], self.log_prior[index])


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The Gaussian of every grid point.

    Attributes:
        mean: (g, n) mode of the level.
        diag: (g, n) main diagonal of the precision.
        off: (g, n-1) its off-diagonal.
        d: (g, n) pivots of its L D L' factorisation from the first reading on.
        ell: (g, n-1) sub-diagonal of L.
        back: (g, n) pivots of the factorisation from the last reading backwards.
    """

    mean: Array
    diag: Array
    off: Array
    d: Array
    ell: Array
    back: Array


def factorise(diag: Array, off: Array) -> tuple[Array, Array]:
    """Pivots and multipliers of g symmetric positive definite tridiagonal matrices, (g, n) and (g, n-1)."""
    g, n = diag.shape
    joined = np.zeros((g, n))
    joined[:, :-1] = off
    d, ell, _ = dpttrf(diag.ravel(), joined.ravel()[:-1] if g * n > 1 else np.zeros(1))
    padded = np.zeros(g * n)
    padded[: g * n - 1] = ell[: g * n - 1]
    return d.reshape(g, n), padded.reshape(g, n)[:, :-1]


def solve(d: Array, ell: Array, rhs: Array) -> Array:
    """Solve with the factors of `factorise`; `rhs` (g, n) or, for k right-hand sides at once, (k, g, n)."""
    g, n = d.shape
    joined = np.zeros((g, n))
    joined[:, :-1] = ell
    flat = rhs.reshape(-1, g * n).T
    x, _ = dpttrs(d.ravel(), joined.ravel()[:-1] if g * n > 1 else np.zeros(1), flat)
    return np.ascontiguousarray(x.T).reshape(rhs.shape)


def inverse_bands(diag: Array, off: Array, d: Array, ell: Array) -> tuple[Array, Array]:
    """Variances, (g, n), and covariances of neighbours, (g, n-1), from a precision and its factors."""
    back = factorise(diag[:, ::-1], off[:, ::-1])[0][:, ::-1]
    variance = 1 / (d + back - diag)
    return variance, -ell * variance[:, 1:]


class _Whitened:
    """The readings as innovations ``u_i = r_i - a_i x_i + b_i x_{i-1}``, and the random walk, for every grid point."""

    def __init__(self, series: Series, grid: Grid) -> None:
        sd, dt = series.sd, np.diff(series.t)
        self.centre = float(np.median(series.y))
        y = series.y - self.centre
        g, n = grid.q.size, y.size
        root = np.sqrt(-np.expm1(-2 * dt / grid.tau[:, None]))
        self.a = np.empty((g, n))
        self.a[:, 0] = 1 / sd[0]
        self.a[:, 1:] = 1 / (sd[1:] * root)
        self.b = np.exp(-dt / grid.tau[:, None]) / (sd[:-1] * root)
        self.r = self.a * y
        self.r[:, 1:] -= self.b * y[:-1]
        self.scale2 = ((NU - 2) / NU * grid.s**2)[:, None]  # of the t whose variance is s^2
        self.walk = 1 / (grid.q[:, None] * dt + series.jumps[grid.jumps])
        self.walk_diag = np.zeros((g, n))
        self.walk_diag[:, 0] = LEVEL_SD**-2
        self.walk_diag[:, 1:] += self.walk
        self.walk_diag[:, :-1] += self.walk
        self.aa, self.bb, self.ab = self.a**2, self.b**2, self.a[:, 1:] * self.b
        self.log_scale = 0.5 * n * np.log(self.scale2[:, 0]) + np.log(root).sum(1)

    def precision(self, lam: Array) -> tuple[Array, Array]:
        """Diagonal and off-diagonal of the precision of the level, given the weights of the innovations."""
        w = lam / self.scale2
        diag = self.walk_diag + w * self.aa
        diag[:, :-1] += w[:, 1:] * self.bb
        return diag, -self.walk - w[:, 1:] * self.ab

    def mode(self, iterations: int) -> tuple[Array, Array]:
        """The mode of the level around `centre`, and the squared innovations there in units of the t's scale."""
        lam = np.ones_like(self.a)
        for _ in range(iterations):
            wr = lam / self.scale2 * self.r
            rhs = self.a * wr
            rhs[:, :-1] -= self.b * wr[:, 1:]
            mean = solve(*factorise(*self.precision(lam)), rhs)
            u = self.r - self.a * mean
            u[:, 1:] += self.b * mean[:, :-1]
            u2 = u * u / self.scale2
            lam = (NU + 1) / (NU + u2)
        return mean, u2

    def innovation_variance(self, variance: Array, neighbours: Array) -> Array:
        """Posterior variance of the innovations, (g, n), in units of the t's scale."""
        spread = self.aa * variance
        spread[:, 1:] += self.bb * variance[:, :-1] - 2 * self.ab * neighbours
        return np.asarray(spread / self.scale2)

    def log_evidence(self, mean: Array, u2: Array, d: Array) -> Array:
        """Laplace's approximation at the mode with pivots `d` of the information there."""
        log_lik = -0.5 * (NU + 1) * np.log1p(u2 / NU).sum(1) - self.log_scale
        steps = np.diff(mean, axis=1)
        log_walk = 0.5 * np.log(self.walk).sum(1) - 0.5 * (steps**2 * self.walk).sum(1)
        return np.asarray(log_lik + log_walk - 0.5 * (mean[:, 0] / LEVEL_SD) ** 2 - 0.5 * np.log(d).sum(1))


def log_evidence(series: Series, grid: Grid, *, iterations: int) -> Array:
    """Log of p(y | theta) for every point of the grid, (g,), up to a constant.

    Args:
        series: n >= 1 readings.
        grid: g hyperparameters.
        iterations: Rounds of reweighting.
    """
    points = grid.q.size
    chunks = np.array_split(np.arange(points), min(1 + points * series.y.size // _CHUNK, points))
    parts = []
    for index in chunks:
        white = _Whitened(series, grid.take(index))
        mean, u2 = white.mode(iterations)
        d, _ = factorise(*white.precision(FISHER * (NU + 1) / (NU + u2)))
        parts.append(white.log_evidence(mean, u2, d))
    return np.concatenate(parts)


def fit(series: Series, grid: Grid, *, iterations: int) -> tuple[Fit, Array]:
    """The Gaussian at the mode of the level, and the log evidence, for every point of the grid.

    Arguments are those of `log_evidence`.
    """
    white = _Whitened(series, grid)
    mean, u2 = white.mode(iterations)
    diag, off = white.precision(FISHER * (NU + 1) / (NU + u2))
    d, ell = factorise(diag, off)
    evidence = white.log_evidence(mean, u2, d)
    # The level is not known, so the innovations are larger than those at its mode, and say less about it.
    u2 = u2 + white.innovation_variance(*inverse_bands(diag, off, d, ell))
    diag, off = white.precision(FISHER * (NU + 1) / (NU + u2))
    d, ell = factorise(diag, off)
    back = factorise(diag[:, ::-1], off[:, ::-1])[0][:, ::-1]
    return Fit(mean + white.centre, diag, off, d, ell, back), evidence
