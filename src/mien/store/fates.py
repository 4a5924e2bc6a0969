"""What became of tasks in the systems that are told of them: made there once, or never to be."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from mien.store.alert_tables import task_channels, tasks
from mien.store.database import chunks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from mien.store.database import Database


class Fate(StrEnum):
    """What became of a task in another system."""

    MADE = "made"
    DISCARDED = "discarded"


class Fates:
    """What became of the tasks of a store, channel by channel. It goes with the task."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def made(self, uid: str, channel: str) -> None:
        """Note that a task was made in the system that a channel leads to: from then on it is changed there alone.

        Args:
            uid: Its id; one that is no more is passed over.
            channel: Name of the channel, at most 40 characters.
        """
        with self._database.write() as connection:
            settle(connection, [uid], channel, Fate.MADE)

    def of(self, uids: Sequence[str], channel: str) -> dict[str, Fate]:
        """What became of tasks in the system that a channel leads to.

        Args:
            uids: Their ids.
            channel: Name of the channel.

        Returns:
            By id; those that were neither made nor discarded are not in it.
        """
        found: dict[str, Fate] = {}
        query = select(tasks.c.uid, task_channels.c.fate).join(task_channels)
        with self._database.read() as connection:
            for some in chunks(uids):
                own = query.where(tasks.c.uid.in_(some), task_channels.c.channel == channel)
                found |= {row.uid: Fate(row.fate) for row in connection.execute(own)}
        return found


def settle(connection: Connection, uids: Sequence[str], channel: str, fate: Fate) -> None:
    """Note what became of tasks in the system that a channel leads to; what was noted before holds.

    Args:
        connection: In a write transaction.
        uids: Their ids; those that are no more are passed over.
        channel: Name of the channel.
        fate: What became of them.
    """
    for some in chunks(uids):
        known = select(task_channels.c.task_id).where(task_channels.c.channel == channel)
        query = select(tasks.c.id).where(tasks.c.uid.in_(some), tasks.c.id.not_in(known))
        numbers = connection.execute(query).scalars().all()
        if numbers:
            row = {"channel": channel, "fate": fate.value}
            connection.execute(insert(task_channels), [row | {"task_id": number} for number in numbers])
