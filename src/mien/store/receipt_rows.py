"""Receipts and their joins as rows, and rows as receipts."""

from __future__ import annotations

import uuid
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, select, update

from mien.privacy import KeepDays, Purpose, expiry
from mien.store.consents import standing
from mien.store.database import chunks
from mien.store.receipt_records import StoredReceipt
from mien.store.tables import interactions, sites
from mien.store.till_tables import receipt_joins, receipts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from mien.site.receipts import ReceiptRow
    from mien.store.consents import RecordedConsent
    from mien.store.receipt_records import NewJoin

_NAMESPACE: Final = uuid.UUID("6d69656e-7265-4365-8970-747320746f21")


def receipt_uid(site: str, row: ReceiptRow) -> str:
    """The id of a receipt, made of site, till, number and time: alike whenever it is read."""
    told = row.printed_at.astimezone(UTC).isoformat()
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join((site, row.till, row.number, told))))


def known_of(connection: Connection, uids: Sequence[str]) -> dict[str, int | None]:
    """Receipts that are stored, each with its consent."""
    query = select(receipts.c.uid, receipts.c.consent_id)
    return {
        row.uid: row.consent_id
        for some in chunks(uids)
        for row in connection.execute(query.where(receipts.c.uid.in_(some)))
    }


def joined_to(connection: Connection, uids: Sequence[str]) -> list[str]:
    """The interactions that receipts are joined to."""
    query = select(receipt_joins.c.interaction_uid).join(receipts)
    return [
        found
        for some in chunks(uids)
        for found in connection.execute(query.where(receipts.c.uid.in_(some))).scalars()
    ]


def named_of(connection: Connection, rows: dict[str, ReceiptRow]) -> dict[str, int]:
    """The consents under which references may be stored, by receipt."""
    asked = [row.reference for row in rows.values() if row.reference is not None]
    consented = standing(connection, asked, Purpose.VISITS)

    def allowing(row: ReceiptRow) -> RecordedConsent | None:
        known = consented.get(row.reference or "", [])
        return next((one for one in known if one.consent.allows(row.printed_at)), None)

    return {uid: found.id for uid, row in rows.items() if (found := allowing(row)) is not None}


def row_of(
    uid: str, site: int, row: ReceiptRow, consent: int | None, now: datetime, keep: KeepDays
) -> dict[str, Any]:
    """A receipt as columns.

    Args:
        uid: Its id.
        site: Number of its site.
        row: What the till printed.
        consent: Number of the consent under which its reference is stored; `None` where it is not.
        now: When it is stored.
        keep: For how long, from the time on the receipt.
    """
    return {
        "uid": uid,
        "site_id": site,
        "till": row.till,
        "service_point": row.service_point,
        "number": row.number,
        "printed_at": row.printed_at,
        "type": row.type,
        "consent_id": consent,
        "stored_at": now,
        "expires_at": expiry(row.printed_at, keep.receipts),
    }


def enter_joins(connection: Connection, found: Sequence[NewJoin], now: datetime) -> list[str]:
    """Enter joins; the interactions that were joined."""
    query = (
        select(receipts.c.id, receipts.c.uid, receipts.c.expires_at)
        .outerjoin(receipt_joins)
        .where(receipts.c.uid.in_([one.receipt for one in found]), receipt_joins.c.receipt_id.is_(None))
    )
    open_ = {row.uid: row for row in connection.execute(query)}
    wanted = [one.interaction for one in found if one.interaction is not None]
    taken = set(
        connection.execute(
            select(receipt_joins.c.interaction_uid).where(receipt_joins.c.interaction_uid.in_(wanted))
        ).scalars()
    )
    there = set(
        connection.execute(select(interactions.c.uid).where(interactions.c.uid.in_(wanted))).scalars()
    )
    joins, reasons = [], []
    for one in found:
        row = open_.get(one.receipt)
        if row is None:
            continue
        if one.interaction is None:
            reasons.append({"b_id": row.id, "b_why": one.unjoined})
        elif one.interaction in there - taken:
            joins.append(
                {
                    "receipt_id": row.id,
                    "interaction_uid": one.interaction,
                    "gap_s": one.gap_s,
                    "odds": one.odds,
                    "joined_at": now,
                    "expires_at": row.expires_at,
                }
            )
            reasons.append({"b_id": row.id, "b_why": None})
    if joins:
        connection.execute(insert(receipt_joins), joins)
    if reasons:
        change = update(receipts).where(receipts.c.id == bindparam("b_id"))
        connection.execute(change.values(unjoined=bindparam("b_why")), reasons)
    return [str(one["interaction_uid"]) for one in joins]


def stored() -> Select[Any]:
    """What `receipt_of` needs of the tables, in order of time; the caller adds conditions."""
    return (
        select(receipts, receipt_joins.c.interaction_uid)
        .select_from(receipts.join(sites).outerjoin(receipt_joins))
        .order_by(receipts.c.printed_at, receipts.c.id)
    )


def receipt_of(row: Row[Any]) -> StoredReceipt:
    """The receipt of a row."""
    return StoredReceipt(
        row.uid,
        row.till,
        row.service_point,
        row.number,
        row.printed_at,
        row.type,
        row.interaction_uid,
        row.unjoined,
    )
