"""Erasure of what is joined to a reference, from the rows to the bytes of the files; and the look at it beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import delete, func, insert, select

from mien.errors import StoreError
from mien.privacy import check_reference
from mien.store import announce, task_forgetting, visit_news, visit_rows
from mien.store.alert_tables import alert_signals, alerts, task_subjects
from mien.store.database import chunks
from mien.store.engine import scrub
from mien.store.events import VISIT_SCORED
from mien.store.tables import curves, interactions, moments, outbox, scores
from mien.store.till_tables import consents, erasures, receipt_joins, receipts, withheld
from mien.store.visit_tables import visit_interactions, visits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Column, Connection, Table

    from mien.store.database import Database

BY_INTERACTION: Final[tuple[tuple[str, Table, Column[Any]], ...]] = (
    ("joins", receipt_joins, receipt_joins.c.interaction_uid),
    ("places in visits", visit_interactions, visit_interactions.c.interaction_uid),
    ("events", outbox, outbox.c.subject),
    ("interactions", interactions, interactions.c.uid),
)
"""Every table that names interactions by their id (events: visits too), with that column, those that hang on others
first. A table that is added is added here: what it says of an erased interaction goes with it."""

_ERASED: Final = "erased: forget what was told of it"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: the proof, which holds nothing of the reference.

    Attributes:
        number: Number of the proof; `None` where nothing was there to erase, so that there is none.
        erased_at: When, UTC.
        removed: Rows by kind.
        files_cleaned: Whether the store's own files were rewritten; `False` on a server, whose files are its own.
    """

    number: int | None
    erased_at: datetime
    removed: Mapping[str, int]
    files_cleaned: bool


