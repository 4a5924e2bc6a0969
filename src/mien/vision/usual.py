"""The usual pose at a camera: what heads and eyes are like there, most of the time.

Cameras hang high, to the side, behind a counter. "Turned away" and "looking down" mean something only
against what is usual there, so the running median of pose is kept, weighted by seconds, with a prior at 0
that makes the first faces count as little as they should.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict

_HALF_LIFE_S: Final = 600.0
_DEGREES: Final = np.arange(-90, 91)


class UsualState(BaseModel):
    """One angle's distribution as numbers.

    Attributes:
        seconds: (degree, seconds held) where there are any.
        t_s: When it was last added to, seconds in the stream.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: tuple[tuple[int, float], ...] = ()
    t_s: float | None = None


class RunningMedian:
    """Median of one angle over time, with a prior; old values fade with a half-life of 10 minutes.

    Args:
        prior_s: Weight of the prior, seconds.
        prior: Its value, degrees.
    """

    def __init__(self, *, prior_s: float, prior: float = 0.0) -> None:
        self._prior = np.zeros(_DEGREES.size)
        self._prior[self._bin(prior)] = prior_s
        self._seconds = np.zeros(_DEGREES.size)
        self._t_s: float | None = None

    def add(self, degrees: float, seconds: float, t_s: float) -> None:
        """Take in an angle that was held for some seconds until `t_s`."""
        if self._t_s is not None and t_s > self._t_s:
            self._seconds *= 0.5 ** ((t_s - self._t_s) / _HALF_LIFE_S)
        self._t_s = t_s
        self._seconds[self._bin(degrees)] += seconds

    @property
    def value(self) -> float:
        """The median, degrees."""
        total = np.cumsum(self._seconds + self._prior)
        return float(_DEGREES[int(np.searchsorted(total, total[-1] / 2.0))])

    @staticmethod
    def _bin(degrees: float) -> int:
        return int(np.clip(round(degrees), -90, 90)) + 90

    def state(self) -> UsualState:
        """What is needed to go on after a stop."""
        filled = np.flatnonzero(self._seconds)
        seconds = tuple((int(_DEGREES[i]), float(self._seconds[i])) for i in filled)
        return UsualState(seconds=seconds, t_s=self._t_s)

    def restore(self, state: UsualState) -> None:
        """Go on from a state."""
        self._seconds[:] = 0.0
        for degree, seconds in state.seconds:
            self._seconds[self._bin(degree)] = seconds
        self._t_s = state.t_s
