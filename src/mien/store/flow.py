"""What was counted at cameras, by quarters of an hour."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from mien.errors import StoreError
from mien.privacy import expiry
from mien.store import dating, flow_rows, flow_sums
from mien.store.database import chunks
from mien.store.flow_tables import flow_quarters
from mien.store.tables import cameras, recordings, runs, sites

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from mien.journey.flow import DoorPeriods, FlowQuarter, FlowSum
    from mien.store.database import Database
    from mien.store.flow_rows import StoredPeriod

_HALF_S = timedelta(seconds=0.5)


class Flow:
    """What was counted at cameras. It is entered by `RecordingRun.commit`, with the point to go on from."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def periods(
        self,
        site: str,
        *,
        camera: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[StoredPeriod]:
        """What was counted at a site, by camera, in order of time; of recordings the analysis that is shown.

        Args:
            site: Its name.
            camera: Only this one.
            since: Only periods that end after this time, with zone.
            until: Only periods that begin before this time.

        Raises:
            StoreError: The database says no.
        """
        query = flow_rows.selection().where(sites.c.name == site)
        if camera is not None:
            query = query.where(cameras.c.name == camera)
        if since is not None:
            query = query.where(flow_quarters.c.ends_at > since)
        if until is not None:
            query = query.where(flow_quarters.c.begins_at < until)
        with self._database.read() as connection:
            return flow_rows.read(connection, query)

    def quarters(self, site: str, *, since: datetime, until: datetime) -> dict[str, list[FlowQuarter]]:
        """What was counted at a site, by camera and period, in seconds since 1970; streams of a camera together.

        Of streams that saw the same time the one that watched longer counts.

        Args:
            site: Its name.
            since: Only periods that end after this time, with zone.
            until: Only periods that begin before this time.

        Raises:
            StoreError: The database says no.
        """
        found = self.periods(site, since=since, until=until)
        return {
            camera: [flow_rows.together(flow_rows.apart(streams)) for streams in flow_rows.by_period(those)]
            for camera, those in groupby(found, key=lambda one: one.camera)
        }

    def sums(self, site: str, first: date, last: date) -> dict[str, FlowSum]:
        """What was counted at a site over some days, by camera in the order of their names; none without periods.

        Args:
            site: Its name.
            first: First day, on its clock.
            last: Last day.

        Raises:
            StoreError: The database says no.
        """
        with self._database.read() as connection:
            return flow_sums.read(connection, site, first, last)

    def doors(
        self, site: str, first: date, last: date, cameras: Collection[str]
    ) -> dict[str, dict[date, DoorPeriods]]:
        """The periods of some days as far as they speak of doors, by camera and day; times in seconds since 1970.

        Args:
            site: Its name.
            first: First day, on its clock.
            last: Last day.
            cameras: Of which cameras; those without periods are left out.

        Raises:
            StoreError: The database says no.
        """
        with self._database.read() as connection:
            return flow_sums.read_doors(connection, site, first, last, cameras)


def write(connection: Connection, run_id: int, found: Sequence[FlowQuarter]) -> None:
    """Put periods into a run; of one that is told twice that counts of which more was watched, else the later.

    Args:
        connection: In a write transaction.
        run_id: The run, of a recording whose camera and time are known.
        found: The periods, in seconds of the stream.

    Raises:
        StoreError: Camera or time of the recording are not known.
    """
    if not found:
        return
    about = select(recordings.c.site_id, recordings.c.camera_id, recordings.c.recorded_at)
    of = connection.execute(about.select_from(recordings.join(runs)).where(runs.c.id == run_id)).one()
    if of.site_id is None or of.camera_id is None or of.recorded_at is None:
        raise StoreError("People are counted at a camera of a site at a known time; begin the run with them.")
    keep = dating.dates(connection, [of.site_id], None)[of.site_id]
    begins = [_to_second(of.recorded_at + timedelta(seconds=period.begin_s)) for period in found]
    watched = _watched(connection, run_id, begins)
    rows: dict[datetime, dict[str, Any]] = {}
    for begins_at, period in zip(begins, found, strict=True):
        if begins_at in watched and watched[begins_at] > period.counts.watched_s:
            continue
        watched[begins_at] = period.counts.watched_s
        ends_at = _to_second(of.recorded_at + timedelta(seconds=period.end_s))
        rows[begins_at] = {
            "run_id": run_id,
            "site_id": of.site_id,
            "camera_id": of.camera_id,
            "begins_at": begins_at,
            "ends_at": ends_at,
            "watched_s": period.counts.watched_s,
            "counts": period.counts.model_dump(mode="json"),
            "expires_at": None if keep is None else expiry(ends_at, keep.interactions),
        }
    for some in chunks(list(rows.values())):
        same = (flow_quarters.c.run_id == run_id) & flow_quarters.c.begins_at.in_(
            row["begins_at"] for row in some
        )
        connection.execute(delete(flow_quarters).where(same))
        connection.execute(insert(flow_quarters), some)
    flow_sums.renew(connection, flow_sums.days_at(connection, of.site_id, of.camera_id, list(rows)))


def _watched(connection: Connection, run_id: int, begins: Sequence[datetime]) -> dict[datetime, float]:
    """For how long periods of a run were watched, by their beginnings."""
    own = select(flow_quarters.c.begins_at, flow_quarters.c.watched_s).where(flow_quarters.c.run_id == run_id)
    return {
        row.begins_at: row.watched_s
        for some in chunks(begins)
        for row in connection.execute(own.where(flow_quarters.c.begins_at.in_(some)))
    }


def _to_second(moment: datetime) -> datetime:
    """To the nearest second: seconds of a stream are rounded, and periods of two streams must begin alike."""
    return (moment + _HALF_S).replace(microsecond=0)
