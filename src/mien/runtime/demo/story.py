"""What is made up, in one place: the chain, its weeks and hours, and what is planted in it to be found.

Three things are planted, each in one store:

1. **Worse**: `Simulated Lyon`, at the checkout, in the evening shift, from the first day of the last calendar month
   on (`Story.worse_from`): faces arrive less pleasant and leave much less so, and waits are several times as long.
2. **Helps**: `Simulated Nantes`, at the service desk: under the protocol `greeting` faces leave more pleasant than
   under `as before`; which of the two is kept to is drawn anew for each day and shift. Elsewhere it does nothing.
3. **Good**: `Simulated Lille`, in the morning shift, at the service desk and at the checkout: faces leave more
   pleasant.

Nothing else differs but stores by a constant. Nobody in it exists, and no camera is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from mien.vision.gate import Role

SEED: Final = 20_260_923
READER: Final = "simulated 1"
"""What stands where the name and version of the expression reader stand: nothing was read."""
DAYS: Final = 90
"""Days up to the last one."""
TIME_ZONE: Final = "Europe/Paris"
_FEWEST_DAYS: Final = 7

Shift = Literal["morning", "afternoon", "evening"]
SHIFTS: Final[dict[Shift, tuple[float, float]]] = {
    "morning": (9.0, 13.0),
    "afternoon": (13.0, 17.0),
    "evening": (17.0, 20.5),
}
"""Hours of the shifts, on the clock of the site."""
OPEN: Final = (9.5, 20.0)
"""Opening hours, Monday to Saturday."""
SUNDAY: Final = (10.0, 12.5)
"""Opening hours on Sundays, where there are any; so few come that no average of one touchpoint and day is shown."""
HOURLY: Final = (3.0, 4.5, 6.0, 7.0, 6.0, 4.5, 4.5, 5.5, 7.5, 8.5, 5.0)
"""How many come in each hour from 9:00 on, against each other."""
WEEKLY: Final = (0.85, 0.85, 1.0, 0.95, 1.15, 1.5, 0.12)
"""How many come on each day from Monday on, against Wednesday."""
PROTOCOLS: Final = {
    "greeting": "Greet every customer at the service desk within ten seconds",
    "as before": "Serve as it was done before",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A touchpoint of every store.

    Attributes:
        name: Of the touchpoint.
        role: In the journey.
        camera: That watches it.
        points: Its service points.
        kind: What interactions there are about.
        read: Share of those who come there whose face is read.
    """

    name: str
    role: Role
    camera: str
    points: tuple[str, ...] = ()
    kind: str | None = None
    read: float = 0.8


PLACES: Final = (
    Place("entrance", "entrance", "door", read=0.62),
    Place("clothing", "department", "clothing", read=0.5),
    Place("service desk", "counter", "desk", ("desk 1", "desk 2"), "advice", read=0.9),
    Place("checkout", "checkout", "tills", ("till 1", "till 2"), "purchase", read=0.85),
    Place("exit", "exit", "way out", read=0.5),
)
"""In the order in which customers pass them."""


@dataclass(frozen=True, slots=True)
class DemoSite:
    """A store of the chain.

    Attributes:
        name: Of the site.
        visitors: On a Wednesday.
        offset: By what its faces differ in valence.
        sundays: Whether it is open on Sundays.
        calibrated: Whether its cameras at entrance and exit were measured against each other.
        blind: Days before the last one on which the camera at the exit was lost.
    """

    name: str
    visitors: float
    offset: float = 0.0
    sundays: bool = False
    calibrated: bool = True
    blind: tuple[int, ...] = ()

    @property
    def file_name(self) -> str:
        """Of its site file."""
        return self.name.lower().replace(" ", "-") + ".toml"


SITES: Final = (
    DemoSite("Simulated Lyon", 53, 0.03),
    DemoSite("Simulated Nantes", 45),
    DemoSite("Simulated Lille", 41, -0.02, sundays=True, calibrated=False, blind=(16, 17, 18)),
)


