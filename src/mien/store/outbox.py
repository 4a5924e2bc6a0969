"""The outbox: events enter it in the transaction that stores what they tell of, and are followed by number.

Numbers grow in the order in which events become visible, and no number ever comes again. So whoever has read up to
one number has missed nothing before it, however many writers there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select, update

from mien.errors import BusyError
from mien.store.events import CloudEvent
from mien.store.sites import ensure, site_id
from mien.store.tables import deliveries, outbox, sites

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from mien.store.database import Database

KEPT: Final = timedelta(days=30)
"""For how long events, delivered or not, alerts and tasks are kept at most: what they tell is a person's visit."""


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An event in the outbox.

    Attributes:
        number: By which readers follow; it grows, with gaps.
        site: The site that it concerns.
        touchpoint: Its place in the journey, if it has one.
        event: The event, its `sequence` set.
    """

    number: int
    site: str
    touchpoint: str | None
    event: CloudEvent


class Outbox:
    """Reading the outbox of a store, and how far each channel has delivered it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def after(self, number: int, *, site: str | None = None, limit: int = 100) -> list[OutboxEntry]:
        """The events that follow a number, in their order.

        Args:
            number: The last one that was seen; 0 for the first time.
            site: Only of this site.
            limit: At most so many.
        """
        query = rows_of(site).where(outbox.c.number > number).order_by(outbox.c.number).limit(limit)
        with self._database.read() as connection:
            return [entry_of(row) for row in connection.execute(query)]

    def of_subject(self, subject: str, *, before: int) -> list[OutboxEntry]:
        """The events about a subject that are still there, in their order.

        Args:
            subject: Id of what they tell of.
            before: Only those before the event of this number.
        """
        query = rows_of(None).where(outbox.c.subject == subject, outbox.c.number < before)
        with self._database.read() as connection:
            return [entry_of(row) for row in connection.execute(query.order_by(outbox.c.number))]

    def last(self) -> int:
        """The number of the newest event; 0 where there is none."""
        with self._database.read() as connection:
            return connection.execute(select(func.max(outbox.c.number))).scalar_one() or 0

    def holds(self, event_id: str) -> bool:
        """Whether an event is there, delivered or not, that has not expired."""
        with self._database.read() as connection:
            query = select(func.count()).where(outbox.c.event_id == event_id)
            return bool(connection.execute(query).scalar_one())

    def tell(self, site: str, event: CloudEvent) -> bool:
        """Enter an event that changes nothing in the store; one that is there already is not entered again.

        Args:
            site: The site that it concerns.
            event: The event.

        Returns:
            Whether it was entered.
        """
        now = self._database.now()
        with self._database.write() as connection:
            query = select(func.count()).where(outbox.c.event_id == event.id)
            if connection.execute(query).scalar_one():
                return False
            enter(connection, site_id(connection, site, now), None, [event], now=now)
        return True

    def kept_for(self, site: str) -> timedelta:
        """For how long what is told of a site is kept, see `kept`."""
        with self._database.read() as connection:
            days = select(sites.c.interactions_days).where(sites.c.name == site)
            return _kept(connection.execute(days).scalar_one_or_none())

    def waiting(self, site: str, channel: str) -> int:
        """How many events of a site a channel has not taken yet."""
        with self._database.read() as connection:
            reached = _reached(connection, site, channel)
            query = select(func.count()).select_from(outbox.join(sites)).where(sites.c.name == site)
            return connection.execute(query.where(outbox.c.number > reached)).scalar_one()

    def reached(self, site: str, channel: str) -> int:
        """The number of the last event of a site that a channel took; 0 where it took none.

        A channel that is new begins with the oldest event that is still there.
        """
        with self._database.read() as connection:
            return _reached(connection, site, channel)

    def move(self, site: str, channel: str, *, since: int, to: int) -> None:
        """Note that a channel took the events of a site up to a number.

        Args:
            site: The site.
            channel: Name of the channel, at most 40 characters.
            since: Where the channel stood, from `reached`.
            to: The number of the last event that the other side confirmed.

        Raises:
            BusyError: Another process moved this channel meanwhile; nothing is lost, the same may have gone out twice.
        """
        now = self._database.now()
        with self._database.write() as connection:
            own = {"site_id": site_id(connection, site, now), "channel": channel}
            mine = ensure(connection, deliveries, own, {"number": 0, "moved_at": now})
            moved = update(deliveries).where(deliveries.c.id == mine, deliveries.c.number == since)
            if connection.execute(moved.values(number=to, moved_at=now)).rowcount == 0:
                raise another(site, channel)


def enter(
    connection: Connection,
    site: int,
    touchpoint: str | None,
    events: Sequence[CloudEvent],
    *,
    now: datetime,
) -> None:
    """Enter events; they become visible with all else that the transaction stores, or never.

    PostgreSQL draws numbers before commits, so a later one could be seen first, and whoever follows would pass over
    the earlier one; that cannot be, because one transaction writes at a time (`mien.store.engine`).

    Args:
        connection: In a write transaction.
        site: Id of the site that they concern, from `mien.store.sites`.
        touchpoint: Their place in the journey, if they have one.
        events: Any events, in order; none of their ids was there before.
        now: The time of day.
    """
    if not events:
        return
    until = now + kept(connection, site)
    common = {"site_id": site, "touchpoint": touchpoint, "entered_at": now, "expires_at": until}
    connection.execute(insert(outbox), [common | _row(event) for event in events])


def kept(connection: Connection, site: int) -> timedelta:
    """For how long what is told of a site (by its id) is kept: no longer than its interactions."""
    days = connection.execute(select(sites.c.interactions_days).where(sites.c.id == site)).scalar_one()
    return _kept(days)


def _kept(days: int | None) -> timedelta:
    return KEPT if days is None else min(KEPT, timedelta(days=days))


def _row(event: CloudEvent) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "type": event.type,
        "source": event.source,
        "subject": event.subject,
        "time": event.time,
        "dataschema": event.dataschema,
        "data": event.data,
    }


def another(site: str, channel: str) -> BusyError:
    """What is said where two processes deliver by one channel."""
    return BusyError(
        f"Another process delivers the events of '{site}' by {channel} too, so some may have gone out twice, and none "
        "is lost; let only one do it."
    )


def rows_of(site: str | None) -> Select[Any]:
    """A query for events, of a site or of all, each row one for `entry_of`."""
    query = select(outbox, sites.c.name.label("site")).select_from(outbox.join(sites))
    return query if site is None else query.where(sites.c.name == site)


def entry_of(row: Row[Any]) -> OutboxEntry:
    """The event of a row."""
    event = CloudEvent(
        id=row.event_id,
        source=row.source,
        type=row.type,
        subject=row.subject,
        time=row.time,
        dataschema=row.dataschema,
        data=row.data,
    )
    return OutboxEntry(row.number, row.site, row.touchpoint, event.numbered(row.number))


def _reached(connection: Connection, site: str, channel: str) -> int:
    query = select(deliveries.c.number).select_from(deliveries.join(sites))
    own = (sites.c.name == site) & (deliveries.c.channel == channel)
    return connection.execute(query.where(own)).scalar_one_or_none() or 0
