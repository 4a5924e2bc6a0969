"""One process that works on the queue of one channel: what is taken from the outbox, what is due, what became of it.

What a channel wants of the next events is entered in its queue in the transaction that moves its place in the outbox,
so that nothing is passed over and nothing entered twice. A process shows with every write that the channel is still
its own: of two that deliver by one channel, the one that began first is told so and writes nothing more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, exists, func, insert, select, update

from mien.store.alert_tables import dispatches
from mien.store.database import chunks
from mien.store.dispatch_records import Dispatch, DispatchState, attempted_at, dispatch_of, queued
from mien.store.outbox import another, entry_of, rows_of
from mien.store.sites import ensure, site_id
from mien.store.tables import deliveries, outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection, Row

    from mien.store.database import Database
    from mien.store.dispatch_records import Wanted
    from mien.store.outbox import OutboxEntry

TAKEN_AT_ONCE: Final = 200
"""Events that one transaction takes from the outbox at most: others want to write, too."""

_WAITING: Final = dispatches.c.state == DispatchState.WAITING.value
_TICK: Final = timedelta(microseconds=1)


class Turn:
    """Made by `Dispatches.turn`.

    Args:
        database: The open database.
        site: The site.
        channel: The channel.
    """

    def __init__(self, database: Database, site: str, channel: str) -> None:
        self._database, self._site, self._channel = database, site, channel
        now = database.now()
        with database.write() as connection:
            self._place = site_id(connection, site, now)
            own = {"site_id": self._place, "channel": channel}
            self._mine = ensure(connection, deliveries, own, {"number": 0, "moved_at": now})
            self._since = self._sign(connection, {})
        self._own = (dispatches.c.site_id == self._place) & (dispatches.c.channel == channel)

    def take(self, wants: Callable[[OutboxEntry], Wanted | None], limit: int = TAKEN_AT_ONCE) -> int:
        """Take the next events from the outbox: enter those that are wanted in the queue.

        Args:
            wants: What the channel wants; it looks at nothing but the event.
            limit: At most so many.

        Returns:
            How many events were looked at.

        Raises:
            BusyError: Another process delivers by this channel.
            StoreError: The database says no; nothing is changed.
        """
        with self._database.read() as connection:
            reached = select(deliveries.c.number).where(deliveries.c.id == self._mine).scalar_subquery()
            more = exists().where(outbox.c.site_id == self._place, outbox.c.number > reached)
            if not connection.execute(select(more)).scalar_one():
                return 0
        now = self._database.now()
        with self._database.write() as connection:
            since = self._known(connection).number
            query = rows_of(self._site).where(outbox.c.number > since).order_by(outbox.c.number).limit(limit)
            entries = [entry_of(row) for row in connection.execute(query)]
            if not entries:
                return 0
            wanted = [(entry, found) for entry in entries if (found := wants(entry)) is not None]
            self._enter(connection, wanted, now)
            self._since = self._sign(connection, {"number": entries[-1].number})
        return len(entries)

    def due(self, limit: int, *, first_tries: bool = False) -> list[Dispatch]:
        """What may be sent now.

        Of one record nothing is given as long as something of it waits for another attempt.

        Args:
            limit: At most so many.
            first_tries: Those first that were tried least, and of each record the oldest alone; else the oldest first.
        """
        now = self._database.now()
        held = select(dispatches.c.record).where(self._own, _WAITING, dispatches.c.next_at > now)
        query = queued(self._site).where(
            self._own, _WAITING, dispatches.c.next_at <= now, dispatches.c.record.not_in(held)
        )
        if first_tries:
            heads = (
                select(func.min(dispatches.c.number)).where(self._own, _WAITING).group_by(dispatches.c.record)
            )
            query = query.where(dispatches.c.number.in_(heads)).order_by(dispatches.c.attempts)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(dispatches.c.number).limit(limit))
            return [dispatch_of(row) for row in rows]

    def next_at(self) -> datetime | None:
        """When the next attempt at anything may be made; `None` where nothing waits."""
        query = select(func.min(dispatches.c.next_at)).where(self._own, _WAITING)
        with self._database.read() as connection:
            found: datetime | None = connection.execute(query).scalar_one()
        return attempted_at(found, self.paused_until())

    def paused_until(self) -> datetime | None:
        """Until when the other side is left alone after what it answered; `None` where it is not."""
        query = select(deliveries.c.paused_until).where(deliveries.c.id == self._mine)
        with self._database.read() as connection:
            found: datetime | None = connection.execute(query).scalar_one()
        return found if found is not None and found > self._database.now() else None

    def holding(self, records: tuple[str, ...]) -> datetime | None:
        """When the next attempt at one of these records may be made; `None` where none of them waits."""
        query = select(func.max(dispatches.c.next_at)).where(
            self._own, _WAITING, dispatches.c.record.in_(records)
        )
        with self._database.read() as connection:
            found: datetime | None = connection.execute(query).scalar_one()
            return found

    def done(self, dispatch: Dispatch) -> None:
        """It is there, or nobody wants it any more: it leaves the queue.

        Raises:
            BusyError: Another process delivers by this channel.
        """
        with self._database.write() as connection:
            self._known(connection)
            connection.execute(delete(dispatches).where(dispatches.c.id == dispatch.id))

    def again(
        self,
        dispatch: Dispatch,
        at: datetime,
        text: str,
        values: Mapping[str, object],
        *,
        pause_until: datetime | None = None,
    ) -> None:
        """It was tried, and may go through later.

        Args:
            dispatch: What was tried.
            at: Not before then, with zone.
            text: Why, an English sentence with `%(name)s`.
            values: What it names.
            pause_until: Until when the other side is left alone, with zone; whoever delivers next heeds it.

        Raises:
            BusyError: Another process delivers by this channel.
        """
        tried = {"attempts": dispatch.attempts + 1, "next_at": at}
        self._change(dispatch, {**tried, "reason": text, "named": _plain(values)}, pause_until)

    def park(self, dispatch: Dispatch, text: str, values: Mapping[str, object]) -> None:
        """It was refused, and would be refused again.

        Args:
            dispatch: What was refused.
            text: Why, an English sentence with `%(name)s`.
            values: What it names.

        Raises:
            BusyError: Another process delivers by this channel.
        """
        refused = {"state": DispatchState.PARKED.value, "attempts": dispatch.attempts + 1}
        self._change(dispatch, {**refused, "reason": text, "named": _plain(values)})

    def postpone(self, dispatch: Dispatch, at: datetime) -> None:
        """It was not tried, since something else must go out before.

        Args:
            dispatch: What waits.
            at: Not before then, with zone.

        Raises:
            BusyError: Another process delivers by this channel.
        """
        self._change(dispatch, {"next_at": at})

    def _change(
        self, dispatch: Dispatch, values: Mapping[str, Any], pause_until: datetime | None = None
    ) -> None:
        with self._database.write() as connection:
            self._known(connection)
            connection.execute(update(dispatches).where(dispatches.c.id == dispatch.id).values(**values))
            if pause_until is not None:
                own = update(deliveries).where(deliveries.c.id == self._mine)
                connection.execute(own.values(paused_until=pause_until))

    def _enter(self, connection: Connection, wanted: list[tuple[OutboxEntry, Wanted]], now: datetime) -> None:
        # Of a record whose events each say all, only the last one is of use.
        last = {found.record: entry.number for entry, found in wanted if found.whole}
        for some in chunks(list(last)):
            connection.execute(delete(dispatches).where(self._own, dispatches.c.record.in_(some)))
        rows = [
            {
                "site_id": self._place,
                "channel": self._channel,
                "number": entry.number,
                "record": found.record,
                "state": DispatchState.WAITING.value,
                "attempts": 0,
                "next_at": now,
                "named": {},
                "entered_at": now,
            }
            for entry, found in wanted
            if not found.whole or last[found.record] == entry.number
        ]
        if rows:
            connection.execute(insert(dispatches), rows)

    def _known(self, connection: Connection) -> Row[Any]:
        """The place of the channel in the outbox.

        Raises:
            BusyError: It is another process's by now.
        """
        row = connection.execute(select(deliveries).where(deliveries.c.id == self._mine)).one()
        if row.moved_at != self._since:
            raise another(self._site, self._channel)
        return row

    def _sign(self, connection: Connection, values: Mapping[str, Any]) -> datetime:
        """Write into the place of the channel that it is this process's from now on; by which moment it is known."""
        own = deliveries.c.id == self._mine
        before: datetime = connection.execute(select(deliveries.c.moved_at).where(own)).scalar_one()
        moved = max(self._database.now(), before + _TICK)
        connection.execute(update(deliveries).where(own).values(moved_at=moved, **values))
        return moved


def _plain(values: Mapping[str, object]) -> dict[str, Any]:
    return {name: one if isinstance(one, int | float | str) else str(one) for name, one in values.items()}
