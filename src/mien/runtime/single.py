"""One interaction with all that is known of it: what the eyes show on the whole, and the visit that it is part of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mien.journey.moods import read_mood
from mien.journey.thresholds import one_way

if TYPE_CHECKING:
    from mien.journey.moods import MoodReading
    from mien.journey.types import Interaction
    from mien.store import Store, StoredVisit
    from mien.store.listing import ListedInteraction


@dataclass(frozen=True, slots=True)
class Single:
    """One interaction.

    Attributes:
        found: It, with its curve, and when and where it was.
        covered: Whether the lower face was covered, all the time or for a part of it.
        mood: What the eyes show on the whole; `None` where not only they were seen.
        visit: The visit of several interactions that it is part of; `None` where it was joined to none.
    """

    found: ListedInteraction
    covered: bool
    mood: MoodReading | None
    visit: StoredVisit | None


def single_of(store: Store, found: ListedInteraction) -> Single:
    """All that is known of an interaction.

    Args:
        store: The open store.
        found: As the store has it.

    Raises:
        StoreError: The database says no.
    """
    return Single(found, *eyes_of(found.interaction), _visit(store, found.interaction))


def eyes_of(one: Interaction) -> tuple[bool, MoodReading | None]:
    """Whether the lower face was covered, all the time or for a part of it, and what the eyes show on the whole.

    Args:
        one: The interaction.

    Returns:
        No mood where not only the eyes were seen.
    """
    way = None if one.score.n == 0 else one_way(one.by_eyes, one.score.n)
    mood = None if not way or one.expressions is None else read_mood(np.array(one.expressions))
    return way is not False, mood


def _visit(store: Store, one: Interaction) -> StoredVisit | None:
    found = store.visits.of([one.id])
    return found[0] if found and len(found[0].members) > 1 else None
