"""Tasks: something for a person to do later, opened once for each customer, whoever finds them again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, insert, select, update

from mien.action import Task, TaskState, Unhappy
from mien.store import outbox
from mien.store.alert_tables import alerts, task_subjects, tasks
from mien.store.database import chunks
from mien.store.events.alert import (
    ALERT_WITHDRAWN,
    TASK_CHANGED,
    TASK_CLOSED,
    TASK_OPENED,
    TASK_WITHDRAWN,
    forgotten,
    task_event,
)
from mien.store.sites import site_id
from mien.store.tables import outbox as outbox_table
from mien.store.tables import sites

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Connection, Row

    from mien.store.database import Database
    from mien.store.events import CloudEvent

_NAMESPACE: Final = uuid.UUID("2f0a6c3b-41d7-5c92-b8de-6e5f1d0c9a77")


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many tasks there are.

    Attributes:
        opened: In the time that was asked for.
        open: Open now, of any time.
        overdue: Of these, those that should have been done.
    """

    opened: int
    open: int
    overdue: int


class Tasks:
    """The tasks of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(
        self,
        site: str,
        day: date,
        touchpoint: str | None,
        unhappy: Unhappy,
        *,
        due_at: datetime,
        folded: bool,
        also: Collection[str] = (),
    ) -> Task | None:
        """Open a task about a customer who left unhappy, or let the open one of the day be about them, too.

        The task and the event that tells of it are committed together.

        Args:
            site: The site.
            day: On which day it was, on the clock of the site.
            touchpoint: Where it turned, if that is known.
            unhappy: Who (by id), and why.
            due_at: Until when a new task is to be done, with zone.
            folded: Whether all such customers of the day and touchpoint are one task.
            also: Other ids of the same customer, as of interactions of a visit: one that a task is about already
                means that nothing is to be done anew.

        Returns:
            The task as it is now; `None` where one is about this customer already.

        Raises:
            StoreError: The database says no; nothing is stored.
        """
        now = self._database.now()
        with self._database.write() as connection:
            if _known(connection, [unhappy.subject, *also]):
                return None
            place = site_id(connection, site, now)
            own = (tasks.c.site_id == place) & (tasks.c.day == day)
            own &= tasks.c.touchpoint.is_not_distinct_from(touchpoint) & (tasks.c.folded == int(folded))
            row = None
            if folded:
                still = own & (tasks.c.state == TaskState.OPEN.value)
                row = connection.execute(select(tasks).where(still)).one_or_none()
            entry = _entry(unhappy)
            if row is None:
                number = connection.execute(select(func.count()).where(own)).scalar_one()
                # Of a day and touchpoint there is another one only after people have closed the one before.
                named = (site, str(day), touchpoint or "", str(number)) if folded else (site, unhappy.subject)
                values = {
                    "uid": str(uuid.uuid5(_NAMESPACE, "\x1f".join(named))),
                    "site_id": place,
                    "touchpoint": touchpoint,
                    "day": day,
                    "folded": int(folded),
                    "opened_at": now,
                    "due_at": due_at,
                    "evidence": [entry],
                    "state": TaskState.OPEN.value,
                    "expires_at": now + outbox.kept(connection, place),
                }
                which = connection.execute(insert(tasks).values(values).returning(tasks.c.id)).scalar_one()
            else:
                which = row.id
                own_row = update(tasks).where(tasks.c.id == which)
                connection.execute(own_row.values(evidence=[*row.evidence, entry]))
            connection.execute(insert(task_subjects).values(task_id=which, subject=unhappy.subject))
            task = _one(connection, which)
            kind = TASK_OPENED if row is None else TASK_CHANGED
            outbox.enter(connection, place, touchpoint, [task_event(kind, task, now)], now=now)
        return task

    def is_about(self, subjects: Collection[str]) -> bool:
        """Whether a task is about any of some interactions or visits."""
        with self._database.read() as connection:
            return _known(connection, list(subjects))

    def about(self, subject: str) -> Task | None:
        """The task about an interaction or visit; `None` where there is none."""
        query = _select().join(task_subjects).where(task_subjects.c.subject == subject)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _task(row)

    def listed(self, names: Iterable[str], *, open_only: bool = False, limit: int = 50) -> list[Task]:
        """Tasks of some sites, the newest first.

        Args:
            names: Names of the sites.
            open_only: Only those that are open.
            limit: At most so many.
        """
        query = _select().where(sites.c.name.in_(list(names))).order_by(tasks.c.id.desc()).limit(limit)
        if open_only:
            query = query.where(tasks.c.state == TaskState.OPEN.value)
        with self._database.read() as connection:
            return [_task(row) for row in connection.execute(query)]

    def get(self, uid: str) -> Task | None:
        """A task; `None` where there is none of this id."""
        with self._database.read() as connection:
            row = connection.execute(_select().where(tasks.c.uid == uid)).one_or_none()
        return None if row is None else _task(row)

    def counted(self, site: str, since: datetime, until: datetime, now: datetime) -> TaskCounts:
        """How many tasks of a site there are.

        Args:
            site: Its name.
            since: Opened from then on, with zone.
            until: Opened before then.
            now: The moment by which they are overdue.
        """
        opened = (tasks.c.opened_at >= since) & (tasks.c.opened_at < until)
        open_ = tasks.c.state == TaskState.OPEN.value
        of_site = select(func.count()).select_from(tasks.join(sites)).where(sites.c.name == site)
        with self._database.read() as connection:
            return TaskCounts(
                *(
                    int(connection.execute(of_site.where(which)).scalar_one())
                    for which in (opened, open_, open_ & (tasks.c.due_at < now))
                )
            )

    def close(self, uid: str, state: TaskState, at: datetime | None = None) -> Task | None:
        """A task is open no more.

        Args:
            uid: Which.
            state: How it ended.
            at: When, with zone; `None` where that is not known.

        Returns:
            The task; `None` where there is none of this id that is open.
        """
        now = self._database.now()
        with self._database.write() as connection:
            still = (tasks.c.uid == uid) & (tasks.c.state == TaskState.OPEN.value)
            changed = update(tasks).where(still).values(state=state.value, closed_at=at or now)
            which = connection.execute(changed.returning(tasks.c.id)).scalar_one_or_none()
            if which is None:
                return None
            task = _one(connection, which)
            place = site_id(connection, task.site, now)
            outbox.enter(
                connection, place, task.touchpoint, [task_event(TASK_CLOSED, task, at or now)], now=now
            )
        return task

    def forget(self, subjects: Sequence[str], reason: str) -> int:
        """Take interactions and visits that are no more out of what was told and is to be done.

        Args:
            subjects: Their ids; what nothing is about is passed over.
            reason: Why, for whoever was told of a task that is about nothing any more.

        Returns:
            How many alerts and tasks that concerned.
        """
        now = self._database.now()
        with self._database.write() as connection:
            return forget(connection, subjects, now=now, reason=reason)


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
        told = connection.execute(
            select(alerts.c.uid, alerts.c.site_id, sites.c.name).join(sites).where(alerts.c.subject.in_(some))
        ).all()
        names = [row.uid for row in told]
        connection.execute(delete(outbox_table).where(outbox_table.c.subject.in_(names)))
        connection.execute(delete(alerts).where(alerts.c.uid.in_(names)))
        for row in told:
            event = forgotten(ALERT_WITHDRAWN, row.uid, row.name, now, reason)
            outbox.enter(connection, row.site_id, None, [event], now=now)
        which = select(task_subjects.c.task_id).where(task_subjects.c.subject.in_(some)).distinct()
        about = connection.execute(which).scalars().all()
        connection.execute(delete(task_subjects).where(task_subjects.c.subject.in_(some)))
        for number in about:
            _less(connection, number, frozenset(some), now, reason)
        concerned += len(told) + len(about)
    return concerned


def _less(connection: Connection, number: int, gone: frozenset[str], now: datetime, reason: str) -> None:
    """A task without some of what it was about; withdrawn where nothing is left."""
    row = connection.execute(_select().where(tasks.c.id == number)).one()
    left = [one for one in row.evidence if one["subject"] not in gone]
    connection.execute(delete(outbox_table).where(outbox_table.c.subject == row.uid))
    event: CloudEvent
    if left:
        connection.execute(update(tasks).where(tasks.c.id == number).values(evidence=left))
        event = task_event(TASK_CHANGED, _one(connection, number), now)
    else:
        connection.execute(delete(tasks).where(tasks.c.id == number))
        event = forgotten(TASK_WITHDRAWN, row.uid, row.site, now, reason)
    outbox.enter(connection, row.site_id, row.touchpoint, [event], now=now)


def _known(connection: Connection, subjects: Sequence[str]) -> bool:
    query = select(func.count()).where(task_subjects.c.subject.in_(subjects))
    return bool(connection.execute(query).scalar_one())


def _entry(unhappy: Unhappy) -> dict[str, Any]:
    return {"subject": unhappy.subject, "text": unhappy.text, "values": dict(unhappy.values)}


def _select() -> Any:  # noqa: ANN401  (a Select of all columns)
    return select(tasks, sites.c.name.label("site")).join(sites)


def _one(connection: Connection, number: int) -> Task:
    return _task(connection.execute(_select().where(tasks.c.id == number)).one())


def _task(row: Row[Any]) -> Task:
    return Task(
        uid=row.uid,
        site=row.site,
        touchpoint=row.touchpoint,
        day=row.day,
        folded=bool(row.folded),
        about=tuple(Unhappy(one["subject"], one["text"], one["values"]) for one in row.evidence),
        opened_at=row.opened_at,
        due_at=row.due_at,
        state=TaskState(row.state),
        closed_at=row.closed_at,
    )
