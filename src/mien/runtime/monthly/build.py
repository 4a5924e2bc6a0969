"""The report of a month, put together from the daily sums that the pages read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from mien.insight import Group, Grouping, Measure, Standing, Unit, compare, series
from mien.runtime.compare import compare_stored, find_worsening, groups_stored, trend_of_whole, trend_stored
from mien.runtime.coverage import watched_cameras
from mien.runtime.flow_stored import stored_flow
from mien.runtime.monthly.month import Month
from mien.runtime.monthly.sections import groups_apart, sections_of
from mien.runtime.monthly.types import (
    Better,
    ChainMonth,
    Frame,
    Headline,
    ReceiptTie,
    StoreMonth,
    Week,
)
from mien.runtime.stored import check_sites
from mien.store import Chosen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.insight import Trend, TrendRow, Way
    from mien.report.flow_stored import StoredFlow
    from mien.report.hours import WatchedCameras
    from mien.runtime.compare import Compared
    from mien.site import Site
    from mien.store import Store

HEADLINES: Final = (Measure.INDEX, Measure.EPS, Measure.IMPROVED, Measure.WORSENED)
"""What is told of the month as a whole."""
NOTHING: Final = Group(0, 0, 0, None, "0 interactions with a score, an average needs 10", Unit.DAY)
READ_OTHERWISE: Final = "read in several ways"
_SECTIONS: Final = (
    Grouping.TOUCHPOINT,
    Grouping.SHIFT,
    Grouping.TYPE,
    Grouping.SERVICE_POINT,
    Grouping.PROTOCOL,
)
_FEWEST_STORES: Final = 2


def months_of(store: Store, names: Iterable[str]) -> tuple[Month, ...]:
    """Months of which anything is stored at some sites, the last first.

    Args:
        store: The open store.
        names: The sites.

    Raises:
        StoreError: The database says no.
    """
    span = store.rollups.span(tuple(names))
    return () if span is None else tuple(Month.between(*span))


def store_month(
    store: Store, name: str, month: Month, *, site: Site | None = None, now: datetime | None = None
) -> StoreMonth:
    """The report of one store.

    Args:
        store: The open store.
        name: The site.
        month: The month, on its clock.
        site: Its site file, where it is known: by it is told whether the cameras were read.
        now: The moment, with zone; that of the clock where left out.

    Returns:
        The report. A month without data is an answer.

    Raises:
        InputError: There is no such site.
        StoreError: The database says no.
    """
    moment = now or datetime.now(UTC)
    check_sites(store, [name])
    clock = store.sites.clocks().get(name)
    zone = ZoneInfo(clock or "UTC")
    which = Chosen((name,), *month.days)
    index = compare_stored(store, which, Grouping.SITE, Measure.INDEX)
    frame = _frame(store, which, month, (moment, moment.astimezone(zone).date()), index)
    named = store.rollups.names((name,))
    return StoreMonth(
        frame=frame,
        time_zone=clock,
        days=_days(store, which),
        week=_week(store, which, () if site is None else tuple(site.shifts)),
        sections=sections_of(store, which, month, [by for by in _SECTIONS if named[by]]),
        receipts=_receipts(store, name, month, zone),
        watched=None if site is None else _watched(store, site, month, moment),
        keep=store.retention.of(name),
    )


def chain_month(
    store: Store, names: Iterable[str], month: Month, *, now: datetime | None = None
) -> ChainMonth:
    """The report of several stores.

    Args:
        store: The open store.
        names: The sites.
        month: The month, on the clock of each.
        now: The moment, with zone; that of the clock where left out.

    Raises:
        InputError: There is no such site.
        StoreError: The database says no.
    """
    sites = tuple(sorted(names))
    moment = now or datetime.now(UTC)
    check_sites(store, sites)
    which = Chosen(sites, *month.days)
    named = store.rollups.names(sites)
    index = compare_stored(store, which, Grouping.SITE, Measure.INDEX)
    frame = _frame(store, which, month, (moment, moment.astimezone(UTC).date()), index)
    return ChainMonth(
        frame=frame,
        index=index.found,
        eps=groups_stored(store, which, Grouping.SITE, Measure.EPS),
        trend=frame.worsening.sites,
        eps_trend=trend_stored(store, which, month.before.days, Grouping.SITE, Measure.EPS),
        protocols=groups_apart(store, which, Grouping.PROTOCOL, Measure.EPS)
        if named[Grouping.PROTOCOL]
        else None,
        better=tuple(_better(store, which, named[Grouping.TOUCHPOINT])),
        keep=store.retention.of_each(sites),
    )


def month_flow(
    store: Store, site: Site | None, month: Month, *, now: datetime | None = None
) -> StoredFlow | None:
    """The people that were counted at a site in a month; `None` where no site file says where.

    Args:
        store: The open store.
        site: Its site file.
        month: The month, on its clock.
        now: The moment, with zone; that of the clock where left out.

    Raises:
        StoreError: The database says no.
    """
    return None if site is None else stored_flow(store, site, *month.days, now=now)


def _frame(store: Store, which: Chosen, month: Month, now: tuple[datetime, date], index: Compared) -> Frame:
    """What both kinds of report begin with; `now` is the moment, and the day at the site."""
    days = [part.day for part in store.rollups.days(which, Grouping.MONTH, Measure.INDEX)]
    known = store.rollups.span(which.sites)
    periods = [
        period if known is not None and period.last >= known[0] else None
        for period in (month.before, month.year_before)
    ]
    return Frame(
        sites=tuple(which.sites),
        month=month,
        span=(min(days), max(days)) if days else None,
        over=now[1] > month.last,
        simulated=store.sites.simulated() & frozenset(which.sites),
        made_at=now[0],
        headlines={measure: _headline(store, which, periods, measure) for measure in HEADLINES},
        worsening=find_worsening(store, which, month.before.days, Measure.INDEX),
        thirds=groups_stored(store, which, Grouping.THIRD, Measure.INDEX),
        left_out=index.left_out,
        undated=index.undated,
        others=index.found.others,
    )


def _headline(store: Store, which: Chosen, periods: list[Month | None], measure: Measure) -> Headline:
    """One measure, against the month before and the year before where anything is stored of them."""
    parts = store.rollups.days(which, Grouping.MONTH, measure)
    found = compare(parts, Grouping.MONTH, measure)

    def against(period: Month) -> TrendRow | None:
        then = replace(which, first=period.first, last=period.last)
        earlier = store.rollups.days(then, Grouping.MONTH, measure)
        return _against(trend_of_whole(parts, earlier, measure), found.way)

    before, year = (None if period is None else against(period) for period in periods)
    return Headline(measure, found.whole or NOTHING, before, year)


def _against(trend: Trend, way: Way | None) -> TrendRow | None:
    """The one row of a trend of the whole, if there is anything before; none is told of what was read otherwise."""
    row = next((row for row in trend.rows if row.before.interactions), None)
    if row is None:
        return None
    return (
        row
        if trend.way == way
        else replace(row, change=None, reason=READ_OTHERWISE, standing=Standing.UNKNOWN)
    )


def _days(store: Store, which: Chosen) -> dict[date, Group]:
    """By day; what is known of a weekday elsewhere must not tell of a day that is hidden."""
    parts = store.rollups.days(which, Grouping.MONTH, Measure.INDEX)
    found = series(parts, Measure.INDEX, lambda part: part.day, lambda day: [day.weekday()])
    return dict(sorted(found.items()))


def _week(store: Store, which: Chosen, order: tuple[str, ...]) -> Week:
    """By weekday and shift; shifts in the order of the site file, others after them."""
    parts = store.rollups.days(which, Grouping.SHIFT, Measure.INDEX)
    named = {part.label for part in parts}
    cells = series(
        parts,
        Measure.INDEX,
        lambda part: (part.day.weekday(), part.label),
        lambda cell: [("weekday", cell[0]), ("shift", cell[1])],
    )
    last = len(order)
    places = {name: order.index(name) if name in order else last for name in named}
    shifts = sorted(named, key=lambda name: (name is None, places[name], name or ""))
    return Week(tuple(shifts), cells)


def _receipts(store: Store, name: str, month: Month, zone: ZoneInfo) -> ReceiptTie | None:
    begin, end = (
        datetime(day.year, day.month, day.day, tzinfo=zone)
        for day in (month.first, month.last + timedelta(days=1))
    )
    found, joined = store.receipts.tied(name, since=begin, until=end)
    return ReceiptTie(found, joined) if found else None


def _watched(store: Store, site: Site, month: Month, now: datetime) -> WatchedCameras:
    # All cameras on one side: nothing is compared between two here.
    return watched_cameras(store, site, {"entrance": tuple(site.touchpoints)}, month.days, now)


def _better(store: Store, which: Chosen, touchpoints: Iterable[str]) -> Iterable[Better]:
    for touchpoint in touchpoints:
        there = Chosen(which.sites, which.first, which.last, {"touchpoint": touchpoint})
        parts = store.rollups.days(there, Grouping.SITE, Measure.EPS)
        found = compare(parts, Grouping.SITE, Measure.EPS, ranks=False)
        told = [row for row in found.rows if row.found.mean is not None]
        if len(told) >= _FEWEST_STORES and any(row.standing is Standing.HIGHER for row in told):
            yield Better(touchpoint, found)
