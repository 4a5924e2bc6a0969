"""From an event of the outbox to the record that a customer system is given: nothing is added to what it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.crm.records import Kind, Stop, VisitRecord, Withdrawal
from mien.store.events.interaction import SCORED, WITHDRAWN, InteractionScored
from mien.store.events.visit import VISIT_SCORED, VISIT_WITHDRAWN, VisitScored

if TYPE_CHECKING:
    from mien.crm.records import Customer
    from mien.store import OutboxEntry


def record_of(entry: OutboxEntry, customer: Customer | None = None) -> VisitRecord | Withdrawal | None:
    """The record of an event about a visit or an interaction.

    Args:
        entry: The event in the outbox; its number becomes the sequence.
        customer: Who it was, where a consent allows to say so.

    Returns:
        The record, or `None` where the event is about something else.
    """
    event = entry.event
    if event.type in {WITHDRAWN, VISIT_WITHDRAWN}:
        key = f"{'visit' if event.type == VISIT_WITHDRAWN else 'interaction'}:{event.subject}"
        return Withdrawal(key, entry.number, Kind.VISIT, str(event.data["reason"]))
    if event.type == VISIT_SCORED:
        visit = VisitScored.model_validate(event.data)
        return VisitRecord(
            key=f"visit:{event.subject}",
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
    if event.type == SCORED:
        told = InteractionScored.model_validate(event.data)
        return VisitRecord(
            key=f"interaction:{event.subject}",
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
    return None
