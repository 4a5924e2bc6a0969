"""What flow gives: counts that sum over periods, each with what is known of its error."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt

from mien.journey.flow.durations import Durations
from mien.journey.flow.summing import Counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WHOLE: Final = 0.99
"""Share of a period that the camera must have seen for it to count as whole."""


class LineCounts(Counts):
    """What happened at one door line.

    Attributes:
        came_in: Who crossed it to its inner side.
        went_out: Who crossed it to the outer side.
        unclear: Tracks that began or ended on it, so that it cannot be told whether they crossed.
    """

    came_in: NonNegativeInt = 0
    went_out: NonNegativeInt = 0
    unclear: NonNegativeInt = 0


class ZoneCounts(Counts):
    """What happened in one zone.

    Attributes:
        stays: How long people stayed who did not only pass.
        person_s: Seconds that people were in it, all together, passing ones too.
        feetless_s: Those of them in which the feet were not in the picture, so that the place was guessed.
        turned_s: Of a shelf: seconds in which faces were turned to the side where it lies.
    """

    stays: Durations = Durations()
    person_s: NonNegativeFloat = 0.0
    feetless_s: NonNegativeFloat = 0.0
    turned_s: NonNegativeFloat = 0.0


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval (Wilson 1927)."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, n: int, of: int) -> Self:
        """So many of so many.

        Args:
            n: How many.
            of: Of how many, at least 1.
        """
        return cls(n / of, *_wilson(n, of))


@lru_cache(maxsize=4096)
def _wilson(n: int, of: int) -> tuple[float, float]:
    """The interval of so many of so many; kept, for the library makes a whole test of it."""
    from scipy import stats  # noqa: PLC0415  (only reports need it, and every worker would load it)

    interval = stats.binomtest(n, of).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


class QueueCounts(Counts):
    """What happened in one queue.

    Attributes:
        joined: Who began to wait.
        served: Waiting times of those who went on to a service point. Who was lost or is still there counts as cut.
        gave_up: How long those waited who went elsewhere.
        left: How long those waited of whom it cannot be told which, for no zone of this camera is where they are
            served.
        length_s: Seconds for which so many waited, by how many.
    """

    joined: NonNegativeInt = 0
    served: Durations = Durations()
    gave_up: Durations = Durations()
    left: Durations = Durations()
    length_s: dict[int, NonNegativeFloat] = Field(default_factory=dict)

    @property
    def mean_length(self) -> float | None:
        """How many waited on average over the time seen; `None` where none was seen."""
        seen_s = sum(self.length_s.values())
        return sum(n * s for n, s in self.length_s.items()) / seen_s if seen_s else None

    @property
    def longest(self) -> int:
        """The greatest number that waited."""
        return max((n for n, seconds in self.length_s.items() if seconds > 0.0), default=0)

    @property
    def share_given_up(self) -> Share | None:
        """How many of those whose end is known went without service; `None` where there are none."""
        n = self.served.n + self.gave_up.n
        return None if n == 0 else Share.of(self.gave_up.n, n)


class FlowCounts(Counts):
    """Everything counted at one camera over some time. Counts of adjacent times add up.

    Attributes:
        watched_s: Seconds that the camera saw.
        gap_s: Seconds in between that it did not; nothing is filled in for them.
        gaps: How often.
        people: Tracks that began.
        excluded: Finds of people in excluded zones, one for each picture; they are counted nowhere else.
        faces_s: Seconds that faces were seen whose direction is known, all together.
        facing_s: Those of them in which the face was turned to the camera, so that no shelf can be told.
        lines: By door line.
        zones: By zone, queues too.
        queues: By queue.
        paths: How often people went from one place to another: `paths["hall"]["queue"]`. A place is the name of a
            zone, or of a door line with `(in)` or `(out)`.
        heat: Seconds that people stood in each cell of the heat map, by its number: row after row from the top left.
    """

    watched_s: NonNegativeFloat = 0.0
    gap_s: NonNegativeFloat = 0.0
    gaps: NonNegativeInt = 0
    people: NonNegativeInt = 0
    excluded: NonNegativeInt = 0
    faces_s: NonNegativeFloat = 0.0
    facing_s: NonNegativeFloat = 0.0
    lines: dict[str, LineCounts] = Field(default_factory=dict)
    zones: dict[str, ZoneCounts] = Field(default_factory=dict)
    queues: dict[str, QueueCounts] = Field(default_factory=dict)
    paths: dict[str, dict[str, NonNegativeInt]] = Field(default_factory=dict)
    heat: dict[int, NonNegativeFloat] = Field(default_factory=dict)

    @property
    def steps(self) -> list[tuple[str, str, int]]:
        """The ways that people went, (from, to, people), the commonest first."""
        steps = [(one, other, n) for one, after in self.paths.items() for other, n in after.items()]
        return sorted(steps, key=lambda step: (-step[2], *step[:2]))

    def heat_map(self, rows: int, columns: int) -> NDArray[np.float64]:
        """The heat map as (rows, columns) float64, seconds; the numbers are those of `FlowSettings`."""
        cells = np.zeros(rows * columns)
        for cell, seconds in self.heat.items():
            cells[cell] = seconds
        return cells.reshape(rows, columns)

    def heat_shades(self, rows: int, columns: int, darkest: int) -> NDArray[np.int64]:
        """The heat map in shades as (rows, columns) int64: 0 nobody, `darkest` where people stood longest.

        Roots, since one place where somebody waits would leave all others white.
        """
        cells = self.heat_map(rows, columns)
        shades: NDArray[np.int64] = np.ceil(np.sqrt(cells / max(float(cells.max()), 1e-9)) * darkest).astype(
            np.int64
        )
        return shades


class FlowQuarter(BaseModel):
    """What was counted in one period.

    Attributes:
        begin_s: Its beginning, seconds in the stream; below 0 where the stream began in its midst.
        end_s: Its end.
        counts: What was counted. What takes time is counted in the period in which it became certain.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    begin_s: float
    end_s: float
    counts: FlowCounts

    @property
    def whole(self) -> bool:
        """Whether the camera saw (nearly) all of it."""
        return self.counts.watched_s >= _WHOLE * (self.end_s - self.begin_s)
