"""Interactions of a made-up shop with a known truth, to check that intervals hold what they promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.insight.types import StateRecord

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

READER: Final = "simulated 1"
_SMILE: Final = (6.0, 3.2)
_FROWN: Final = (5.0, 6.0)
_NEUTRAL_SD: Final = 0.07
_SURE: Final = np.array([1.0, 0.3, 1.6])
"""Errors of neutral, smiling and unpleasant faces against each other: a reader is surest of a clear smile."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """People of whom some smile, some look unpleasant, and the rest are about neutral.

    Attributes:
        smiling: Share that smiles; their states are 0.65 in the mean.
        unpleasant: Share that looks unpleasant; -0.45 in the mean.
    """

    smiling: float
    unpleasant: float

    @property
    def mean(self) -> float:
        """The true mean state."""
        (a, b), (c, d) = _SMILE, _FROWN
        return self.smiling * a / (a + b) - self.unpleasant * c / (c + d)

    def states(self, rng: np.random.Generator, n: int, error: float = 0.05) -> tuple[Array, Array]:
        """What a reader makes of `n` of them: states with errors, and the standard deviations of these.

        Args:
            rng: Source of chance.
            n: How many.
            error: Median standard deviation of the error of a neutral face, valence.
        """
        shares = [1 - self.smiling - self.unpleasant, self.smiling, self.unpleasant]
        kind = rng.choice(3, n, p=shares)
        looks = np.stack([rng.normal(0, _NEUTRAL_SD, n), rng.beta(*_SMILE, n), -rng.beta(*_FROWN, n)])
        sd = rng.lognormal(np.log(error), 0.5, n) * _SURE[kind]
        return looks[kind, np.arange(n)] + rng.normal(0, sd), sd


def simulate_day(
    rng: np.random.Generator,
    day: date,
    zone: ZoneInfo,
    hours: Mapping[int, tuple[int, int]],
    crowds: tuple[Crowd, Crowd],
    *,
    shifts: tuple[float, float] = (0.0, 0.0),
    cameras: tuple[str, str] = ("front", "back"),
) -> list[StateRecord]:
    """One day of a shop with the touchpoints `entrance` and `exit`.

    Args:
        rng: Source of chance.
        day: The day.
        zone: Clock of the site.
        hours: How many are read at the entrance and at the exit, by hour of the day.
        crowds: The people at the entrance and at the exit.
        shifts: Added to every state of the day at the entrance and at the exit.
        cameras: Which camera sees those at the entrance, and which those at the exit.

    Returns:
        One record for each interaction.
    """
    found = []
    for hour, counts in hours.items():
        begin = datetime.combine(day, time(hour), zone)
        sides = zip(("entrance", "exit"), counts, crowds, shifts, cameras, strict=True)
        for touchpoint, n, crowd, shift, camera in sides:
            for state, minute in zip(crowd.states(rng, n)[0], rng.uniform(0, 60, n), strict=True):
                found.append(
                    StateRecord(
                        touchpoint,
                        begin + timedelta(minutes=float(minute)),
                        float(state) + shift,
                        n=40,
                        usable_s=5.0,
                        by_eyes=0,
                        scale="balance",
                        reader=READER,
                        camera=camera,
                    )
                )
    return found
