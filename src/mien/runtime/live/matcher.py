"""The process that joins interactions to visits: templates come from the workers, what ended from the writer.

It works in the time of the streams, in steps: all that ended in one step is placed at once, when every camera has come
past it. So the order in which words arrive changes nothing, and a replay gives the same visits each time.
"""

from __future__ import annotations

import math
import uuid
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final

from mien.journal import logger
from mien.runtime.live.inside import PeopleInside
from mien.runtime.live.link import Link
from mien.runtime.live.messages import Clock, DoorCount, Finished, MatcherHello, Placed, Settled, VisitOver
from mien.runtime.live.process import FAREWELL_S
from mien.runtime.live.status import MatcherStatus
from mien.runtime.live.templates import Arrivals
from mien.vision.matching import (
    MatchingRules,
    Place,
    Seen,
    TravelTime,
    VisitMatcher,
    no_core_dumps,
)
from mien.visits import Ended

if TYPE_CHECKING:
    from mien.runtime.live.link import Lines
    from mien.runtime.live.plan import Plan
    from mien.runtime.live.process import Reporter
    from mien.site import Site
    from mien.vision.matching import Template

STEP_S: Final = 5.0
"""Interactions that ended in the same stretch of so many seconds are placed together."""
SETTLED_S: Final = 6.0
"""So long after its last picture a track has ended for certain: it may be hidden for 3 s, and badges hold faces back
for 2 s."""
_LOOK_S: Final = 0.2
_PLACES: Final = {"entrance": Place.ENTRANCE, "exit": Place.EXIT}


def rules_of(site: Site) -> MatchingRules:
    """What the matcher must know of a site."""
    return MatchingRules(
        places={name: _PLACES.get(point.role, Place.INSIDE) for name, point in site.touchpoints.items()},
        time_zone=site.zone,
        travel={
            (way.leaving, way.reaching): TravelTime(way.least_s, way.most_s) for way in site.matching.travel
        },
    )