@dataclass(frozen=True, slots=True)
class _Joined:
    """What hangs on a reference: consents and receipts by their row, interactions and visits by their id.

    Who was named by a receipt at the till is the same person at the door: all interactions of the visit are theirs.
    """

    consents: tuple[int, ...]
    receipts: Mapping[int, tuple[str, datetime]]
    interactions: tuple[str, ...]
    visits: tuple[str, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """Whatever has been told of in events."""
        return self.interactions + self.visits


class Erasures:
    """Removal of everything that is joined to a reference."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(self, reference: str) -> dict[str, int]:
        """How many rows of each kind `erase` would remove; kinds of which there are none are not named."""
        with self._database.read() as connection:
            return _counts(connection, _joined(connection, check_reference(reference)))

    def erase(self, reference: str) -> Erased:
        """Remove the consents of a reference, its receipts, and the interactions with all that belongs to them.

        Where such an interaction was joined to a visit, the whole visit goes, with all of its interactions.

        The rows go in one transaction, together with the entry of the proof. Then the files of the store are
        rewritten, so that nothing of it is left in them; where that fails, the same call again does it. Whoever was
        told of an interaction or a visit in the outbox is told that it is withdrawn, by its id alone. What is
        erased does not come back when the recording or the receipts are read again: their ids are remembered until
        they would have expired.

        Args:
            reference: As it stands on receipts.

        Returns:
            The proof.

        Raises:
            InputError: The reference is blank or too long.
            StoreError: The database says no, so that nothing is removed; or another program is at the files, so that
                all rows are gone but traces may be left.
        """
        wanted = check_reference(reference)
        now = self._database.now()
        with self._database.write() as connection:
            number, removed = _take_out(connection, _joined(connection, wanted), now, _ERASED)
        try:
            cleaned = scrub(self._database.engine)
        except StoreError as error:
            raise StoreError(
                "The rows are gone, but the store's files could not be rewritten and may keep traces; close programs "
                f"that use the store and give the same command again ({str(error).rstrip('.')})."
            ) from error
        return Erased(number, now, removed, cleaned)

    def forget(self, wanted: Iterable[str], reason: str) -> dict[str, int]:
        """Remove interactions that are no customers', as those of testers, with the whole visits that they belong to.

        As by `erase` there is a proof in numbers, whoever was told is told that they are withdrawn, and they do not
        come back. Nobody asked for it, so the files are not rewritten.

        Args:
            wanted: Their ids; what is not there is passed over.
            reason: Why, for whoever was told of them.

        Returns:
            Rows by kind that went.

        Raises:
            StoreError: The database says no, so that nothing is removed.
        """
        now = self._database.now()
        with self._database.write() as connection:
            # What is gone already stays told: its withdrawal must not go with it.
            there = announce.shown(connection, announce.VISIBLE, list(wanted))
            found = _Joined((), {}, *_whole_visits(connection, list(there)))
            return _take_out(connection, found, now, reason)[1]

    def proofs(self) -> list[Erased]:
        """Every erasure, in their order."""
        with self._database.read() as connection:
            found = connection.execute(select(erasures).order_by(erasures.c.id)).all()
        return [Erased(row.id, row.erased_at, row.removed, files_cleaned=True) for row in found]


def without_erased(connection: Connection, found: Mapping[str, T]) -> dict[str, T]:
    """What was not erased of things by their id.

    Args:
        connection: In a transaction.
        found: By id of interaction or receipt.
    """
    gone: set[str] = set()
    for uids in chunks(list(found)):
        gone.update(connection.execute(select(withheld.c.uid).where(withheld.c.uid.in_(uids))).scalars())
    return {uid: one for uid, one in found.items() if uid not in gone}


def _take_out(
    connection: Connection, found: _Joined, now: datetime, reason: str
) -> tuple[int | None, dict[str, int]]:
    """Remove things, withhold them, prove and tell it: the number of the proof, and rows by kind."""
    removed = _counts(connection, found)
    if not removed:
        return None, removed
    told = announce.shown(connection, announce.VISIBLE, found.interactions)
    news = visit_news.take_down(connection, visits.c.uid.in_(found.visits), now=now, reason=reason)
    _withhold(connection, found)
    _remove(connection, found)
    task_forgetting.forget(connection, found.subjects, now=now, reason=reason)
    row = {"erased_at": now, "removed": removed}
    number = connection.execute(insert(erasures).values(row).returning(erasures.c.id)).scalar_one()
    announce.tell(connection, told, {}, now=now, reason=reason)
    visit_news.enter(connection, news, now=now)
    return number, removed


def _joined(connection: Connection, reference: str) -> _Joined:
    own = tuple(connection.execute(select(consents.c.id).where(consents.c.reference == reference)).scalars())
    query = (
        select(receipts.c.id, receipts.c.uid, receipts.c.expires_at, receipt_joins.c.interaction_uid)
        .select_from(receipts.outerjoin(receipt_joins))
        .where(receipts.c.consent_id.in_(own))
    )
    rows = connection.execute(query).all()
    named = [row.interaction_uid for row in rows if row.interaction_uid is not None]
    return _Joined(
        own, {row.id: (row.uid, row.expires_at) for row in rows}, *_whole_visits(connection, named)
    )


def _whole_visits(connection: Connection, named: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Interactions with all others of their visits, and those visits."""
    whole: dict[int, str] = {}
    members: list[str] = []
    for some in chunks(named):
        query = select(visits.c.id, visits.c.uid).where(visit_rows.holding(some))
        whole.update((row.id, row.uid) for row in connection.execute(query))
    for ids in chunks(list(whole)):
        query = select(visit_interactions.c.interaction_uid).where(visit_interactions.c.visit_id.in_(ids))
        members += connection.execute(query).scalars()
    return tuple(dict.fromkeys([*named, *members])), tuple(whole.values())


def _naming(connection: Connection, found: _Joined) -> list[int]:
    """Events of other visits, which are no more, that name an interaction as their member: their numbers."""
    said = select(outbox.c.number, outbox.c.subject, outbox.c.data).where(outbox.c.type == VISIT_SCORED)
    gone, told = set(found.interactions), set(found.subjects)
    return [
        row.number
        for row in connection.execute(said)
        if row.subject not in told and gone.intersection(one["interaction"] for one in row.data["members"])
    ]


def _counts(connection: Connection, found: _Joined) -> dict[str, int]:
    ids = _ids(connection, found.interactions)
    by_interaction = {
        what: sum(_count(connection, column, uids) for uids in chunks(found.subjects))
        for what, _, column in BY_INTERACTION
    }
    by_interaction["events"] += len(_naming(connection, found))
    counted = {
        "consents": len(found.consents),
        "receipts": len(found.receipts),
        "visits": len(found.visits),
        **by_interaction,
        **{
            table.name: sum(_count(connection, table.c.interaction_id, some) for some in chunks(ids))
            for table in (scores, moments, curves)
        },
    }
    for what, column in (
        ("alerts", alerts.c.subject),
        ("places in alerts", alert_signals.c.subject),
        ("places in tasks", task_subjects.c.subject),
    ):
        counted[what] = sum(_count(connection, column, uids) for uids in chunks(found.subjects))
    return {what: count for what, count in counted.items() if count}


def _count(connection: Connection, column: Column[Any], values: Iterable[Any]) -> int:
    return int(connection.execute(select(func.count()).where(column.in_(list(values)))).scalar_one())


def _ids(connection: Connection, uids: Sequence[str]) -> list[int]:
    return [
        number
        for some in chunks(uids)
        for number in connection.execute(
            select(interactions.c.id).where(interactions.c.uid.in_(some))
        ).scalars()
    ]


def _withhold(connection: Connection, found: _Joined) -> None:
    until: dict[str, datetime | None] = dict(found.receipts.values())
    for uids in chunks(found.interactions):
        query = select(interactions.c.uid, interactions.c.expires_at).where(interactions.c.uid.in_(uids))
        until.update((row.uid, row.expires_at) for row in connection.execute(query))
    rows = [{"uid": uid, "expires_at": at} for uid, at in without_erased(connection, until).items()]
    if rows:
        connection.execute(insert(withheld), rows)


def _remove(connection: Connection, found: _Joined) -> None:
    for numbers in chunks(_naming(connection, found)):
        connection.execute(delete(outbox).where(outbox.c.number.in_(numbers)))
    for _, table, column in BY_INTERACTION:
        for uids in chunks(found.subjects):
            connection.execute(delete(table).where(column.in_(uids)))
    for numbers in chunks(list(found.receipts)):
        connection.execute(delete(receipts).where(receipts.c.id.in_(numbers)))
    connection.execute(delete(consents).where(consents.c.id.in_(found.consents)))
