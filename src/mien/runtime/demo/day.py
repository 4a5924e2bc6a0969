"""One day of a simulated store: who comes when, passes where, and how their faces change. Nothing is scored here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np

from mien.runtime.demo.story import HOURLY, PLACES, TIME_ZONE, WEEKLY, hours_on, shift_at

if TYPE_CHECKING:
    from datetime import date

    from mien.runtime.demo.bank import Bank, Drawn, Kind
    from mien.runtime.demo.story import DemoSite, Place, Shift, Story

ZONE: Final = ZoneInfo(TIME_ZONE)
BEFORE_S: Final = 900.0
"""Cameras are read from so long before opening until so long after closing."""
_FIRST_HOUR: Final = 9
_GOES: Final = {"entrance": 1.0, "clothing": 0.6, "service desk": 0.42, "checkout": 0.6, "exit": 1.0}
"""Share of those who come that go to each touchpoint."""
_COVERED: Final = 0.05
_SHORT: Final = 0.06
_MIDWAY: Final = 0.02
_JOINED: Final = 0.45
_WAIT_S: Final = 65.0
_PATIENCE_S: Final = 600.0
_STALLS: Final = 0.04


@dataclass(frozen=True, slots=True)
class Passage:
    """One face at one touchpoint.

    Attributes:
        place: Where.
        begin_s: Whole seconds in the stream at which the drawn interaction begins.
        drawn: What it is like.
        covered: Whether the lower face was covered all the time.
        point: Till or desk.
        shift: Of the staff.
        protocol: That the staff kept to.
    """

    place: Place
    begin_s: int
    drawn: Drawn
    covered: bool
    point: str | None
    shift: Shift
    protocol: str | None


@dataclass(slots=True)
class Visitor:
    """Somebody who comes, whether a face is read or not.

    Attributes:
        came_s: When they came in, seconds in the stream.
        left_s: When they went out.
        joined: Whether a matcher would join what was seen of them.
        queued_s: When they began to wait at the checkout; `None` where they did not.
        waited_s: For how long.
        gave_up: Whether they went without paying.
        till: Where they paid.
        paid_s: When the receipt was printed.
        seen: Where faces were read, in order of time.
    """

    came_s: float
    left_s: float = 0.0
    joined: bool = False
    queued_s: float | None = None
    waited_s: float = 0.0
    gave_up: bool = False
    till: str | None = None
    paid_s: float | None = None
    seen: list[Passage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a camera gave no pictures.

    Attributes:
        camera: Which.
        what: Kind of trouble.
        begin_s: From when, seconds in the stream.
        end_s: To when.
    """

    camera: str
    what: str
    begin_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a store.

    Attributes:
        site: Which store.
        day: Which day.
        begins_at: Second 0 of the streams, UTC.
        length_s: Length of the streams.
        visitors: In the order in which they came.
        gaps: Times in which cameras gave no pictures.
    """

    site: DemoSite
    day: date
    begins_at: datetime
    length_s: float
    visitors: tuple[Visitor, ...]
    gaps: tuple[Gap, ...]

    def at(self, seconds: float) -> datetime:
        """The moment of a second in the streams, UTC."""
        return self.begins_at + timedelta(seconds=seconds)


def plan_day(story: Story, site: DemoSite, day: date, bank: Bank) -> Day | None:
    """A day of a store; `None` where it is closed."""
    hours = hours_on(site, day)
    if hours is None:
        return None
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    opening = midnight + timedelta(hours=hours[0]) - timedelta(seconds=BEFORE_S)
    length_s = 3600.0 * (hours[1] - hours[0]) + 2 * BEFORE_S
    rng = story.chance(site, day, 0)
    gaps = _gaps(story, site, day, length_s)
    going = _Going(story, site, day, bank, rng, gaps, hours)
    count = max(int(rng.poisson(site.visitors * WEEKLY[day.weekday()] * rng.uniform(0.88, 1.12))), 1)
    visitors = [going.visitor(came_s) for came_s in _comings(rng, count, hours)]
    return Day(site, day, opening.astimezone(ZoneInfo("UTC")), length_s, tuple(visitors), gaps)


def _comings(rng: np.random.Generator, count: int, hours: tuple[float, float]) -> list[float]:
    """When people come, seconds in the stream; the last ten minutes nobody does."""
    weights = np.array([
        weight if hours[0] - 1 < _FIRST_HOUR + n < hours[1] else 0.0 for n, weight in enumerate(HOURLY)
    ])  # fmt: skip
    picked = rng.choice(len(HOURLY), size=count, p=weights / weights.sum())
    at = np.clip(_FIRST_HOUR + picked + rng.random(count), hours[0] + 0.02, hours[1] - 0.17)
    return sorted((3600.0 * (at - hours[0]) + BEFORE_S).tolist())


def _gaps(story: Story, site: DemoSite, day: date, length_s: float) -> tuple[Gap, ...]:
    rng = story.chance(site, day, 2)
    found = []
    for place in PLACES:
        begin_s, lasts_s = rng.uniform(0.1, 0.8) * length_s, rng.uniform(600.0, 3600.0)
        what = ("lost", "stalled", "covered")[int(rng.integers(3))]
        if rng.random() < _STALLS:
            found.append(Gap(place.camera, what, round(begin_s), round(begin_s + lasts_s)))
    if (story.last_day - day).days in site.blind:
        found = [one for one in found if one.camera != "way out"]
        found.append(Gap("way out", "lost", 0.0, length_s))
    return tuple(found)


class _Going:
    """Sends visitors through a store on one day."""

    def __init__(
        self,
        story: Story,
        site: DemoSite,
        day: date,
        bank: Bank,
        rng: np.random.Generator,
        gaps: tuple[Gap, ...],
        hours: tuple[float, float],
    ) -> None:
        self._story, self._site, self._day, self._bank = story, site, day, bank
        self._rng, self._gaps, self._hours = rng, gaps, hours
        self._protocols: dict[Shift, str] = {}

    def visitor(self, came_s: float) -> Visitor:
        """One visit."""
        rng = self._rng
        visitor = Visitor(came_s, joined=bool(rng.random() < _JOINED))
        state = 0.06 + self._site.offset + float(rng.normal(0.0, 0.1))
        covered = bool(rng.random() < _COVERED)
        now_s = came_s
        for place in PLACES:
            if rng.random() >= _GOES[place.name]:
                continue
            now_s += float(rng.uniform(40.0, 400.0)) if place.role not in ("entrance",) else 0.0
            shift = self._shift(now_s)
            protocol = self._protocol(shift) if place.role == "counter" else None
            effect = self._story.effect(self._site, place, shift, protocol, self._day)
            if place.role == "checkout":
                visitor.queued_s = now_s
                visitor.waited_s = float(rng.lognormal(np.log(_WAIT_S * effect.waits), 0.6))
                if visitor.waited_s > _PATIENCE_S * rng.uniform(0.5, 1.5):
                    visitor.gave_up = True
                    now_s += visitor.waited_s
                    state -= 0.1
                    continue
                now_s += visitor.waited_s
            # Who serves well leaves something behind; most of it is gone at the door.
            arrives = state + effect.arriving + float(rng.normal(0.0, 0.07))
            served = 0.05 if place.points else 0.0
            leaves = arrives + effect.leaving - effect.arriving + served + float(rng.normal(0.0, 0.1))
            state += 0.6 * (leaves - state) if place.points else 0.3 * (leaves - state)
            point = place.points[int(rng.integers(len(place.points)))] if place.points else None
            drawn = self._bank.draw(rng, place.role, (arrives, leaves), self._kind())
            lasts_s = self._bank.lasts_s(drawn)
            begin_s = int(now_s)
            if rng.random() < place.read and not self._blind(place.camera, begin_s, begin_s + lasts_s):
                visitor.seen.append(Passage(place, begin_s, drawn, covered, point, shift, protocol))
            now_s = begin_s + lasts_s
            if place.role == "checkout":
                visitor.till = point
                visitor.paid_s = now_s - float(rng.uniform(1.0, 9.0)) if rng.random() < 0.9 else None
        visitor.left_s = now_s
        return visitor

    def _kind(self) -> Kind:
        chance = self._rng.random()
        if chance < _SHORT:
            return "short"
        return "covered midway" if chance < _SHORT + _MIDWAY else "whole"

    def _shift(self, at_s: float) -> Shift:
        hour = self._hours[0] + (at_s - BEFORE_S) / 3600.0
        return shift_at(min(hour, 20.49))

    def _protocol(self, shift: Shift) -> str:
        if shift not in self._protocols:
            self._protocols[shift] = self._story.protocol(self._site, self._day, shift)
        return self._protocols[shift]

    def _blind(self, camera: str, begin_s: float, end_s: float) -> bool:
        return any(one.camera == camera and one.begin_s < end_s and begin_s < one.end_s for one in self._gaps)
