"""Intervals by resampling whole persons (or copies of a picture, or pictures), the same draws for every figure.

Pictures of one person are alike, so persons are drawn, not pictures (clustered bootstrap: Davison & Hinkley 1997,
"Bootstrap methods and their application", 3.8). Intervals are the 2.5 and 97.5 % points of the draws, except

- for a figure that grows with noise, such as the calibration error: every draw adds noise once more, so the draws are
  shifted back until their mean is the estimate (`reliability.by_chance` says how much noise the estimate holds);
- for a share of 0 or 1 in which no draw differs: then the exact binomial limit stands (Clopper & Pearson 1934).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.evaluation.figures import confusion
from mien.evaluation.types import FEWEST, Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mien.evaluation.figures import Figure

RESAMPLES: Final = 1000
TAIL: Final = 0.025
"""Share of draws beyond each end of an interval."""
_MOST_UNDEFINED: Final = 0.1
"""Share of draws without the figure (an expression was not drawn) from which there is no interval."""
_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Sums over a choice of pictures, as they are and in every draw.

    Attributes:
        sums: (K,).
        draws: (B, K).
        clusters: Persons (or copies, or pictures) in the choice.
        pictures: Pictures in the choice.
    """

    sums: NDArray[np.float64]
    draws: NDArray[np.float64]
    clusters: int
    pictures: int


class Resampler:
    """Draws whole clusters with replacement, the same draws for every choice, so that choices can be compared.

    Args:
        cluster: (M,) number of each picture's cluster.
        resamples: Draws.
        seed: Of the draws.

    Example:
        >>> import numpy as np
        >>> drawn, = Resampler(np.arange(4), 3).draw(np.ones((4, 1)), [np.ones(4, bool)])
        >>> drawn.sums, drawn.draws.ravel()
        (array([4.]), array([4., 4., 4.]))
    """

    def __init__(self, cluster: NDArray[np.int64], resamples: int = RESAMPLES, seed: int = 0) -> None:
        self.cluster = cluster
        names, self._code = np.unique(cluster, return_inverse=True)
        rng = np.random.default_rng(seed)
        count = len(names)
        self._times = np.empty((resamples, count), np.uint8)
        for i in range(resamples):
            self._times[i] = np.bincount(rng.integers(0, count, count), minlength=count)

    def draw(self, rows: NDArray[np.float64], choices: Sequence[NDArray[np.bool_]]) -> list[Drawn]:
        """Sums over each choice of pictures.

        Args:
            rows: (M, K) of `mien.evaluation.sums.features`.
            choices: Each (M,), which pictures.
        """
        return [self._drawn(rows[choice], self._code[choice]) for choice in choices]

    def _drawn(self, rows: NDArray[np.float64], code: NDArray[np.intp]) -> Drawn:
        clusters, sums = _by_cluster(code, rows)
        draws = np.empty((len(self._times), rows.shape[1]))
        for start in range(0, len(draws), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            draws[part] = self._times[part][:, clusters].astype(np.float64) @ sums
        return Drawn(sums.sum(axis=0), draws, len(clusters), len(rows))


def _by_cluster(
    code: NDArray[np.intp], rows: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    if not len(code):
        return np.empty(0, np.intp), np.empty((0, rows.shape[1]))
    order = np.argsort(code, kind="stable")
    clusters, starts = np.unique(code[order], return_index=True)
    return clusters, np.add.reduceat(rows[order], starts, axis=0)


def estimate(figure: Figure, drawn: Drawn) -> Estimate:
    """A figure of a choice, with its interval if it rests on at least `FEWEST` clusters."""
    value = float(figure.of(drawn.sums))
    n = round(float(figure.count(drawn.sums)))
    if not np.isfinite(value):
        return Estimate(None, None, None, n)
    # pictures the figure rests on, in clusters
    clusters = n * drawn.clusters / max(drawn.pictures, 1)
    if clusters < FEWEST:
        return Estimate(value, None, None, n)
    draws = _values(figure, drawn)
    if figure.biased:
        draws = np.maximum(draws - np.nanmean(draws) + value, 0.0)
    low, high = _ends(draws)
    if low is not None and low == high and figure.share:
        low, high = _exact(value, clusters)
    return Estimate(value, low, high, n)


def difference(figure: Figure, one: Drawn, other: Drawn) -> Estimate:
    """A figure of one choice minus that of another, drawn together; counts the pictures of both."""
    n = round(float(figure.count(one.sums) + figure.count(other.sums)))
    value = float(figure.of(one.sums) - figure.of(other.sums))
    if not np.isfinite(value):
        return Estimate(None, None, None, n)
    low, high = _ends(_values(figure, one) - _values(figure, other))
    return Estimate(value, low, high, n)


def _values(figure: Figure, drawn: Drawn) -> NDArray[np.float64]:
    """The figure in every draw, NaN where it is not defined."""
    values = figure.of(drawn.draws)
    if figure.every:
        named = list(figure.every)
        occurs = confusion(drawn.sums).sum(axis=-1)[named] > 0
        whole = (confusion(drawn.draws).sum(axis=-1)[:, named][:, occurs] > 0).all(axis=-1)
        values = np.where(whole, values, np.nan)
    return values


def _ends(draws: NDArray[np.float64]) -> tuple[float | None, float | None]:
    known = draws[np.isfinite(draws)]
    if len(known) < (1 - _MOST_UNDEFINED) * len(draws):
        return None, None
    low, high = (float(v) for v in np.quantile(known, [TAIL, 1 - TAIL]))
    return low, high


def _exact(share: float, n: float) -> tuple[float, float]:
    if share <= 0.0:
        return 0.0, float(1.0 - TAIL ** (1.0 / n))
    if share >= 1.0:
        return float(TAIL ** (1.0 / n)), 1.0
    return share, share
