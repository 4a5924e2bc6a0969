"""Receipts, and the interactions that they were joined to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, exists, func, insert, select, update

from mien.privacy import KeepDays, check_reference, expiry
from mien.store import announce, customers
from mien.store.database import chunks
from mien.store.erasure import without_erased
from mien.store.receipt_records import AddedReceipts, SeenInteraction, SeenSpan, StoredReceipt
from mien.store.receipt_rows import (
    enter_joins,
    joined_to,
    known_of,
    named_of,
    receipt_of,
    receipt_uid,
    row_of,
    stored,
)
from mien.store.sites import site_id
from mien.store.tables import cameras, interactions, recordings, runs, sites
from mien.store.till_tables import consents, receipt_joins, receipts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from mien.site.receipts import ReceiptRow
    from mien.store.database import Database
    from mien.store.receipt_records import NewJoin


class Receipts:
    """The receipts of the sites."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, site: str, rows: Sequence[ReceiptRow], keep: KeepDays) -> AddedReceipts:
        """Enter receipts; those that are known already stay as they are.

        A reference is stored only under a consent that was in force when the receipt was printed and was not withdrawn
        since; else not in any form. A receipt that has none gets one where a consent was recorded later than the
        receipt was read.

        Args:
            site: Its name.
            rows: Receipts, each once.
            keep: For how long, from the time on the receipt.

        Returns:
            What became of them.

        Raises:
            StoreError: The database says no; then none of them is entered.
        """
        now = self._database.now()
        by_uid = {receipt_uid(site, row): row for row in rows}
        with self._database.write() as connection:
            number = site_id(connection, site, now)
            wanted = without_erased(connection, by_uid)
            fresh = {uid: row for uid, row in wanted.items() if expiry(row.printed_at, keep.receipts) > now}
            known = known_of(connection, list(fresh))
            named = named_of(connection, fresh)
            new = [uid for uid in fresh if uid not in known]
            later = [uid for uid in known if known[uid] is None and uid in named]
            if new:
                values = [row_of(uid, number, fresh[uid], named.get(uid), now, keep) for uid in new]
                connection.execute(insert(receipts), values)
            if later:
                change = update(receipts).where(receipts.c.uid == bindparam("b_id"))
                connection.execute(
                    change.values(consent_id=bindparam("b_consent")),
                    [{"b_id": uid, "b_consent": named[uid]} for uid in later],
                )
                customers.tell_known(connection, joined_to(connection, later), now)
        nameless = [
            uid for uid in fresh if fresh[uid].reference and uid not in named and known.get(uid) is None
        ]
        return AddedReceipts(
            new=len(new),
            known=len(known),
            named=sum(uid in named for uid in new) + len(later),
            no_consent=len(nameless),
            too_old=len(wanted) - len(fresh),
            erased=len(by_uid) - len(wanted),
        )

    def entries(self, site: str, *, since: datetime | None = None) -> list[StoredReceipt]:
        """The receipts of a site in order of time, those from `since` on."""
        query = stored().where(sites.c.name == site)
        if since is not None:
            query = query.where(receipts.c.printed_at >= since)
        with self._database.read() as connection:
            return [receipt_of(row) for row in connection.execute(query)]

    def tied(self, site: str, *, since: datetime, until: datetime) -> tuple[int, int]:
        """How many receipts of a site were printed between two times, and how many of them are joined."""
        query = (
            select(func.count(), func.count(receipt_joins.c.receipt_id))
            .select_from(receipts.join(sites).outerjoin(receipt_joins))
            .where(sites.c.name == site, receipts.c.printed_at >= since, receipts.c.printed_at < until)
        )
        with self._database.read() as connection:
            found, joined = connection.execute(query).one()
        return int(found), int(joined)

    def of(self, reference: str) -> list[StoredReceipt]:
        """The receipts that a reference names, in order of time, each with its interaction where it has one."""
        query = stored().join(consents, receipts.c.consent_id == consents.c.id)
        wanted = consents.c.reference == check_reference(reference)
        with self._database.read() as connection:
            return [receipt_of(row) for row in connection.execute(query.where(wanted))]

    def name_of(self, interaction: str) -> str | None:
        """The reference that names an interaction; `None` where none does. Never by anything but its receipt."""
        joined = receipt_joins.join(receipts).join(consents, receipts.c.consent_id == consents.c.id)
        query = select(consents.c.reference).select_from(joined)
        with self._database.read() as connection:
            return connection.execute(
                query.where(receipt_joins.c.interaction_uid == interaction)
            ).scalar_one_or_none()

    def seen(self, site: str, *, since: datetime, until: datetime) -> list[SeenInteraction]:
        """The interactions of a site whose time is known, between two times, in order of their beginning."""
        query = (
            select(interactions)
            .select_from(interactions.join(runs).join(sites, interactions.c.site_id == sites.c.id))
            .where(runs.c.visible, sites.c.name == site)
            .where(interactions.c.started_at >= since, interactions.c.started_at < until)
            .order_by(interactions.c.started_at, interactions.c.id)
        )
        with self._database.read() as connection:
            return [
                SeenInteraction(
                    row.uid,
                    row.touchpoint,
                    row.service_point,
                    row.started_at,
                    row.started_at + timedelta(seconds=row.end_s - row.start_s),
                )
                for row in connection.execute(query)
            ]

    def analysed(self, site: str) -> list[SeenSpan]:
        """For what times pictures of a site were analysed, where that is known."""
        joined = (
            recordings.join(runs)
            .join(sites, recordings.c.site_id == sites.c.id)
            .outerjoin(cameras, recordings.c.camera_id == cameras.c.id)
        )
        query = (
            select(recordings, runs.c.position_s, runs.c.finished_at, cameras.c.name.label("camera"))
            .select_from(joined)
            .where(runs.c.visible, sites.c.name == site, recordings.c.recorded_at.is_not(None))
        )
        with self._database.read() as connection:
            return [
                SeenSpan(
                    row.touchpoint,
                    row.camera,
                    row.recorded_at,
                    row.recorded_at + timedelta(seconds=max(row.position_s, row.duration_s or 0.0))
                    if row.finished_at is not None
                    else row.recorded_at + timedelta(seconds=row.position_s),
                    row.finished_at is not None,
                )
                for row in connection.execute(query)
            ]

    def join(self, found: Iterable[NewJoin]) -> int:
        """Enter joins, and why the others have none. What is joined already, receipt or interaction, is left as it is.

        Args:
            found: What was found out.

        Returns:
            How many joins were entered.

        Raises:
            StoreError: The database says no; then none of them is entered.
        """
        results = {one.receipt: one for one in found}
        now = self._database.now()
        wanted = [one.interaction for one in results.values() if one.interaction is not None]
        joined: list[str] = []
        with self._database.write() as connection:
            # What the till says it was about is part of what is told of an interaction.
            before = announce.shown(connection, announce.VISIBLE, wanted)
            for uids in chunks(list(results)):
                joined += enter_joins(connection, [results[uid] for uid in uids], now)
            announce.tell(connection, before, announce.shown(connection, announce.VISIBLE, wanted), now=now)
            customers.tell_known(connection, joined, now)
        return len(joined)

    def drop_lost(self, site: str) -> int:
        """Take back the joins to interactions that an analysis done again finds no more.

        Returns:
            How many those were.
        """
        there = exists().where(interactions.c.uid == receipt_joins.c.interaction_uid)
        own = select(receipts.c.id).join(sites).where(sites.c.name == site)
        with self._database.write() as connection:
            lost = delete(receipt_joins).where(receipt_joins.c.receipt_id.in_(own), ~there)
            return int(connection.execute(lost).rowcount)
