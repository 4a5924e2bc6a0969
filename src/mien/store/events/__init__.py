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

__all__ = [
    "NOT_FOUND",
    "SCORED",
    "WITHDRAWN",
    "CloudEvent",
    "InteractionScored",
    "InteractionWithdrawn",
    "scored",
    "source_of",
    "withdrawn",
]
