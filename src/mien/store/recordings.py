"""Recordings in the store: to begin an analysis, and to ask what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

from sqlalchemy import func, select

from mien.errors import SettingError
from mien.journey.types import Outcome
from mien.store import rows
from mien.store.records import RecordingKey, RecordingSummary, Source
from mien.store.runs import begin
from mien.store.tables import cameras, interactions, recordings, runs, scores, sites

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row, Select

    from mien.journey.types import Interaction
    from mien.privacy import KeepDays
    from mien.store.database import Database
    from mien.store.runs import RecordingRun

_S = TypeVar("_S", bound="Select[Any]")


class Filters(TypedDict, total=False):
    """Which interactions; every one that is given must hold.

    Attributes:
        recording: Of this recording, by its key or its number.
        site: At this site.
        touchpoint: At this touchpoint.
        camera: Seen by the camera of this name.
        since: Begun at this time or later, with zone. Interactions of recordings whose time nobody knows have
            none, and are left out where `since` or `until` is given.
        until: Begun before this time.
    """

    recording: RecordingKey | int
    site: str
    touchpoint: str
    camera: str
    since: datetime
    until: datetime


class Recordings:
    """The recordings of a store and the interactions found in them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self,
        key: RecordingKey,
        settings_digest: str,
        *,
        reader: str,
        source: Source,
        anew: bool = False,
        keep: KeepDays | None = None,
    ) -> RecordingRun:
        """Begin the analysis of a recording, or go on with one that was not finished.

        A re-run never doubles anything. Where the last analysis was not finished and had the same settings
        and reader, it goes on from its checkpoint. Otherwise a new one begins, and what was stored before
        is shown until the new one is finished. Only the first analysis of a recording shows what it has
        while it runs.

        Args:
            key: Which recording.
            settings_digest: Digest of every setting that changes the result.
            reader: Name and version of the expression reader.
            source: What else is known of the recording.
            anew: Begin from the start even where an unfinished analysis could go on.
            keep: For how long what is found in a file of one's own is kept; `None` keeps it until it is removed by
                hand. What is found at a site is kept as `Store.retention` knows of the site.

        Returns:
            The run, to be used in a `with` block.

        Raises:
            BusyError: Another living process analyses this recording.
            StoreError: The database says no.
        """
        return begin(self._database, key, settings_digest, reader=reader, source=source, anew=anew, keep=keep)

    def list_recordings(self) -> list[RecordingSummary]:
        """Every recording, in the order in which their analyses began."""
        return self._summaries(_recordings())

    def find(self, key: RecordingKey) -> RecordingSummary | None:
        """One recording; `None` where the store does not know it."""
        found = self._summaries(_recordings().where(recordings.c.key == key.digest))
        return found[0] if found else None

    def interactions(
        self, *, limit: int | None = None, offset: int = 0, curves: bool = True, **filters: Unpack[Filters]
    ) -> list[Interaction]:
        """Interactions, recording by recording in the order of their analyses, each in order of their start.

        Args:
            limit: At most so many; `None` for all.
            offset: Leave out so many first.
            curves: Whether to unpack `curve` and `seconds`; without, they are `None` and empty, which is
                faster.
            **filters: Which ones, see `Filters`.

        Returns:
            The interactions.

        Raises:
            SettingError: `limit` or `offset` is below 0.
            StoreError: The database says no, or a stored curve is damaged.
        """
        if (limit is not None and limit < 0) or offset < 0:
            raise SettingError(f"Limit {limit} and offset {offset} must be 0 or more.")
        order = (interactions.c.run_id, interactions.c.start_s, interactions.c.id)
        query = _shown(rows.selection(), filters).order_by(*order).limit(limit).offset(offset)
        with self._database.read() as connection:
            return rows.read(connection, query, with_curves=curves)

    def get(self, interaction_id: str) -> Interaction | None:
        """One interaction by its id; `None` where the store does not know it."""
        query = _shown(rows.selection(), {}).where(interactions.c.uid == interaction_id)
        with self._database.read() as connection:
            found = rows.read(connection, query.limit(1), with_curves=True)
        return found[0] if found else None

    def outcomes(self, **filters: Unpack[Filters]) -> dict[Outcome, int]:
        """How many interactions had each outcome: every outcome is named, the sum is their number.

        Args:
            **filters: Which ones, see `Filters`.

        Returns:
            Counts by outcome.
        """
        joined = interactions.join(scores).outerjoin(sites, interactions.c.site_id == sites.c.id)
        query = select(scores.c.outcome, func.count()).select_from(joined).group_by(scores.c.outcome)
        with self._database.read() as connection:
            counted = {row[0]: row[1] for row in connection.execute(_shown(query, filters))}
        return {outcome: counted.get(outcome, 0) for outcome in Outcome}

    def _summaries(self, query: Select[Any]) -> list[RecordingSummary]:
        with self._database.read() as connection:
            return [_summary(row) for row in connection.execute(query)]


def _shown(query: _S, filters: Filters) -> _S:
    """Restrict a query over interactions and sites to what is shown and asked for."""
    shown = select(runs.c.id).where(runs.c.visible)
    match filters.get("recording"):
        case RecordingKey() as key:
            same = select(recordings.c.id).where(recordings.c.key == key.digest).scalar_subquery()
            shown = shown.where(runs.c.recording_id == same)
        case int() as number:
            shown = shown.where(runs.c.recording_id == number)
    if "camera" in filters:
        taken = (
            select(recordings.c.id).join_from(recordings, cameras).where(cameras.c.name == filters["camera"])
        )
        shown = shown.where(runs.c.recording_id.in_(taken))
    query = query.where(interactions.c.run_id.in_(shown))
    if "site" in filters:
        query = query.where(sites.c.name == filters["site"])
    if "touchpoint" in filters:
        query = query.where(interactions.c.touchpoint == filters["touchpoint"])
    if "since" in filters:
        query = query.where(interactions.c.started_at >= filters["since"])
    if "until" in filters:
        query = query.where(interactions.c.started_at < filters["until"])
    return query


def _recordings() -> Select[Any]:
    counted = select(func.count()).where(interactions.c.run_id == runs.c.id).correlate(runs).scalar_subquery()
    joined = (
        recordings.join(runs, (runs.c.recording_id == recordings.c.id) & runs.c.visible)
        .outerjoin(sites, recordings.c.site_id == sites.c.id)
        .outerjoin(cameras, recordings.c.camera_id == cameras.c.id)
    )
    return (
        select(
            recordings,
            *(column for column in runs.c if column.name not in ("id", "recording_id")),
            sites.c.name.label("site"),
            cameras.c.name.label("camera"),
            counted.label("interactions"),
        )
        .select_from(joined)
        .order_by(runs.c.id)
    )


def _summary(row: Row[Any]) -> RecordingSummary:
    return RecordingSummary(
        id=row.id,
        key=RecordingKey(row.fingerprint, row.site, row.touchpoint),
        source=Source(row.source, row.recorded_at, row.duration_s, row.camera),
        complete=row.finished_at is not None,
        position_s=row.position_s,
        reader=row.reader,
        settings_digest=row.settings_digest,
        counters=row.counters,
        interactions=row.interactions,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
