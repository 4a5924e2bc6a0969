"""One analysis of a recording, from its first checkpoint to its end."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import delete, func, insert, select, update

from mien.errors import BusyError, StoreError
from mien.privacy import expiry
from mien.store import announce, codec, dating, flow, flow_sums, lease, rows, visit_news
from mien.store.erasure import without_erased
from mien.store.sites import camera_id, ensure, site_id
from mien.store.tables import interactions, recordings, runs
from mien.store.visit_tables import visit_interactions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    from sqlalchemy import ColumnElement, Connection

    from mien.journey.flow import FlowQuarter
    from mien.journey.types import Interaction
    from mien.privacy import KeepDays
    from mien.store.database import Database
    from mien.store.records import RecordingKey, Source


@dataclass(frozen=True, slots=True, eq=False)
class RecordingRun:
    """The right to analyse a recording and to store what is found. Leaving its `with` block gives it up.

    Attributes:
        recording_id: Number of the recording in the store.
        generation: Number of the analysis of this recording, from 1.
        resumed: Whether it goes on where an earlier process stopped.
        checkpoint: What that process left to go on from; `None` at the beginning.
        position_s: How far it had come, seconds in the stream.
        counters: What it had counted.
    """

    recording_id: int
    generation: int
    resumed: bool
    checkpoint: Mapping[str, Any] | None
    position_s: float
    counters: Mapping[str, Any]
    _database: Database
    _run_id: int
    _token: str
    _name: str
    _recorded_at: datetime | None
    _site: str | None
    _keep: KeepDays | None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.release()
        else:
            # The first error is the one to tell; the lease ends by itself.
            with suppress(StoreError):
                self.release()

    def commit(
        self,
        interactions: Sequence[Interaction],
        checkpoint: Mapping[str, Any],
        position_s: float,
        counters: Mapping[str, Any],
        *,
        counted: Sequence[FlowQuarter] = (),
    ) -> None:
        """Store finished interactions together with the point to go on from; both or neither.

        An interaction that this run holds already is replaced, so that the same call twice changes nothing
        and one that was cut short can be stored again as a whole. One that was erased does not come back. What is
        shown at once is told in the outbox at once, in the same transaction.

        Args:
            interactions: Finished since the last commit; may be empty.
            checkpoint: Anything that JSON can say and the analysis can go on from.
            position_s: How far it has come, seconds in the stream.
            counters: What it has counted so far, in JSON's types.
            counted: Periods in which people were counted; of one told twice the one that was watched longer.

        Raises:
            BusyError: The run is finished or was taken over; nothing of this call is stored.
            StoreError: JSON cannot say what is given, or the database says no; likewise.
        """
        # Packed before the transaction, because others wait while it lasts.
        found = {i.id: (i, codec.encode(i.seconds, i.curve)) for i in interactions}
        _check_json("checkpoint", checkpoint)
        _check_json("counters", counters)
        now = self._database.now()
        with self._database.write() as connection:
            visible = self._change(
                connection,
                checkpoint=dict(checkpoint),
                position_s=float(position_s),
                counters=dict(counters),
                lease_until=lease.end(now),
            )
            found = without_erased(connection, found)
            # What is not shown yet is told when it is.
            before = announce.shown(connection, self._mine, found) if visible else {}
            rows.write(
                connection,
                self._run_id,
                found,
                recorded_at=self._recorded_at,
                now=now,
                keep=self._keep,
            )
            flow.write(connection, self._run_id, counted)
            self._date_recording(connection, position_s, now)
            if visible:
                announce.tell(connection, before, announce.shown(connection, self._mine, found), now=now)

    def finish(self, counters: Mapping[str, Any]) -> None:
        """Make this analysis the one that is shown, and remove the one before, in one transaction.

        What that changes of what is shown is told in the outbox, in the same transaction.

        Args:
            counters: What was counted in all.

        Raises:
            BusyError: The run is finished already or was taken over.
            StoreError: The database says no.
        """
        _check_json("counters", counters)
        now = self._database.now()
        with self._database.write() as connection:
            # The checkpoint may describe people still in view, and nobody needs it any more.
            visible = self._change(
                connection,
                finished_at=now,
                checkpoint=None,
                counters=dict(counters),
                **lease.FREE,
            )
            others = (runs.c.recording_id == self.recording_id) & (runs.c.id != self._run_id)
            replaced = interactions.c.run_id.in_(select(runs.c.id).where(others, runs.c.visible))
            before = announce.shown(connection, replaced)
            of_both = flow_sums.of_recordings([self.recording_id])
            counted = set() if visible else flow_sums.days_of(connection, of_both)
            connection.execute(delete(runs).where(others))
            connection.execute(update(runs).where(runs.c.id == self._run_id).values(visible=True))
            flow_sums.renew(connection, counted)
            if not visible:  # else all was told when it was stored
                announce.tell(connection, before, announce.shown(connection, self._mine), now=now)

    def release(self) -> None:
        """Let another process go on at once. After `finish`, or twice, it does nothing."""
        with self._database.write() as connection:
            mine = (runs.c.id == self._run_id) & (runs.c.lease_token == self._token)
            connection.execute(update(runs).where(mine).values(**lease.FREE))

    @property
    def _mine(self) -> ColumnElement[bool]:
        """The rows of this run's interactions."""
        return interactions.c.run_id == self._run_id

    def _date_recording(self, connection: Connection, position_s: float, now: datetime) -> None:
        site = None if self._site is None else site_id(connection, self._site, now)
        keep = dating.dates(connection, [] if site is None else [site], self._keep)[site]
        if keep is None:
            return
        known = self._recorded_at if site is not None else None
        seen = now if known is None else known + timedelta(seconds=position_s)
        mine = recordings.c.id == self.recording_id
        connection.execute(update(recordings).where(mine).values(expires_at=expiry(seen, keep.interactions)))

    def _change(self, connection: Connection, **values: object) -> bool:
        """Change the row of this run, which must still be its own; whether it is the one that is shown."""
        mine = (runs.c.id == self._run_id) & (runs.c.lease_token == self._token)
        changed = update(runs).where(mine).values(**values).returning(runs.c.visible)
        visible: bool | None = connection.execute(changed).scalar_one_or_none()
        if visible is None:
            raise BusyError(
                f"This analysis of '{self._name}' is over or was taken over by another process, so nothing "
                "more can be stored from here; start it again to go on."
            )
        return visible


