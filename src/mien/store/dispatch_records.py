"""What is still to be sent to whom: frozen rows of the queue of a channel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from mien.store.alert_tables import dispatches
from mien.store.outbox import entry_of, rows_of
from mien.store.tables import outbox

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Row, Select

    from mien.store.outbox import OutboxEntry


class DispatchState(StrEnum):
    """How far something has come that is to be sent; what was sent is there no more."""

    WAITING = "waiting"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Wanted:
    """That a channel wants an event.

    Attributes:
        record: What it is about; of one record the order is kept. At most 200 characters.
        whole: Whether it says all that there is to say of its record, so that earlier events of it need not be sent
            any more.
        after: Records that must not wait any more when this is sent, since it refers to them.
    """

    record: str
    whole: bool = False
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dispatch:
    """An event that is still to be sent by a channel.

    Attributes:
        id: Its number in the queue.
        channel: By which channel.
        record: What it is about.
        state: Whether it waits for its turn, or for somebody to look at it.
        attempts: How often it was tried.
        next_at: Not before then, UTC.
        text: What the other side said last, an English sentence with `%(name)s`; `None` before.
        values: What that names.
        entered_at: Since when it is in the queue, UTC.
        entry: The event.
    """

    id: int
    channel: str
    record: str
    state: DispatchState
    attempts: int
    next_at: datetime
    text: str | None
    values: Mapping[str, Any]
    entered_at: datetime
    entry: OutboxEntry

    @property
    def reason(self) -> str | None:
        """What the other side said last, English."""
        return self.text % self.values if self.text is not None and self.values else self.text


@dataclass(frozen=True, slots=True)
class ChannelQueue:
    """What is still to be sent by a channel.

    Attributes:
        channel: Its name.
        waiting: Events that wait for their turn.
        parked: Events that wait for somebody to look at them.
        unseen: Events of the site that the channel has not looked at yet; it may not want them all.
        waiting_at: Since when the oldest of the waiting is in the queue, UTC; `None` where there are none.
        parked_at: The same of the parked.
        next_at: When the next attempt may be made, UTC; `None` where none waits.
        paused_until: Until when the other side is left alone after what it answered, UTC; `None` where it is not.
    """

    channel: str
    waiting: int
    parked: int
    unseen: int
    waiting_at: datetime | None
    parked_at: datetime | None
    next_at: datetime | None
    paused_until: datetime | None = None

    @property
    def oldest_at(self) -> datetime | None:
        """Since when the oldest of the waiting and parked is in the queue, UTC; `None` where there are none."""
        return min((at for at in (self.waiting_at, self.parked_at) if at is not None), default=None)


def attempted_at(next_at: datetime | None, paused_until: datetime | None) -> datetime | None:
    """When the next attempt may be made: not while the channel pauses. `None` where nothing waits."""
    return next_at if next_at is None or paused_until is None else max(next_at, paused_until)


def queued(site: str) -> Select[Any]:
    """A query for the queues of a site, each row one for `dispatch_of`."""
    rows = rows_of(site).join(dispatches, dispatches.c.number == outbox.c.number)
    return rows.add_columns(
        dispatches.c.id.label("dispatch"),
        dispatches.c.channel,
        dispatches.c.record,
        dispatches.c.state,
        dispatches.c.attempts,
        dispatches.c.next_at,
        dispatches.c.reason,
        dispatches.c.named,
        dispatches.c.entered_at.label("queued_at"),
    )


def dispatch_of(row: Row[Any]) -> Dispatch:
    """The dispatch of a row."""
    return Dispatch(
        id=row.dispatch,
        channel=row.channel,
        record=row.record,
        state=DispatchState(row.state),
        attempts=row.attempts,
        next_at=row.next_at,
        text=row.reason,
        values=row.named,
        entered_at=row.queued_at,
        entry=entry_of(row),
    )
