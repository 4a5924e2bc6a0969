"""What the store takes and says of visits."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from mien.journey.visit import VisitScore
    from mien.visits import Ended

_NAMESPACE: Final = uuid.UUID("6d69656e-7669-5369-8474-732c206f6e65")


@dataclass(frozen=True, slots=True)
class PlacedInteraction:
    """To which visit an interaction belongs.

    Attributes:
        interaction: Its id.
        visit: Id of the interaction that begins the visit; its own where that is this one.
        probability: That it is the same person as before, 0..1; `None` where it begins the visit.
    """

    interaction: str
    visit: str
    probability: float | None


@dataclass(frozen=True, slots=True)
class ClosedVisit:
    """A visit that has ended.

    Attributes:
        visit: Id of the interaction that began it.
        ended: Why it ended.
        last_seen: End of its last interaction, with zone.
    """

    visit: str
    ended: Ended
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class VisitMember:
    """An interaction of a visit.

    Attributes:
        interaction: Its id.
        touchpoint: Place in the journey.
        started_at: When it began, UTC.
        ended_at: When it ended.
        probability: That it is the same person as before; `None` of the first.
    """

    interaction: str
    touchpoint: str | None
    started_at: datetime
    ended_at: datetime
    probability: float | None


@dataclass(frozen=True, slots=True)
class StoredVisit:
    """A visit as the store keeps it.

    Attributes:
        uid: Made of the id of its first interaction, so that a replay names it alike.
        site: Where.
        session: Which matcher it is or was open in.
        started_at: Beginning of its first interaction, UTC.
        last_seen_at: End of its last.
        ended: Why it ended; `None` while it is open.
        members: Its interactions, in order of time.
        score: What it says; `None` while it is open.
    """

    uid: str
    site: str
    session: str
    started_at: datetime
    last_seen_at: datetime
    ended: Ended | None
    members: tuple[VisitMember, ...]
    score: VisitScore | None


def visit_uid(first: str) -> str:
    """The id of the visit that an interaction begins.

    Args:
        first: Id of that interaction.
    """
    return str(uuid.uuid5(_NAMESPACE, first))
