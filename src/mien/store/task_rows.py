"""Tasks as rows, and rows as tasks: the only place that knows both."""

from __future__ import annotations

import uuid
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, insert, select, update

from mien.action import Task, TaskState, Unhappy
from mien.store import outbox
from mien.store.alert_tables import task_subjects, tasks
from mien.store.events.alert import TASK_CHANGED, TASK_WITHDRAWN, forgotten, task_event
from mien.store.named import packed, unpacked
from mien.store.tables import outbox as outbox_table
from mien.store.tables import sites

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from mien.store.events import CloudEvent


_NAMESPACE: Final = uuid.UUID("2f0a6c3b-41d7-5c92-b8de-6e5f1d0c9a77")


def selection() -> Any:  # noqa: ANN401  (a Select of all columns)
    """What `task_of` needs of the tables; the caller adds conditions and order."""
    return select(tasks, sites.c.name.label("site")).join(sites)


def task_of(row: Row[Any]) -> Task:
    """The task of a row."""
    return Task(
        uid=row.uid,
        site=row.site,
        touchpoint=row.touchpoint,
        day=row.day,
        folded=bool(row.folded),
        about=tuple(_unhappy(one) for one in row.evidence),
        opened_at=row.opened_at,
        due_at=row.due_at,
        state=TaskState(row.state),
        closed_at=row.closed_at,
    )


def task_at(connection: Connection, number: int) -> Task:
    """The task of the row of a number, which is there."""
    return task_of(connection.execute(selection().where(tasks.c.id == number)).one())


def evidence_of(about: Iterable[Unhappy]) -> list[dict[str, Any]]:
    """What shows it, as the column has it."""
    return [
        {
            "subject": one.subject,
            "text": one.text,
            "values": packed(one.values),
            "visit": one.visit,
            "curve": one.curve,
        }
        for one in about
    ]


def new_uid(connection: Connection, named: Sequence[str]) -> str:
    """The first id of this name that no task has: another one is opened after people have closed the one before.

    Args:
        connection: In a write transaction.
        named: What it is of.
    """
    for number in count():
        uid = str(uuid.uuid5(_NAMESPACE, "\x1f".join([*named, str(number)])))
        taken = connection.execute(select(func.count()).where(tasks.c.uid == uid)).scalar_one()
        if not taken:
            break
    return uid


def name(connection: Connection, number: int, subjects: Iterable[str]) -> None:
    """Note that a task is about interactions and visits, and no other task is.

    Args:
        connection: In a write transaction.
        number: Its row.
        subjects: Their ids.
    """
    for one in dict.fromkeys(subjects):
        own = task_subjects.c.subject == one
        moved = connection.execute(update(task_subjects).where(own).values(task_id=number))
        if moved.rowcount == 0:
            connection.execute(insert(task_subjects).values(task_id=number, subject=one))


def leave(
    connection: Connection, row: Row[Any], left: Sequence[Unhappy], *, now: datetime, reason: str
) -> None:
    """Let a task be about less; withdraw it where nothing is left. Past events of it go: they name what is gone.

    Args:
        connection: In a write transaction.
        row: Its row, of `selection`.
        left: What still shows it.
        now: The time of day.
        reason: Why, for whoever was told of it.
    """
    connection.execute(delete(outbox_table).where(outbox_table.c.subject == row.uid))
    event: CloudEvent
    if left:
        own = update(tasks).where(tasks.c.id == row.id)
        connection.execute(own.values(evidence=evidence_of(left)))
        event = task_event(TASK_CHANGED, task_at(connection, row.id), now)
    else:
        connection.execute(delete(tasks).where(tasks.c.id == row.id))
        event = forgotten(TASK_WITHDRAWN, row.uid, row.site, now, reason)
    outbox.enter(connection, row.site_id, row.touchpoint, [event], now=now)


def _unhappy(entry: dict[str, Any]) -> Unhappy:
    return Unhappy(
        entry["subject"], entry["text"], unpacked(entry["values"]), entry.get("visit"), entry.get("curve")
    )
