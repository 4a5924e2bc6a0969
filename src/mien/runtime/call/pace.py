"""How fast pictures may come: more are dropped, so that a browser in a hurry costs nothing."""

from __future__ import annotations

from typing import Final

_BURST: Final = 3.0
"""Pictures that may come at once after a pause: the network gathers them up."""


class Pace:
    """A bucket that fills with time; each picture takes one part of it.

    Args:
        rate: Pictures a second.

    Example:
        >>> pace = Pace(5.0)
        >>> [pace.admits(0.0) for _ in range(4)], pace.admits(0.1), pace.admits(0.3)
        ([True, True, True, False], False, True)
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._full = _BURST
        self._at_s: float | None = None

    def admits(self, now_s: float) -> bool:
        """Whether a picture that arrives now, in seconds of a clock that only grows, may be read."""
        if self._at_s is not None:
            self._full = min(_BURST, self._full + (now_s - self._at_s) * self._rate)
        self._at_s = now_s
        if self._full < 1.0:
            return False
        self._full -= 1.0
        return True
