"""What Mien tells others of what it stores: CloudEvents, and what stands in them."""

from mien.store.events.envelope import CloudEvent, source_of
from mien.store.events.interaction import (
    NOT_FOUND,
    SCORED,
    WITHDRAWN,
    InteractionScored,
    InteractionWithdrawn,
    scored,
    withdrawn,
)
from mien.store.events.visit import (
    JOINED_ANEW,
    MEMBER_LOST,
    VISIT_SCORED,
    VISIT_WITHDRAWN,
    VisitScored,
    VisitWithdrawn,
    visit_scored,
    visit_withdrawn,
)

__all__ = [
    "JOINED_ANEW",
    "MEMBER_LOST",
    "NOT_FOUND",
    "SCORED",
    "VISIT_SCORED",
    "VISIT_WITHDRAWN",
    "WITHDRAWN",
    "CloudEvent",
    "InteractionScored",
    "InteractionWithdrawn",
    "VisitScored",
    "VisitWithdrawn",
    "scored",
    "source_of",
    "visit_scored",
    "visit_withdrawn",
    "withdrawn",
]
