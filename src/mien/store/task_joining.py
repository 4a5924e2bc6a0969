"""One customer is one task: what becomes known of a visit is brought to the task that is about it already."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update

from mien.action import TaskState
from mien.store import outbox
from mien.store.alert_tables import task_subjects, tasks
from mien.store.events.alert import TASK_CHANGED, task_event
from mien.store.task_rows import evidence_of, leave, name, selection, task_at, task_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from mien.action import Unhappy

_ELSEWHERE: Final = "another task is about the same customer"


def join(
    connection: Connection,
    visit: str,
    members: Collection[str],
    more: Unhappy | None,
    turned: str | None,
    now: datetime,
) -> bool:
    """Let one task be about a visit, of those that are about it or its interactions.

    The open one that is about this customer alone is it, else the one that was opened first; of several open ones the
    others are about the customer no more. What people have closed stays as they left it, and where only closed ones are
    about the customer, nothing more is to be done.

    Args:
        connection: In a write transaction.
        visit: Its id.
        members: Ids of its interactions.
        more: What shows it, too; takes the place of what the same interaction or visit showed before.
        turned: The touchpoint where it turned, for a task about this customer alone; `None` leaves it as it is.
        now: The time of day.

    Returns:
        Whether a task is about the customer.
    """
    theirs = {visit, *members}
    own = select(task_subjects.c.task_id).where(task_subjects.c.subject.in_(theirs))
    rows = connection.execute(selection().where(tasks.c.id.in_(own)).order_by(tasks.c.id)).all()
    still = [row for row in rows if row.state == TaskState.OPEN.value]
    if not still:
        return bool(rows)
    kept = min(still, key=lambda row: (row.folded, row.id))
    told = {
        one.subject: replace(one, visit=visit)
        for row in (kept, *still)
        for one in task_of(row).about
        if one.subject in theirs
    }
    if more is not None:
        told[more.subject] = replace(more, visit=visit)
    for row in still:
        if row is not kept:
            left = [one for one in task_of(row).about if one.subject not in theirs]
            leave(connection, row, left, now=now, reason=_ELSEWHERE)
    name(connection, kept.id, [visit, *told])
    _keep(connection, kept, list(told.values()), None if kept.folded else turned, now)
    return True


def _keep(
    connection: Connection, row: Row[Any], told: list[Unhappy], turned: str | None, now: datetime
) -> None:
    before = task_of(row)
    theirs = {one.subject for one in told}
    at = next((number for number, one in enumerate(before.about) if one.subject in theirs), len(before.about))
    others = [one for one in before.about if one.subject not in theirs]
    at -= sum(one.subject in theirs for one in before.about[:at])
    about = [*others[:at], *told, *others[at:]]
    where: str | None = turned or row.touchpoint
    if tuple(about) == before.about and where == row.touchpoint:
        return
    wanted = {"evidence": evidence_of(about), "touchpoint": where}
    connection.execute(update(tasks).where(tasks.c.id == row.id).values(**wanted))
    event = task_event(TASK_CHANGED, task_at(connection, row.id), now)
    outbox.enter(connection, row.site_id, where, [event], now=now)
