"""When to try again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mien.video.stream import LiveSettings


class Backoff:
    """How long to wait before the next attempt: doubled each time, and scattered, lest all cameras ask at once.

    Args:
        settings: Where it begins and ends.
    """

    def __init__(self, settings: LiveSettings) -> None:
        self._settings = settings
        self._mean_s = settings.wait_s

    def next_s(self, *, refused: bool = False) -> float:
        """Seconds to wait, half to one and a half times the mean."""
        mean_s = self._settings.refused_wait_s if refused else self._mean_s
        self._mean_s = min(2 * self._mean_s, self._settings.most_wait_s)
        return mean_s * random.uniform(0.5, 1.5)

    def lasted(self, seconds: float) -> None:
        """A connection lasted so long: where that is longer than the next wait, waiting begins anew."""
        if seconds > self._mean_s:
            self._mean_s = self._settings.wait_s
