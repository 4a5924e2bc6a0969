"""What `mien run` counted at a site, put together from the store and the site file."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from mien.errors import SettingError
from mien.insight import visit_flow
from mien.journey.flow import DoorPeriods, FlowPlan, FlowSettings, balance
from mien.report.flow_stored import DoorDay, StoredCamera, StoredFlow
from mien.runtime.flow_plan import doors_of, plan_of, uncounted_door
from mien.site.hours import check_day
from mien.store import Chosen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mien.insight import VisitFlow
    from mien.journey.flow import FlowQuarter, FlowSum
    from mien.site import Site
    from mien.store import Store

_SETTINGS: Final = FlowSettings()
_MOST_DAYS: Final = 400


def stored_flow(
    store: Store,
    site: Site,
    first: date,
    last: date,
    *,
    camera: str | None = None,
    periods: bool = False,
    now: datetime | None = None,
) -> StoredFlow:
    """What was counted at a site over some days.

    Args:
        store: Where it is kept.
        site: The site.
        first: First day, on the clock of the site.
        last: Last day.
        camera: Tell of this camera only, and of no visits; the checks at the doors are those of all.
        periods: Also give each period by itself, which takes longer the more days there are.
        now: The present moment, with zone; what is not over yet is not judged.

    Raises:
        SettingError: There is no such camera, or the last day is before the first or too far from it, or far off.
        StoreError: The store cannot be read.
    """
    if camera is not None:
        site.camera(camera)
    for day in (first, last):
        check_day(day)
    if not first <= last < first + timedelta(days=_MOST_DAYS):
        raise SettingError(
            "The days go from %(first)s to %(last)s; give a last day that is not before the first and "
            "at most %(days)s days after it.",
            first=first,
            last=last,
            days=_MOST_DAYS - 1,
        )
    summed = store.flow.sums(site.name, first, last)
    doors = doors_of(site)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    at_doors = store.flow.doors(site.name, first, last, doors)
    none = DoorPeriods.of(())
    seen = {day: [at_doors.get(door, {}).get(day, none) for door in doors] for day in days}
    begins, ends = site.midnight(first), site.midnight(last + timedelta(days=1))
    single = store.flow.quarters(site.name, since=begins, until=ends) if periods else {}
    moment = now or datetime.now(UTC)
    return StoredFlow(
        site=site.name,
        time_zone=site.time_zone,
        first=first,
        last=last,
        cameras=tuple(
            _camera(site, name, one, single.get(name, ()))
            for name, one in summed.items()
            if camera in (None, name)
        ),
        doors=doors,
        days=tuple(_day(site, day, seen[day], moment) for day in days) if doors and summed else (),
        settings=_SETTINGS,
        visits=None if camera is not None else _visits(store, site, first, last),
    )


def _visits(store: Store, site: Site, first: date, last: date) -> VisitFlow:
    """Joined visits of some days: their ways, and how long they stood where."""
    days = store.visits.days(site.name, first, last)
    seen = store.rollups.seen(Chosen((site.name,), first, last))
    roles = {name: touchpoint.role for name, touchpoint in site.touchpoints.items()}
    return visit_flow(days, seen, roles)


def _camera(site: Site, name: str, summed: FlowSum, quarters: Sequence[FlowQuarter]) -> StoredCamera:
    known = site.cameras.get(name)
    return StoredCamera(
        camera=name,
        plan=plan_of(site, name) if known is not None and known.has_flow else FlowPlan(),
        time_zone=site.time_zone,
        summed=summed,
        quarters=tuple(quarters),
    )


def _day(site: Site, day: date, doors: Sequence[DoorPeriods], now: datetime) -> DoorDay:
    """One day at all doors together."""
    midnight, next_midnight = site.midnight(day), site.midnight(day + timedelta(days=1))
    until = min(next_midnight, now)
    spans = site.opening_hours.spans(day, site.zone) if site.opening_hours is not None else ()
    seen = [door.between(midnight.timestamp(), until.timestamp()) for door in doors]
    watched = any(door.begin_s.size for door in seen)
    if spans:
        opening_s, closing_s = (moment.timestamp() for moment in (spans[0].begin, min(spans[-1].end, until)))
        seen = [door.filled(opening_s, closing_s, _SETTINGS.quarter_s) for door in seen]
    periods = DoorPeriods.together(seen)
    closed_at = spans[-1].end if spans and spans[-1].end <= until else None
    over = now >= next_midnight or closed_at is not None
    unjudged = _unjudged(site, midnight, until, over=over)
    inside = None
    if closed_at is not None:
        before = periods.between(-math.inf, closed_at.timestamp())
        inside = int((before.came_in - before.went_out).sum())
    return DoorDay(
        day=day,
        closed_at=None if closed_at is None else closed_at.astimezone(site.zone),
        inside=inside,
        balance=balance(periods, empty=not unjudged),
        unjudged=unjudged,
        watched=watched,
    )


def _unjudged(site: Site, midnight: datetime, until: datetime, *, over: bool) -> str:
    """Why it is not known that nobody was inside before and after, and that all came and went by the doors counted."""
    if (door := uncounted_door(site)) is not None:
        return f"at '{door}' nobody is counted over a door line, so people come and go uncounted"
    if site.opening_hours is None:
        return (
            "the site file gives no [opening_hours], so the place is not known to be empty before and after"
        )
    if not over:
        return "the site has not closed yet"
    if site.is_open(until):
        return "the site is open when the day ends"
    if site.is_open(midnight):
        return "the site is open when the day begins"
    return ""
