"""For how long what is stored is kept, and the removal of what is due."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy import and_, delete, func, insert, select, update

from mien.store import dating, flow_sums, rollups, visit_days
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
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Table

    from mien.privacy import KeepDays
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


class _Sums(Protocol):
    """What is kept by day of what rows come to, as the module `rollups`."""

    def days_of(self, connection: Connection, which: ColumnElement[bool]) -> Collection[Any]: ...

    def renew(self, connection: Connection, days: Collection[Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class _Step:
    what: str
    table: Table
    key: ColumnElement[Any]
    due: ColumnElement[bool]
    batch: int = BATCH
    sums: tuple[tuple[_Sums, Callable[[Sequence[Any]], ColumnElement[bool]]], ...] = ()
    """Which sums are made anew where rows of these keys go, each with the rows from which it is made."""


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
            if dating.days_of_sites(connection, [number]).get(number) == keep:
                return
            values = {
                "readings_days": keep.readings,
                "interactions_days": keep.interactions,
                "receipts_days": keep.receipts,
            }
            connection.execute(update(sites).where(sites.c.id == number).values(values))
            dating.date_anew(connection, number, keep)

    def of(self, site: str) -> KeepDays | None:
        """For how long a site keeps what is found there; `None` where nobody has said so."""
        return self.of_each([site]).get(site)

    def of_each(self, names: Collection[str]) -> dict[str, KeepDays]:
        """The same of several sites, by name; none of those of which nobody has said so."""
        with self._database.read() as connection:
            query = select(sites.c.id, sites.c.name).where(sites.c.name.in_(names))
            numbers = {row.id: row.name for row in connection.execute(query)}
            found = dating.days_of_sites(connection, list(numbers))
        return {numbers[number]: keep for number, keep in found.items()}

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
                changed = [(sums, sums.days_of(connection, which(keys))) for sums, which in step.sums]
                connection.execute(delete(step.table).where(step.key.in_(keys)))
                for sums, days in changed:
                    sums.renew(connection, days)
            total += len(keys)
            if len(keys) < step.batch:
                return total

    def _log(self, now: datetime, found: Expired) -> None:
        with self._database.write() as connection:
            last = connection.execute(select(func.max(expiries.c.ran_at))).scalar_one()
            if found.removed or last is None or last < now - timedelta(days=1):
                row = {"ran_at": now, "removed": dict(found.removed)}
                connection.execute(insert(expiries).values(row))


def _steps(now: datetime) -> Iterator[_Step]:
    held = select(runs.c.recording_id).where(runs.c.lease_token.is_not(None), runs.c.lease_until > now)
    named = select(receipts.c.consent_id).where(receipts.c.consent_id.is_not(None))
    # Before its interactions, without which it would say what is not so.
    yield _Step(
        "visits", visits, visits.c.id, visits.c.expires_at <= now, sums=((visit_days, visits.c.id.in_),)
    )
    yield _Step("curves", curves, curves.c.interaction_id, curves.c.expires_at <= now)
    yield _Step(
        "interactions",
        interactions,
        interactions.c.id,
        interactions.c.expires_at <= now,
        sums=(
            (rollups, interactions.c.id.in_),
            (visit_days, lambda keys: _holding(interactions.c.id.in_(keys))),
        ),
    )
    yield _Step(
        "flow counts",
        flow_quarters,
        flow_quarters.c.id,
        flow_quarters.c.expires_at <= now,
        sums=((flow_sums, flow_quarters.c.id.in_),),
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
        (
            (rollups, _of_recordings),
            (visit_days, lambda keys: _holding(_of_recordings(keys))),
            (flow_sums, flow_sums.of_recordings),
        ),
    )
    yield _Step(
        "joins",
        receipt_joins,
        receipt_joins.c.receipt_id,
        receipt_joins.c.expires_at <= now,
        sums=((rollups, _of_receipts),),
    )
    yield _Step(
        "receipts", receipts, receipts.c.id, receipts.c.expires_at <= now, sums=((rollups, _of_receipts),)
    )
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
