"""The model behind every score: a wandering level seen through heavy-tailed noise that lingers (design 3.4).

A reading is ``y_i = x(t_i) + s sd_i z_i``. The level ``x`` is a random walk whose variance grows by ``q`` per second.
The noise ``z`` is an autoregression in continuous time with correlation time ``tau``,
``z_i = rho_i z_{i-1} + sqrt(1 - rho_i^2) u_i`` with ``rho_i = exp(-dt_i / tau)``, and its innovations ``u`` follow
Student's t with `NU` degrees of freedom, scaled to variance 1. ``s`` says by how much the reader misjudges its error.

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


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Readings ready for the model.

    Attributes:
        t: (n,) float64 seconds, strictly increasing.
        y: (n,) float64 valence.
        sd: (n,) float64 predicted standard deviation, > 0.
    """

    t: Array
    y: Array
    sd: Array


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Hyperparameters, (g,) float64 each.

    Attributes:
        q: Diffusion, 1/s.
        tau: Correlation time, s.
        s: Misjudgement of the reader's standard deviation.
        log_prior: Log prior weight of the point, up to a constant.
    """

    q: Array
    tau: Array
    s: Array
    log_prior: Array

    def take(self, index: NDArray[np.intp]) -> Grid:
        """The points at `index`."""
        return Grid(self.q[index], self.tau[index], self.s[index], self.log_prior[index])


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
        log_evidence: (g,) log p(y | theta) up to a constant.
    """

    mean: Array
    diag: Array
    off: Array
    d: Array
    ell: Array
    back: Array
    log_evidence: Array


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


def _precision(w: Array, walk: Array, rw_diag: Array, aa: Array, bb: Array, ab: Array) -> tuple[Array, Array]:
    """Diagonal and off-diagonal of the precision of the level, given the weights of the innovations."""
    diag = rw_diag + w * aa
    diag[:, :-1] += w[:, 1:] * bb
    return diag, -walk - w[:, 1:] * ab


def inverse_bands(diag: Array, off: Array, d: Array, ell: Array) -> tuple[Array, Array]:
    """Variances, (g, n), and covariances of neighbours, (g, n-1), from a precision and its factors."""
    back = factorise(diag[:, ::-1], off[:, ::-1])[0][:, ::-1]
    variance = 1 / (d + back - diag)
    return variance, -ell * variance[:, 1:]


def _spread(covariance: tuple[Array, Array], aa: Array, bb: Array, ab: Array) -> Array:
    """Posterior variance of the innovations, (g, n)."""
    variance, neighbours = covariance
    spread = aa * variance
    spread[:, 1:] += bb * variance[:, :-1] - 2 * ab * neighbours
    return spread


def fit(series: Series, grid: Grid, *, iterations: int) -> Fit:
    """The Gaussian at the mode of the level, for every point of the grid.

    Args:
        series: n >= 1 readings.
        grid: g hyperparameters.
        iterations: Rounds of reweighting.
    """
    t, sd = series.t, series.sd
    centre = float(np.median(series.y))
    y = series.y - centre
    n, g = t.size, grid.q.size
    dt = np.diff(t)
    rho = np.exp(-dt / grid.tau[:, None])
    root = np.sqrt(-np.expm1(-2 * dt / grid.tau[:, None]))
    a = np.empty((g, n))
    a[:, 0] = 1 / sd[0]
    a[:, 1:] = 1 / (sd[1:] * root)
    b = rho / (sd[:-1] * root)
    r = a * y
    r[:, 1:] -= b * y[:-1]
    scale2 = ((NU - 2) / NU * grid.s**2)[:, None]  # of the t whose variance is s^2
    walk = 1 / (grid.q[:, None] * dt)
    rw_diag = np.zeros((g, n))
    rw_diag[:, 0] = LEVEL_SD**-2
    rw_diag[:, 1:] += walk
    rw_diag[:, :-1] += walk
    aa, bb, ab = a * a, b * b, a[:, 1:] * b
    lam = np.ones((g, n))
    mean = np.zeros((g, n))
    u2 = np.zeros((g, n))
    for _ in range(iterations):
        w = lam / scale2
        diag, off = _precision(w, walk, rw_diag, aa, bb, ab)
        wr = w * r
        rhs = a * wr
        rhs[:, :-1] -= b * wr[:, 1:]
        d, ell = factorise(diag, off)
        mean = solve(d, ell, rhs)
        u = r - a * mean
        u[:, 1:] += b * mean[:, :-1]
        u2 = u * u / scale2
        lam = (NU + 1) / (NU + u2)
    diag, off = _precision(FISHER * lam / scale2, walk, rw_diag, aa, bb, ab)
    d, ell = factorise(diag, off)
    log_det = np.log(d).sum(1)
    # The level is not known: the residuals are larger than those from its mode, and the noise weighs less.
    u2_mode = u2
    covariance = inverse_bands(diag, off, d, ell)
    u2 = u2 + _spread(covariance, aa, bb, ab) / scale2
    diag, off = _precision(FISHER * (NU + 1) / (NU + u2) / scale2, walk, rw_diag, aa, bb, ab)
    d, ell = factorise(diag, off)
    log_lik = (
        -0.5 * (NU + 1) * np.log1p(u2_mode / NU).sum(1) - 0.5 * n * np.log(scale2[:, 0]) - np.log(root).sum(1)
    )
    steps = np.diff(mean, axis=1)
    log_prior = (
        -0.5 * (mean[:, 0] / LEVEL_SD) ** 2 - 0.5 * (steps**2 * walk).sum(1) + 0.5 * np.log(walk).sum(1)
    )
    log_evidence = log_lik + log_prior - 0.5 * log_det
    back = factorise(diag[:, ::-1], off[:, ::-1])[0][:, ::-1]
    return Fit(mean + centre, diag, off, d, ell, back, log_evidence)
