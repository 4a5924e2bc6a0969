"""The queues of the channels: what is still to be sent, what is parked, and what people do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, func, select, update

from mien.store.alert_tables import dispatches
from mien.store.database import chunks
from mien.store.dispatch_records import (
    ChannelQueue,
    Dispatch,
    DispatchState,
    attempted_at,
    dispatch_of,
    queued,
)
from mien.store.dispatch_turn import Turn
from mien.store.events.alert import TASK_CHANGED, TASK_OPENED
from mien.store.fates import Fate, settle
from mien.store.tables import deliveries, outbox, sites

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from mien.store.database import Database

_WAITING = dispatches.c.state == DispatchState.WAITING.value
_PARKED = dispatches.c.state == DispatchState.PARKED.value
_TASKS = outbox.c.type.in_([TASK_OPENED, TASK_CHANGED])


class Dispatches:
    """The queues of a store. What is in them vanishes with its event: by erasure, or when its time is over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self) -> datetime:
        """The time of day, UTC, by which is waited."""
        return self._database.now()

    def turn(self, site: str, channel: str) -> Turn:
        """Begin to deliver the events of a site by a channel; whoever did so before is told so when it goes on.

        Args:
            site: The site.
            channel: Name of the channel, at most 40 characters.

        Raises:
            StoreError: The database says no.
        """
        return Turn(self._database, site, channel)

    def queues(self, site: str, channels: Collection[str] = ()) -> list[ChannelQueue]:
        """What is still to be sent, by channel.

        Args:
            site: Its name.
            channels: Channels that are told of although nothing of them is in the queue.

        Returns:
            First those that are asked for, then others of which something is left.
        """
        waiting = case((_WAITING, 1))
        query = (
            select(
                dispatches.c.channel,
                func.count(waiting).label("waiting"),
                func.count().label("entries"),
                func.min(case((_WAITING, dispatches.c.entered_at))).label("waiting_at"),
                func.min(case((_PARKED, dispatches.c.entered_at))).label("parked_at"),
                func.min(case((_WAITING, dispatches.c.next_at))).label("next_at"),
            )
            .join(sites)
            .where(sites.c.name == site)
            .group_by(dispatches.c.channel)
            .order_by(dispatches.c.channel)
        )
        paused = (
            select(deliveries.c.channel, deliveries.c.paused_until)
            .join(sites)
            .where(sites.c.name == site, deliveries.c.paused_until > self._database.now())
        )
        with self._database.read() as connection:
            found = {row.channel: row for row in connection.execute(query)}
            pauses = {row.channel: row.paused_until for row in connection.execute(paused)}
            names = dict.fromkeys([*channels, *found])
            return [
                ChannelQueue(
                    name,
                    waiting=0 if (row := found.get(name)) is None else row.waiting,
                    parked=0 if row is None else row.entries - row.waiting,
                    unseen=_unseen(connection, site, name),
                    waiting_at=None if row is None else row.waiting_at,
                    parked_at=None if row is None else row.parked_at,
                    next_at=None if row is None else attempted_at(row.next_at, pauses.get(name)),
                    paused_until=pauses.get(name),
                )
                for name in names
            ]

    def waiting(self, site: str, channel: str) -> int:
        """How many events a channel has still to look at or to send; what is parked is not counted."""
        with self._database.read() as connection:
            query = (
                select(func.count()).select_from(dispatches.join(sites)).where(_own(site, channel), _WAITING)
            )
            return connection.execute(query).scalar_one() + _unseen(connection, site, channel)

    def unseen(self, site: str, channel: str) -> int:
        """How many events of a site a channel has still to look at."""
        with self._database.read() as connection:
            return _unseen(connection, site, channel)

    def listed(
        self,
        site: str,
        channel: str | None = None,
        *,
        parked: bool = False,
        tried: bool = False,
        limit: int = 100,
    ) -> list[Dispatch]:
        """What is in the queues of a site, the oldest first.

        Args:
            site: Its name.
            channel: Only of this channel.
            parked: Only what is parked.
            tried: Only what was tried and did not go through.
            limit: At most so many.
        """
        query = queued(site).order_by(dispatches.c.number, dispatches.c.id).limit(limit)
        if channel is not None:
            query = query.where(dispatches.c.channel == channel)
        if parked:
            query = query.where(_PARKED)
        if tried:
            query = query.where(dispatches.c.attempts > 0)
        with self._database.read() as connection:
            return [dispatch_of(row) for row in connection.execute(query)]

    def of(self, site: str, dispatch: int) -> Dispatch | None:
        """What has a number in the queues of a site; `None` where there is nothing of this number any more."""
        with self._database.read() as connection:
            row = connection.execute(queued(site).where(dispatches.c.id == dispatch)).one_or_none()
            return None if row is None else dispatch_of(row)

    def pending(self, site: str, channel: str, records: Sequence[str]) -> set[str]:
        """Of which of these records something is still to be sent by a channel, or parked."""
        found: set[str] = set()
        with self._database.read() as connection:
            for some in chunks(records):
                query = select(dispatches.c.record).join(sites).where(_own(site, channel))
                found.update(connection.execute(query.where(dispatches.c.record.in_(some))).scalars())
        return found

    def retry(self, site: str, channel: str | None = None, dispatch: int | None = None) -> int:
        """Let what is parked be sent again, and what waits be sent at once, even to whom asked to be left alone.

        Args:
            site: The site.
            channel: Only of this channel.
            dispatch: Only what has this number.

        Returns:
            How many will be tried.
        """
        now = self._database.now()
        with self._database.write() as connection:
            which = _which(site, channel, dispatch)
            mine = select(sites.c.id).where(sites.c.name == site).scalar_subquery()
            paused = update(deliveries).where(deliveries.c.site_id == mine)
            if channel is not None:
                paused = paused.where(deliveries.c.channel == channel)
            if dispatch is not None:
                paused = paused.where(deliveries.c.channel.in_(which.with_only_columns(dispatches.c.channel)))
            connection.execute(paused.values(paused_until=None))
            values = {"state": DispatchState.WAITING.value, "next_at": now}
            changed = update(dispatches).where(dispatches.c.id.in_(which))
            return connection.execute(changed.values(values)).rowcount

    def discard(
        self, site: str, channel: str | None = None, dispatch: int | None = None, *, parked: bool = True
    ) -> int:
        """Let something never be sent; a task that was not made yet by that channel will never be.

        Args:
            site: The site.
            channel: Only of this channel.
            dispatch: Only what has this number.
            parked: Only what is parked.

        Returns:
            How many were discarded.
        """
        with self._database.write() as connection:
            which: ColumnElement[bool] = dispatches.c.id.in_(_which(site, channel, dispatch))
            if parked:
                which &= _PARKED
            told = select(dispatches.c.channel, outbox.c.subject).join(outbox).where(which, _TASKS)
            for row in connection.execute(told).all():
                settle(connection, [row.subject], row.channel, Fate.DISCARDED)
            return connection.execute(delete(dispatches).where(which)).rowcount


def _own(site: str, channel: str) -> ColumnElement[bool]:
    return (sites.c.name == site) & (dispatches.c.channel == channel)


def _which(site: str, channel: str | None, dispatch: int | None) -> Any:  # noqa: ANN401  (a Select of ids)
    query = select(dispatches.c.id).join(sites).where(sites.c.name == site)
    if channel is not None:
        query = query.where(dispatches.c.channel == channel)
    return query if dispatch is None else query.where(dispatches.c.id == dispatch)


def _unseen(connection: Connection, site: str, channel: str) -> int:
    reached = (
        select(deliveries.c.number).join(sites).where(sites.c.name == site, deliveries.c.channel == channel)
    )
    last = connection.execute(reached).scalar_one_or_none() or 0
    query = select(func.count()).select_from(outbox.join(sites)).where(sites.c.name == site)
    return int(connection.execute(query.where(outbox.c.number > last)).scalar_one())