class Matching:
    """Interactions on their way to visits.

    Args:
        site: The site.
        matcher: The open visits.
        link: The line to the writer.
        arrivals: Where templates arrive.
    """

    def __init__(self, site: Site, matcher: VisitMatcher, link: Link, arrivals: Arrivals) -> None:
        self._site, self._matcher, self._link, self._arrivals = site, matcher, link, arrivals
        self._number = 0
        self._waiting: dict[str, tuple[Finished, Template | None]] = {}
        self._first: dict[int, str] = {}
        self._inside = PeopleInside()
        self._clock = Clock(utc=None)
        self._open: bool | None = None
        self._visits = self._joins = 0

    @property
    def status(self) -> MatcherStatus:
        """How it is going."""
        now = self._clock.utc
        return MatcherStatus(
            open_visits=self._matcher.open_visits,
            visits=self._visits,
            joins=self._joins,
            inside=None if now is None else self._inside.most(now, now),
        )

    def step(self, wait_s: float) -> None:
        """Take what arrives, and place what can be placed."""
        self._arrivals.listen(wait_s)
        said = self._link.heard()
        # A worker sends the template before it tells that the track ended.
        self._arrivals.listen(0.0)
        for word in said:
            match word:
                case Finished():
                    self._take(word)
                case DoorCount():
                    self._inside.take(word)
                case Clock():
                    self._clock = word
        if self._clock.utc is not None:
            self._place_until(self._clock.utc - timedelta(seconds=SETTLED_S))

    def settle(self, reporter: Reporter) -> None:
        """End: all that the writer has to tell is heard, everything is placed, the visits are over, all is stored."""
        until = monotonic() + FAREWELL_S
        self._number += 1
        self._link.put(Settled(number=self._number))
        while not self._link.flush(_LOOK_S) and monotonic() < until:
            reporter.say(self.status)
        self.step(0.0)
        self._place_until(None)
        self._matcher.close(Ended.EXPIRED if self._clock.whole else Ended.INTERRUPTED)
        self._tell_ended()
        while not self._link.flush(_LOOK_S) and monotonic() < until:
            reporter.say(self.status)
        reporter.say(self.status, now=True)

    def _take(self, word: Finished) -> None:
        """An interaction was stored. One that is told again has no template any more, and is given to no visit then."""
        if word.interaction not in self._waiting:
            self._waiting[word.interaction] = word, self._arrivals.take(word.stream, word.track_id)

    def _place_until(self, settled: datetime | None) -> None:
        """Place what ended in steps that are over; all where there is no limit."""
        steps: dict[int, list[tuple[Finished, Template | None]]] = {}
        for word, template in self._waiting.values():
            steps.setdefault(_step_of(word.ended), []).append((word, template))
        for step in sorted(steps):
            until = _end_of(step)
            if settled is not None and until > settled:
                break
            self._pass(until - timedelta(seconds=STEP_S))
            self._place(steps[step], until)
        if settled is not None:
            self._pass(_end_of(_step_of(settled) - 1))

    def _place(self, those: list[tuple[Finished, Template | None]], until: datetime) -> None:
        seen = [
            Seen(word.interaction, word.touchpoint, word.began, word.ended, template)
            for word, template in those
            if template is not None
        ]
        for word, _ in those:
            del self._waiting[word.interaction]
        inside = self._inside.most(min(word.began for word, _ in those), until)
        placed = {one.interaction: one for one in self._matcher.take(seen, inside=inside)}
        for word, _ in sorted(those, key=lambda one: (one[0].began, one[0].interaction)):
            one = placed.get(word.interaction)
            if one is None:
                self._answer(word.interaction, None, None)
                continue
            if one.probability is None:
                self._first[one.visit] = word.interaction
                self._visits += 1
            else:
                self._joins += 1
            self._answer(word.interaction, self._first[one.visit], one.probability)
        self._tell_ended()

    def _pass(self, moment: datetime) -> None:
        """Let time pass: who is not seen for long has left, and at closing time everybody has."""
        is_open = self._site.is_open(moment)
        if self._open and is_open is False:
            self._matcher.close(Ended.CLOSING)
        self._open = is_open
        self._matcher.advance(moment)
        self._inside.forget(moment)
        self._tell_ended()

    def _answer(self, interaction: str, visit: str | None, probability: float | None) -> None:
        self._number += 1
        self._link.put(
            Placed(number=self._number, interaction=interaction, visit=visit, probability=probability)
        )

    def _tell_ended(self) -> None:
        for visit in self._matcher.ended():
            self._number += 1
            first = self._first.pop(visit.visit)
            self._link.put(
                VisitOver(number=self._number, visit=first, ended=visit.ended, last_seen=visit.last_seen)
            )


def _step_of(moment: datetime) -> int:
    return math.floor(moment.timestamp() / STEP_S)


def _end_of(step: int) -> datetime:
    return datetime.fromtimestamp((step + 1) * STEP_S, UTC)


def match_visits(plan: Plan, lines: Lines, reporter: Reporter) -> None:
    """The whole life of a matcher process.

    Args:
        plan: What is read.
        lines: Where the processes of the run meet; a socket that is left over is replaced.
        reporter: The supervisor.

    Raises:
        MienError: Templates cannot be kept out of the swap file.
    """
    log = logger("mien.matcher")
    with no_core_dumps(), VisitMatcher(rules_of(plan.site)) as matcher, Arrivals(lines.templates) as arrivals:
        link = Link(lines, MatcherHello(session=uuid.uuid4().hex))
        try:
            matching = Matching(plan.site, matcher, link, arrivals)
            while not reporter.stopped:
                matching.step(_LOOK_S)
                reporter.say(matching.status)
            matching.settle(reporter)
        finally:
            link.close()
        log.info("visits are over", **matching.status.model_dump())
