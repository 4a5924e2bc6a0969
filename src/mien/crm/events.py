"""From an event of the outbox to the record that a customer system is given: nothing is added to what it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.crm.records import Kind, Stop, TaskRecord, VisitRecord, Withdrawal
from mien.store.events.alert import TASK_CHANGED, TASK_OPENED, TASK_WITHDRAWN, TaskTold
from mien.store.events.interaction import SCORED, WITHDRAWN, InteractionScored
from mien.store.events.visit import VISIT_SCORED, VISIT_WITHDRAWN, VisitScored

if TYPE_CHECKING:
    from mien.crm.records import Customer
    from mien.store import OutboxEntry

_KEYED: Final = frozenset(
    {SCORED, WITHDRAWN, VISIT_SCORED, VISIT_WITHDRAWN, TASK_OPENED, TASK_CHANGED, TASK_WITHDRAWN}
)


def key_of(entry: OutboxEntry) -> str | None:
    """The key of the record that an event makes; `None` where it makes none.

    What people do with a task is theirs: that it was closed is read in the customer system, and not written there.
    """
    return entry.event.record if entry.event.type in _KEYED else None


def record_of(
    entry: OutboxEntry, customer: Customer | None = None, *, about: str | None = None
) -> VisitRecord | TaskRecord | Withdrawal | None:
    """The record of an event about a visit, an interaction or a task.

    Args:
        entry: The event in the outbox; its number becomes the sequence.
        customer: Who it was, where a consent allows to say so.
        about: Of a task: the key of the visit that it is about, where it is about one that is written, too.

    Returns:
        The record, or `None` where the event is about something else.
    """
    key = key_of(entry)
    if key is None:
        return None
    event = entry.event
    if event.type in {WITHDRAWN, VISIT_WITHDRAWN}:
        return Withdrawal(key, entry.number, Kind.VISIT, str(event.data["reason"]))
    if event.type == TASK_WITHDRAWN:
        return Withdrawal(key, entry.number, Kind.TASK, str(event.data["reason"]))
    if event.type in {TASK_OPENED, TASK_CHANGED}:
        task = TaskTold.model_validate(event.data)
        return TaskRecord(
            key=key,
            sequence=entry.number,
            subject=task.subject,
            evidence=task.evidence,
            due_at=task.due_at,
            about=about,
            customer=customer,
            changed=event.type == TASK_CHANGED,
        )
    if event.type == VISIT_SCORED:
        visit = VisitScored.model_validate(event.data)
        return VisitRecord(
            key=key,
            sequence=entry.number,
            site=visit.site,
            started_at=visit.started_at,
            ended_at=visit.ended_at,
            outcome=str(visit.outcome),
            eps=visit.eps,
            eps_low=visit.eps_low,
            eps_high=visit.eps_high,
            reason=visit.reason,
            stops=tuple(
                Stop(one.touchpoint, one.valence, one.low, one.high, one.reason) for one in visit.stops
            ),
            calibrated=visit.calibrated,
            selected_sample=visit.selected_sample,
            scale=visit.scale,
            reader=visit.reader,
            customer=customer,
        )
    told = InteractionScored.model_validate(event.data)
    return VisitRecord(
        key=key,
        sequence=entry.number,
        site=told.context.site or entry.site,
        started_at=told.started_at,
        ended_at=told.ended_at,
        outcome=str(told.outcome),
        touchpoint=told.context.touchpoint,
        eps=told.eps,
        eps_low=told.eps_low,
        eps_high=told.eps_high,
        happiness_index=told.happiness_index,
        hi_low=told.hi_low,
        hi_high=told.hi_high,
        reason=told.reason,
        scale=told.scale,
        reader=told.reader,
        customer=customer,
    )
