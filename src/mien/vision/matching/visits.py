"""Joins the interactions of one person at different cameras to one visit, and forgets the person with the visit.

All times are the UTC times of the streams, given by the caller; nothing here looks at a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

import numpy as np

from mien.errors import InputError
from mien.vision.matching.probability import assign, log_ratio, strangers
from mien.vision.matching.rules import Place
from mien.visits import Ended

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mien.vision.matching.rules import MatchingRules
    from mien.vision.matching.template import Template


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One interaction that has ended, with the template of its face, which the matcher takes over.

    Attributes:
        interaction: What the caller calls it.
        touchpoint: Where.
        began: UTC time of its first reading.
        ended: UTC time of its last.
        template: Of its face; the matcher closes it.
    """

    interaction: str
    touchpoint: str
    began: datetime
    ended: datetime
    template: Template


@dataclass(frozen=True, slots=True)
class Placed:
    """To which visit an interaction belongs.

    Attributes:
        interaction: As in `Seen`.
        visit: Number of the visit, from 1, never used again.
        probability: That it is the same person as before; `None` where it begins a visit.
    """

    interaction: str
    visit: int
    probability: float | None


@dataclass(frozen=True, slots=True)
class EndedVisit:
    """A visit that has ended, of whose face nothing is left.

    Attributes:
        visit: Number of the visit.
        interactions: In the order of time.
        probabilities: Of each join, one less than interactions.
        ended: Why it ended.
        last_seen: End of its last interaction, UTC.
    """

    visit: int
    interactions: tuple[str, ...]
    probabilities: tuple[float, ...]
    ended: Ended
    last_seen: datetime


@dataclass(slots=True)
class _Open:
    number: int
    touchpoint: str
    last_seen: datetime
    template: Template
    interactions: list[str]
    probabilities: list[float]


class VisitMatcher:
    """The open visits of one site. Used in `with`: however that is left, no template stays.

    Left by an error, the open visits end as `interrupted`. `take`, `advance` and `close` hand out what ended.

    Args:
        rules: What it must know of the site.
    """

    def __init__(self, rules: MatchingRules) -> None:
        self._rules = rules
        self._open: list[_Open] = []
        self._ended: list[EndedVisit] = []
        self._day: date | None = None
        self._next = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close(Ended.CLOSING if kind is None else Ended.INTERRUPTED)

    @property
    def open_visits(self) -> int:
        """How many visits are open."""
        return len(self._open)

    def take(self, seen: Sequence[Seen], *, inside: int | None = None) -> list[Placed]:
        """Place interactions that ended at about the same time.

        Those that overlap in time, who are different people, are told apart jointly.

        Args:
            seen: The interactions; their templates belong to the matcher from now on, also if this raises.
            inside: People inside by the count at the doors, if there is one.

        Raises:
            InputError: A time has no zone, or an end lies before its beginning.
            SettingError: A touchpoint is unknown.
        """
        try:
            for one in seen:
                self._check(one)
        except Exception:
            _close(one.template for one in seen)
            raise
        days: dict[date, list[Seen]] = {}
        for one in sorted(seen, key=lambda one: (one.ended, one.began)):
            days.setdefault(self._day_of(one.ended), []).append(one)
        placed = []
        for day, those in days.items():
            if self._day is not None and day < self._day:
                placed += [self._place_late(one) for one in those]
                continue
            self._begin_day(day)
            for together in _at_once(sorted(those, key=lambda one: one.began)):
                self._expire(together[0].began)
                placed += self._place(together, inside)
        return placed

    def advance(self, now: datetime) -> None:
        """Let time pass in the streams: visits not seen for long end, and with the day all.

        A time before those known already, as after a jump of a clock, lets nothing pass.

        Raises:
            InputError: The time has no zone.
        """
        _require_zone(now)
        if self._day is None or self._day_of(now) >= self._day:
            self._begin_day(self._day_of(now))
            self._expire(now)

    def close(self, why: Ended = Ended.CLOSING) -> None:
        """End all visits, as at closing time."""
        for visit in list(self._open):
            self._end(visit, why)

    def ended(self) -> list[EndedVisit]:
        """The visits that ended since this was last asked."""
        handed, self._ended = self._ended, []
        return handed

    def _place(self, seen: list[Seen], inside: int | None) -> list[Placed]:
        ratios = np.array([[self._ratio(visit, one) for visit in self._open] for one in seen])
        ratios = ratios.reshape(len(seen), len(self._open))
        unknown = strangers(len(self._open), inside)
        joins = {i: (self._open[j], p) for i, j, p in assign(ratios, unknown, self._rules.min_probability)}
        placed = []
        for i, one in enumerate(seen):
            visit, probability = joins.get(i, (None, None))
            if visit is None or probability is None:
                visit = self._begin(one)
            else:
                self._join(visit, one, probability)
            placed.append(Placed(one.interaction, visit.number, probability))
            if self._rules.place(one.touchpoint) is Place.EXIT:
                self._end(visit, Ended.EXIT)
        return placed

    def _ratio(self, visit: _Open, one: Seen) -> float:
        gap_s = (one.began - visit.last_seen).total_seconds()
        if not self._rules.allows(visit.touchpoint, one.touchpoint, gap_s):
            return -np.inf
        return float(log_ratio(visit.template.distance(one.template)))

    def _begin(self, one: Seen) -> _Open:
        visit = _Open(self._next, one.touchpoint, one.ended, one.template, [one.interaction], [])
        self._next += 1
        self._open.append(visit)
        return visit

    def _join(self, visit: _Open, one: Seen, probability: float) -> None:
        visit.template.absorb(one.template)
        visit.touchpoint, visit.last_seen = one.touchpoint, one.ended
        visit.interactions.append(one.interaction)
        visit.probabilities.append(probability)

    def _end(self, visit: _Open, why: Ended) -> None:
        visit.template.close()
        self._open.remove(visit)
        self._ended.append(
            EndedVisit(
                visit.number, tuple(visit.interactions), tuple(visit.probabilities), why, visit.last_seen
            )
        )

    def _expire(self, now: datetime) -> None:
        for visit in list(self._open):
            if (now - visit.last_seen).total_seconds() > self._rules.expiry_s:
                self._end(visit, Ended.EXPIRED)

    def _begin_day(self, day: date) -> None:
        if day != self._day:
            self.close(Ended.CLOSING)
        self._day = day

    def _place_late(self, one: Seen) -> Placed:
        """An interaction of a day that is over is a visit of its own, because of that day nobody is remembered."""
        visit = self._begin(one)
        self._end(visit, Ended.CLOSING)
        return Placed(one.interaction, visit.number, None)

    def _day_of(self, time: datetime) -> date:
        return time.astimezone(self._rules.time_zone).date()

    def _check(self, one: Seen) -> None:
        self._rules.place(one.touchpoint)
        _require_zone(one.began)
        _require_zone(one.ended)
        if one.ended < one.began:
            raise InputError(
                f"Interaction {one.interaction} ends at {one.ended} before it begins at {one.began}; give its times in "
                "order."
            )


def _require_zone(time: datetime) -> None:
    if time.utcoffset() is None:
        raise InputError(f"The time {time} has no time zone; give it in UTC.")


def _at_once(seen: list[Seen]) -> list[list[Seen]]:
    """Groups, in the order of time, in each of which all overlap: who could be one person is never in the same."""
    groups: list[list[Seen]] = []
    for one in seen:
        if groups and one.began < min(other.ended for other in groups[-1]):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _close(templates: Iterable[Template]) -> None:
    for template in templates:
        template.close()
