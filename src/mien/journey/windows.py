"""Usable time, and the mean of the level over a stretch of it.

A reading stands for its surroundings. Between two readings at most `GAP_S` apart the level is a straight line with a
Brownian bridge around it; before the first and after the last reading of a stretch it holds for half a typical
interval. Longer gaps are not usable time and enter no mean.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

GAP_S: Final = 2.0
"""Readings further apart than this have a gap between them (design 3.5)."""


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Usable time of a track, as knots of a broken line.

    Attributes:
        knots: (m,) float64 seconds, not decreasing: every reading, and both outer ends of every stretch.
        owner: (m,) the reading whose level each knot has.
        usable: (m-1,) bool: the interval after a knot is usable time.
        n: Number of readings.
    """

    knots: Array
    owner: NDArray[np.intp]
    usable: NDArray[np.bool_]
    n: int

    @classmethod
    def of(cls, t: Array) -> Coverage:
        """The usable time of readings at `t`, (n,) strictly increasing seconds, n >= 1."""
        dt = np.diff(t)
        linked = dt <= GAP_S
        half = float(np.median(dt[linked])) / 2 if linked.any() else 0.0
        begins = np.flatnonzero(np.append(True, ~linked))
        ends = np.flatnonzero(np.append(~linked, True))
        knots = np.concatenate([t[begins] - half, t, t[ends] + half])
        owner = np.concatenate([begins, np.arange(t.size), ends])
        place = np.concatenate([begins - 0.25, np.arange(t.size), ends + 0.25])
        order = np.argsort(place)
        usable = np.ones(knots.size, dtype=bool)
        usable[-ends.size :] = False
        return cls(knots[order], owner[order], usable[order][:-1], t.size)

    @property
    def start_s(self) -> float:
        """First usable instant."""
        return float(self.knots[0])

    @property
    def end_s(self) -> float:
        """Last usable instant."""
        return float(self.knots[-1])

    def stretches(self) -> list[tuple[float, float]]:
        """Begin and end of every stretch without a gap, s."""
        breaks = np.flatnonzero(~self.usable)
        begins = self.knots[np.append(0, breaks + 1)]
        ends = self.knots[np.append(breaks, self.knots.size - 1)]
        return list(zip(begins.tolist(), ends.tolist(), strict=True))

    def only(self, chosen: NDArray[np.bool_]) -> Coverage:
        """The same knots, with only that time usable which lies between two readings of those chosen, (n,) bool."""
        kept = chosen[self.owner]
        return replace(self, usable=self.usable & kept[:-1] & kept[1:])

    def integral(self, low: float, high: float) -> tuple[Array, float, float]:
        """The level's integral over the usable part of [low, high].

        Returns:
            (n,) weights of the levels at the reading times, the usable seconds, and the variance that the path
            between the readings adds to the integral, in units of q (a Brownian bridge of length d adds d^3 / 12,
            a free end d^3 / 3).
        """
        first, last, w, span, bridge = self.local_integral(low, high)
        weights = np.zeros(self.n)
        weights[first:last] = w
        return weights, span, bridge

    def local_integral(self, low: float, high: float) -> tuple[int, int, Array, float, float]:
        """As `integral`, with the weights of readings `first` to `last` (exclusive) only; the others are 0."""
        i = max(int(np.searchsorted(self.knots, low, "left")) - 1, 0)
        j = min(int(np.searchsorted(self.knots, high, "right")) + 1, self.knots.size)
        k, owner = self.knots[i:j], self.owner[i:j]
        first, last = int(owner[0]), int(owner[-1]) + 1
        left, right = np.clip(k[:-1], low, high), np.clip(k[1:], low, high)
        span = np.where(self.usable[i : j - 1], right - left, 0.0)
        length = np.diff(k)
        share = ((left + right) / 2 - k[:-1]) / np.where(length > 0, length, 1.0)
        w = np.asarray(np.bincount(owner[:-1] - first, span * (1 - share), last - first), dtype=np.float64)
        w += np.bincount(owner[1:] - first, span * share, last - first)
        bridge = np.where(owner[:-1] == owner[1:], span**3 / 3, span**3 / 12).sum()
        return first, last, w, float(span.sum()), float(bridge)

    def cumulative(self, level: Array, at: Array) -> tuple[Array, Array]:
        """The integral of a level, (n,) at the reading times, and the usable seconds, from the start to each `at`."""
        x = level[self.owner]
        length = np.where(self.usable, np.diff(self.knots), 0.0)
        area = np.append(0.0, np.cumsum(length * (x[:-1] + x[1:]) / 2))
        time = np.append(0.0, np.cumsum(length))
        at = np.clip(at, self.knots[0], self.knots[-1])
        i = np.clip(np.searchsorted(self.knots, at, "right") - 1, 0, self.knots.size - 2)
        part = np.where(self.usable[i], at - self.knots[i], 0.0)
        slope = (x[i + 1] - x[i]) / np.where(length[i] > 0, length[i], 1.0)
        return area[i] + part * (x[i] + slope * part / 2), time[i] + part
