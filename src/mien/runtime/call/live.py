"""What can be told of the face now: the filter of the scores, and what it shows, or why neither can be told."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scipy.stats import norm

from mien.expressions import SCALES
from mien.expressions import valence as valence_of
from mien.journey.live import LiveState
from mien.journey.moods import Colour, read_mood
from mien.journey.thresholds import MIN_STATE_READINGS, MOMENT_PROBABILITY, THRESHOLDS
from mien.journey.windows import GAP_S
from mien.runtime.call.types import Hint, Untold
from mien.vision.types import Visibility

if TYPE_CHECKING:
    from mien.expressions import ScaleName
    from mien.vision.types import Observation

_ASIDE_S: Final = 10.0
"""A hint compares the state with that of so many seconds ago, or of half as many where there is none so old."""
_LASTING_S: Final = 2.0
"""A colour is hinted at when it has been shown for so long."""

_OTHERWISE: Final = 5
"""Readings in a row that were made in the other way, by the eyes alone or not, after which the state begins anew."""


@dataclass(frozen=True, slots=True)
class Told:
    """What can be told now; the fields are those of `CallState`."""

    at_s: float
    valence: float | None
    low: float | None
    high: float | None
    untold: str | None
    colour: str | None
    mood: str | None
    untold_mood: str | None
    hint: Hint | None


class LiveFace:
    """Follows one person of a call.

    A number is told under the same rule as a Happiness Index: from eight readings on, and only while its 95 % band is
    narrower than an index's may be. After two seconds without a usable reading nothing is told, but why. Readings of
    whole faces and of eyes alone are not taken for one another: when a hand or a mask covers the face for a second, or
    leaves it, the state begins anew.

    Args:
        scale: Valence scale.
    """

    def __init__(self, scale: ScaleName = "balance") -> None:
        self._scale: ScaleName = scale
        self._limits = THRESHOLDS[scale]
        self._state = LiveState()
        self._by_eyes: bool | None = None
        self._otherwise: list[tuple[float, float, float]] = []
        self._out: deque[tuple[float, str]] = deque()
        self._shown: Observation | None = None
        self._past: deque[tuple[float, float, float]] = deque()
        self._colour: tuple[Colour, float] | None = None

    def take(self, t_s: float, seen: Observation | None) -> None:
        """Count one picture.

        Args:
            t_s: Seconds, not before the last.
            seen: The face; `None` where none was seen.
        """
        if seen is None or seen.reading is None or seen.left_out is not None:
            self._out.append(
                (t_s, str(seen.left_out) if seen is not None and seen.left_out else Untold.NO_FACE.value)
            )
            return
        variance = float(seen.reading.variances[SCALES.index(self._scale)])
        self._read(
            (t_s, float(valence_of(seen.reading.probabilities, self._scale)), variance),
            seen.reading.visibility,
        )
        self._shown = seen
        now = self._state.at()
        self._past.append((t_s, float(now.mean), float(now.sd)))
        while self._past and t_s - self._past[0][0] > _ASIDE_S:
            self._past.popleft()

    def _read(self, reading: tuple[float, float, float], visibility: Visibility) -> None:
        by_eyes = visibility is Visibility.EYES
        if self._by_eyes is None or by_eyes is self._by_eyes:
            self._by_eyes = by_eyes
            self._otherwise.clear()
            self._state.update(*reading)
            return
        self._otherwise.append(reading)
        if len(self._otherwise) < _OTHERWISE:
            self._state.update(*reading)
            return
        self._state, self._by_eyes = LiveState(), by_eyes
        self._past.clear()
        for known in self._otherwise:
            self._state.update(*known)
        self._otherwise.clear()

    def told(self, t_s: float) -> Told:
        """What can be told at a time, seconds, not before the last picture."""
        while self._out and t_s - self._out[0][0] > GAP_S:
            self._out.popleft()
        last_s = self._state.t_s
        if last_s is None or t_s - last_s > GAP_S:
            why = Counter(reason for _, reason in self._out).most_common(1)
            reason = why[0][0] if why else Untold.NO_FACE.value
            self._colour = None
            return Told(t_s, None, None, None, reason, None, None, reason, None)
        colour, mood, untold_mood = self._mood(t_s)
        if self._state.n < MIN_STATE_READINGS:
            return Told(t_s, None, None, None, Untold.TOO_FEW.value, colour, mood, untold_mood, None)
        now = self._state.at(max(t_s, last_s))
        mean, low, high = float(now.mean), *(float(now.quantile(p)) for p in (0.025, 0.975))
        if high - low >= self._limits.hi_width / 50:
            return Told(t_s, None, None, None, Untold.TOO_WIDE.value, colour, mood, untold_mood, None)
        low, high = max(low, -1.0), min(high, 1.0)
        return Told(
            t_s, min(max(mean, low), high), low, high, None, colour, mood, untold_mood, self._hint(t_s, mood)
        )

    def _mood(self, t_s: float) -> tuple[str | None, str | None, str | None]:
        shown = self._shown
        if shown is None or shown.shown is None:
            return None, None, Untold.NO_FACE.value
        read = read_mood(shown.shown, shown.tired.looks_tired if shown.tired is not None else None)
        if read.colour is None:
            self._colour = None
            return None, None, Untold.NOT_CLEAR.value
        if self._colour is None or self._colour[0] is not read.colour:
            self._colour = (read.colour, t_s)
        return read.colour.value, read.mood.key if read.mood is not None else None, None

    def _hint(self, t_s: float, mood: str | None) -> Hint | None:
        """What the last seconds bear out with the certainty that a moment needs."""
        _, mean, sd = self._past[-1]
        began_s, before, before_sd = self._past[0]
        if t_s - began_s >= _ASIDE_S / 2:
            spread = max((sd**2 + before_sd**2) ** 0.5, 1e-6)
            if norm.cdf((before - mean - self._limits.moment) / spread) > MOMENT_PROBABILITY:
                return Hint.FELL
            if norm.cdf((mean - before - self._limits.moment) / spread) > MOMENT_PROBABILITY:
                return Hint.ROSE
        lasting = self._colour is not None and t_s - self._colour[1] >= _LASTING_S
        if not lasting or self._colour is None:
            return None
        edge = self._limits.changed / 100
        if self._colour[0] is Colour.RED and self._state.probability_below(-edge) > MOMENT_PROBABILITY:
            return Hint.UNPLEASANT
        if self._colour[0] is Colour.GREEN and self._state.probability_above(edge) > MOMENT_PROBABILITY:
            return Hint.PLEASANT
        return Hint.SURPRISED if mood == "surprise" else None
