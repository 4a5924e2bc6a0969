"""Areas under curves and shares, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import stats
from scipy.optimize import minimize

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DRAWS: Final = 1000
_SEED: Final = 17


def area(values: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """Area under the receiver operating characteristic: how often a positive has the higher value."""
    ranks = stats.rankdata(values)
    count = int(positive.sum())
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * (len(values) - count)))


def area_told(
    values: NDArray[np.float64], positive: NDArray[np.bool_], group: NDArray[np.intp] | None = None
) -> str:
    """The area with its interval, whole groups (persons) drawn with replacement."""
    rng = np.random.default_rng(_SEED)
    members: list[NDArray[np.intp]] = [np.array([i]) for i in range(len(values))]
    if group is not None:
        members = [np.flatnonzero(group == one) for one in np.unique(group)]
    drawn = []
    for _ in range(_DRAWS):
        rows = np.concatenate([members[i] for i in rng.integers(len(members), size=len(members))])
        if 0 < positive[rows].sum() < len(rows):
            drawn.append(area(values[rows], positive[rows]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"{area(values, positive):.3f} ({low:.3f} .. {high:.3f})"


def share_told(hits: int, of: int) -> str:
    """A share with Wilson's interval."""
    if not of:
        return "-"
    interval = stats.binomtest(hits, of).proportion_ci(method="wilson")
    return f"{hits} of {of}, {hits / of:.0%} ({interval.low:.0%} .. {interval.high:.0%})"


def fit(x: NDArray[np.float64], y: NDArray[np.bool_], ridge: float = 1e-2) -> tuple[list[float], float]:
    """Logistic regression with a little ridge on standardised columns: weights of columns as they are, and the base."""
    mean, spread = x.mean(axis=0), x.std(axis=0)
    z = np.column_stack([(x - mean) / spread, np.ones(len(x))])
    sign = np.where(y, 1.0, -1.0)

    def loss(b: NDArray[np.float64]) -> float:
        return float(np.logaddexp(0.0, -sign * (z @ b)).mean() + ridge * (b[:-1] ** 2).sum())

    b = minimize(loss, np.zeros(z.shape[1])).x
    return (b[:-1] / spread).tolist(), float(b[-1] - (b[:-1] * mean / spread).sum())
