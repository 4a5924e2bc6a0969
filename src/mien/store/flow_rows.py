"""Periods in which people were counted, as rows: how they are read, and which of two at one time counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Text, cast, select

from mien.journey.flow import FlowCounts, FlowQuarter
from mien.store.flow_tables import flow_quarters
from mien.store.tables import cameras, recordings, runs, sites

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

_COMMON: Final = timedelta(seconds=2)
"""Streams that follow one another may touch."""


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


def selection() -> Select[Any]:
    """What was counted, by camera, in order of time; of recordings the analysis that is shown."""
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
    return (
        select(*columns, counts, *names, *stream)
        .select_from(joined)
        .where(runs.c.visible)
        .order_by(cameras.c.name, flow_quarters.c.begins_at, flow_quarters.c.id)
    )


def read(connection: Connection, query: Select[Any]) -> list[StoredPeriod]:
    """Periods.

    Args:
        connection: In a transaction.
        query: `selection`, narrowed.
    """
    return [_period(row) for row in connection.execute(query).all()]


def apart(streams: Iterable[StoredPeriod]) -> list[StoredPeriod]:
    """Those of several streams of a camera that did not see the same time, the one that watched longest first.

    Args:
        streams: What they saw of one period.
    """
    kept: list[StoredPeriod] = []
    for one in sorted(streams, key=lambda period: -period.counts.watched_s):
        common = [min(one.seen_until, k.seen_until) - max(one.seen_from, k.seen_from) for k in kept]
        if all(shared <= _COMMON for shared in common):
            kept.append(one)
    return kept


def by_period(found: Iterable[StoredPeriod]) -> list[list[StoredPeriod]]:
    """What streams of one camera saw, by period: the times at which they began, in their order."""
    return [list(streams) for _, streams in groupby(found, key=lambda one: one.begins_at)]


def together(kept: Sequence[StoredPeriod]) -> FlowQuarter:
    """One period of a camera, in seconds since 1970.

    Args:
        kept: What streams saw of it, `apart`.
    """
    return FlowQuarter(
        begin_s=kept[0].begins_at.timestamp(),
        end_s=kept[0].ends_at.timestamp(),
        counts=FlowCounts.total([one.counts for one in kept]),
    )


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
