"""Receipts to interactions: by till and time alone, as an assignment in which not joining has its price.

One receipt belongs to at most one interaction and the other way round. The cost of a join is minus the logarithm of
how much likelier the receipt is printed for that interaction than not (`mien.journey.till_clock` says how likely a
receipt is when), the cost of leaving one unjoined that of a customer who was not seen. The cheapest arrangement is
found by `linear_sum_assignment`. A join of it holds only if every arrangement without it is at least `MARGIN` times
less likely: where two interactions fit about as well, as of two who came together, nothing is joined and the reason is
told. Nor is it where the clock of the till, put anywhere within two standard deviations, would give the receipt to
somebody else: all receipts of a till are off together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from mien.journey.till_clock import (
    Presence,
    Printed,
    TillClock,
    estimate_clock,
    log_density,
    resolution_s,
    unseen_rate,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARGIN: Final = 10.0
"""How many times likelier the arrangement with a join must be than the best one without it."""
WITHOUT: Final = 0.4
"""Share of interactions without a receipt: those who come along, ask, or leave the receipt to the till's bin."""

_NEVER: Final = 1e9
_TRIED_SDS: Final = (-2.0, -1.0, 1.0, 2.0)
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class Unjoined(StrEnum):
    """Why a receipt has no interaction."""

    WAITING = "not analysed yet"
    NOBODY = "nobody seen there then"
    AMBIGUOUS = "two arrangements fit alike"
    UNLIKELY = "nobody fits well enough"


@dataclass(frozen=True, slots=True)
class ReceiptJoin:
    """What became of a receipt.

    Attributes:
        receipt: Its key.
        presence: Key of its interaction; `None` where it is not joined.
        reason: Why it is not; `None` where it is.
        gap_s: Receipt minus end of the interaction, seconds, the clock of the till corrected; `None` where not joined.
        odds: How many times likelier the arrangement with this join is than the best without; `None` where not joined.
    """

    receipt: str
    presence: str | None
    reason: Unjoined | None
    gap_s: float | None = None
    odds: float | None = None


@dataclass(frozen=True, slots=True)
class JoinedReceipts:
    """Receipts of a till and what became of them.

    Attributes:
        clock: What the clock of the till was taken to be.
        receipts: In the order in which they were given, without those joined before.
    """

    clock: TillClock
    receipts: tuple[ReceiptJoin, ...]


def join_receipts(
    receipts: Sequence[Printed],
    presences: Sequence[Presence],
    *,
    within_s: float = 120.0,
    joined: Mapping[str, str] = _NONE,
    clock: TillClock | None = None,
) -> JoinedReceipts:
    """Join the receipts of one till to the interactions there.

    Args:
        receipts: Of one till and about a day, all that are known, so that its clock can be estimated.
        presences: All interactions at that till in that time.
        within_s: Most seconds between a receipt and the interaction, from its first to its last sight, the clock
            corrected.
        joined: Keys of receipts joined before, with those of their interactions; they stay as they are.
        clock: What is known of the clock of the till; estimated where left out.

    Returns:
        The clock, and what became of each receipt that was not joined before.
    """
    known = clock or estimate_clock(receipts, presences)
    taken = set(joined.values())
    open_ = [one for one in receipts if one.key not in joined]
    free = [one for one in presences if one.key not in taken]
    if not open_:
        return JoinedReceipts(known, ())
    if not free:
        return JoinedReceipts(known, tuple(ReceiptJoin(one.key, None, Unjoined.NOBODY) for one in open_))
    steps = float(resolution_s(receipts) / np.sqrt(12.0))
    price = -np.log(unseen_rate(receipts, presences))

    def costs_by(clock: TillClock) -> NDArray[np.float64]:
        return _costs(open_, free, clock, within_s)

    costs = costs_by(TillClock(known.offset_s, float(np.hypot(known.sd_s, steps))))
    rows = _assign(costs, price)
    # All receipts of a till are off together, so each offset that the clock may have is tried on all of them.
    others = [
        _assign(costs_by(TillClock(known.offset_s + times * known.sd_s, steps)), price)
        for times in _TRIED_SDS
    ]
    found = []
    for i, one in enumerate(open_):
        fits = costs[i] < _NEVER
        if not fits.any():
            found.append(ReceiptJoin(one.key, None, Unjoined.NOBODY))
            continue
        j = rows[i]
        if j is None:
            found.append(ReceiptJoin(one.key, None, Unjoined.UNLIKELY))
            continue
        odds = _odds(costs, price, i, j)
        if odds < MARGIN or any(other[i] not in {None, j} for other in others):
            found.append(ReceiptJoin(one.key, None, Unjoined.AMBIGUOUS))
        else:
            found.append(ReceiptJoin(one.key, free[j].key, None, one.at - known.offset_s - free[j].end, odds))
    return JoinedReceipts(known, tuple(found))


def _costs(
    receipts: Sequence[Printed], presences: Sequence[Presence], clock: TillClock, within_s: float
) -> NDArray[np.float64]:
    """(N, M) costs of the joins, `_NEVER` where receipt and interaction are too far apart."""
    costs = -log_density(receipts, presences, clock) - np.log((1.0 - WITHOUT) / WITHOUT)
    at = np.array([one.at for one in receipts])[:, None] - clock.offset_s
    begin, end = (np.array([getattr(one, name) for one in presences])[None, :] for name in ("begin", "end"))
    costs[np.maximum(begin - at, at - end) > within_s] = _NEVER
    return np.asarray(costs)


def _assign(costs: NDArray[np.float64], price: float) -> list[int | None]:
    """The cheapest arrangement: for each row a column, or none at a price."""
    rows, columns, _ = _solve(costs, price)
    chosen: list[int | None] = [None] * len(costs)
    for i, j in zip(rows.tolist(), columns.tolist(), strict=True):
        chosen[i] = j if j < costs.shape[1] else None
    return chosen


def _solve(costs: NDArray[np.float64], price: float) -> tuple[NDArray[np.int64], NDArray[np.int64], float]:
    count = len(costs)
    alone = np.full((count, count), _NEVER)
    np.fill_diagonal(alone, price)
    whole = np.hstack([np.minimum(costs, _NEVER), alone])
    rows, columns = linear_sum_assignment(whole)
    return rows, columns, float(whole[rows, columns].sum())


def _odds(costs: NDArray[np.float64], price: float, i: int, j: int) -> float:
    """How many times likelier the best arrangement is than the best in which row i does not have column j."""
    near = _neighbours(costs, i)
    local = costs[near]
    local = local[:, (local < _NEVER).any(axis=0)]
    columns = np.flatnonzero((costs[near] < _NEVER).any(axis=0))
    row, column = int(np.flatnonzero(near == i)[0]), int(np.flatnonzero(columns == j)[0])
    best = _solve(local, price)[2]
    without = local.copy()
    without[row, column] = _NEVER
    return float(np.exp(min(_solve(without, price)[2] - best, 50.0)))


def _neighbours(costs: NDArray[np.float64], i: int, rounds: int = 3) -> NDArray[np.int64]:
    """Rows that share columns with row i, those that share with these, and so on: what its join can move."""
    fits = costs < _NEVER
    rows = np.zeros(len(costs), dtype=bool)
    rows[i] = True
    for _ in range(rounds):
        rows = np.asarray(fits[:, fits[rows].any(axis=0)].any(axis=1))
    return np.flatnonzero(rows)
