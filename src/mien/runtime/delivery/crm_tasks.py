"""Tasks in a customer system: made there once, followed while they are open, and closed here when they are there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mien.action import TaskState
from mien.crm import Again, Closed, Closing, Done, Missing, Parked, TaskRecord
from mien.journal import logger
from mien.runtime.delivery.crm_words import NO_CONTACT, NO_VISIT
from mien.store import Fate
from mien.store.events.alert import TASK_CHANGED, TASK_OPENED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mien.action import Task
    from mien.crm import Connector, Customer, Result
    from mien.runtime.delivery.crm_words import Writer
    from mien.store import Store

TOLD: Final = frozenset({TASK_OPENED, TASK_CHANGED})
"""Events after which a task is written."""

_MOST: Final = 10_000
_log = logger("mien.delivery")


@dataclass(frozen=True, slots=True)
class _Way:
    """At what a task hangs, and what it says where it could not hang where it belongs."""

    about: str | None = None
    customer: Customer | None = None
    lack: str = ""


class CrmTasks:
    """The tasks of a site in a customer system.

    Args:
        site: Name of the site.
        channel: Name of the channel.
        store: The open store.
        connector: The way into the system.
        writer: In which words.
        about: The key of the record of an interaction or visit; `None` where it is not written.
        customer: Whom a consent that stands now allows to name as the customer of one.
    """

    def __init__(
        self,
        site: str,
        channel: str,
        store: Store,
        connector: Connector,
        writer: Writer,
        *,
        about: Callable[[str], str | None],
        customer: Callable[[str], Customer | None],
    ) -> None:
        self._site, self._channel, self._store = site, channel, store
        self._connector, self._writer = connector, writer
        self._about, self._customer = about, customer

    def write(self, uid: str, sequence: int) -> Result:
        """Make a task, or change the one that was made, and note what became of it there.

        Args:
            uid: Its id.
            sequence: Number of the event that tells of it.
        """
        task = self._store.tasks.get(uid)
        if task is None:
            # Withdrawn meanwhile, which the next event says.
            return Done()
        fate = self._store.fates.of([uid], self._channel).get(uid)
        if fate is Fate.DISCARDED:
            if self._connector.reads_back:
                self._closed([Closing(_key(uid), Closed.GONE, None)])
            return Done()
        result = self._written(task, sequence, made=fate is Fate.MADE)
        if isinstance(result, Done):
            self._store.fates.made(uid, self._channel)
            self._closed([] if result.closing is None else [result.closing])
        return result

    def join(self, subject: str) -> Result:
        """Let the task about an interaction or visit hang at it, now that that is written.

        Args:
            subject: Its id; where no task of its own is about it, nothing is done.
        """
        task = self._store.tasks.about(subject)
        if task is None or task.folded or task.state is not TaskState.OPEN:
            return Done()
        told = self._store.outbox.of_subject(task.uid, before=self._store.outbox.last() + 1)
        numbers = [one.number for one in told if one.event.type in TOLD]
        if not numbers or not self._store.fates.of([task.uid], self._channel):
            return Done()
        return self.write(task.uid, numbers[-1])

    def read_back(self) -> int:
        """Note which tasks were closed in the customer system; how many those were.

        Raises:
            StoreError: The store says no.
        """
        tasks = self._store.tasks.listed([self._site], open_only=True, limit=_MOST)
        # Of the others nothing is there yet.
        known = self._store.fates.of([task.uid for task in tasks], self._channel)
        found = self._connector.closings([_key(uid) for uid in known]) if known else []
        return 0 if isinstance(found, Parked | Again) else self._closed(found)

    def _closed(self, closings: Iterable[Closing]) -> int:
        closed = 0
        for one in closings:
            uid = one.key.partition(":")[2]
            closed += self._store.tasks.close(uid, TaskState(one.how.value), one.at) is not None
        if closed:
            _log.info("tasks were closed", channel=self._channel, tasks=closed)
        return closed

    def _written(self, task: Task, sequence: int, *, made: bool) -> Result:
        """Write a task where it belongs, else elsewhere: nobody waits for a visit that is parked."""
        words = self._writer.task(task)
        record = TaskRecord(_key(task.uid), sequence, words.title, words.text, task.due_at, changed=made)
        result: Result = Done()
        for way in self._ways(task):
            text = "\n\n".join(one for one in (words.text, way.lack) if one)
            result = self._connector.send(
                replace(record, about=way.about, customer=way.customer, evidence=text)
            )
            if not isinstance(result, Missing):
                break
        return result

    def _ways(self, task: Task) -> list[_Way]:
        """At its visit; else at its customer; else at nothing. A task that may come to be about several: at nothing."""
        if task.folded or len(task.subjects) != 1:
            return [_Way()]
        about, customer = self._about(task.subjects[0]), self._customer(task.subjects[0])
        no_visit = "" if about is None else self._writer.said(NO_VISIT)
        ways = [] if about is None else [_Way(about)]
        if customer is None:
            return [*ways, _Way(lack=no_visit)]
        no_contact = self._writer.said(NO_CONTACT, reference=customer.reference)
        return [*ways, _Way(customer=customer, lack=no_visit), _Way(lack=no_contact)]


def _key(uid: str) -> str:
    return f"task:{uid}"
