"""What may be told of one face now: the one rule for cameras and calls (design 3.4, 3.8).

A state is told from eight readings over one second on, as a Happiness Index is, and only while its 95 % band is
narrower than an index's may be. It is that of now: since the last reading it is known ever less, and after two seconds
without a usable one nothing is told but why. Readings of whole faces and of eyes alone are not taken for one another:
where the face is covered, or uncovered, for some readings in a row, the state begins anew.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from mien.expressions import SCALES
from mien.expressions import valence as valence_of
from mien.journey.live import LiveState
from mien.journey.posterior import Mixture
from mien.journey.thresholds import THRESHOLDS, is_state
from mien.journey.windows import GAP_S
from mien.vision.types import Visibility

if TYPE_CHECKING:
    from mien.expressions import ScaleName
    from mien.vision.types import ExpressionReading, Observation

CAUTION: Final = 1.15
"""Factor on the spread of the live state. Without it 93 % of the 95 % bands held the truth in simulated tracks
(`benchmarks/live_bands.py`), since the filter lags behind faces that change; with it 95 %."""

_ENDS: Final = np.array([0.025, 0.975])
_EXACT: Final = 1e-6

_OTHERWISE: Final = 5
"""Readings in a row that were made in the other way, by the eyes alone or not, after which the state begins anew."""


class Untold(StrEnum):
    """Why no state is told; it may also be one of `mien.vision.types.LeftOut`."""

    TOO_FEW = "seen too shortly"
    TOO_WIDE = "interval too wide"
    NO_FACE = "no face is seen"


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The level of valence now, as it may be told.

    Attributes:
        mean: Its mean, -1..1.
        low: Lower end of its 95 % band.
        high: Upper end.
        known: All that is known of it.
        narrow: Whether its band is narrow enough for it to be shown.
    """

    mean: float
    low: float
    high: float
    known: Mixture
    narrow: bool = True

    def below(self, valence: float) -> float:
        """Probability that it is below a valence."""
        return float(self.known.below(valence))

    def above(self, valence: float) -> float:
        """Probability that it is above a valence."""
        return 1.0 - float(self.known.below(valence))


@dataclass(frozen=True, slots=True)
class LiveReading:
    """One usable reading, or what several of them come to.

    Attributes:
        t_s: Seconds in the stream.
        valence: Valence, -1..1.
        variance: Its error variance.
        by_eyes: Whether it was made from the eyes alone.
        n: Readings that it stands for.
    """

    t_s: float
    valence: float
    variance: float
    by_eyes: bool = False
    n: int = 1

    @classmethod
    def of(cls, t_s: float, reading: ExpressionReading, scale: ScaleName) -> Self:
        """The valence of a reading on a scale."""
        valence = float(valence_of(reading.probabilities, scale))
        variance = float(reading.variances[SCALES.index(scale)])
        return cls(t_s, valence, variance, reading.visibility is Visibility.EYES)


class LiveFace:
    """Follows one face.

    Args:
        scale: Valence scale.
    """

    def __init__(self, scale: ScaleName = "balance") -> None:
        self._scale: ScaleName = scale
        self._widest = THRESHOLDS[scale].hi_width / 50
        self._state = LiveState()
        self._n = 0
        self._usable_s = 0.0
        self._by_eyes: bool | None = None
        self._otherwise: list[LiveReading] = []
        self._out: deque[tuple[float, str]] = deque()
        self.renewals = 0
        """How often the state began anew."""

    @property
    def n(self) -> int:
        """Usable readings that the state rests on."""
        return self._n

    @property
    def read_s(self) -> float | None:
        """Time of the last of them; `None` before the first."""
        return self._state.t_s

    @property
    def by_eyes(self) -> bool:
        """Whether it rests on readings from the eyes alone."""
        return bool(self._by_eyes)

    def take(self, t_s: float, seen: Observation | None) -> bool:
        """Count one picture.

        Args:
            t_s: Seconds, not before the last.
            seen: The face; `None` where none was seen.

        Returns:
            Whether it was a usable reading.
        """
        if seen is None or seen.reading is None or seen.left_out is not None:
            reason = Untold.NO_FACE if seen is None or seen.left_out is None else seen.left_out
            self._out.append((t_s, reason.value))
            self._forget(t_s)
            return False
        self.read(LiveReading.of(t_s, seen.reading, self._scale))
        return True

    def read(self, reading: LiveReading) -> None:
        """Count one usable reading, not before the last."""
        if self._by_eyes is None or reading.by_eyes is self._by_eyes:
            self._by_eyes = reading.by_eyes
            self._otherwise.clear()
        else:
            self._otherwise.append(reading)
        if len(self._otherwise) < _OTHERWISE:
            self._read(reading)
            return
        self._state, self._n, self._usable_s, self._by_eyes = LiveState(), 0, 0.0, reading.by_eyes
        self.renewals += 1
        for known in self._otherwise:
            self._read(known)
        self._otherwise.clear()

    def last(self) -> Mixture:
        """What is known of the level at the last reading, whether it may be told or not."""
        return _spread(self._state.at())

    def told(self, t_s: float) -> Level | str:
        """What may be told at a time, or why nothing may: one of `Untold`, or of `LeftOut`.

        Args:
            t_s: Seconds, not before the last picture.
        """
        level = self.level(t_s)
        return level if isinstance(level, str) or level.narrow else Untold.TOO_WIDE.value

    def level(self, t_s: float) -> Level | str:
        """As `told`, however wide its band is: for who asks how likely something is and shows no number.

        Args:
            t_s: Seconds, not before the last picture.
        """
        self._forget(t_s)
        last_s = self._state.t_s
        if last_s is None or t_s - last_s > GAP_S:
            whys = Counter(reason for _, reason in self._out).most_common(1)
            return whys[0][0] if whys else Untold.NO_FACE.value
        if not is_state(self._n, self._usable_s):
            return Untold.TOO_FEW.value
        known = _spread(self._state.at(max(t_s, last_s)))
        low, high = _band(known)
        narrow = high - low < self._widest
        low, high = max(low, -1.0), min(high, 1.0)
        return Level(min(max(float(known.mean), low), high), low, high, known, narrow)

    def _read(self, reading: LiveReading) -> None:
        last_s = self._state.t_s
        if last_s is not None and reading.t_s - last_s <= GAP_S:
            self._usable_s += reading.t_s - last_s
        before = self._state.n
        self._state.update(reading.t_s, reading.valence, reading.variance)
        if self._state.n > before:
            self._n += reading.n

    def _forget(self, t_s: float) -> None:
        while self._out and t_s - self._out[0][0] > GAP_S:
            self._out.popleft()


def _band(known: Mixture) -> tuple[float, float]:
    """Both ends of the 95 % band to a millionth, by bisection: it is asked for several times a second."""
    reach = 9 * known.sds
    low, high = np.full(2, (known.means - reach).min()), np.full(2, (known.means + reach).max())
    while (high - low).max() > _EXACT:
        middle = (low + high) / 2
        under = known.below(middle) < _ENDS
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return float(low[0]), float(high[1])


def _spread(state: Mixture) -> Mixture:
    """What is known, spread by `CAUTION` around its mean."""
    mean = state.mean[..., None]
    return Mixture(state.weight, mean + CAUTION * (state.means - mean), CAUTION * state.sds)
