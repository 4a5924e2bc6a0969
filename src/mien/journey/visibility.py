"""Which readings were made from the eyes alone, and where that changed.

Whole faces and eyes are read by two networks that err in two ways. What one says at the start and the other at the end
differs by that too, so it is never taken for a change of the face (design 3.5, 3.10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mien.errors import InputError
from mien.journey.readings import from_first

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Visibilities:
    """From what the readings of one interaction were made.

    Attributes:
        t: (n,) float64 seconds from the first reading, not decreasing; the clock of `mien.journey.model.Series`.
        by_eyes: (n,) bool: made from the eyes alone, not from the whole face.
    """

    t: Array
    by_eyes: NDArray[np.bool_]

    @classmethod
    def of(cls, times_s: ArrayLike, by_eyes: ArrayLike | None) -> Visibilities:
        """Check and sort.

        Args:
            times_s: (n,) seconds, any order.
            by_eyes: (n,) bool, in the same order; `None` where every reading is of a whole face.

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
        order = np.lexsort((eyes, times))
        return cls(from_first(times[order]), eyes[order])

    def differ(self, first_until: float, last_from: float) -> bool:
        """Whether the two ends were read differently: most readings of one, and of the other at most half, by the eyes.

        Args:
            first_until: End of the first window, s.
            last_from: Begin of the last window, s.
        """
        first, last = self.by_eyes[self.t <= first_until], self.by_eyes[self.t >= last_from]
        return bool(_mostly(first) != _mostly(last))

    def change_within(self, t: float, reach_s: float) -> bool:
        """Whether readings by the eyes and of the whole face follow each other less than `reach_s` from `t`."""
        at = np.flatnonzero(np.diff(self.by_eyes))
        return bool(((self.t[at] - reach_s < t) & (t < self.t[at + 1] + reach_s)).any())


def _mostly(by_eyes: NDArray[np.bool_]) -> bool:
    return 2 * int(by_eyes.sum()) > by_eyes.size
