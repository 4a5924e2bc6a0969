"""How sure it is that two templates show one person, and who is joined to whom.

A distance says how much likelier it is between two pictures of one person than between two people; how many people
it could be says how likely one person was before. Both together give a probability, and several newcomers at once are
told apart jointly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

COEFFICIENTS: Final = (29.71, -51.02)
"""Of 1 and of the distance, fitted by `benchmarks/matching.py --tune`. Face height from 48 to 80 px changes them too
little to matter."""

MIN_PROBABILITY: Final = 0.96
"""Least probability of a join: set by the same so that at most 1 % of joins are wrong with 50 visits open."""

UNSEEN: Final = 0.6
"""Share of the people inside who are at least taken to have no open visit: more than is likely, because too few taken
for strangers join strangers."""

_IMPOSSIBLE: Final = 1e6
_LIMIT: Final = 12.0
"""Largest log ratio: of 2.7 million pairs of different people none was nearer than 0.35, so more than about 1 to
160,000 was not seen and is not claimed."""


def log_ratio(distance: ArrayLike, coefficients: ArrayLike = COEFFICIENTS) -> NDArray[np.float64]:
    """Natural logarithm of how much likelier a distance is for one person than for two.

    The log odds of a logistic regression, fitted with one pair of the same person in 125 (as with 50 open visits and
    75 strangers), less the log odds of that.

    Args:
        distance: Between two templates.
        coefficients: (2,) of 1 and of the distance.

    Returns:
        float64 in the shape of the distance, -12 to 12.
    """
    constant, slope = np.asarray(coefficients, np.float64)
    return np.asarray(
        np.clip(constant + slope * np.asarray(distance, np.float64), -_LIMIT, _LIMIT), np.float64
    )


def strangers(open_visits: int, inside: int | None) -> float:
    """How many people inside have no open visit: the prior of a newcomer being none of those known.

    Everybody inside is as likely to be the newcomer. Where the doors are counted, those inside beyond the open visits
    are strangers. Counts err: one that is too high costs joins, one that is too low would make wrong ones, so a count
    never makes strangers fewer than `UNSEEN` of all, nor fewer than one.

    Args:
        open_visits: Visits that are open.
        inside: People inside by the count at the doors; `None` where nobody counts.
    """
    assumed = max(1.0, open_visits * UNSEEN / (1.0 - UNSEEN))
    return assumed if inside is None else max(assumed, float(inside - open_visits))


def probabilities(log_ratios: NDArray[np.float64], unknown: float) -> NDArray[np.float64]:
    """Probability of each newcomer being the person of each visit.

    Bayes: the odds of each visit against "somebody else" are its likelihood ratio over the number of strangers. What
    speaks for the newcomer being another visit counts against, and so does what speaks for another newcomer being this
    visit; so a visit that two newcomers resemble is given to neither with confidence.

    Args:
        log_ratios: (newcomers, visits) float64; -inf where time or place forbid it.
        unknown: See `strangers`.

    Returns:
        (newcomers, visits) float64, rows and columns sum to less than 1.
    """
    odds = np.exp(log_ratios) / unknown
    against = 1.0 + odds.sum(axis=1, keepdims=True) + odds.sum(axis=0, keepdims=True) - odds
    return np.asarray(odds / against, np.float64)


def assign(
    log_ratios: NDArray[np.float64], unknown: float, least: float = MIN_PROBABILITY
) -> list[tuple[int, int, float]]:
    """Who is joined to which visit: each newcomer and each visit at most once, the likeliest whole.

    Not joining costs as much as joining with the least probability, so that nobody is joined only to be joined.

    Args:
        log_ratios: (newcomers, visits) float64; -inf where time or place forbid it.
        unknown: See `strangers`.
        least: Least probability of a join.

    Returns:
        Newcomer, visit and the probability of each join.
    """
    newcomers, visits = log_ratios.shape
    if not newcomers or not visits:
        return []
    cost = np.full((newcomers, visits + newcomers), np.log(1.0 / least - 1.0))
    cost[:, :visits] = np.minimum(np.log(unknown) - log_ratios, _IMPOSSIBLE)
    cost[:, visits:] *= -1.0
    sure = probabilities(log_ratios, unknown)
    pairs = zip(*linear_sum_assignment(cost), strict=True)
    return [(int(i), int(j), float(sure[i, j])) for i, j in pairs if j < visits and sure[i, j] >= least]
