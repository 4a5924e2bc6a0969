"""What each camera counted by day and by month, so that pages never add up quarters of an hour.

As the roll-ups of interactions (`mien.store.rollups`) these hold nothing of their own: whatever changes a period that
is shown makes the day in which it began anew from the rows, and the month from its days, in its transaction. So what
has expired is gone from the sums as well.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import Text, and_, cast, delete, insert, or_, select

from mien.journey.flow import DoorPeriods, FlowSum
from mien.store import flow_rows, rollups
from mien.store.flow_tables import flow_quarters, flow_sums
from mien.store.tables import cameras, runs, sites

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement, Connection

    from mien.store.flow_rows import StoredPeriod

_DAY: Final = "day"
_MONTH: Final = "month"
_SUM: Final = cast(flow_sums.c.counted, Text).label("counted")
"""As text, which is checked and read in one go."""


class CameraDay(NamedTuple):
    """A day of a camera, which is added up as a whole."""

    site_id: int
    camera_id: int
    day: date


def days_at(connection: Connection, site: int, camera: int, begins: Iterable[datetime]) -> set[CameraDay]:
    """The days of a camera on which some periods began.

    Args:
        connection: In a transaction.
        site: Number of its site.
        camera: Its number.
        begins: When the periods began.
    """
    zone = rollups.zones_of(connection, [site])[site]
    return {CameraDay(site, camera, rollups.day_of(moment, zone)) for moment in begins}


def days_of(connection: Connection, which: ColumnElement[bool]) -> set[CameraDay]:
    """The days of some periods.

    Args:
        connection: In a transaction.
        which: Which rows of `flow_quarters`.
    """
    columns = flow_quarters.c.site_id, flow_quarters.c.camera_id, flow_quarters.c.begins_at
    found: defaultdict[tuple[int, int], list[datetime]] = defaultdict(list)
    for row in connection.execute(select(*columns).where(which)):
        found[row.site_id, row.camera_id].append(row.begins_at)
    return {
        day for (site, camera), begins in found.items() for day in days_at(connection, site, camera, begins)
    }


def of_recordings(ids: Sequence[int]) -> ColumnElement[bool]:
    """The periods that were counted in some recordings."""
    return flow_quarters.c.run_id.in_(select(runs.c.id).where(runs.c.recording_id.in_(ids)))


def renew(connection: Connection, days: Collection[CameraDay]) -> None:
    """Add days up anew from the periods that are shown, then their months. Only what changed is written.

    Args:
        connection: In a write transaction.
        days: Which.
    """
    zones = rollups.zones_of(connection, {one.site_id for one in days})
    months = set()
    for one in sorted(days):
        periods = _periods(connection, one, zones[one.site_id])
        kept = [flow_rows.apart(streams) for streams in periods]
        quarters = [flow_rows.together(those) for those in kept]
        hours = [streams[0].begins_at.astimezone(zones[one.site_id]).hour for streams in periods]
        twice = sum(len(those) < len(streams) for those, streams in zip(kept, periods, strict=True))
        counted = FlowSum.of(zip(hours, quarters, strict=True), twice=twice)
        if _put(connection, one, _DAY, counted, DoorPeriods.of(quarters).as_json()):
            months.add(one._replace(day=one.day.replace(day=1)))
    for one in sorted(months):
        within = flow_sums.c.first.between(one.day, _last_of(one.day))
        query = select(_SUM).where(_own(one, _DAY), within).order_by(flow_sums.c.first)
        _put(connection, one, _MONTH, FlowSum.total(_sums(connection.execute(query).scalars())), None)


def rebuild(connection: Connection, site: int) -> None:
    """Add all of a site up anew, as where its clock is another.

    Args:
        connection: In a write transaction.
        site: Its number.
    """
    connection.execute(delete(flow_sums).where(flow_sums.c.site_id == site))
    renew(connection, days_of(connection, flow_quarters.c.site_id == site))


def read(connection: Connection, site: str, first: date, last: date) -> dict[str, FlowSum]:
    """What was counted at a site over some days, by camera in the order of their names.

    Args:
        connection: In a transaction.
        site: Its name.
        first: First day, on its clock.
        last: Last day.
    """
    months = _whole_months(first, last)
    spans: ColumnElement[bool]
    spans = and_(flow_sums.c.span == _DAY, flow_sums.c.first.between(first, last))
    if months:
        apart = ~flow_sums.c.first.between(months[0], _last_of(months[-1]))
        spans = or_(and_(spans, apart), and_(flow_sums.c.span == _MONTH, flow_sums.c.first.in_(months)))
    query = (
        select(cameras.c.name, _SUM)
        .select_from(flow_sums.join(sites).join(cameras, flow_sums.c.camera_id == cameras.c.id))
        .where(sites.c.name == site, spans)
        .order_by(cameras.c.name, flow_sums.c.first)
    )
    found = connection.execute(query).all()
    return {
        name: FlowSum.total(_sums(row.counted for row in rows))
        for name, rows in groupby(found, key=lambda row: str(row.name))
    }


def read_doors(
    connection: Connection, site: str, first: date, last: date, names: Collection[str]
) -> dict[str, dict[date, DoorPeriods]]:
    """The periods of some days as far as they speak of doors, by camera and day; times in seconds since 1970.

    Args:
        connection: In a transaction.
        site: Its name.
        first: First day, on its clock.
        last: Last day.
        names: Of which cameras.
    """
    query = (
        select(cameras.c.name, flow_sums.c.first, flow_sums.c.doors)
        .select_from(flow_sums.join(sites).join(cameras, flow_sums.c.camera_id == cameras.c.id))
        .where(sites.c.name == site, cameras.c.name.in_(names))
        .where(flow_sums.c.span == _DAY, flow_sums.c.first.between(first, last))
    )
    found: defaultdict[str, dict[date, DoorPeriods]] = defaultdict(dict)
    for row in connection.execute(query):
        found[row.name][row.first] = DoorPeriods.from_json(row.doors)
    return dict(found)


def _periods(connection: Connection, which: CameraDay, zone: ZoneInfo) -> list[list[StoredPeriod]]:
    """What streams saw of a day, by period."""
    since, until = rollups.bounds(which.day, zone)
    query = flow_rows.selection().where(
        flow_quarters.c.site_id == which.site_id,
        flow_quarters.c.camera_id == which.camera_id,
        flow_quarters.c.begins_at >= since,
        flow_quarters.c.begins_at < until,
    )
    found = flow_rows.read(connection, query)
    there = [one for one in found if rollups.day_of(one.begins_at, zone) == which.day]
    return flow_rows.by_period(there)


def _put(
    connection: Connection, which: CameraDay, span: str, counted: FlowSum, doors: list[list[float]] | None
) -> bool:
    """Bring a row to what was found; whether it changed."""
    wanted = {"counted": counted.model_dump(mode="json"), "doors": doors}
    own = _own(which, span) & (flow_sums.c.first == which.day)
    known = connection.execute(select(flow_sums.c.counted, flow_sums.c.doors).where(own)).one_or_none()
    if (None if known is None else known._asdict()) == (wanted if counted.periods else None):
        return False
    connection.execute(delete(flow_sums).where(own))
    if counted.periods:
        row = {"site_id": which.site_id, "camera_id": which.camera_id, "span": span, "first": which.day}
        connection.execute(insert(flow_sums).values(**row, **wanted))
    return True


def _own(which: CameraDay, span: str) -> ColumnElement[bool]:
    return (
        (flow_sums.c.site_id == which.site_id)
        & (flow_sums.c.camera_id == which.camera_id)
        & (flow_sums.c.span == span)
    )


def _sums(texts: Iterable[Any]) -> list[FlowSum]:
    return [FlowSum.model_validate_json(text) for text in texts]


def _last_of(month: date) -> date:
    """The last day of a month, by its first."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _whole_months(first: date, last: date) -> list[date]:
    """The first days of the months that lie within some days as a whole."""
    month = first if first.day == 1 else _last_of(first) + timedelta(days=1)
    found = []
    while _last_of(month) <= last:
        found.append(month)
        month = _last_of(month) + timedelta(days=1)
    return found
