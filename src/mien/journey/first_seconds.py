"""What a face showed in its first seconds: what a person is compared with who has just come (design 3.5, 3.6)."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.journey.posterior import Mixture, infer
from mien.journey.readings import prepare
from mien.journey.thresholds import WINDOW_S, is_state
from mien.journey.windows import GAP_S, Coverage

if TYPE_CHECKING:
    from mien.journey.live_face import Level, LiveReading

SMILING: Final = 0.1
"""Valence above which a window is that of a smile: it does not tell how the face looks without one."""
STEADY: Final = 0.3
"""How far the halves of a window without a smile may lie apart."""


@dataclass(frozen=True, slots=True)
class FirstState:
    """The valence of a window: of the first, or of the first without a smile.

    Attributes:
        mean: Its mean, -1..1. Of one without a smile the median of its readings where that is lower, since the end of a
            smile may reach into it. (The mean follows the surest readings, as the level does that it is compared with.)
        sd: Standard deviation of its error.
    """

    mean: float
    sd: float

    def fallen(self, now: Level, by: float) -> float:
        """Probability that the level now lies more than `by` below it.

        The errors are taken to be independent. A reader's own error with a face is the same in both and falls out, so
        that the difference is known better than this says.
        """
        known = now.known
        change = Mixture(known.weight, known.means - self.mean, np.sqrt(known.sds**2 + self.sd**2))
        return float(change.below(-by))


class FirstSeconds:
    """Collects the readings of the first window of a face, and of the first without a smile.

    A window is 5 s long, or longer until it holds a state: 8 usable readings over 1 s. It is one without a smile where
    the median of its readings is at most `SMILING`, and those of both halves of its time lie within `STEADY` of each
    other: where a smile just fades, most of the window may be neither smile nor rest.
    Readings of whole faces and by the eyes alone each have windows of their own, since like is compared with like.
    """

    def __init__(self) -> None:
        self._windows: dict[bool, _Windows] = {}

    def read(self, reading: LiveReading) -> None:
        """Take a usable reading, not before the last."""
        self._windows.setdefault(reading.by_eyes, _Windows()).read(reading)

    def state(self, *, by_eyes: bool) -> FirstState | None:
        """What it showed in the first window, read in one way; `None` before that is over."""
        windows = self._windows.get(by_eyes)
        return None if windows is None else windows.first

    def even(self, *, by_eyes: bool) -> FirstState | None:
        """What it showed in the first window without a smile, likewise; `None` before there is one."""
        windows = self._windows.get(by_eyes)
        return None if windows is None else windows.even


class _Windows:
    def __init__(self) -> None:
        self.first: FirstState | None = None
        self.even: FirstState | None = None
        self._begin()

    def _begin(self) -> None:
        self._readings: list[LiveReading] = []
        self._n = 0
        self._usable_s = 0.0

    def read(self, reading: LiveReading) -> None:
        if self.even is not None:
            return
        if self._readings:
            over = reading.t_s - self._readings[0].t_s > WINDOW_S
            if over and is_state(self._n, self._usable_s):
                self._close()
            else:
                past_s = reading.t_s - self._readings[-1].t_s
                self._usable_s += past_s if past_s <= GAP_S else 0.0
        self._readings.append(reading)
        self._n += reading.n

    def _close(self) -> None:
        even = _even(self._readings)
        if self.first is None or even is not None:
            known = _mean(self._readings)
            self.first = known if self.first is None else self.first
            if even is not None:
                self.even = FirstState(min(even, known.mean), known.sd)
        self._begin()


def _even(readings: list[LiveReading]) -> float | None:
    """The median of a window without a smile; `None` of any other."""
    middle_s = (readings[0].t_s + readings[-1].t_s) / 2
    first, last = (
        [one.valence for one in readings if (one.t_s > middle_s) is late] for late in (False, True)
    )
    halves = [median(half) for half in (first, last) if half]
    whole = median(one.valence for one in readings)
    return whole if whole <= SMILING and max(halves) - min(halves) <= STEADY else None


def _mean(readings: list[LiveReading]) -> FirstState:
    """The mean over the usable time of readings that are a state."""
    numbers = np.array([(one.t_s, one.valence, one.variance) for one in readings])
    series, _ = prepare(*numbers.T)
    coverage = Coverage.of(series.t)
    whole, usable_s, bridge = coverage.integral(coverage.start_s, coverage.end_s)
    mixed = infer(series).functional(
        (whole / usable_s)[None], np.array([bridge / usable_s**2]), [min(usable_s, WINDOW_S)]
    )
    return FirstState(float(mixed.mean[0]), float(mixed.sd[0]))
