"""Days put together of customers, and what rules find in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np

from mien.action.rehearsal import tried
from mien.action.watches import Watches
from mien.action.watching import Customer, Moment
from mien.runtime.live.alerting import LOOKS_EVERY_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.neutral.visits import Visit
    from mien.action import Signal
    from mien.site.rules import Rules

DAY_S: Final = 8 * 3600.0
CUSTOMERS: Final = 375
"""Customers of one till in eight staffed hours."""
BEGINS: Final = datetime(2026, 6, 1, 8, tzinfo=UTC)
TOUCHPOINT: Final = "till"
APART_S: Final = 400.0
"""Seconds between two customers who are looked at by themselves: longer than anybody stays."""


@dataclass(frozen=True, slots=True, eq=False)
class Stay:
    """A visit at a time of the day.

    Attributes:
        visit: Which.
        track: Numbers the customer.
        from_s: When they come, seconds; a multiple of `LOOKS_EVERY_S`.
    """

    visit: Visit
    track: int
    from_s: float

    @property
    def to_s(self) -> float:
        """When they are gone."""
        return self.from_s + self.visit.lasts_s


def day(
    drawn: Callable[[], Visit], rng: np.random.Generator, places: int = 1, *, begin_s: float = 0.0
) -> list[Stay]:
    """A day of so many places, at each of which one customer follows the other.

    Args:
        drawn: Gives the visits.
        rng: Draws the pauses: a few seconds in a queue; at a till as many as make `CUSTOMERS` of them.
        places: Where people stand.
        begin_s: When the first comes.
    """
    stays: list[Stay] = []
    for _ in range(places):
        now_s = begin_s + rng.uniform(0.0, 10.0)
        while now_s < DAY_S:
            one = Stay(drawn(), len(stays) + 1, round(now_s / LOOKS_EVERY_S) * LOOKS_EVERY_S)
            pause_s = (
                rng.uniform(3.0, 10.0) if places > 1 else rng.exponential(DAY_S / CUSTOMERS - 43.0) + 3.0
            )
            stays.append(one)
            now_s = one.to_s + pause_s
    return stays


def signals(rules: Rules, role: str, stays: Sequence[Stay], looks_s: float = LOOKS_EVERY_S) -> list[Signal]:
    """What the rules that look at the moment find, five times a second, as in the writer.

    Args:
        rules: Their settings.
        role: That of the touchpoint.
        stays: Who is there, and when.
        looks_s: Seconds between two looks.
    """
    watches = Watches(rules, TOUCHPOINT, role)
    found: list[Signal] = []
    waiting = sorted(stays, key=lambda one: one.from_s)
    there: list[Stay] = []
    at = 0
    number = 0
    while at < len(waiting) or there:
        if not there:
            number = max(number, int(waiting[at].from_s / looks_s))
        now_s = number * looks_s
        number += 1
        while at < len(waiting) and waiting[at].from_s <= now_s + 1e-6:
            there.append(waiting[at])
            at += 1
        gone = [one for one in there if one.to_s < now_s]
        there = [one for one in there if one.to_s >= now_s]
        people = tuple(
            Customer(_name(one), seen)
            for one in there
            if (seen := one.visit.at(now_s, one.from_s, one.track)) is not None
        )
        found += watches.look(Moment(now_s, BEGINS, TOUCHPOINT, people), [one.track for one in gone])
    return found


def alerts(rules: Rules, found: Iterable[Signal]) -> dict[str, tuple[Signal, ...]]:
    """What staff would be told, by rule."""
    return {name: one.told for name, one in tried(found, dict(rules.on()), ZoneInfo("UTC")).items()}


def alone(rules: Rules, role: str, visits: Sequence[Visit]) -> list[tuple[int, Signal]]:
    """What the rules find of customers who are there by themselves, each with the place of the visit."""
    stays = [Stay(one, number, APART_S * number) for number, one in enumerate(visits)]
    places = {_name(one): one.track for one in stays}
    return [(places[one.subject], one) for one in signals(rules, role, stays) if one.subject in places]


def _name(one: Stay) -> str:
    return f"{one.visit.person}#{one.track}"
