"""The groups of a comparison by day, and what of them may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from mien.insight.compare_types import Change, Group
from mien.insight.daily import Between, Daily, Side, difference, share_difference, share_interval
from mien.insight.hours import WITHHELD
from mien.insight.means import LEVEL, Mean
from mien.insight.measures import COLUMNS, DayPart
from mien.insight.types import FEWEST, Estimate, Unit

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from mien.insight.measures import Limits, Measure

K = TypeVar("K")

_N, _TOTAL, _SQUARES, _SEEN = (
    DayPart._fields.index(name) for name in ("n", "total", "squares", "interactions")
)


class Workings(Generic[K]):
    """The groups of a comparison by day, with what the errors of their means follow from.

    Args:
        parts: Parts of days, each with the group that it belongs to.
        measure: What is averaged.
        limits: Its limits.
    """

    def __init__(self, parts: Sequence[tuple[K, DayPart]], measure: Measure, limits: Limits) -> None:
        self.limits = limits
        self.share = COLUMNS[measure].share
        axis = {day: at for at, day in enumerate(sorted({part.day for _, part in parts}))}
        rows = {key: at for at, key in enumerate(dict.fromkeys(key for key, _ in parts))}
        cells = [rows[key] for key, _ in parts], [axis[part.day] for _, part in parts]
        n, total, squares, seen = (
            _table(cells, [part[column] for _, part in parts], (len(rows), len(axis)))
            for column in (_N, _TOTAL, _SQUARES, _SEEN)
        )
        self.daily = {key: Daily(n[at], total[at], squares[at]) for key, at in rows.items()}
        self.everyone = Daily(n.sum(axis=0), total.sum(axis=0), squares.sum(axis=0))
        self.seen: dict[K, int] = {key: int(seen[at].sum()) for key, at in rows.items()}
        self.counts = {key: int(one.n.sum()) for key, one in self.daily.items()}
        self.sides = {key: self.side(one) for key, one in self.daily.items() if one.n.sum() >= FEWEST}
        self.between = Between.of(list(self.sides.values()))

    @property
    def factor(self) -> float:
        """Units of a shown value in one of the sums."""
        return 100.0 if self.share else 1.0

    def side(self, daily: Daily) -> Side:
        """A group with at least 2 interactions, with its mean."""
        return Side.of(daily, self.limits.least_variance, share=self.share)

    def group(self, key: K, hidden: Collection[K] = ()) -> Group:
        """A group as it is shown."""
        side = self.sides.get(key)
        n = self.counts.get(key, 0)
        if side is None:
            days = 0 if key not in self.daily else int((self.daily[key].n > 0).sum())
            reason = f"{n} interaction{'s' * (n != 1)} with a score, an average needs {FEWEST}"
            return Group(self.seen.get(key, 0), n, days, None, reason, Unit.DAY)
        return self._shown(side, self.seen.get(key, 0), hidden=key in hidden)

    def whole(self) -> Group:
        """All groups together."""
        n, seen = sum(self.counts.values()), sum(self.seen.values())
        if n < FEWEST:
            return Group(
                seen, n, 0, None, f"{n} interactions with a score, an average needs {FEWEST}", Unit.DAY
            )
        return self._shown(self.side(self.everyone), seen)

    def rest(self, key: K) -> Side | None:
        """All groups but one as one; `None` where they are too few."""
        rest = self.everyone.minus(self.daily[key])
        return None if rest.n.sum() < FEWEST else self.side(rest)

    def change(self, one: Side, other: Side, cameras: float, level: float) -> Change:
        """One side minus another; `cameras` is the variance that cameras add."""
        levels = LEVEL, level
        if self.share:
            ends = [share_difference(one, other, self.between, at) for at in levels]
        else:
            read = difference(one, other, self.between)
            widened = Mean(read.value, read.variance + cameras, read.df)
            ends = [widened.interval(at) for at in levels]
        value, low, high, joint_low, joint_high = (
            self.factor * end for end in (one.mean - other.mean, *ends[0], *ends[1])
        )
        return Change(value, low, high, joint_low, joint_high)

    def mean(self, side: Side) -> Mean:
        """The mean of a side in shown units."""
        found = side.estimate(self.between)
        variance = max(found.variance, side.within)
        return Mean(self.factor * found.value, self.factor**2 * variance, found.df)

    def _shown(self, side: Side, seen: int, *, hidden: bool = False) -> Group:
        unit = Unit.DAY if side.by_days or self.between is not None else Unit.INTERACTION
        if hidden:
            return Group(seen, side.n, side.days, None, WITHHELD, unit)
        ends = (
            share_interval(side, self.between, LEVEL)
            if self.share
            else side.estimate(self.between).interval()
        )
        low, high = (self.factor * end for end in ends)
        if high - low >= self.limits.widest:
            reason = f"known to {high - low:.0f} points only, shown under {self.limits.widest:.0f}"
            return Group(seen, side.n, side.days, None, reason, unit)
        shown = Estimate(
            self.factor * side.mean, max(low, self.limits.lowest), min(high, self.limits.highest)
        )
        return Group(seen, side.n, side.days, shown, None, unit)


def _table(
    cells: tuple[list[int], list[int]], values: list[Any], shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Values added up in a table of groups and days."""
    found = np.zeros(shape)
    np.add.at(found, cells, np.array(values, dtype=np.float64))
    return found
