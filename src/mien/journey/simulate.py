"""Interactions with a known truth, to check that intervals hold what they promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from mien.journey.thresholds import WINDOW_S
from mien.journey.windows import Coverage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TruthKind = Literal["walk", "step", "ramp", "bump", "flat"]
NoiseKind = Literal["innovations", "marginal"]
TRUTHS: Final[tuple[TruthKind, ...]] = get_args(TruthKind)
NOISES: Final[tuple[NoiseKind, ...]] = get_args(NoiseKind)
DIFFUSIONS: Final = (1e-4, 1e-3, 5e-3, 2e-2)
"""Diffusions of the random-walk truths, valence^2 per second."""
SURER: Final = 0.75
"""Share of its error that a reader loses from a neutral face to the clearest, in half of the interactions."""
STEP_S: Final = 0.01
"""Resolution of the truth, s; readings fall on it."""


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """One interaction with its truth.

    Attributes:
        times_s: (n,) reading times.
        valence: (n,) readings.
        variance: (n,) error variance as a mildly mistaken reader predicts it.
        truth_s: (m,) times of the truth, every `STEP_S`.
        truth: (m,) true valence.
        q: Diffusion of a random-walk truth; `None` for others.
        tau_s: Correlation time of the noise.
        s: True over predicted standard deviation.
    """

    times_s: Array
    valence: Array
    variance: Array
    truth_s: Array
    truth: Array
    q: float | None
    tau_s: float
    s: float

    def true_means(self) -> tuple[float, float, float]:
        """Mean true valence over the usable time of the first window, of the last window, and of all of it."""
        coverage = Coverage.of(self.times_s)
        t = self.truth_s
        usable = np.zeros(t.size, dtype=bool)
        for begin, end in coverage.stretches():
            usable |= (t >= begin) & (t <= end)
        window = min(WINDOW_S, (coverage.end_s - coverage.start_s) / 3)
        first = usable & (t <= coverage.start_s + window)
        last = usable & (t >= coverage.end_s - window)
        return tuple(float(self.truth[part].mean()) for part in (first, last, usable))  # type: ignore[return-value]


def simulate(
    rng: np.random.Generator, kind: TruthKind, duration_s: float, tau_s: float, noise: NoiseKind
) -> Simulated:
    """One interaction.

    Readings come 5 to 15 times a second with jitter; half of the longer ones lose one or two stretches of 0.3 to 4 s.
    The standard deviation of a reading is 0.1 to 0.35 and varies from reading to reading; in half of the interactions
    it also shrinks the further valence is from 0, as readers err less on clear faces. The reader's prediction is wrong
    by a factor between 0.7 and 1.4 throughout the interaction.

    Args:
        rng: Source of chance.
        kind: Truth: random walk (folded back at -1 and 1), step, ramp, bump or flat.
        duration_s: Length, s.
        tau_s: Correlation time of the noise, s; 0 for none.
        noise: Student-t with 3 to 5 degrees of freedom, in the innovations of an autoregression or in the marginals
            of a Gaussian one.
    """
    truth_s, truth, q = _truth(rng, kind, duration_s)
    return observe(rng, truth_s, truth, tau_s, noise, q=q)


def observe(
    rng: np.random.Generator,
    truth_s: Array,
    truth: Array,
    tau_s: float,
    noise: NoiseKind,
    *,
    q: float | None = None,
) -> Simulated:
    """The readings of a truth, made as those of `simulate`.

    Args:
        rng: Source of chance.
        truth_s: (m,) times from 0, every `STEP_S`.
        truth: (m,) true valence.
        tau_s: Correlation time of the noise, s; 0 for none.
        noise: As of `simulate`.
        q: Diffusion of a random-walk truth, to be told with it.
    """
    duration_s = float(truth_s[-1])
    rate = rng.uniform(5, 15)
    times = np.arange(0, duration_s, 1 / rate)
    times += rng.uniform(-0.1, 0.1, times.size) / rate
    index = np.unique(np.clip(np.round(times / STEP_S), 0, truth.size - 1).astype(int))
    if duration_s > 5 and rng.random() < 0.5:
        for _ in range(rng.integers(1, 3)):
            begin, length = rng.uniform(0, duration_s), rng.uniform(0.3, 4)
            kept = (index * STEP_S < begin) | (index * STEP_S > begin + length)
            index = index[kept] if kept.sum() > 10 else index
    t = truth_s[index]
    sd = rng.uniform(0.1, 0.35) * np.exp(rng.normal(0, 0.2, t.size))
    if rng.random() < 0.5:
        sd *= 1 - SURER * np.minimum(np.abs(truth[index]), 1.0)
    s = float(np.exp(rng.uniform(np.log(0.7), np.log(1.4))))
    valence = truth[index] + sd * _noise(rng, noise, tau_s, t)
    return Simulated(t, valence, (sd / s) ** 2, truth_s, truth, q, tau_s, s)


def _truth(rng: np.random.Generator, kind: TruthKind, duration_s: float) -> tuple[Array, Array, float | None]:
    t: Array = np.arange(round(duration_s / STEP_S) + 1, dtype=np.float64) * STEP_S
    size = float(rng.choice([-1.0, 1.0]) * rng.uniform(0.2, 1.0))
    shape: Array
    base = rng.uniform(-0.3, 0.3)
    match kind:
        case "walk":
            q = float(rng.choice(DIFFUSIONS))
            path = rng.uniform(-0.6, 0.6) + np.append(
                0, rng.normal(0, np.sqrt(q * STEP_S), t.size - 1).cumsum()
            )
            return t, np.asarray(2 / np.pi * np.arcsin(np.sin(path * np.pi / 2))), q
        case "step":
            shape = (t > rng.uniform(0.1, 0.9) * duration_s).astype(np.float64)
        case "ramp":
            begin = rng.uniform(0, 0.8) * duration_s
            shape = np.clip((t - begin) / (float(rng.uniform(0.1, 1.0)) * (duration_s - begin)), 0.0, 1.0)
        case "bump":
            middle, width = rng.uniform(0.1, 0.9) * duration_s, rng.uniform(0.05, 0.25) * duration_s
            shape = np.exp(-0.5 * ((t - middle) / width) ** 2)
        case "flat":
            return t, np.full(t.size, rng.uniform(-0.6, 0.6)), None
    return t, base + size * (shape - 0.5), None


def _noise(rng: np.random.Generator, kind: NoiseKind, tau_s: float, t: Array) -> Array:
    """Noise of variance 1."""
    nu = rng.uniform(3, 5)
    unit = np.sqrt(nu / (nu - 2))
    warm_up = np.arange(-40, 0) * max(tau_s, STEP_S) / 8  # five correlation times to forget the start
    all_t = np.concatenate([t[0] + warm_up, t])
    rho = np.exp(-np.diff(all_t) / tau_s) if tau_s > 0 else np.zeros(all_t.size - 1)
    u = rng.standard_t(nu, all_t.size) / unit if kind == "innovations" else rng.normal(size=all_t.size)
    z = u.copy()
    for i in range(1, z.size):
        z[i] = rho[i - 1] * z[i - 1] + np.sqrt(1 - rho[i - 1] ** 2) * u[i]
    z = z[warm_up.size :]
    if kind == "innovations":
        return z
    from scipy import stats  # noqa: PLC0415  (takes a second to load, and only this kind needs it)

    return np.asarray(stats.t.ppf(stats.norm.cdf(z), nu) / unit)
