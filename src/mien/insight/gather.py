"""Interactions of two sides, sorted into hours and days on the clock of a site; what may be shown of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from typing import TYPE_CHECKING, TypeVar

from mien.insight.cameras import camera_of
from mien.insight.types import FEWEST, OtherWay, Way

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from mien.insight.types import Key, StateRecord

K = TypeVar("K")


@dataclass(slots=True)
class Bag:
    """Interactions of one side in one period.

    Attributes:
        seen: How many.
        covered: Those that would be states but were read by the eyes.
        states: Valences of those that are compared.
        cameras: How many of them each camera saw.
    """

    seen: int = 0
    covered: int = 0
    states: list[float] = field(default_factory=list)
    cameras: Counter[str] = field(default_factory=Counter)

    def add(self, record: StateRecord) -> None:
        """Put an interaction in."""
        self.seen += 1
        state = record.state
        if state is None:
            return
        if record.covered:
            self.covered += 1
        else:
            self.states.append(state)
            self.cameras[camera_of(record)] += 1


@dataclass(frozen=True, slots=True)
class Bags:
    """Entrance and exit in one period."""

    entrance: Bag = field(default_factory=Bag)
    exit: Bag = field(default_factory=Bag)

    @property
    def sides(self) -> tuple[Bag, Bag]:
        """Both, the entrance first."""
        return self.entrance, self.exit


@dataclass(frozen=True, slots=True)
class Gathered:
    """Interactions that were read in one way, by period."""

    hours: dict[datetime, Bags]
    clock: dict[int, Bags]
    days: dict[date, Bags]
    total: Bags


def hour_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """The beginning of the hour on the wall in which a moment (with its zone) lies, with its offset from UTC.

    Of the hour that comes twice in autumn each has an offset of its own.
    """
    local = moment.astimezone(zone)
    # With its offset as a fixed zone: of one zone, Python takes the two hours of one name for the same.
    fixed = timezone(local.utcoffset() or timedelta())
    return local.replace(minute=0, second=0, microsecond=0, fold=0, tzinfo=fixed)


def gather(
    records: Iterable[StateRecord], zone: ZoneInfo, entrance: Collection[str], also: Iterable[datetime] = ()
) -> Gathered:
    """Sort interactions into periods.

    Args:
        records: The interactions.
        zone: Clock of the site.
        entrance: Touchpoints of the entrance; all others are the exit.
        also: Hours, as `hour_of` gives them, that are there even if nobody was seen in them.
    """
    found = Gathered(defaultdict(Bags), defaultdict(Bags), defaultdict(Bags), Bags())

    def at(hour: datetime) -> tuple[Bags, ...]:
        return found.hours[hour], found.clock[hour.hour], found.days[hour.date()], found.total

    for hour in also:
        at(hour)
    for record in records:
        for bags in at(hour_of(record.started_at, zone)):
            (bags.entrance if record.touchpoint in entrance else bags.exit).add(record)
    return found


def one_way(
    records: Sequence[StateRecord], zone: ZoneInfo, entrance: Collection[str]
) -> tuple[Way | None, list[StateRecord], tuple[OtherWay, ...]]:
    """The interactions that can be compared: those read in the way that the scarcer side has most states of.

    Args:
        records: Interactions of both sides.
        zone: Clock of the site, for the days of those that are left out.
        entrance: Touchpoints of the entrance.

    Returns:
        The way, its interactions, and what is left out, the most first; no way where there are no interactions.
    """
    groups: defaultdict[Way, list[StateRecord]] = defaultdict(list)
    for record in records:
        groups[Way(record.reader, record.scale)].append(record)
    if not groups:
        return None, [], ()

    def worth(way: Way) -> tuple[int, int, datetime]:
        found = groups[way]
        came = [one.touchpoint in entrance for one in found if one.state is not None and not one.covered]
        latest = max(one.started_at for one in found)
        return min(sum(came), len(came) - sum(came)), len(came), latest

    chosen = max(sorted(groups), key=worth)
    others = []
    for way, found in groups.items():
        if way != chosen:
            days = [one.started_at.astimezone(zone).date() for one in found]
            others.append(OtherWay(way, len(found), min(days), max(days)))
    return chosen, groups[chosen], tuple(sorted(others, key=lambda one: (-one.interactions, one.way)))


def withheld(parts: Mapping[K, int]) -> set[K]:
    """Parts whose average may not be shown beside that of the whole, though they have states enough.

    Where the parts that have too few states have too few even together, whoever knows the averages of all others and
    of the whole could work theirs out. So the smallest of the others goes with them.

    Args:
        parts: States of each part of a whole.

    Example:
        >>> withheld({"9:00": 40, "10:00": 12, "11:00": 3}), withheld({"9:00": 40, "10:00": 7, "11:00": 3})
        ({'10:00'}, set())
    """
    few = sum(n for n in parts.values() if n < FEWEST)
    enough = [part for part, n in parts.items() if n >= FEWEST]
    return {min(enough, key=lambda part: parts[part])} if 0 < few < FEWEST and enough else set()


def withheld_in(periods: Mapping[Key, Bags]) -> tuple[set[Key], set[Key]]:
    """Of the periods that make up the whole time, those at the entrance and at the exit that are kept back."""
    return withheld(_counts(periods, 0)), withheld(_counts(periods, 1))


def withheld_hours(gathered: Gathered) -> tuple[set[datetime], set[datetime]]:
    """Hours at the entrance and at the exit that are kept back, day by day; all of a day that is kept back."""
    by_day: defaultdict[date, dict[datetime, Bags]] = defaultdict(dict)
    for hour, bags in gathered.hours.items():
        by_day[hour.date()][hour] = bags
    found: tuple[set[datetime], set[datetime]] = (set(), set())
    days = withheld_in(gathered.days)
    for side in (0, 1):
        for day, hours in by_day.items():
            found[side].update(hours if day in days[side] else withheld(_counts(hours, side)))
    return found


def _counts(periods: Mapping[Key, Bags], side: int) -> dict[Key, int]:
    return {key: len(bags.sides[side].states) for key, bags in periods.items()}
