"""Customers who agreed to be known: under which consent one may be named, and what became of their visits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from mien.journey.types import Outcome
from mien.privacy import Purpose
from mien.store import outbox
from mien.store.announce import VISIBLE
from mien.store.consents import recorded
from mien.store.database import chunks
from mien.store.events.customer import customer_known
from mien.store.tables import interactions, scores, sites
from mien.store.till_tables import consents, receipt_joins, receipts
from mien.store.visit_tables import visit_interactions, visits

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from mien.store.consents import RecordedConsent
    from mien.store.database import Database


@dataclass(frozen=True, slots=True)
class KnownVisit:
    """What became of one visit of a customer, or of an interaction that is in none.

    Attributes:
        subject: Its id.
        started_at: When it began, UTC.
        outcome: What became of their state.
    """

    subject: str
    started_at: datetime
    outcome: Outcome


class Customers:
    """Customers who agreed to be known, by nothing but their receipts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def naming(self, subjects: Collection[str], at: datetime) -> RecordedConsent | None:
        """The consent under which a customer may be named, by a receipt of any of their interactions.

        Args:
            subjects: Ids of interactions and visits of one customer.
            at: The moment that it must allow, with zone.

        Returns:
            The consent; `None` where there is none that stands, so that nobody may be named.
        """
        members = (
            select(visit_interactions.c.interaction_uid)
            .join(visits, visit_interactions.c.visit_id == visits.c.id)
            .where(visits.c.uid.in_(subjects))
        )
        theirs = receipt_joins.c.interaction_uid
        named = (
            select(receipts.c.consent_id)
            .join(receipt_joins, receipt_joins.c.receipt_id == receipts.c.id)
            .where(theirs.in_(subjects) | theirs.in_(members), receipts.c.consent_id.is_not(None))
        )
        query = select(consents).where(consents.c.id.in_(named), consents.c.purpose == Purpose.VISITS.value)
        with self._database.read() as connection:
            found = [one for one in recorded(connection, query) if one.consent.allows(at)]
        # Receipts of two people on one visit: whose it was is not known, so nobody is named.
        return found[0] if len({one.consent.reference for one in found}) == 1 else None

    def visits(self, reference: str) -> list[KnownVisit]:
        """What became of the visits of a customer, in order of time.

        Args:
            reference: As it stands on receipts.
        """
        joined = (
            receipts.join(receipt_joins, receipt_joins.c.receipt_id == receipts.c.id)
            .join(consents, receipts.c.consent_id == consents.c.id)
            .join(interactions, interactions.c.uid == receipt_joins.c.interaction_uid)
            .join(scores, scores.c.interaction_id == interactions.c.id)
            .outerjoin(visit_interactions, visit_interactions.c.interaction_uid == interactions.c.uid)
            .outerjoin(visits, visit_interactions.c.visit_id == visits.c.id)
        )
        query = (
            select(
                interactions.c.uid,
                interactions.c.started_at,
                scores.c.outcome,
                visits.c.uid.label("visit"),
                visits.c.started_at.label("visit_at"),
                visits.c.outcome.label("visit_outcome"),
            )
            .select_from(joined)
            .where(consents.c.reference == reference, VISIBLE, interactions.c.started_at.is_not(None))
        )
        found: dict[str, KnownVisit] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                if row.visit_outcome is not None:
                    found[row.visit] = KnownVisit(row.visit, row.visit_at, Outcome(row.visit_outcome))
                else:
                    found[row.uid] = KnownVisit(row.uid, row.started_at, Outcome(row.outcome))
        return sorted(found.values(), key=lambda one: (one.started_at, one.subject))


def tell_known(connection: Connection, joined: Sequence[str], now: datetime) -> None:
    """Enter the events about interactions whose customers may be named from now on; others are passed over.

    Args:
        connection: In a write transaction.
        joined: Ids of interactions that receipts were joined to, or whose receipts got a consent.
        now: The time of day.
    """
    for some in chunks(joined):
        query = (
            select(interactions.c.uid, interactions.c.site_id, interactions.c.touchpoint, sites.c.name)
            .join(sites, interactions.c.site_id == sites.c.id)
            .join(receipt_joins, receipt_joins.c.interaction_uid == interactions.c.uid)
            .join(receipts, receipt_joins.c.receipt_id == receipts.c.id)
            .where(interactions.c.uid.in_(some), receipts.c.consent_id.is_not(None), VISIBLE)
        )
        for row in connection.execute(query).all():
            event = customer_known(row.uid, row.name, now)
            outbox.enter(connection, row.site_id, row.touchpoint, [event], now=now)