def begin(
    database: Database,
    key: RecordingKey,
    settings_digest: str,
    *,
    reader: str,
    source: Source,
    anew: bool = False,
    keep: KeepDays | None = None,
) -> RecordingRun:
    """Begin or continue the analysis of a recording; `Recordings.begin` says how."""
    now = database.now()
    with database.write() as connection:
        recording_id = _enter(connection, key, source, now)
        own = runs.c.recording_id == recording_id
        last = connection.execute(
            select(runs).where(own).order_by(runs.c.generation.desc()).limit(1)
        ).one_or_none()
        taken = lease.take(now)
        goes_on = False
        news: visit_news.News = []
        if last is not None and last.finished_at is None:
            who = lease.holder(last, now)
            if who is not None:
                raise BusyError(
                    f"'{source.name}' is being analysed by {who}; wait until it is done, or end that process."
                )
            goes_on = not anew and (last.settings_digest, last.reader) == (settings_digest, reader)
        if last is not None and goes_on:
            connection.execute(update(runs).where(runs.c.id == last.id).values(**taken))
            run_id, generation = last.id, last.generation
        else:
            # What an analysis with other settings began and never showed is of no use to anybody.
            news = _drop_unshown(connection, own, now)
            generation = 1 + (
                connection.execute(select(func.max(runs.c.generation)).where(own)).scalar_one() or 0
            )
            row = {
                "recording_id": recording_id,
                "generation": generation,
                # The first shows what it has at once; a later one takes its place when finished.
                "visible": generation == 1,
                "settings_digest": settings_digest,
                "reader": reader,
                "started_at": now,
                "position_s": 0.0,
                "counters": {},
                **taken,
            }
            run_id = connection.execute(insert(runs).values(row).returning(runs.c.id)).scalar_one()
        visit_news.enter(connection, news, now=now)
        return RecordingRun(
            recording_id=recording_id,
            generation=generation,
            resumed=goes_on,
            checkpoint=last.checkpoint if last is not None and goes_on else None,
            position_s=last.position_s if last is not None and goes_on else 0.0,
            counters=last.counters if last is not None and goes_on else {},
            _database=database,
            _run_id=run_id,
            _token=taken["lease_token"],
            _name=source.name,
            _recorded_at=source.recorded_at,
            _site=key.site,
            _keep=keep,
        )


def _drop_unshown(connection: Connection, own: ColumnElement[bool], now: datetime) -> visit_news.News:
    """Remove what was never shown; visits may have been made of it already."""
    unshown = select(runs.c.id).where(own, runs.c.visible.is_(False))
    joined = select(interactions.c.uid).join(
        visit_interactions, visit_interactions.c.interaction_uid == interactions.c.uid
    )
    uids = set(connection.execute(joined.where(interactions.c.run_id.in_(unshown))).scalars())
    connection.execute(delete(runs).where(own, runs.c.visible.is_(False)))
    gone = visit_news.lost(connection, uids)
    return visit_news.follow(connection, there=uids - gone, gone=gone, now=now)


def _check_json(what: str, value: Mapping[str, Any]) -> None:
    # Here and not in the driver: each driver says it in its own way, and late.
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise StoreError(
            f"The {what} of a run cannot be written as JSON ({error}); give numbers, texts, lists, dicts."
        ) from error


def _enter(connection: Connection, key: RecordingKey, source: Source, now: datetime) -> int:
    """The id of the recording, entered if it is new and brought up to date if not."""
    site = None if key.site is None else site_id(connection, key.site, now)
    camera = None
    if source.camera is not None:
        if site is None:
            raise StoreError(f"Camera '{source.camera}' is given without a site; name its site too.")
        camera = camera_id(connection, site, source.camera, now)
    facts = {
        "camera_id": camera,
        # File names may hold bytes that are no text.
        "source": source.name.encode("utf-8", "backslashreplace").decode(),
        "recorded_at": source.recorded_at,
        "duration_s": source.duration_s,
    }
    fixed = {"fingerprint": key.fingerprint, "site_id": site, "touchpoint": key.touchpoint}
    recording_id = ensure(connection, recordings, {"key": key.digest}, fixed | facts)
    connection.execute(update(recordings).where(recordings.c.id == recording_id).values(**facts))
    return recording_id
