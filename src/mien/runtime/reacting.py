"""What follows from what has happened: tasks about customers who left unhappy, praise where many left happier.

The outbox is followed with a place of its own. What an event leads to is stored once however often it is read, so that
nothing is lost or doubled where this is killed between doing it and noting how far it came.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mien.action import RuleName, Signal, Situation, Unhappy
from mien.journey.types import Outcome
from mien.marking import N_
from mien.runtime.unhappy import left_unhappy, visit_unhappy
from mien.site.rules import active
from mien.store.events import (
    SCORED,
    VISIT_SCORED,
    VISIT_WITHDRAWN,
    WITHDRAWN,
    InteractionScored,
    VisitScored,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mien.site import Site
    from mien.site.rules import Delight, LeftUnhappy
    from mien.store import OutboxEntry, Store

PLACE: Final = "reactions"
"""What its place in the outbox is called, as of a channel."""

LEAVING: Final = frozenset({"checkout", "counter", "exit", "call"})
"""Roles of touchpoints after which a customer counts as leaving."""

_PAGE: Final = 100
_DELIGHT: Final = N_(
    "%(count)s customers left %(where)s with a happier face than they came with in this shift."
)
_DELIGHT_DAY: Final = N_("%(count)s customers left %(where)s with a happier face than they came with today.")


class Reactions:
    """Follows the events of a site.

    Args:
        site: The site.
        store: The open store.
        clock: The time of day, UTC.
    """

    def __init__(
        self, site: Site, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._site, self._store, self._clock = site, store, clock
        self._unhappy, self._delight = active(site.rules.left_unhappy), active(site.rules.delight)

    def follow(self) -> int:
        """React to what was entered since the last time; how many events those were.

        Raises:
            StoreError: The database says no; what was not done is done the next time.
            BusyError: Another process follows, too.
        """
        if self._unhappy is None and self._delight is None:
            return 0
        since = self._store.outbox.reached(self._site.name, PLACE)
        found = self._store.outbox.after(since, site=self._site.name, limit=_PAGE)
        for entry in found:
            self._react(entry)
        if found:
            self._store.outbox.move(self._site.name, PLACE, since=since, to=found[-1].number)
        return len(found)

    def _react(self, entry: OutboxEntry) -> None:
        event = entry.event
        # Events that are read again may tell of customers who were withdrawn since.
        if event.type == SCORED:
            if not self._store.listing.holds(event.subject):
                return
            told = InteractionScored.model_validate(event.data)
            if self._unhappy is not None:
                self._interaction(self._unhappy, event.subject, told)
            if self._delight is not None and told.outcome is Outcome.IMPROVED:
                self._praise(self._delight, told)
        elif event.type == VISIT_SCORED and self._unhappy is not None:
            visit = VisitScored.model_validate(event.data)
            there = self._store.visits.of([one.interaction for one in visit.members])
            if any(one.uid == event.subject for one in there):
                self._visit(self._unhappy, event.subject, visit)
        elif event.type in {WITHDRAWN, VISIT_WITHDRAWN}:
            self._store.tasks.forget([event.subject], str(event.data["reason"]))

    def _interaction(self, rule: LeftUnhappy, uid: str, told: InteractionScored) -> None:
        where = told.context.touchpoint
        if told.ended_at is None or told.started_at is None or not self._leaving(rule, where):
            return
        worsened = told.outcome is Outcome.WORSENED
        one = self._store.recordings.get(uid) if worsened else None
        about = left_unhappy(uid, told, one, self._site.zone)
        if about is None:
            return
        also: tuple[str, ...] = ()
        for visit in self._store.visits.of([uid]):
            members = [one.interaction for one in visit.members]
            if self._store.tasks.join(visit.uid, members, about):
                return
            about, also = replace(about, visit=visit.uid), (visit.uid, *members)
        self._tell(rule, where, about, told.started_at, told.ended_at, told.usable_readings, also)

    def _visit(self, rule: LeftUnhappy, uid: str, told: VisitScored) -> None:
        also = tuple(one.interaction for one in told.members)
        found = visit_unhappy(uid, told, self._site.zone)
        last = told.stops[-1].touchpoint if told.stops else None
        if found is None or (rule.touchpoints and last not in rule.touchpoints):
            # Two tasks may be about them that were opened before anybody knew that it is one customer.
            self._store.tasks.join(uid, also)
            return
        where, about = found
        if not self._store.tasks.join(uid, also, about, turned=where):
            self._tell(rule, where, about, told.started_at, told.ended_at, 0, also)

    def _tell(
        self,
        rule: LeftUnhappy,
        where: str | None,
        about: Unhappy,
        since: datetime,
        at: datetime,
        n: int,
        also: tuple[str, ...] = (),
    ) -> None:
        now = self._clock()
        if now - at > timedelta(hours=rule.at_hours):
            return
        if self._store.tasks.is_about(also):
            return
        signal = Signal(
            rule=RuleName.LEFT_UNHAPPY,
            situation=Situation.LEFT_UNHAPPY,
            touchpoint=where,
            subject=about.subject,
            since=since,
            at=at,
            text=about.text,
            values=about.values,
            n=n,
        )
        # Each is stored once: killed between them, the one that is there is passed over the next time.
        self._store.alerts.take(
            self._site.name, [signal], {RuleName.LEFT_UNHAPPY.value: rule}, self._site.zone
        )
        self._store.tasks.open(
            self._site.name,
            self._site.day(at),
            where,
            about,
            due_at=now + timedelta(hours=rule.due_hours),
            folded=self._store.customers.naming([about.subject, *also], at) is None,
            also=also,
        )

    def _praise(self, rule: Delight, told: InteractionScored) -> None:
        where, shift = told.context.touchpoint, told.context.shift
        if told.ended_at is None or where is None or (rule.touchpoints and where not in rule.touchpoints):
            return
        day = self._site.day(told.ended_at)
        begin = self._site.midnight(day)
        span = (
            self._site.shifts[shift].at(told.ended_at, self._site.zone)
            if shift in self._site.shifts
            else None
        )
        if span is not None:
            begin = span.begin
        wanted: dict[str, Any] = {"touchpoint": where, "outcome": Outcome.IMPROVED, "since": begin}
        if span is not None:
            wanted["shift"] = shift
        count = self._store.listing.count(self._site.name, **wanted)
        if count < rule.customers:
            return
        signal = Signal(
            rule=RuleName.DELIGHT,
            situation=Situation.DELIGHT,
            touchpoint=where,
            subject=f"delight:{where}:{day}:{shift or ''}",
            since=begin,
            at=told.ended_at,
            text=_DELIGHT_DAY if span is None else _DELIGHT,
            values={"count": rule.customers, "where": where},
            n=count,
        )
        self._store.alerts.take(self._site.name, [signal], {RuleName.DELIGHT.value: rule}, self._site.zone)

    def _leaving(self, rule: LeftUnhappy, touchpoint: str | None) -> bool:
        if rule.touchpoints:
            return touchpoint in rule.touchpoints
        return self._site.role_at(touchpoint) in LEAVING