@dataclass(frozen=True, slots=True)
class Effect:
    """What is planted.

    Attributes:
        site: In which store.
        places: At which touchpoints.
        shift: In which shift; `None` for all.
        protocol: Under which protocol; `None` for all.
        arriving: By what valence differs when faces arrive at the touchpoint.
        leaving: By what when they leave it.
        waits: How many times as long they wait.
    """

    site: str
    places: tuple[str, ...]
    shift: Shift | None
    protocol: str | None = None
    arriving: float = 0.0
    leaving: float = 0.0
    waits: float = 1.0


WORSE: Final = Effect("Simulated Lyon", ("checkout",), "evening", arriving=-0.22, leaving=-0.42, waits=3.5)
HELPS: Final = Effect("Simulated Nantes", ("service desk",), None, "greeting", leaving=0.16)
GOOD: Final = Effect("Simulated Lille", ("service desk", "checkout"), "morning", arriving=0.04, leaving=0.18)

_NONE: Final = Effect("", (), None)


@dataclass(frozen=True, slots=True)
class Story:
    """A simulated chain up to a day.

    Attributes:
        last_day: On the clock of the sites.
        days: How many there are.
        sites: The stores.
    """

    last_day: date
    days: int = DAYS
    sites: tuple[DemoSite, ...] = SITES

    @property
    def first_day(self) -> date:
        """The first of the days."""
        return self.last_day - timedelta(days=self.days - 1)

    @property
    def worse_from(self) -> date:
        """The day from which one store is worse: the first of the month of the last day.

        Where under a week of that month is over, the first of the month before, since nothing could be shown yet.
        """
        first = self.last_day.replace(day=1)
        if (self.last_day - first).days + 1 >= _FEWEST_DAYS:
            return first
        return (first - timedelta(days=1)).replace(day=1)

    @property
    def digest(self) -> str:
        """What stands where the digest of an analysis' settings stands: all that this depends on."""
        return f"{READER} {self.last_day} {self.days} {len(self.sites)}"

    @classmethod
    def of(cls, digest: str) -> Story | None:
        """The story of a digest; `None` where it is none of this Mien."""
        words = digest.removeprefix(READER).split()
        try:
            day, days, sites = words
            found = cls(date.fromisoformat(day), int(days), SITES[: int(sites)])
        except ValueError:
            return None
        return found if found.digest == digest else None

    def days_back(self) -> tuple[date, ...]:
        """The days, the last one first: what people look at first is there first."""
        return tuple(self.last_day - timedelta(days=n) for n in range(self.days))

    def chance(self, site: DemoSite, day: date, what: int) -> np.random.Generator:
        """The source of chance of one thing on one day of a store, the same whenever it is asked for."""
        return np.random.default_rng([SEED, self.sites.index(site), day.toordinal(), what])

    def protocol(self, site: DemoSite, day: date, shift: Shift) -> str:
        """What the service desk keeps to in a shift, drawn for each."""
        number = int(self.chance(site, day, 1).integers(2, size=len(SHIFTS))[list(SHIFTS).index(shift)])
        return list(PROTOCOLS)[number]

    def effect(self, site: DemoSite, place: Place, shift: Shift, protocol: str | None, day: date) -> Effect:
        """What is planted there and then; nothing is an effect of 0."""
        for one in (WORSE, HELPS, GOOD):
            there = one.site == site.name and place.name in one.places
            then = one.shift in (None, shift) and one.protocol in (None, protocol)
            if there and then and (one is not WORSE or day >= self.worse_from):
                return one
        return _NONE


def hours_on(site: DemoSite, day: date) -> tuple[float, float] | None:
    """Opening and closing of a store on a day; `None` where it is closed."""
    if day.weekday() == 6:
        return SUNDAY if site.sundays else None
    return OPEN


def shift_at(hour: float) -> Shift:
    """The shift at an hour of opening."""
    return next(name for name, (begin, end) in SHIFTS.items() if begin <= hour < end)
