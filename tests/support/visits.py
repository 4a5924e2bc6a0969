"""A shop day of simulated visits in a store, for tests of what is done with them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Final

from mien.journey import Context, Interaction, Outcome, Score
from mien.journey.camera_pair import CameraPair
from mien.store import ClosedVisit, MeasuredPair, PlacedInteraction, RecordingKey, Source, Store
from mien.visits import Ended
from support.new_store import ready_made

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SITE: Final = "Lyon 2"
READER: Final = "r 1"
NINE: Final = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
"""Nine o'clock in Paris."""


def seen(touchpoint: str, at_s: float, valence: float) -> Interaction:
    """An interaction of ten seconds with a state that is known well."""
    score = Score(
        None, None, None, None, None, None, None, None, Outcome.UNCLEAR, 10.0, 100, "simulated",
        hi_mean=50 * (1 + valence), hi_sd=1.0,
    )  # fmt: skip
    name = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{touchpoint} {at_s}"))
    return Interaction(
        name, 1, Context(SITE, touchpoint), at_s, at_s + 10.0, 100, {}, None, score, None, (),
        "balance", READER,
    )  # fmt: skip


def shop_day(path: Path, changes: Sequence[float | None]) -> list[str]:
    """Store a day of visits from the door to the exit, one a minute, each with a change of valence.

    Args:
        path: Of the store.
        changes: Of each visit; `None` where somebody was seen at the door only.

    Returns:
        Ids of their first interactions.
    """
    ways = []
    for number, change in enumerate(changes):
        ends = [seen("door", 60.0 * number, -0.1)]
        if change is not None:
            ends.append(seen("out", 60.0 * number + 30.0, change - 0.1))
        ways.append(ends)
    with Store.open(ready_made(path)) as store:
        for place in ("door", "out"):
            source = Source(f"{place}.mp4", recorded_at=NINE, camera=place)
            key = RecordingKey(place, SITE, place)
            with store.recordings.begin(key, "s", reader=READER, source=source) as run:
                own = [one for way in ways for one in way if one.context.touchpoint == place]
                run.commit(own, {}, 3600.0, {})
                run.finish({})
        for way in ways:
            placed = [PlacedInteraction(one.id, way[0].id, None if one is way[0] else 0.98) for one in way]
            store.visits.place(SITE, "a", placed)
        last = NINE + timedelta(hours=1)
        how = [Ended.EXIT if len(way) > 1 else Ended.EXPIRED for way in ways]
        store.visits.close(
            SITE, "a", [ClosedVisit(way[0].id, why, last) for way, why in zip(ways, how, strict=True)]
        )
    return [way[0].id for way in ways]


def calibrate(path: Path) -> None:
    """Measure the two cameras."""
    with Store.open(ready_made(path)) as store:
        calibrated(store, "door", "out")


def calibrated(store: Store, *places: str) -> None:
    """Measure the cameras of touchpoints, each with those after it on the way."""
    pair = CameraPair(offset=0.0, variance=0.0004, offset_variance=0.0001, testers=20)
    for first, last in combinations(places, 2):
        store.pairs.record(MeasuredPair(SITE, first, last, "balance", READER, pair, NINE))
