"""Taking interactions and visits that are no more out of alerts and tasks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from mien.store import alert_taking
from mien.store.alert_tables import task_subjects, tasks
from mien.store.database import chunks
from mien.store.task_rows import leave, selection, task_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from mien.action import Unhappy


def forget(connection: Connection, subjects: Iterable[str], *, now: datetime, reason: str) -> int:
    """Take interactions and visits out of what was told and is to be done; past events that name them go, too.

    Args:
        connection: In a write transaction.
        subjects: Their ids.
        now: The time of day.
        reason: Why.

    Returns:
        How many alerts and tasks that concerned.
    """
    concerned = 0
    for some in chunks(list(subjects)):
        concerned += alert_taking.forget(connection, some, now=now, reason=reason)
        which = select(task_subjects.c.task_id).where(task_subjects.c.subject.in_(some)).distinct()
        about = connection.execute(which).scalars().all()
        connection.execute(delete(task_subjects).where(task_subjects.c.subject.in_(some)))
        for number in about:
            row: Row[Any] = connection.execute(selection().where(tasks.c.id == number)).one()
            leave(connection, row, _without(task_of(row).about, frozenset(some)), now=now, reason=reason)
        concerned += len(about)
    return concerned


def _without(about: Iterable[Unhappy], gone: frozenset[str]) -> list[Unhappy]:
    """What is left of what shows it; what was joined by a visit that is gone stands for itself again."""
    return [
        replace(one, visit=None) if one.visit in gone else one for one in about if one.subject not in gone
    ]
