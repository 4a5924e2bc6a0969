"""When a picture is shown, and which pictures are wanted.

`Clock` turns a stream's timestamps into seconds since the first picture shown. `Grid` picks from these the
pictures that fall on a time grid. Both are plain arithmetic: they know of no container and no codec.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Final

from mien.errors import SettingError

_MAX_TOLERANCE: Final = Fraction(1, 2000)
# A step back larger than this is a clock that was set anew (a camera restarted, files joined), not disorder.
_RESTART_S: Final = 1.0


class Clock:
    """Presentation times of a stream's pictures, strictly increasing.

    Times come from timestamps alone, never from counting pictures, so a variable frame rate is kept as it is.
    Two defects of real streams are mended: a picture without a timestamp, or one not after the picture before
    it, is taken to follow that one by its own duration; where the clock jumps back by more than a second it
    is carried on from there.

    Args:
        time_base: Seconds per tick.
        origin: Timestamp of the first picture shown, ticks; `None` takes the first one seen.
        step_s: Duration assumed where neither timestamp nor picture say one, seconds.
    """

    def __init__(self, time_base: Fraction, origin: int | None, step_s: float) -> None:
        self._base = time_base
        self._origin = origin
        self._step_s = step_s
        self._shift_s = 0.0
        self._last_s: float | None = None
        self._last_duration_s = step_s
        self.restarts: list[float] = []

    def time_of(self, pts: int | None, duration: int | None = None) -> float:
        """Seconds since the first picture shown.

        Args:
            pts: Presentation timestamp, ticks; `None` where the stream has none.
            duration: How long this picture is said to be shown, ticks; `None` or 0 where that is not said.
        """
        t_s = self._place(pts)
        self._last_s = t_s
        self._last_duration_s = float(duration * self._base) if duration and duration > 0 else self._step_s
        return t_s

    @property
    def end_s(self) -> float:
        """When the last picture seen stops being shown, seconds; 0 before any picture."""
        return 0.0 if self._last_s is None else self._last_s + self._last_duration_s

    def _place(self, pts: int | None) -> float:
        follows_s = self.end_s
        if pts is None:
            return follows_s
        if self._origin is None:
            self._origin, self._shift_s = pts, follows_s
        t_s = float((pts - self._origin) * self._base) + self._shift_s
        if self._last_s is None:
            return max(t_s, 0.0)
        if t_s > self._last_s:
            return t_s
        if t_s < self._last_s - _RESTART_S:
            self._shift_s += follows_s - t_s
            self.restarts.append(follows_s)
        return follows_s


class Grid:
    """Picks the first picture at or after each point of a time grid, and none twice.

    The choice depends only on a picture's time and that of the picture before it, so a run that starts in the
    middle chooses exactly what an uninterrupted one does.

    Args:
        rate: Grid points per second; `None` takes every picture.
        time_base: Seconds per tick: a picture half a tick before a point was rounded there by its container.

    Raises:
        SettingError: `rate` is not a positive number.

    Example:
        >>> grid = Grid(10.0, Fraction(1, 1000))
        >>> [t for t in (0.0, 0.04, 0.08, 0.12, 0.16, 0.2, 0.5) if grid.takes(t)]
        [0.0, 0.12, 0.2, 0.5]
    """

    def __init__(self, rate: float | None, time_base: Fraction) -> None:
        if rate is not None and not (math.isfinite(rate) and rate > 0):
            raise SettingError(f"The rate must be a positive number of readings per second, not {rate}.")
        self._rate = None if rate is None else Fraction(rate).limit_denominator(1_000_000)
        self._tolerance = min(time_base / 2, _MAX_TOLERANCE)
        self._cell: int | None = None

    def takes(self, t_s: float) -> bool:
        """Whether the picture shown at `t_s` is wanted; to be asked of every picture, in order."""
        if self._rate is None:
            return True
        cell = math.floor((Fraction(t_s) + self._tolerance) * self._rate)
        taken = self._cell is None or cell > self._cell
        self._cell = cell
        return taken
