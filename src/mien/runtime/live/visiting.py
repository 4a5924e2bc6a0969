"""What the writer keeps of visits: interactions not placed yet, and the matcher's words until they are stored."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mien.journal import logger
from mien.runtime.live.messages import DoorCount, Finished, Placed, VisitOver, Welcome
from mien.store import ClosedVisit, PlacedInteraction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mien.journey.types import Interaction
    from mien.runtime.live.messages import Hello, MatcherHello, Settled, Tick
    from mien.store import Store

_log = logger("mien.writer")


class VisitBook:
    """The visits of a site while it is read.

    Args:
        site: Name of the site.
        store: Where visits are kept.
        doors: Cameras that together count at all doors; empty where some door is not counted.
    """

    def __init__(self, site: str, store: Store, doors: Collection[str] = ()) -> None:
        self._site, self._store, self._doors = site, store, doors
        self._counts: dict[str, DoorCount] = {}
        self._session: str | None = None
        self._unplaced: dict[str, Finished] = {}
        self._words: list[Placed | VisitOver] = []
        self._number = 0
        self._stored = 0

    @property
    def due(self) -> bool:
        """Whether something should be stored now."""
        return self._number > self._stored

    def greet(self, hello: MatcherHello) -> list[Welcome | DoorCount | Finished]:
        """A matcher is there: the visits that another one left open are over; what it is told first."""
        if hello.session != self._session:
            self._session, self._number, self._stored = hello.session, 0, 0
            self.interrupt(but=hello.session)
        welcome = Welcome(number=self.commit(), resume_number=0, resume_s=None, pipeline=None)
        return [welcome, *self._counts.values(), *self._unplaced.values()]

    def counted(self, hello: Hello, tick: Tick) -> DoorCount | None:
        """What the matcher is told of a picture of a camera: whether somebody came or went by a door."""
        if tick.net is None or hello.camera not in self._doors:
            return None
        utc = hello.recorded_at + timedelta(seconds=tick.t_s)
        known = self._counts.get(hello.camera)
        if known is not None and (known.net == tick.net or utc <= known.utc):
            return None
        self._counts[hello.camera] = DoorCount(camera=hello.camera, utc=utc, net=tick.net)
        return self._counts[hello.camera]

    def finished(self, hello: Hello, found: Iterable[Interaction]) -> list[Finished]:
        """Interactions of a stream were stored; what the matcher is told of them."""
        told = [
            Finished(
                interaction=one.id,
                stream=hello.stream,
                track_id=one.track_id,
                touchpoint=hello.touchpoint,
                began=hello.recorded_at + timedelta(seconds=one.start_s),
                ended=hello.recorded_at + timedelta(seconds=one.end_s),
            )
            for one in found
        ]
        self._unplaced.update({one.interaction: one for one in told})
        return told

    def take(self, word: Placed | VisitOver | Settled) -> None:
        """Take a word of the matcher; one that is known is passed over."""
        if word.number <= self._number:
            return
        self._number = word.number
        if isinstance(word, Placed | VisitOver):
            self._words.append(word)

    def commit(self) -> int:
        """Store what was told; the number of the last word that is stored."""
        if self._session is not None and self._words:
            placed = [one for one in self._words if isinstance(one, Placed)]
            over = [one for one in self._words if isinstance(one, VisitOver)]
            self._store.visits.place(
                self._site,
                self._session,
                [
                    PlacedInteraction(one.interaction, one.visit, one.probability)
                    for one in placed
                    if one.visit is not None
                ],
            )
            self._store.visits.close(
                self._site,
                self._session,
                [ClosedVisit(one.visit, one.ended, one.last_seen) for one in over],
            )
            for one in placed:
                self._unplaced.pop(one.interaction, None)
            self._words.clear()
        self._stored = self._number
        return self._stored

    def interrupt(self, *, but: str | None = None) -> None:
        """End the visits that a matcher left open that is gone, as interrupted.

        Args:
            but: The matcher that is there.
        """
        if left := self._store.visits.interrupt(self._site, but=but):
            _log.info("visits left open were ended", visits=left)
