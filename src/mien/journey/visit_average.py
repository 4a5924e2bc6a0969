"""The mean EPS of visits, with an interval that does not forget what all of them have in common."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.journey.visit import VisitScore

FEWEST: Final = 10
"""Visits that an average needs, so that it says nothing of a single person (design 3.11)."""

_SURE: Final = 0.95


@dataclass(frozen=True, slots=True)
class VisitAverage:
    """A mean EPS of visits.

    Attributes:
        mean: Points.
        low: Lower end of its 95 % interval.
        high: Upper end.
        n: Visits in it, those too whose EPS is not shown.
        calibrated: Whether the cameras of all of them were measured; otherwise it may not be compared with other sites.
    """

    mean: float
    low: float
    high: float
    n: int
    calibrated: bool


def average_eps(scores: Iterable[VisitScore]) -> VisitAverage | None:
    """The mean EPS of visits, `None` of fewer than ten.

    All count that have an EPS, shown or not, so that hiding biases nothing (design 3.8). The interval is that of
    Student's t over visits, widened by what visits between the same two cameras have in common: how well the
    difference of those cameras is known, of which more visits tell nothing.

    Args:
        scores: Of one site, reader and scale.
    """
    known = [one for one in scores if one.eps_mean is not None]
    if len(known) < FEWEST:
        return None
    values = np.array([one.eps_mean for one in known], np.float64)
    shared: dict[tuple[str | None, str | None], list[float]] = defaultdict(list)
    for one in known:
        shared[one.stops[0].touchpoint, one.stops[-1].touchpoint].append(one.eps_shared_sd or 0.0)
    n = len(known)
    variance = values.var(ddof=1) / n + sum((sum(those) / n) ** 2 for those in shared.values())
    mean = float(values.mean())
    low, high = (
        stats.t.interval(_SURE, n - 1, loc=mean, scale=np.sqrt(variance)) if variance else (mean, mean)
    )
    return VisitAverage(mean, float(low), float(high), n, all(one.calibrated for one in known))
