"""Which readings were made from the eyes alone, and where that changed.

Whole faces and eyes are read by two networks that err in two ways. What one says at the start and the other at the end
differs by that too, so like is compared with like, or nothing (design 3.5, 3.10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mien.errors import InputError
from mien.journey.readings import from_first

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from mien.journey.windows import Coverage

    Array = NDArray[np.float64]
    Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Visibilities:
    """From what the readings of one interaction were made.

    Attributes:
        t: (n,) float64 times of the readings on the clock of `mien.journey.model.Series`, strictly increasing.
        by_eyes: (n,) bool: made from the eyes alone, not from the whole face; of readings that count as one, any.
    """

    t: Array
    by_eyes: NDArray[np.bool_]

    @classmethod
    def of(cls, t: Array, times_s: ArrayLike, by_eyes: ArrayLike | None) -> Visibilities:
        """Check, sort and merge as `mien.journey.readings.prepare` does.

        Args:
            t: (n,) times of the prepared readings.
            times_s: (m,) seconds of the readings they were prepared from, any order.
            by_eyes: (m,) bool, in the same order; `None` where every reading is of a whole face.

        Raises:
            InputError: Lengths differ.
        """
        times = np.asarray(times_s, dtype=np.float64)
        eyes = np.zeros(times.size, dtype=bool) if by_eyes is None else np.asarray(by_eyes, dtype=bool)
        if eyes.shape != times.shape:
            raise InputError(
                f"There are {times.size} times and {eyes.size} marks of readings by the eyes alone; give one of each "
                "per reading."
            )
        order = np.argsort(times)
        place = np.searchsorted(t, from_first(times[order]), "right") - 1
        merged = np.zeros(t.size, dtype=bool)
        merged[place[eyes[order]]] = True
        return cls(t, merged)

    def alike(self, coverage: Coverage, first: Stretch, last: Stretch) -> Coverage:
        """The usable time that was read in one way: in the one of which the poorer of two windows holds more.

        Args:
            coverage: Usable time of the readings.
            first: Begin and end of one window, s.
            last: Begin and end of the other.
        """
        ways = coverage.only(~self.by_eyes), coverage.only(self.by_eyes)
        return max(ways, key=lambda way: min(way.integral(*first)[1], way.integral(*last)[1]))

    def change_within(self, t: float, reach_s: float) -> bool:
        """Whether readings by the eyes and of the whole face follow each other less than `reach_s` from `t`."""
        at = np.flatnonzero(np.diff(self.by_eyes))
        return bool(((self.t[at] - reach_s < t) & (t < self.t[at + 1] + reach_s)).any())
