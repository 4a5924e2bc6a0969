"""How long what is stored is kept: dates on rows when they are written, and the removal of what is due."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from mien.privacy import KeepDays, expiry
from mien.store import flow_sums, rollups, visit_days
from mien.store.account_tables import attempts, links, looks, sessions
from mien.store.alert_tables import alerts, tasks
from mien.store.attempts import WINDOW
from mien.store.flow_tables import flow_quarters
from mien.store.segment_tables import segment_parts
from mien.store.sites import site_id
from mien.store.tables import curves, interactions, outbox, recordings, runs, sites
from mien.store.till_tables import consents, expiries, receipt_joins, receipts, withheld
from mien.store.visit_tables import visit_interactions, visits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select, Table

    from mien.store.database import Database

BATCH: Final = 500
"""Rows that are removed in one transaction, so that writers wait for milliseconds only."""

_RECORDINGS: Final = 5
"""Recordings in one transaction: each may take thousands of rows along."""


@dataclass(frozen=True, slots=True)
class Expired:
    """What was removed because its time was over, or would be.

    Attributes:
        removed: Rows by kind; kinds of which nothing was due are not named.
        dry_run: Whether it was only counted.
    """

    removed: Mapping[str, int] = field(default_factory=dict)
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class LoggedExpiry:
    """One run of `Retention.expire`, as the store remembers it.

    Attributes:
        id: Its number, rising with time.
        ran_at: When, UTC.
        removed: Rows by kind.
    """

    id: int
    ran_at: datetime
    removed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Step:
    what: str
    table: Table
    key: ColumnElement[Any]
    due: ColumnElement[bool]
    batch: int = BATCH
    concerns: Callable[[Sequence[Any]], ColumnElement[bool]] | None = None
    """Which rows of `interactions` are changed where rows of these keys go: their days are rolled up anew."""
    visited: Callable[[Sequence[Any]], ColumnElement[bool]] | None = None
    """Likewise which rows of `visits`."""
    counted: Callable[[Sequence[Any]], ColumnElement[bool]] | None = None
    """Likewise which rows of `flow_quarters`."""


class Retention:
    """For how long sites keep what is found there, and the removal of what is due."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, site: str, keep: KeepDays) -> None:
        """Enter for how long a site keeps what is found there, as its site file says.

        Rows without a date get one. Days that became fewer hold for what is stored already; days that became more do
        not, because what people were told when it was taken stays true.

        Args:
            site: Its name.
            keep: The days.

        Raises:
            StoreError: The database says no.
        """
        with self._database.write() as connection:
            number = site_id(connection, site, self._database.now())
            if _days(connection, [number]).get(number) == keep:
                return
            values = {
                "readings_days": keep.readings,
                "interactions_days": keep.interactions,
                "receipts_days": keep.receipts,
            }
            connection.execute(update(sites).where(sites.c.id == number).values(values))
            _date_anew(connection, number, keep)

    def of(self, site: str) -> KeepDays | None:
        """For how long a site keeps what is found there; `None` where nobody has said so."""
        with self._database.read() as connection:
            number = connection.execute(select(sites.c.id).where(sites.c.name == site)).scalar_one_or_none()
            return None if number is None else _days(connection, [number]).get(number)

    def expire(self, now: datetime, *, dry_run: bool = False) -> Expired:
        """Remove what is due: visits first, then curves, interactions, counts, recordings, receipts and consents.

        In batches, each in a transaction of its own: safe beside writers, and where it is stopped it goes on the next
        time. What an analysis that runs has to do with is left for the next time too. What was removed is counted in
        the store, once a day also where that was nothing.

        Args:
            now: The moment, with zone.
            dry_run: Only count.

        Returns:
            How much of each kind. Counted only, kinds that others take along are counted by themselves.

        Raises:
            StoreError: The database says no; what was removed until then is removed.
        """
        removed: Counter[str] = Counter()
        for step in _steps(now):
            removed[step.what] += self._count(step) if dry_run else self._remove(step)
        found = Expired({what: count for what, count in removed.items() if count}, dry_run)
        if not dry_run:
            self._log(now, found)
        return found

    def log(self, *, before: int | None = None, limit: int = 50) -> list[LoggedExpiry]:
        """Every run that removed something, and one a day that did not, the last first.

        Args:
            before: Only those before the one of this number: the last of the page before.
            limit: At most so many.
        """
        query = select(expiries).order_by(expiries.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(expiries.c.id < before)
        with self._database.read() as connection:
            return [LoggedExpiry(row.id, row.ran_at, row.removed) for row in connection.execute(query)]

    def _count(self, step: _Step) -> int:
        query = select(func.count()).select_from(step.table).where(step.due)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def _remove(self, step: _Step) -> int:
        total = 0
        while True:
            with self._database.write() as connection:
                keys = connection.execute(select(step.key).where(step.due).limit(step.batch)).scalars().all()
                days = set() if step.concerns is None else rollups.days_of(connection, step.concerns(keys))
                visited = (
                    set() if step.visited is None else visit_days.days_of(connection, step.visited(keys))
                )
                counted = set() if step.counted is None else flow_sums.days_of(connection, step.counted(keys))
                connection.execute(delete(step.table).where(step.key.in_(keys)))
                rollups.renew(connection, days)
                visit_days.renew(connection, visited)
                flow_sums.renew(connection, counted)
            total += len(keys)
            if len(keys) < step.batch:
                return total

    def _log(self, now: datetime, found: Expired) -> None:
        with self._database.write() as connection:
            last = connection.execute(select(func.max(expiries.c.ran_at))).scalar_one()
            if found.removed or last is None or last < now - timedelta(days=1):
                row = {"ran_at": now, "removed": dict(found.removed)}
                connection.execute(insert(expiries).values(row))


def dates(
    connection: Connection, site_ids: list[int], keep: KeepDays | None
) -> dict[int | None, KeepDays | None]:
    """For how long each of some sites keeps what is found there, and under `None` what holds without a site."""
    known = _days(connection, site_ids)
    return {None: keep, **{number: known.get(number) for number in site_ids}}


def date_visits(connection: Connection, which: ColumnElement[bool]) -> None:
    """Give visits the date on which the first of their interactions goes: without it they would say what is not so.

    Args:
        connection: In a write transaction.
        which: Which rows of `visits`.
    """
    earliest = (
        select(func.min(interactions.c.expires_at))
        .join(visit_interactions, visit_interactions.c.interaction_uid == interactions.c.uid)
        .where(visit_interactions.c.visit_id == visits.c.id)
        .scalar_subquery()
    )
    connection.execute(update(visits).where(which).values(expires_at=earliest))


def _days(connection: Connection, site_ids: list[int]) -> dict[int, KeepDays]:
    query = select(sites).where(sites.c.id.in_(site_ids), sites.c.interactions_days.is_not(None))
    return {
        row.id: KeepDays(row.readings_days, row.interactions_days, row.receipts_days)
        for row in connection.execute(query)
    }


def _steps(now: datetime) -> Iterator[_Step]:
    held = select(runs.c.recording_id).where(runs.c.lease_token.is_not(None), runs.c.lease_until > now)
    named = select(receipts.c.consent_id).where(receipts.c.consent_id.is_not(None))
    # Before its interactions, without which it would say what is not so.
    yield _Step("visits", visits, visits.c.id, visits.c.expires_at <= now, visited=visits.c.id.in_)
    yield _Step("curves", curves, curves.c.interaction_id, curves.c.expires_at <= now)
    yield _Step(
        "interactions",
        interactions,
        interactions.c.id,
        interactions.c.expires_at <= now,
        concerns=interactions.c.id.in_,
        visited=lambda keys: _holding(interactions.c.id.in_(keys)),
    )
    yield _Step(
        "flow counts",
        flow_quarters,
        flow_quarters.c.id,
        flow_quarters.c.expires_at <= now,
        counted=flow_quarters.c.id.in_,
    )
    yield _Step("alerts", alerts, alerts.c.id, alerts.c.expires_at <= now)
    yield _Step("tasks", tasks, tasks.c.id, tasks.c.expires_at <= now)
    yield _Step("segment counts", segment_parts, segment_parts.c.id, segment_parts.c.expires_at <= now)
    yield _Step(
        "recordings",
        recordings,
        recordings.c.id,
        and_(recordings.c.expires_at <= now, recordings.c.id.not_in(held)),
        _RECORDINGS,
        _of_recordings,
        lambda keys: _holding(_of_recordings(keys)),
        flow_sums.of_recordings,
    )
    yield _Step(
        "joins",
        receipt_joins,
        receipt_joins.c.receipt_id,
        receipt_joins.c.expires_at <= now,
        concerns=_of_receipts,
    )
    yield _Step("receipts", receipts, receipts.c.id, receipts.c.expires_at <= now, concerns=_of_receipts)
    # A consent stays for as long as something is stored under it: it says why that may be.
    yield _Step(
        "consents", consents, consents.c.id, and_(consents.c.expires_at <= now, consents.c.id.not_in(named))
    )
    yield _Step("events", outbox, outbox.c.number, outbox.c.expires_at <= now)
    for what, table in (("sessions", sessions), ("links", links), ("looks", looks)):
        yield _Step(what, table, table.c.id, table.c.expires_at <= now)
    yield _Step("attempts to sign in", attempts, attempts.c.id, attempts.c.tried_at <= now - WINDOW)
    yield _Step("withheld", withheld, withheld.c.uid, withheld.c.expires_at <= now)


def _of_recordings(keys: Sequence[int]) -> ColumnElement[bool]:
    return interactions.c.run_id.in_(select(runs.c.id).where(runs.c.recording_id.in_(keys)))


def _holding(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The visits that hold any of some interactions."""
    uids = select(interactions.c.uid).where(which)
    held = select(visit_interactions.c.visit_id).where(visit_interactions.c.interaction_uid.in_(uids))
    return visits.c.id.in_(held)


def _of_receipts(keys: Sequence[int]) -> ColumnElement[bool]:
    joined = select(receipt_joins.c.interaction_uid).where(receipt_joins.c.receipt_id.in_(keys))
    return interactions.c.uid.in_(joined)


def _date_anew(connection: Connection, site: int, keep: KeepDays) -> None:
    """Give every row of a site the earlier of its date and the one by these days."""
    ended = select(
        interactions.c.id,
        interactions.c.started_at,
        (interactions.c.end_s - interactions.c.start_s).label("length_s"),
        interactions.c.expires_at,
        curves.c.expires_at.label("curve_at"),
        runs.c.started_at.label("read_at"),
    ).select_from(interactions.join(runs).outerjoin(curves)).where(interactions.c.site_id == site)  # fmt: skip
    rows, packed = [], []
    for row in connection.execute(ended):
        known = row.started_at is not None
        base = row.started_at + timedelta(seconds=row.length_s) if known else row.read_at
        rows.append({"b_id": row.id, "b_at": _earlier(row.expires_at, expiry(base, keep.interactions))})
        packed.append({"b_id": row.id, "b_at": _earlier(row.curve_at, expiry(base, keep.readings))})
    _set(connection, interactions, interactions.c.id, rows)
    _set(connection, curves, curves.c.interaction_id, packed)
    for table, ends_at in (
        (flow_quarters, flow_quarters.c.ends_at),
        (segment_parts, func.coalesce(segment_parts.c.ends_at, segment_parts.c.begins_at)),
    ):
        counted = select(table.c.id, ends_at.label("ends_at"), table.c.expires_at)
        _set(
            connection,
            table,
            table.c.id,
            [
                {"b_id": row.id, "b_at": _earlier(row.expires_at, expiry(row.ends_at, keep.interactions))}
                for row in connection.execute(counted.where(table.c.site_id == site))
            ],
        )
    date_visits(connection, visits.c.site_id == site)
    told = _last_seen().where(recordings.c.site_id == site)
    _set(
        connection,
        recordings,
        recordings.c.id,
        [
            {
                "b_id": row.id,
                "b_at": _earlier(row.expires_at, expiry(_recorded_until(row), keep.interactions)),
            }
            for row in connection.execute(told)
        ],
    )
    paid = select(receipts.c.id, receipts.c.printed_at, receipts.c.expires_at).where(
        receipts.c.site_id == site
    )
    due = [
        {"b_id": row.id, "b_at": _earlier(row.expires_at, expiry(row.printed_at, keep.receipts))}
        for row in connection.execute(paid)
    ]
    _set(connection, receipts, receipts.c.id, due)
    _set(connection, receipt_joins, receipt_joins.c.receipt_id, due)


def _last_seen() -> Select[Any]:
    grouped = func.max(runs.c.position_s).label("position_s"), func.max(runs.c.started_at).label("read_at")
    joined = recordings.join(runs)
    return (
        select(recordings.c.id, recordings.c.recorded_at, recordings.c.expires_at, *grouped)
        .select_from(joined)
        .group_by(recordings.c.id, recordings.c.recorded_at, recordings.c.expires_at)
    )


def _recorded_until(row: Any) -> datetime:  # noqa: ANN401  (a row of _last_seen)
    if row.recorded_at is None:
        read_at: datetime = row.read_at
        return read_at
    until: datetime = row.recorded_at + timedelta(seconds=row.position_s)
    return until


def _earlier(known: datetime | None, new: datetime) -> datetime:
    return new if known is None else min(known, new)


def _set(connection: Connection, table: Table, key: ColumnElement[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(
            update(table).where(key == bindparam("b_id")).values(expires_at=bindparam("b_at")), rows
        )
