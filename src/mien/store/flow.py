"""What was counted at cameras, by quarters of an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, cast, delete, insert, select

from mien.errors import StoreError
from mien.journey.flow import FlowCounts
from mien.privacy import expiry
from mien.store import retention
from mien.store.database import chunks
from mien.store.flow_tables import flow_quarters
from mien.store.tables import cameras, recordings, runs, sites

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from mien.journey.flow import FlowQuarter
    from mien.store.database import Database

_HALF_S = timedelta(seconds=0.5)


@dataclass(frozen=True, slots=True)
class StoredPeriod:
    """What one stream of a camera saw of a period.

    Attributes:
        site: The site.
        camera: The camera.
        begins_at: Beginning of the period, UTC.
        ends_at: Its end.
        counts: What was counted in as much of it as was watched.
        stream_began_at: When the recording or live stream began.
        stream_ended_at: How far it was read by now.
    """

    site: str
    camera: str
    begins_at: datetime
    ends_at: datetime
    counts: FlowCounts
    stream_began_at: datetime
    stream_ended_at: datetime

    @property
    def seen_from(self) -> datetime:
        """From when on the stream may have seen something of the period."""
        return max(self.begins_at, self.stream_began_at)

    @property
    def seen_until(self) -> datetime:
        """Until when."""
        return min(self.ends_at, self.stream_ended_at)


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
        joined = (
            flow_quarters.join(runs, flow_quarters.c.run_id == runs.c.id)
            .join(recordings, runs.c.recording_id == recordings.c.id)
            .join(sites, flow_quarters.c.site_id == sites.c.id)
            .join(cameras, flow_quarters.c.camera_id == cameras.c.id)
        )
        names = sites.c.name.label("site"), cameras.c.name.label("camera")
        stream = recordings.c.recorded_at, runs.c.position_s
        columns = flow_quarters.c.begins_at, flow_quarters.c.ends_at
        # As text, which is checked and read in one go: there may be thousands.
        counts = cast(flow_quarters.c.counts, Text).label("counts")
        query = (
            select(*columns, counts, *names, *stream)
            .select_from(joined)
            .where(runs.c.visible, sites.c.name == site)
            .order_by(cameras.c.name, flow_quarters.c.begins_at, flow_quarters.c.id)
        )
        if camera is not None:
            query = query.where(cameras.c.name == camera)
        if since is not None:
            query = query.where(flow_quarters.c.ends_at > since)
        if until is not None:
            query = query.where(flow_quarters.c.begins_at < until)
        with self._database.read() as connection:
            return [_period(row) for row in connection.execute(query).all()]


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
    keep = retention.dates(connection, [of.site_id], None)[of.site_id]
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


def _period(row: Row[Any]) -> StoredPeriod:
    return StoredPeriod(
        site=row.site,
        camera=row.camera,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        counts=FlowCounts.model_validate_json(row.counts),
        stream_began_at=row.recorded_at,
        stream_ended_at=row.recorded_at + timedelta(seconds=row.position_s),
    )
