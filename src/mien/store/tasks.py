"""Tasks: something for a person to do later, opened once for each customer, whoever finds them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, insert, or_, select, update

from mien.action import Task, TaskState, Unhappy
from mien.store import outbox, task_forgetting, task_joining
from mien.store.alert_tables import task_subjects, tasks
from mien.store.events.alert import (
    TASK_CHANGED,
    TASK_CLOSED,
    TASK_OPENED,
    task_event,
)
from mien.store.sites import site_id
from mien.store.tables import sites
from mien.store.task_rows import evidence_of, name, new_uid, selection, task_at, task_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection

    from mien.store.database import Database


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many tasks there are.

    Attributes:
        opened: In the time that was asked for.
        closed: In that time.
        open: Open now, of any time.
        overdue: Of these, those that should have been done.
    """

    opened: int
    closed: int
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A page of a list.

    Attributes:
        tasks: In order.
        next: What `after` of the next page is; `None` where there is none.
    """

    tasks: tuple[Task, ...]
    next: int | None


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
            if _known(connection, [unhappy.subject, unhappy.customer, *also]):
                return None
            place = site_id(connection, site, now)
            own = (tasks.c.site_id == place) & (tasks.c.day == day)
            own &= tasks.c.touchpoint.is_not_distinct_from(touchpoint) & (tasks.c.folded == int(folded))
            row = None
            if folded:
                still = own & (tasks.c.state == TaskState.OPEN.value)
                row = connection.execute(select(tasks).where(still)).one_or_none()
            if row is None:
                named = (site, str(day), touchpoint or "") if folded else (site, unhappy.customer)
                values = {
                    "uid": new_uid(connection, named),
                    "site_id": place,
                    "touchpoint": touchpoint,
                    "day": day,
                    "folded": int(folded),
                    "opened_at": now,
                    "due_at": due_at,
                    "evidence": evidence_of([unhappy]),
                    "state": TaskState.OPEN.value,
                    "expires_at": now + outbox.kept(connection, place),
                }
                which = connection.execute(insert(tasks).values(values).returning(tasks.c.id)).scalar_one()
            else:
                which = row.id
                own_row = update(tasks).where(tasks.c.id == which)
                connection.execute(own_row.values(evidence=[*row.evidence, *evidence_of([unhappy])]))
            name(connection, which, [unhappy.subject, unhappy.customer])
            task = task_at(connection, which)
            kind = TASK_OPENED if row is None else TASK_CHANGED
            outbox.enter(connection, place, touchpoint, [task_event(kind, task, now)], now=now)
        return task

    def is_about(self, subjects: Collection[str]) -> bool:
        """Whether a task is about any of some interactions or visits."""
        with self._database.read() as connection:
            return _known(connection, list(subjects))

    def about(self, subject: str) -> Task | None:
        """The task about an interaction or visit; `None` where there is none."""
        query = selection().join(task_subjects).where(task_subjects.c.subject == subject)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else task_of(row)

    def join(
        self,
        visit: str,
        members: Collection[str],
        more: Unhappy | None = None,
        *,
        turned: str | None = None,
    ) -> bool:
        """Let one task be about a visit, of those that are about it or its interactions; see `task_joining.join`.

        Args:
            visit: Its id.
            members: Ids of its interactions.
            more: What shows it, too.
            turned: The touchpoint where it turned.

        Returns:
            Whether a task is about the customer; where none is, nothing is done.

        Raises:
            StoreError: The database says no; nothing is changed.
        """
        if not self.is_about([visit, *members]):
            return False
        now = self._database.now()
        with self._database.write() as connection:
            return task_joining.join(connection, visit, members, more, turned, now)

    def listed(self, names: Iterable[str], *, open_only: bool = False, limit: int = 50) -> list[Task]:
        """Tasks of some sites, the newest first.

        Args:
            names: Names of the sites.
            open_only: Only those that are open.
            limit: At most so many.
        """
        query = selection().where(sites.c.name.in_(list(names))).order_by(tasks.c.id.desc()).limit(limit)
        if open_only:
            query = query.where(_is_open())
        with self._database.read() as connection:
            return [task_of(row) for row in connection.execute(query)]

    def page(
        self, names: Iterable[str], *, closed: bool = False, after: int | None = None, limit: int = 50
    ) -> TaskPage:
        """Open tasks of some sites, those that are due first before the others, or closed ones, the newest first.

        Args:
            names: Names of the sites.
            closed: Those that were closed instead of those that are open.
            after: `next` of the page before.
            limit: At most so many, 1 or more.
        """
        order = func.coalesce(tasks.c.closed_at, tasks.c.opened_at) if closed else tasks.c.due_at
        query = selection().where(sites.c.name.in_(list(names)), _is_open(not closed)).limit(limit + 1)
        query = (
            query.order_by(order.desc(), tasks.c.id.desc()) if closed else query.order_by(order, tasks.c.id)
        )
        with self._database.read() as connection:
            if after is not None:
                at = connection.execute(select(order).where(tasks.c.id == after)).scalar_one_or_none()
                if at is not None:
                    beyond = and_(order == at, tasks.c.id < after if closed else tasks.c.id > after)
                    query = query.where(or_(order < at if closed else order > at, beyond))
            found = connection.execute(query).all()
        kept = found[:limit]
        return TaskPage(tuple(task_of(row) for row in kept), kept[-1].id if len(found) > limit else None)

    def waiting(self, names: Iterable[str], now: datetime) -> tuple[int, int]:
        """How many tasks of some sites are open, and how many of these should have been done by a moment.

        Args:
            names: Names of the sites.
            now: The moment, with zone.
        """
        open_ = _is_open()
        of_sites = sites.c.name.in_(list(names))
        still, late = self._count(of_sites, open_, open_ & (tasks.c.due_at < now))
        return still, late

    def get(self, uid: str) -> Task | None:
        """A task; `None` where there is none of this id."""
        with self._database.read() as connection:
            row = connection.execute(selection().where(tasks.c.uid == uid)).one_or_none()
        return None if row is None else task_of(row)

    def counted(self, site: str, since: datetime, until: datetime, now: datetime) -> TaskCounts:
        """How many tasks of a site there are.

        Args:
            site: Its name.
            since: Opened or closed from then on, with zone.
            until: Opened or closed before then.
            now: The moment by which they are overdue.
        """
        opened = (tasks.c.opened_at >= since) & (tasks.c.opened_at < until)
        closed = (tasks.c.closed_at >= since) & (tasks.c.closed_at < until)
        open_ = _is_open()
        overdue = open_ & (tasks.c.due_at < now)
        return TaskCounts(*self._count(sites.c.name == site, opened, closed, open_, overdue))

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
            task = task_at(connection, which)
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
            return task_forgetting.forget(connection, subjects, now=now, reason=reason)

    def _count(self, where: ColumnElement[bool], *those: ColumnElement[bool]) -> list[int]:
        """How many tasks of some sites there are of each of several kinds."""
        query = select(func.count()).select_from(tasks.join(sites)).where(where)
        with self._database.read() as connection:
            return [int(connection.execute(query.where(which)).scalar_one()) for which in those]


def _is_open(wanted: bool = True) -> ColumnElement[bool]:
    still = tasks.c.state == TaskState.OPEN.value
    return still if wanted else ~still


def _known(connection: Connection, subjects: Sequence[str]) -> bool:
    query = select(func.count()).where(task_subjects.c.subject.in_(subjects))
    return bool(connection.execute(query).scalar_one())
