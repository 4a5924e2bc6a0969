"""What was read when: the streams of cameras and the recordings at some touchpoints, with what went wrong in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from mien.store.tables import cameras, recordings, runs, sites

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import ColumnElement, Row

    from mien.store.database import Database


@dataclass(frozen=True, slots=True)
class StoredStream:
    """A stream of a camera, or a recording, as far as it was read.

    Attributes:
        name: Its name in the store, which tells what it is.
        camera: Which camera it is of; `None` where nobody knows.
        touchpoint: Where.
        begins_at: When its second 0 was, UTC.
        ends_at: Up to when it was read, UTC.
        finished_at: When that was stored to its end, UTC; `None` where it was not.
        counters: What was counted and noted in it.
    """

    name: str
    camera: str | None
    touchpoint: str
    begins_at: datetime
    ends_at: datetime
    finished_at: datetime | None
    counters: Mapping[str, Any]


class Streams:
    """The streams and recordings that the store shows, with the times at which they were."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def between(
        self, site: str, touchpoints: Collection[str], *, since: datetime, until: datetime
    ) -> list[StoredStream]:
        """What was read at some touchpoints of a site in a time.

        Args:
            site: Its name.
            touchpoints: Their names.
            since: Read after this time, with zone.
            until: Begun before this time.

        Returns:
            Streams and recordings whose time of day is known, in order of their beginning.

        Raises:
            StoreError: The database says no.
        """
        columns = [
            recordings.c.fingerprint,
            recordings.c.touchpoint,
            recordings.c.recorded_at,
            runs.c.position_s,
            runs.c.finished_at,
            runs.c.counters,
            cameras.c.name.label("camera"),
        ]
        joined = recordings.join(runs, (runs.c.recording_id == recordings.c.id) & runs.c.visible)
        joined = joined.outerjoin(cameras, recordings.c.camera_id == cameras.c.id)
        query = select(*columns).select_from(joined).order_by(recordings.c.recorded_at, recordings.c.id)
        query = query.where(
            _at(site, touchpoints),
            recordings.c.recorded_at < until,
            # Nothing is stored to its end before it is over; it spares reading the notes of all earlier streams.
            runs.c.finished_at.is_(None) | (runs.c.finished_at > since),
        )
        with self._database.read() as connection:
            found = [_stream(row) for row in connection.execute(query)]
        return [one for one in found if one.ends_at > since or one.finished_at is None]

    def first(self, site: str, touchpoints: Collection[str]) -> datetime | None:
        """When the first of all streams and recordings there began, UTC; `None` where no time is known."""
        query = select(func.min(recordings.c.recorded_at)).where(_at(site, touchpoints))
        with self._database.read() as connection:
            first: datetime | None = connection.execute(query).scalar_one()
        return first


def _at(site: str, touchpoints: Collection[str]) -> ColumnElement[bool]:
    own = select(sites.c.id).where(sites.c.name == site).scalar_subquery()
    return (recordings.c.site_id == own) & recordings.c.touchpoint.in_(sorted(touchpoints))


def _stream(row: Row[Any]) -> StoredStream:
    # A finished analysis of a recording knows its length, which may lie beyond the last picture that was read.
    read_s = max(row.position_s, row.counters.get("length_s") or 0.0)
    return StoredStream(
        name=row.fingerprint,
        camera=row.camera,
        touchpoint=row.touchpoint,
        begins_at=row.recorded_at,
        ends_at=row.recorded_at + timedelta(seconds=read_s),
        finished_at=row.finished_at,
        counters=row.counters,
    )
