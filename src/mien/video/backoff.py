"""When to try again."""

from __future__ import annotations

import random


class Backoff:
    """How long to wait before the next attempt: doubled each time, and scattered, lest all cameras ask at once.

    Args:
        wait_s: Mean of the first wait, seconds.
        most_wait_s: Mean of the longest.
    """

    def __init__(self, wait_s: float, most_wait_s: float) -> None:
        self._first_s, self._most_s = wait_s, most_wait_s
        self._mean_s = wait_s

    def next_s(self, mean_s: float | None = None) -> float:
        """Seconds to wait, half to one and a half times the mean.

        Args:
            mean_s: Another mean for this once.
        """
        mean_s = self._mean_s if mean_s is None else mean_s
        self._mean_s = min(2 * self._mean_s, self._most_s)
        return mean_s * random.uniform(0.5, 1.5)

    def lasted(self, seconds: float) -> None:
        """A connection lasted so long: where that is longer than the next wait, waiting begins anew."""
        if seconds > self._mean_s:
            self._mean_s = self._first_s
