"""What can be told of the face of a call now: its state, what it shows, and a hint, or why none of it can be told."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scipy.stats import norm

from mien.journey.live_face import LiveFace, Untold
from mien.journey.moods import Colour, read_mood
from mien.journey.thresholds import MOMENT_PROBABILITY, THRESHOLDS
from mien.journey.windows import GAP_S
from mien.runtime.call.types import Hint

if TYPE_CHECKING:
    from mien.expressions import ScaleName
    from mien.journey.live_face import Level
    from mien.vision.types import Observation

_ASIDE_S: Final = 10.0
"""A hint compares the state with that of so many seconds ago, or of half as many where there is none so old."""
_LASTING_S: Final = 2.0
"""A colour is hinted at when it has been shown for so long."""
NOT_CLEAR: Final = "no expression stands out"
"""Why no colour is told."""


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


class CallFace:
    """Follows one person of a call: the state as `LiveFace` tells it, what the face shows, and a hint.

    Args:
        scale: Valence scale.
    """

    def __init__(self, scale: ScaleName = "balance") -> None:
        self._limits = THRESHOLDS[scale]
        self._face = LiveFace(scale)
        self._renewals = 0
        self._read_s: float | None = None
        self._shown: Observation | None = None
        self._past: deque[tuple[float, float, float]] = deque()
        self._colour: tuple[Colour, float] | None = None

    def take(self, t_s: float, seen: Observation | None) -> None:
        """Count one picture.

        Args:
            t_s: Seconds, not before the last.
            seen: The face; `None` where none was seen.
        """
        if not self._face.take(t_s, seen):
            return
        self._shown, self._read_s = seen, t_s
        if self._face.renewals != self._renewals:
            self._renewals = self._face.renewals
            self._past.clear()
        now = self._face.last()
        self._past.append((t_s, float(now.mean), float(now.sd)))
        while self._past and t_s - self._past[0][0] > _ASIDE_S:
            self._past.popleft()

    def told(self, t_s: float) -> Told:
        """What can be told at a time, seconds, not before the last picture."""
        level = self._face.told(t_s)
        if self._read_s is None or t_s - self._read_s > GAP_S:
            self._colour = None
            why = str(level)
            return Told(t_s, None, None, None, why, None, None, why, None)
        colour, mood, untold_mood = self._mood(t_s)
        if isinstance(level, str):
            return Told(t_s, None, None, None, level, colour, mood, untold_mood, None)
        hint = self._hint(t_s, mood, level)
        return Told(t_s, level.mean, level.low, level.high, None, colour, mood, untold_mood, hint)

    def _mood(self, t_s: float) -> tuple[str | None, str | None, str | None]:
        shown = self._shown
        if shown is None or shown.shown is None:
            return None, None, Untold.NO_FACE.value
        read = read_mood(shown.shown, shown.tired.looks_tired if shown.tired is not None else None)
        if read.colour is None:
            self._colour = None
            return None, None, NOT_CLEAR
        if self._colour is None or self._colour[0] is not read.colour:
            self._colour = (read.colour, t_s)
        return read.colour.value, read.mood.key if read.mood is not None else None, None

    def _hint(self, t_s: float, mood: str | None, level: Level) -> Hint | None:
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
        if self._colour[0] is Colour.RED and level.below(self._limits.resting) > MOMENT_PROBABILITY:
            return Hint.UNPLEASANT
        if self._colour[0] is Colour.GREEN and level.above(edge) > MOMENT_PROBABILITY:
            return Hint.PLEASANT
        return Hint.SURPRISED if mood == "surprise" else None
