"""Rankings that do not take noise for merit: each group is pulled to the mean of all by as much as it is uncertain.

Groups are taken to be drawn from one distribution whose width is learnt from them (the normal hierarchical model of
Gelman et al., Bayesian Data Analysis, 3rd edition, section 5.4). That width is not fixed at its best value, as in plain
empirical Bayes, but averaged over what the groups leave possible, so that intervals also hold where groups are few;
what is thought of it beforehand is a half-Cauchy distribution (Gelman 2006, Bayesian Analysis 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mien.insight.means import Mean

    Array = NDArray[np.float64]

FEWEST_GROUPS: Final = 3
"""Groups that a ranking needs: a ranking of two is their difference."""

_DRAWS: Final = 4000
_WIDTHS: Final = 240
_SEED: Final = 0
"""The same groups get the same ranks whenever they are asked for."""
_TAILS: Final = (2.5, 97.5)
_NORMAL: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Ranked:
    """Where a group stands among the others.

    Attributes:
        value: Its mean, pulled to the mean of all.
        low: Lower end of the 95 % interval of that.
        high: Upper end.
        best: The best rank that it may have, with 95 %; 1 is the highest mean.
        worst: The worst.
    """

    value: float
    low: float
    high: float
    best: int
    worst: int


def rank(means: Sequence[Mean], apart: float) -> tuple[Ranked, ...]:
    """Rank groups.

    Args:
        means: One for each of at least 3 groups.
        apart: By how much groups may well differ, a standard deviation, in the units of the means.

    Returns:
        One for each, in their order.

    Example:
        >>> from mien.insight.means import Mean
        >>> low, middle, high = rank([Mean(40.0, 1.0, 90), Mean(50.0, 1.0, 90), Mean(60.0, 1.0, 90)], 5.0)
        >>> (low.best, low.worst), (high.best, high.worst), 40 < low.value < 41
        ((3, 3), (1, 1), True)
    """
    values = np.array([mean.value for mean in means])
    # A variance from few days is less certain than the model knows; its interval by Student's t is as wide as this one.
    halves = np.array([mean.interval()[1] - mean.value for mean in means])
    drawn = _draw(values, (halves / _NORMAL) ** 2, apart)
    # Ranks of a draw: the highest has 1.
    places = (-drawn).argsort(axis=1).argsort(axis=1) + 1
    lows, highs = np.percentile(drawn, _TAILS, axis=0)
    best, worst = np.percentile(places, _TAILS, axis=0, method="nearest")
    return tuple(
        Ranked(float(drawn[:, k].mean()), float(lows[k]), float(highs[k]), int(best[k]), int(worst[k]))
        for k in range(len(means))
    )


def _draw(values: Array, variances: Array, apart: float) -> Array:
    """Draws of the true means of all groups, (draws, groups)."""
    rng = np.random.default_rng(_SEED)
    most = 8 * max(float(values.std()), float(variances.max()) ** 0.5, apart)
    widths = np.linspace(0.0, most, _WIDTHS) + most / _WIDTHS / 2
    spread = variances + widths[:, None] ** 2
    precision = (1 / spread).sum(axis=1)
    centres = (values / spread).sum(axis=1) / precision
    logs = (
        -np.log1p((widths / apart) ** 2)
        - 0.5 * np.log(precision)
        - 0.5 * (np.log(spread) + (values - centres[:, None]) ** 2 / spread).sum(axis=1)
    )
    chances = np.exp(logs - logs.max())
    chosen = rng.choice(_WIDTHS, _DRAWS, p=chances / chances.sum())
    middle = centres[chosen] + rng.standard_normal(_DRAWS) / np.sqrt(precision[chosen])
    pull = variances / spread[chosen]
    means: Array = (1 - pull) * values + pull * middle[:, None]
    means += rng.standard_normal(means.shape) * np.sqrt(pull) * widths[chosen][:, None]
    return means
