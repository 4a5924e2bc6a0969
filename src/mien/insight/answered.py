"""How right alerts were, by what staff answered, and from which probability on they would have been right enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.insight.daily import wilson
from mien.insight.types import FEWEST

if TYPE_CHECKING:
    from collections.abc import Sequence

WISHED: Final = 0.8
"""The share of right alerts that is wished for: of five times that somebody looks up, four are worth it."""

BOUNDS: Final = tuple(round(0.5 + step / 1000, 3) for step in range(500))
"""The bounds that a rule can be set to (`probability` of `mien.site.rules`)."""


_MANY: Final = 1e9
"""Degrees of freedom of an error that is known, not estimated."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of right alerts.

    Attributes:
        right: How many were right, or were done something about.
        n: Of how many that were answered.
        value: The share, 0..1.
        low: Lower end of its 95 % interval (Wilson 1927).
        high: Upper end.
    """

    right: int
    n: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a rule could be set to.

    Attributes:
        bound: The lowest probability from which on the answered alerts reach what is wished for.
        share: How right those were.
    """

    bound: float
    share: Share


@dataclass(frozen=True, slots=True)
class Precision:
    """How right the alerts of a rule were.

    Attributes:
        raised: Alerts that were raised.
        answered: Of these, how many staff said something of.
        share: How many of these were right; `None` where fewer than 10 were answered.
        reached: Whether that is what is wished for.
        suggestion: A bound at which it would be; `None` where it is already, where no bound is, or where too few were
            answered to tell.
    """

    raised: int
    answered: int
    share: Share | None
    reached: bool
    suggestion: Suggestion | None


def precision(
    raised: int, right: int, wrong: int, scored: Sequence[tuple[float, bool]], *, wished: float = WISHED
) -> Precision:
    """How right the alerts of a rule were.

    Args:
        raised: Alerts that were raised.
        right: Of these, how many were answered as right or done.
        wrong: How many as wrong.
        scored: For each that was answered and judged: its probability, 0..1, and whether it was right.
        wished: The share that is wished for, 0..1.

    Example:
        >>> precision(12, 9, 1, ()).share.value
        0.9
        >>> precision(12, 8, 1, ()).share is None
        True
    """
    n = right + wrong
    if n < FEWEST:
        return Precision(raised, n, None, reached=False, suggestion=None)
    share = _share(right, n)
    reached = share.value >= wished
    return Precision(raised, n, share, reached, None if reached else suggested(scored, wished=wished))


def suggested(scored: Sequence[tuple[float, bool]], *, wished: float = WISHED) -> Suggestion | None:
    """The lowest bound from which on the answered alerts reach what is wished for, of at least 10.

    It is found on the very alerts that it is judged by, so the next ones may be less right; the interval says how
    little few answers tell.

    Args:
        scored: For each answered alert: its probability, 0..1, and whether it was right.
        wished: The share that is wished for, 0..1.

    Returns:
        `None` where no bound reaches it.

    Example:
        >>> suggested([(0.9, False)] * 10 + [(0.97, True)] * 10).bound
        0.901
    """
    sure = np.array([one for one, _ in scored], dtype=float)
    fine = np.array([was for _, was in scored], dtype=bool)
    for bound in BOUNDS:
        kept = sure >= bound
        n = int(kept.sum())
        if n < FEWEST:
            return None
        right = int(fine[kept].sum())
        if right >= wished * n:
            return Suggestion(bound, _share(right, n))
    return None


def _share(right: int, n: int) -> Share:
    low, high = wilson(right / n, n, _MANY, 0.95)
    return Share(right, n, right / n, low, high)
