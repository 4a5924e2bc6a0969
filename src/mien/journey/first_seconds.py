"""What a face showed in its first seconds: what a person is compared with who has just come (design 3.5, 3.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mien.journey.posterior import Mixture, infer
from mien.journey.readings import prepare
from mien.journey.thresholds import WINDOW_S, is_state
from mien.journey.windows import GAP_S, Coverage

if TYPE_CHECKING:
    from mien.journey.live_face import Level, LiveReading


@dataclass(frozen=True, slots=True)
class FirstState:
    """The mean valence of the first window.

    Attributes:
        mean: Its mean, -1..1.
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
    """Collects the readings of the first window of a face.

    The window is 5 s long, or longer until it holds a state: 8 usable readings over 1 s. Readings of whole faces and by
    the eyes alone each have a window of their own, since like is compared with like.
    """

    def __init__(self) -> None:
        self._windows: dict[bool, _Window] = {}

    def read(self, reading: LiveReading) -> None:
        """Take a usable reading, not before the last."""
        self._windows.setdefault(reading.by_eyes, _Window()).read(reading)

    def state(self, *, by_eyes: bool) -> FirstState | None:
        """What it showed, read in one way; `None` before the window is over."""
        window = self._windows.get(by_eyes)
        return None if window is None else window.known


class _Window:
    def __init__(self) -> None:
        self.known: FirstState | None = None
        self._readings: list[LiveReading] = []
        self._n = 0
        self._usable_s = 0.0

    def read(self, reading: LiveReading) -> None:
        if self.known is not None:
            return
        if self._readings:
            over = reading.t_s - self._readings[0].t_s > WINDOW_S
            if over and is_state(self._n, self._usable_s):
                self.known = _mean(self._readings)
                self._readings.clear()
                return
            past_s = reading.t_s - self._readings[-1].t_s
            self._usable_s += past_s if past_s <= GAP_S else 0.0
        self._readings.append(reading)
        self._n += reading.n


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
