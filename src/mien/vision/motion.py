"""Where a face or a person will be: a Kalman filter of place and size in real seconds.

Velocity follows an Ornstein-Uhlenbeck process: without news it dies down, so that somebody who is
hidden is expected near the place where they were last seen, a little further on their way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Moves:
    """How something moves and how well its box is measured, in heights of the box.

    Attributes:
        acceleration: Change of speed, heights per second within a second.
        jitter: Error of a measured place, in heights, and of a measured height, as its logarithm.
        first_speed: Speed of somebody new, heights per second.
        size_acceleration: Change of the speed of the height's logarithm within a second.
        size_first_speed: That speed for somebody new, per second.
        memory_s: For how long a speed is believed without news, seconds.
    """

    acceleration: float
    jitter: float
    first_speed: float
    size_acceleration: float
    size_first_speed: float
    memory_s: float


FACE: Final = Moves(4.0, 0.03, 3.0, 0.5, 0.5, 1.0)
"""A face (about 0.22 m): a walking head changes its speed by about 1 m/s within a second; boxes from landmarks jitter
by 2-3 % of a face's height; somebody new may pass at up to 1.5 m/s."""

PERSON: Final = Moves(0.6, 0.05, 0.9, 0.3, 0.5, 1.0)
"""A person (about 1.7 m): the same speeds in another measure; a detector's boxes jitter by some 5 % of the height, for
legs come and go with each step."""


_Pair = tuple[float, float]


class MotionState(BaseModel):
    """A motion as numbers. Nothing of a picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    t_s: float
    mean: tuple[_Pair, _Pair, _Pair]
    spread: tuple[tuple[_Pair, _Pair], tuple[_Pair, _Pair], tuple[_Pair, _Pair]]
    aspect: float = Field(gt=0.0)

    def motion(self, moves: Moves) -> Motion:
        """The motion that gave these numbers.

        Args:
            moves: What it is that moves.
        """
        return Motion(self.t_s, np.array(self.mean), np.array(self.spread), self.aspect, moves)


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """State of one box at one time.

    Attributes:
        t_s: Seconds in the stream.
        mean: (3, 2) value and speed per second of centre x, centre y (pixels) and log height.
        spread: (3, 2, 2) covariance of each pair.
        aspect: Width over height.
        moves: What it is that moves.
    """

    t_s: float
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    aspect: float
    moves: Moves = FACE

    @classmethod
    def start(cls, box: NDArray[np.float32], t_s: float, moves: Moves = FACE) -> Motion:
        """What is seen for the first time."""
        values, aspect = _measured(box)
        height = np.exp(values[2])
        jitter = np.array([height * moves.jitter, height * moves.jitter, moves.jitter])
        first = height * moves.first_speed
        speed = np.array([first, first, moves.size_first_speed])
        spread = np.zeros((3, 2, 2))
        spread[:, 0, 0], spread[:, 1, 1] = jitter**2, speed**2
        return cls(t_s, np.stack([values, np.zeros(3)], axis=1), spread, aspect, moves)

    @property
    def height(self) -> float:
        """Height of the box, pixels."""
        return float(np.exp(self.mean[2, 0]))

    @property
    def box(self) -> NDArray[np.float32]:
        """(4,) float32 box in pixels."""
        half = self.height * np.array([self.aspect, 1.0]) / 2.0
        centre = self.mean[:2, 0]
        return np.concatenate([centre - half, centre + half]).astype(np.float32)

    def numbers(self) -> dict[str, Any]:
        """What `MotionState` is made of."""
        return {
            "t_s": self.t_s,
            "mean": self.mean.tolist(),
            "spread": self.spread.tolist(),
            "aspect": self.aspect,
        }

    def at(self, t_s: float) -> Motion:
        """The state expected at another time; times before the last one change nothing."""
        dt = t_s - self.t_s
        if dt <= 0.0:
            return self
        moves = self.moves
        kept = float(np.exp(-dt / moves.memory_s))
        step = np.array([[1.0, moves.memory_s * (1.0 - kept)], [0.0, kept]])
        faster = self.height * moves.acceleration
        push = np.array([faster, faster, moves.size_acceleration])
        # An acceleration that stays for the memory's length at most: without that bound a long gap would
        # allow any place.
        span = min(dt, moves.memory_s)
        noise = np.array([[span**4 / 4.0, span**3 / 2.0], [span**3 / 2.0, span**2]])
        spread = step @ self.spread @ step.T + push[:, None, None] ** 2 * noise
        return replace(self, t_s=t_s, mean=self.mean @ step.T, spread=spread)

    def seen(self, box: NDArray[np.float32]) -> Motion:
        """The state after the box was measured at this state's time."""
        values, aspect = _measured(box)
        jitter = self.moves.jitter
        noise = np.array([np.exp(values[2]) * jitter, np.exp(values[2]) * jitter, jitter]) ** 2
        gain = self.spread[:, :, 0] / (self.spread[:, 0, 0] + noise)[:, None]
        mean = self.mean + gain * (values - self.mean[:, 0])[:, None]
        spread = self.spread - gain[:, :, None] * self.spread[:, 0, None, :]
        return replace(self, mean=mean, spread=spread, aspect=0.8 * self.aspect + 0.2 * aspect)


def _measured(box: NDArray[np.float32]) -> tuple[NDArray[np.float64], float]:
    """(3,) centre x, centre y, log height; and width over height."""
    x1, y1, x2, y2 = (float(value) for value in box)
    width, height = max(x2 - x1, 1.0), max(y2 - y1, 1.0)
    return np.array([(x1 + x2) / 2.0, (y1 + y2) / 2.0, np.log(height)]), width / height
