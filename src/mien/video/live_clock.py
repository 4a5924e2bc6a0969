"""When a live picture was taken, and which live pictures are wanted.

`LiveClock` joins what a camera says of its pictures with when they arrive. `Pace` thins them out. Both are
plain arithmetic: they know of no container, no codec and no thread.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final

from mien.errors import SettingError

# The least delay within so long is taken for the camera's own: long against what a network holds back, short
# against what a cheap quartz drifts (100 ppm are 2 ms in it).
_WINDOW_S: Final = 20.0
# Decoded pictures come in order: stamps further back than rounding and repeats are a clock set back.
_SET_BACK_S: Final = 0.2
# Pictures do not come from the future: a stamp this far ahead of its arrival is a clock set forward.
_SET_FORWARD_S: Final = 1.0
# No connection is kept that is silent for so long, so the network held nothing back longer.
_MOST_LATE_S: Final = 10.0
_LEAST_STEP_S: Final = 0.001


class LiveClock:
    """Times of a live stream's pictures on the time line of an `Anchor`, strictly increasing.

    A camera's stamps say exactly how far pictures are apart, but not when they were taken; arrivals say when,
    but with all the unrest of a network. So a picture is put where its stamp says, shifted by the least delay
    between stamp and arrival of the last 20 s (the clock filter of NTP, RFC 5905, keeps the least delay for
    the same reason). From this follows what is done with the defects of real streams:

    - no stamp (the first picture of RTSP): the time of arrival;
    - old pictures sent all at once after connecting: moved together, since the least delay falls with each;
    - stamps that run slow or fast against true time: followed, within the delay of a window;
    - a camera's clock set forward or back, or begun anew: carried on by arrival, and counted.

    Attributes:
        jumps: How often the camera's clock was set.
        late_s: Delay of the last picture beyond the least delay, seconds.
        last_s: Time of the last picture, seconds; `None` before any.
    """

    def __init__(self) -> None:
        self.jumps = 0
        self.late_s = 0.0
        self.last_s: float | None = None
        self._last_stamp_s: float | None = None
        # Arrival and delay of each picture that may yet be the one with the least delay, delays increasing.
        self._least: deque[tuple[float, float]] = deque()

    def begin(self) -> None:
        """A new connection: its stamps have nothing to do with those before."""
        self._least.clear()
        self._last_stamp_s = None

    def time_of(self, stamp_s: float | None, arrived_s: float) -> float:
        """When a picture was taken.

        Args:
            stamp_s: What the stream says, seconds from anywhere; `None` where it says nothing.
            arrived_s: When its last byte arrived, seconds on the time line.

        Returns:
            Seconds on the time line, above those of the picture before.
        """
        t_s = arrived_s if stamp_s is None else stamp_s + self._delay(stamp_s, arrived_s)
        if self.last_s is not None:
            t_s = max(t_s, self.last_s + _LEAST_STEP_S)
        self.last_s, self.late_s = t_s, max(arrived_s - t_s, 0.0)
        return t_s

    def _delay(self, stamp_s: float, arrived_s: float) -> float:
        delay_s = arrived_s - stamp_s
        if self._least and self._was_set(stamp_s, delay_s - self._least[0][1]):
            self.jumps += 1
            self._least.clear()
        self._last_stamp_s = stamp_s
        while self._least and self._least[-1][1] >= delay_s:
            self._least.pop()
        self._least.append((arrived_s, delay_s))
        while self._least[0][0] < arrived_s - _WINDOW_S:
            self._least.popleft()
        return self._least[0][1]

    def _was_set(self, stamp_s: float, later_s: float) -> bool:
        if self._last_stamp_s is not None and stamp_s < self._last_stamp_s - _SET_BACK_S:
            return True
        return not -_SET_FORWARD_S <= later_s <= _MOST_LATE_S


class Pace:
    """Thins a live stream out to a rate, evenly, however its times lie.

    Unlike the grid of recordings it has no fixed points: a camera as fast as the rate, whose pictures fall now
    before, now after such a point, would lose every other one. Half a step of unrest is forgiven; over any
    length no more than `rate` pictures a second are taken.

    Args:
        rate: Pictures per second; `None` takes every one.

    Raises:
        SettingError: `rate` is not a positive number.

    Example:
        >>> pace = Pace(10.0)
        >>> [t for t in (0.0, 0.04, 0.09, 0.14, 0.21, 0.24, 0.29, 0.9) if pace.takes(t)]
        [0.0, 0.09, 0.21, 0.29, 0.9]
    """

    def __init__(self, rate: float | None) -> None:
        if rate is not None and not (math.isfinite(rate) and rate > 0):
            raise SettingError(f"The rate must be a positive number of readings per second, not {rate}.")
        self._step_s = 0.0 if rate is None else 1 / rate
        self._due_s = -math.inf

    def takes(self, t_s: float) -> bool:
        """Whether the picture of `t_s` is wanted; to be asked of every picture, in order."""
        if t_s < self._due_s - self._step_s / 2:
            return False
        late = t_s > self._due_s + self._step_s
        self._due_s = (t_s if late else self._due_s) + self._step_s
        return True
