"""What `mien run` counted at a site, put together from the store and the site file."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from mien.errors import SettingError
from mien.insight import visit_flow
from mien.journey.flow import FlowCounts, FlowPlan, FlowQuarter, FlowSettings, balance
from mien.report.flow_stored import DoorDay, StoredCamera, StoredFlow
from mien.runtime.flow_plan import doors_of, plan_of, uncounted_door
from mien.site.hours import check_day
from mien.store import Chosen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from mien.insight import VisitFlow
    from mien.site import Site
    from mien.store import Store, StoredPeriod

_SETTINGS: Final = FlowSettings()
_MOST_DAYS: Final = 400
_COMMON: Final = timedelta(seconds=2)
"""Streams that follow one another may touch."""


def stored_flow(
    store: Store,
    site: Site,
    first: date,
    last: date,
    *,
    camera: str | None = None,
    now: datetime | None = None,
) -> StoredFlow:
    """What was counted at a site over some days.

    Args:
        store: Where it is kept.
        site: The site.
        first: First day, on the clock of the site.
        last: Last day.
        camera: Tell of this camera only, and of no visits; the checks at the doors are those of all.
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
    begins, ends = site.midnight(first), site.midnight(last + timedelta(days=1))
    found = store.flow.periods(site.name, since=begins, until=ends)
    by_camera = {
        name: _camera(site, name, list(those), begins)
        for name, those in groupby(found, key=lambda period: period.camera)
    }
    doors = doors_of(site)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    quarters = [by_camera[name].quarters if name in by_camera else () for name in doors]
    moment = now or datetime.now(UTC)
    return StoredFlow(
        site=site.name,
        time_zone=site.time_zone,
        first=first,
        last=last,
        cameras=tuple(one for name, one in by_camera.items() if camera in (None, name)),
        doors=doors,
        days=tuple(_day(site, day, begins, quarters, moment) for day in days) if doors and found else (),
        settings=_SETTINGS,
        visits=None if camera is not None else _visits(store, site, first, last),
    )


def _visits(store: Store, site: Site, first: date, last: date) -> VisitFlow:
    """Joined visits of some days: their ways, and how long they stood where."""
    days = store.visits.days(site.name, first, last)
    seen = store.rollups.seen(Chosen((site.name,), first, last))
    roles = {name: touchpoint.role for name, touchpoint in site.touchpoints.items()}
    return visit_flow(days, seen, roles)


def _camera(site: Site, name: str, found: Sequence[StoredPeriod], begins: datetime) -> StoredCamera:
    """The periods of one camera, those of several streams together."""
    known = site.cameras.get(name)
    quarters, twice = [], 0
    for _, those in groupby(found, key=lambda period: period.begins_at):
        streams = list(those)
        kept = _apart(streams)
        twice += len(kept) < len(streams)
        quarters.append(
            FlowQuarter(
                begin_s=(streams[0].begins_at - begins).total_seconds(),
                end_s=(streams[0].ends_at - begins).total_seconds(),
                counts=FlowCounts.total([one.counts for one in kept]),
            )
        )
    return StoredCamera(
        camera=name,
        plan=plan_of(site, name) if known is not None and known.has_flow else FlowPlan(),
        begins=begins,
        time_zone=site.time_zone,
        quarters=tuple(quarters),
        total=FlowCounts.total([quarter.counts for quarter in quarters]),
        twice=twice,
    )


def _apart(streams: Iterable[StoredPeriod]) -> list[StoredPeriod]:
    """Those of several streams of a camera that did not see the same time, the one that watched longest first."""
    kept: list[StoredPeriod] = []
    for one in sorted(streams, key=lambda period: -period.counts.watched_s):
        common = [min(one.seen_until, k.seen_until) - max(one.seen_from, k.seen_from) for k in kept]
        if all(shared <= _COMMON for shared in common):
            kept.append(one)
    return kept


def _day(
    site: Site, day: date, begins: datetime, doors: Sequence[Sequence[FlowQuarter]], now: datetime
) -> DoorDay:
    """One day at all doors together."""
    midnight, next_midnight = site.midnight(day), site.midnight(day + timedelta(days=1))
    until = min(next_midnight, now)
    spans = site.opening_hours.spans(day, site.zone) if site.opening_hours is not None else ()
    from_s, to_s = (midnight - begins).total_seconds(), (until - begins).total_seconds()
    seen = [_between(door, from_s, to_s) for door in doors]
    if spans:
        opening_s, closing_s = (
            (moment - begins).total_seconds() for moment in (spans[0].begin, min(spans[-1].end, until))
        )
        seen = [_filled(door, opening_s, closing_s) for door in seen]
    quarters = [one for door in seen for one in door]
    closed_at = spans[-1].end if spans and spans[-1].end <= until else None
    over = now >= next_midnight or closed_at is not None
    unjudged = _unjudged(site, midnight, until, over=over)
    inside = None
    if closed_at is not None:
        closing_s = (closed_at - begins).total_seconds()
        inside = balance((one for one in quarters if one.begin_s < closing_s), empty=False).net
    return DoorDay(
        day=day,
        closed_at=None if closed_at is None else closed_at.astimezone(site.zone),
        inside=inside,
        balance=balance(quarters, empty=not unjudged),
        unjudged=unjudged,
    )


def _between(door: Sequence[FlowQuarter], from_s: float, to_s: float) -> Sequence[FlowQuarter]:
    """The periods of a door, in order, that begin between two times."""
    first, last = (bisect_left(door, at_s, key=lambda one: one.begin_s) for at_s in (from_s, to_s))
    return door[first:last]


def _filled(door: Sequence[FlowQuarter], opening_s: float, closing_s: float) -> list[FlowQuarter]:
    """The periods of a door, and those between opening and closing in which nobody looked."""
    length_s = _SETTINGS.quarter_s
    seen = {one.begin_s for one in door}
    first, last = int(opening_s // length_s), int(-(-closing_s // length_s))
    return [
        *door,
        *(
            FlowQuarter(begin_s=n * length_s, end_s=(n + 1) * length_s, counts=FlowCounts())
            for n in range(first, last)
            if n * length_s not in seen
        ),
    ]


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
