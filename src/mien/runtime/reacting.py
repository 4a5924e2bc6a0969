"""What follows from what has happened: tasks about customers who left unhappy, praise where many left happier.

The outbox is followed with a place of its own. What an event leads to is stored once however often it is read, so that
nothing is lost or doubled where this is killed between doing it and noting how far it came.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from mien.action import RuleName, Signal, Situation, Unhappy
from mien.action.resting import STERN, UNPLEASANT
from mien.journey.first_seconds import SMILING
from mien.journey.thresholds import WINDOW_S
from mien.journey.types import MomentKind, Outcome
from mien.marking import N_
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
    from zoneinfo import ZoneInfo

    from mien.journey.types import Interaction
    from mien.site import Site
    from mien.site.rules import Delight, LeftUnhappy
    from mien.store import OutboxEntry, Store

PLACE: Final = "reactions"
"""What its place in the outbox is called, as of a channel."""

LEAVING: Final = frozenset({"checkout", "counter", "exit", "call"})
"""Roles of touchpoints after which a customer counts as leaving."""

UNHAPPY_INDEX: Final = 50.0 * (1.0 + STERN)
"""A Happiness Index of which the whole interval lies below was unpleasant all along, as hardly any resting face is."""

_FELL_BY: Final = 0.2
"""By how much, at least, a face ended below its first seconds without a smile: a smile that fades leaves up to .10
(`docs/rules.md`)."""
_PAGE: Final = 100
_FELL: Final = N_(
    "%(time)s, %(where)s: at the end the face showed a valence of %(final)s, %(change)s points against its start "
    "(95 %% interval %(low)s to %(high)s, %(n)s readings)."
)
_FELL_AT: Final = N_(
    "%(time)s, %(where)s: at the end the face showed a valence of %(final)s, %(change)s points against its start "
    "(95 %% interval %(low)s to %(high)s, %(n)s readings); it turned %(turned)s s after the start."
)
_LOW: Final = N_(
    "%(time)s, %(where)s: the face showed an unpleasant expression all along, Happiness Index %(index)s "
    "(95 %% interval %(low)s to %(high)s, %(n)s readings)."
)
_VISIT_FELL: Final = N_(
    "%(time)s: the face showed a valence of %(final)s at %(where)s, %(change)s points against %(first)s "
    "(95 %% interval %(low)s to %(high)s)."
)
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
        if event.type == SCORED:
            told = InteractionScored.model_validate(event.data)
            if self._unhappy is not None:
                self._interaction(self._unhappy, event.subject, told)
            if self._delight is not None and told.outcome is Outcome.IMPROVED:
                self._praise(self._delight, told)
        elif event.type == VISIT_SCORED and self._unhappy is not None:
            self._visit(self._unhappy, event.subject, VisitScored.model_validate(event.data))
        elif event.type in {WITHDRAWN, VISIT_WITHDRAWN}:
            self._store.tasks.forget([event.subject], str(event.data["reason"]))

    def _interaction(self, rule: LeftUnhappy, uid: str, told: InteractionScored) -> None:
        where = told.context.touchpoint
        if told.ended_at is None or told.started_at is None or not self._leaving(rule, where):
            return
        about = left_unhappy(uid, told, self._store.recordings.get(uid), self._site.zone)
        if about is not None:
            self._tell(rule, where, about, told.started_at, told.ended_at, told.usable_readings)

    def _visit(self, rule: LeftUnhappy, uid: str, told: VisitScored) -> None:
        last = told.stops[-1] if told.stops else None
        if told.outcome is not Outcome.WORSENED or last is None or last.valence is None:
            return
        came = told.stops[0].valence
        if not _ended_low(last.valence, None if came is None or came > SMILING else came):
            return
        if rule.touchpoints and last.touchpoint not in rule.touchpoints:
            return
        values = _points(told.eps, told.eps_low, told.eps_high) | {
            "time": f"{told.started_at.astimezone(self._site.zone):%H:%M}",
            "where": last.touchpoint or self._site.name,
            "first": told.stops[0].touchpoint or self._site.name,
            "final": f"{last.valence:+.2f}",
        }
        also = tuple(one.interaction for one in told.members)
        about = Unhappy(uid, _VISIT_FELL, values)
        self._tell(rule, last.touchpoint, about, told.started_at, told.ended_at, 0, also)

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


def _even(told: InteractionScored, one: Interaction | None) -> float | None:
    """The valence of the first five seconds in a row without a smile; `None` where there are none.

    Where its seconds are not kept any more it is the initial valence, unless that is one of a smile.
    """
    if one is None or not one.seconds:
        came = told.initial_valence
        return None if came is None or came > SMILING else came
    run: list[float] = []
    for second in one.seconds:
        if second.valence is None:
            continue
        run = [*run, second.valence] if second.valence <= SMILING else []
        if len(run) >= WINDOW_S:
            return median(run)
    return None


def _ended_low(final: float, even: float | None) -> bool:
    """Whether a face that fell ended unpleasant: not just as it looks without a smile, or stern where nobody knows."""
    if even is None:
        return final < STERN
    return final < UNPLEASANT and even - final > _FELL_BY


def left_unhappy(
    uid: str, told: InteractionScored, one: Interaction | None, zone: ZoneInfo
) -> Unhappy | None:
    """How a customer left unhappy, if they did: worsened, and unpleasant at the end, or unpleasant all along.

    Args:
        uid: Id of the interaction.
        told: What its event tells of it.
        one: The interaction with its seconds, where it is still there: who came with a smile is compared with how their
            face looked without it.
        zone: The clock of the site.
    """
    values: dict[str, Any] = {
        "time": "-" if told.started_at is None else f"{told.started_at.astimezone(zone):%H:%M}",
        "where": told.context.service_point or told.context.touchpoint or told.context.site,
        "n": told.usable_readings,
    }
    final = told.final_valence
    if told.outcome is Outcome.WORSENED and final is not None and _ended_low(final, _even(told, one)):
        values |= _points(told.eps, told.eps_low, told.eps_high) | {"final": f"{final:+.2f}"}
        falls = [one for one in told.moments if one.kind is MomentKind.FALL]
        if not falls:
            return Unhappy(uid, _FELL, values)
        worst = min(falls, key=lambda one: one.change)
        return Unhappy(uid, _FELL_AT, values | {"turned": round(worst.t_s - told.start_s)})
    if told.hi_high is not None and told.hi_high < UNHAPPY_INDEX:
        ends = {"low": _whole(told.hi_low), "high": _whole(told.hi_high)}
        return Unhappy(uid, _LOW, values | ends | {"index": _whole(told.happiness_index)})
    return None


def _points(mean: float | None, low: float | None, high: float | None) -> dict[str, Any]:
    return {
        "change": "-" if mean is None else f"{mean:+.0f}",
        "low": "-" if low is None else f"{low:+.0f}",
        "high": "-" if high is None else f"{high:+.0f}",
    }


def _whole(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"
