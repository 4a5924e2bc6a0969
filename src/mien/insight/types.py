"""What `mien.insight` takes and gives: states of interactions, means with intervals, differences with verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from mien.journey.thresholds import ONE_WAY, is_state

if TYPE_CHECKING:
    from mien.expressions import ScaleName
    from mien.insight.allowance import Cameras

Key = TypeVar("Key", datetime, date, int)

FEWEST: Final = 10
"""States that an average needs: k of design 3.11."""


class Verdict(StrEnum):
    """What the interval of a difference, exit minus entrance, carries."""

    HIGHER = "higher at the exit"
    LOWER = "lower at the exit"
    NONE = "no difference shown"
    UNKNOWN = "cannot tell"


class Unit(StrEnum):
    """What counts once in an average."""

    INTERACTION = "interaction"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class StateRecord:
    """An interaction as a comparison of states takes it; nothing in it tells of whom.

    Attributes:
        touchpoint: Where it took place.
        started_at: When it began, with a zone.
        valence: Time-weighted mean valence, -1..1, whether it is shown or not; `None` where there is none.
        n: Usable readings.
        usable_s: Seconds covered by usable readings.
        by_eyes: Usable readings made from the eyes alone.
        scale: Valence scale.
        reader: Name and version of the expression reader.
        camera: Which camera saw it; `None` where nobody knows.
    """

    touchpoint: str
    started_at: datetime
    valence: float | None
    n: int
    usable_s: float
    by_eyes: int
    scale: ScaleName
    reader: str
    camera: str | None

    @property
    def state(self) -> float | None:
        """The mean valence where it is a state (design 3.6); `None` where too little was read."""
        return self.valence if is_state(self.n, self.usable_s) else None

    @property
    def covered(self) -> bool:
        """Whether too much of it was read by the eyes alone to be compared with whole faces."""
        return self.n - self.by_eyes < ONE_WAY * self.n


@dataclass(frozen=True, slots=True, order=True)
class Way:
    """How interactions were read; only those read in one way are compared.

    Attributes:
        reader: Name and version of the expression reader.
        scale: Valence scale.
    """

    reader: str
    scale: ScaleName


@dataclass(frozen=True, slots=True)
class OtherWay:
    """Interactions that are left out, since they were read in another way than those that are compared.

    Attributes:
        way: How they were read.
        interactions: How many they are.
        first: Day of the first, on the clock of the site.
        last: Day of the last.
    """

    way: Way
    interactions: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval.

    Attributes:
        value: The mean, valence -1..1.
        low: Lower end of its 95 % interval.
        high: Upper end.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean at the exit minus mean at the entrance, freed of the offset of the cameras where that was measured.

    Attributes:
        value: The difference of valence, -2..2.
        low: Lower end of its 95 % interval, which holds for it alone.
        high: Upper end.
        joint_low: Lower end of the wider interval that the verdict comes from: those of all periods of the same kind
            hold together with 95 %.
        joint_high: Upper end.
        alone_low: Lower end of the 95 % interval without the error of the cameras, which moves all periods alike: with
            it periods are compared among themselves.
        alone_high: Upper end.
        offset: What was taken away for the cameras, valence; 0 where they were not measured.
    """

    value: float
    low: float
    high: float
    joint_low: float
    joint_high: float
    alone_low: float
    alone_high: float
    offset: float

    @property
    def widened(self) -> float:
        """By how much the cameras put each end of the 95 % interval further out, valence."""
        return ((self.high - self.low) - (self.alone_high - self.alone_low)) / 2


@dataclass(frozen=True, slots=True)
class SideMean:
    """What was seen on one side in one period.

    Attributes:
        seen: Interactions, read in the way that is compared.
        states: Those whose state is compared: whole faces, at least 1 s and 8 usable readings.
        covered: Those left out of the comparison because they were read by the eyes alone for more than a tenth.
        mean: Mean state; `None` where it cannot be shown.
        reason: Why there is none, one clause in plain words; `None` where there is one.
    """

    seen: int
    states: int
    covered: int
    mean: Estimate | None
    reason: str | None

    @property
    def stateless(self) -> int:
        """Interactions of which too little was read for a state."""
        return self.seen - self.states - self.covered


@dataclass(frozen=True, slots=True)
class Compared:
    """Entrance and exit in one period.

    Attributes:
        entrance: What was seen at the entrance.
        exit: What was seen at the exit.
        difference: Exit minus entrance; `None` where it cannot be shown.
        reason: Why there is none; `None` where there is one.
        verdict: What the interval carries.
        unit: What counts once in means and difference.
        days: Days that count where the day is the unit; 0 elsewhere.
    """

    entrance: SideMean
    exit: SideMean
    difference: Difference | None
    reason: str | None
    verdict: Verdict
    unit: Unit = Unit.INTERACTION
    days: int = 0


@dataclass(frozen=True, slots=True)
class Cell(Generic[Key]):
    """One period of a series.

    Attributes:
        at: Its beginning on the clock of the site (with the offset from UTC), its day, or its hour of the day 0..23.
        found: What was found in it.
    """

    at: Key
    found: Compared


@dataclass(frozen=True, slots=True)
class HourlyComparison:
    """Entrance and exit compared in aggregate. Nobody is followed: they are not the same people.

    Attributes:
        way: How the interactions that are compared were read; `None` where there are none.
        cameras: How the cameras are allowed for; `None` where a side has no states.
        hours: Each hour in which anybody was seen, or a camera was not read, in order of time.
        clock: Each hour of the day, the days taken together, in order.
        days: Each day on which anybody was seen, in order.
        total: The whole time.
        others: Interactions that were read in another way and are left out.
    """

    way: Way | None
    cameras: Cameras | None
    hours: tuple[Cell[datetime], ...]
    clock: tuple[Cell[int], ...]
    days: tuple[Cell[date], ...]
    total: Compared
    others: tuple[OtherWay, ...]
