"""Interactions of a day with given scores, stored as an analysis stores them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from mien.journey import Context, Interaction
from mien.store import RecordingKey, Source

if TYPE_CHECKING:
    from mien.journey import Score
    from mien.store import Store

SITE: Final = "Lyon 2"
NINE: Final = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
"""Nine o'clock in Paris."""


def seen(number: int, score: Score, touchpoint: str = "till", shift: str | None = None) -> Interaction:
    """The interaction of a number: ten seconds, that many minutes after nine."""
    return Interaction(
        f"00000000-0000-5000-8000-{number:012d}", number, Context(SITE, touchpoint, shift=shift),
        60.0 * number, 60.0 * number + 10, 100, {}, None, score, None, (), "balance", "r 1",
    )  # fmt: skip


def put(store: Store, *found: Interaction, name: str = "till") -> None:
    """Store interactions as those of a recording; of the same name, in place of what was found there before."""
    source = Source(name, recorded_at=NINE, camera=found[0].context.touchpoint)
    key = RecordingKey(name, SITE, found[0].context.touchpoint)
    with store.recordings.begin(key, "s", reader="r 1", source=source) as run:
        run.commit(found, {}, 7200.0, {})
        run.finish({})
