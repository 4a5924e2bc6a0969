"""The consents under which references to people are stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from mien.errors import StoreError
from mien.privacy import Consent, Purpose, check_reference
from mien.store.database import chunks
from mien.store.till_tables import consents, receipts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from mien.store.database import Database


@dataclass(frozen=True, slots=True)
class RecordedConsent:
    """A consent as the store keeps it.

    Attributes:
        id: Its number.
        consent: Who consented to what, since when.
        recorded_at: When it was entered, UTC.
        receipts: Receipts whose reference is kept under it.
    """

    id: int
    consent: Consent
    recorded_at: datetime
    receipts: int = 0


class Consents:
    """The record of consents: the only place of the store where a reference to a person stands."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, consent: Consent) -> RecordedConsent:
        """Enter a consent; the same one twice is one.

        Args:
            consent: Who consented to what, since when.

        Returns:
            The consent with its number.

        Raises:
            StoreError: The database says no.
        """
        now = self._database.now()
        with self._database.write() as connection:
            for known in _find(connection, [consent.reference]):
                if known.consent == consent:
                    return known
            row = {
                "reference": consent.reference,
                "purpose": str(consent.purpose),
                "given_at": consent.given_at,
                "withdrawn_at": consent.withdrawn_at,
                "how": consent.how,
                "recorded_by": consent.recorded_by,
                "recorded_at": now,
                "expires_at": consent.expires_at,
            }
            number = connection.execute(insert(consents).values(row).returning(consents.c.id)).scalar_one()
        return RecordedConsent(number, consent, now)

    def entries(self, reference: str | None = None) -> list[RecordedConsent]:
        """The consents of a reference, or of all, in the order in which they were given."""
        with self._database.read() as connection:
            return _find(connection, None if reference is None else [check_reference(reference)])

    def withdraw(self, reference: str, at: datetime) -> list[RecordedConsent]:
        """Say that a person withdrew all consents that stand. From then on nothing more is named by the reference.

        What was stored while they stood stays until its time is over or it is erased.

        Args:
            reference: As it stands on receipts.
            at: When, with zone.

        Returns:
            The consents that were withdrawn, as they are now.

        Raises:
            StoreError: None stands for this reference.
            InputError: The moment is before one was given.
        """
        wanted = check_reference(reference)
        with self._database.write() as connection:
            standing = [one for one in _find(connection, [wanted]) if one.consent.withdrawn_at is None]
            if not standing:
                raise StoreError(
                    "No consent stands for this reference; 'mien consent list' shows those there are."
                )
            gone = [replace(one, consent=replace(one.consent, withdrawn_at=at)) for one in standing]
            ids = [one.id for one in gone]
            connection.execute(update(consents).where(consents.c.id.in_(ids)).values(withdrawn_at=at))
        return gone


def standing(
    connection: Connection, references: Iterable[str], purpose: Purpose
) -> dict[str, list[RecordedConsent]]:
    """The consents of some references for a purpose, by reference.

    Args:
        connection: In a transaction.
        references: As they stand on receipts.
        purpose: What they must be for.
    """
    found: dict[str, list[RecordedConsent]] = {}
    for some in chunks(sorted(set(references))):
        for one in _find(connection, list(some)):
            if one.consent.purpose is purpose:
                found.setdefault(one.consent.reference, []).append(one)
    return found


def _find(connection: Connection, references: list[str] | None) -> list[RecordedConsent]:
    query = select(consents)
    if references is not None:
        query = query.where(consents.c.reference.in_(references))
    return recorded(connection, query)


def recorded(connection: Connection, query: Select[Any]) -> list[RecordedConsent]:
    """The consents that a query of their table finds, in the order in which they were given."""
    kept = (
        select(func.count())
        .where(receipts.c.consent_id == consents.c.id)
        .correlate(consents)
        .scalar_subquery()
    )
    ordered = query.add_columns(kept.label("receipts")).order_by(consents.c.given_at, consents.c.id)
    return [_recorded(row) for row in connection.execute(ordered)]


def _recorded(row: Row[Any]) -> RecordedConsent:
    consent = Consent(
        row.reference,
        Purpose(row.purpose),
        row.given_at,
        row.how,
        row.recorded_by,
        row.expires_at,
        row.withdrawn_at,
    )
    return RecordedConsent(row.id, consent, row.recorded_at, row.receipts)
