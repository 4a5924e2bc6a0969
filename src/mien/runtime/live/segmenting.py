"""What the writer counts by segment: in memory while a day lasts, in the store once it is over.

What a worker took somebody for comes with the word that the track ended, waits in memory until the interaction is
stored, and is counted then. It is no part of the interaction, of its event, of a checkpoint or of a log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from mien.insight import Tallies, Values
from mien.journal import logger
from mien.segments import UNTOLD
from mien.store import PartKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from mien.journey.types import Interaction
    from mien.runtime.live.messages import Hello
    from mien.segments import Segment
    from mien.site import Site
    from mien.store import Store

LATE: Final = timedelta(minutes=5)
"""So long after midnight a day is over: who may be a poster is told as ended two minutes later."""
_log = logger("mien.writer")


class Apparent:
    """What the customers of one stream were taken for, from the end of a track until its interaction is stored."""

    def __init__(self) -> None:
        self._waiting: dict[str, Segment] = {}
        self._stored: list[tuple[Interaction, Segment]] = []

    def ended(self, found: Iterable[Interaction], apparent: Mapping[int, Segment]) -> None:
        """Interactions ended, of tracks that were taken for something."""
        self._waiting.update({one.id: apparent.get(one.track_id, UNTOLD) for one in found})

    def stored(self, found: Iterable[Interaction]) -> None:
        """Interactions were stored."""
        self._stored += [(one, self._waiting.pop(one.id, UNTOLD)) for one in found]

    def take(self) -> list[tuple[Interaction, Segment]]:
        """What was stored since this was last asked."""
        stored, self._stored = self._stored, []
        return stored


@dataclass(slots=True)
class _Held:
    number: int
    first: datetime
    last: datetime
    cameras: set[str] = field(default_factory=set)
    tallies: Tallies = field(default_factory=Tallies)


class SegmentBook:
    """The counts of a site that are held in memory.

    Args:
        site: The site; nothing is counted where it has segments switched off.
        store: Where days go that are over.
    """

    def __init__(self, site: Site, store: Store) -> None:
        self._site, self._store = site, store
        self._held: dict[PartKey, _Held] = {}

    def count(self, hello: Hello, found: Iterable[tuple[Interaction, Segment]]) -> None:
        """Count interactions of a stream that were stored.

        Raises:
            StoreError: It cannot be entered that something is held.
        """
        those = list(found) if self._site.segments.enabled else []
        if not those:
            return
        erased = self._store.segments.erased([one.id for one, _ in those])
        for one, segment in those:
            if one.id in erased:
                continue
            ended = hello.recorded_at + timedelta(seconds=one.end_s)
            key = PartKey(self._site.name, hello.touchpoint, self._site.day(ended), one.reader, one.scale)
            if key not in self._held:
                self._held[key] = _Held(self._store.segments.begin(key, ended), ended, ended)
            held = self._held[key]
            held.first, held.last = min(held.first, ended), max(held.last, ended)
            held.cameras.add(hello.camera)
            held.tallies.add(segment, Values.of(one))

    def advance(self, now: datetime | None) -> None:
        """Store what is over.

        Args:
            now: How far all streams have come, UTC; `None` where that is not known.

        Raises:
            StoreError: It cannot be stored.
        """
        for key in [key for key in self._held if now is not None and self.is_over(key.day, now)]:
            self._write(key)

    def is_over(self, day: date, now: datetime) -> bool:
        """Whether all of a day is told when all streams have come so far."""
        return now >= self._site.midnight(day + timedelta(days=1)) + LATE

    def close(self) -> None:
        """Store everything, at the end of a run; what is counted later is another part of the day.

        Raises:
            StoreError: It cannot be stored.
        """
        for key in list(self._held):
            self._write(key)

    def _write(self, key: PartKey) -> None:
        held, cells = self._held[key], self._held[key].tallies.kept()
        seen = held.tallies.seen
        state = self._store.segments.write(
            held.number, cells, between=(held.first, held.last), cameras=held.cameras, seen=seen
        )
        del self._held[key]
        _log.info(
            "segments of a day",
            day=str(key.day),
            touchpoint=key.touchpoint,
            state=str(state),
            interactions=sum(seen.values()),
            cells=len(cells),
        )
