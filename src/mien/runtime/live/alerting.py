"""The rules that look at the moment, at work in the writer: what is found becomes an alert at once.

The same words of a worker give the same signals. What the rules remember is kept with the checkpoints of a stream, and
signals are taken before a checkpoint that knows of them: after a kill nothing is raised twice, for each alert has the
id of what it is about, and nothing is lost, for words that were not stored come again.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Protocol

from mien.action.health import SILENT, HealthWatch, LastingTrouble
from mien.action.types import RuleName
from mien.action.watches import Watches, looks_at
from mien.action.watching import Customer, Moment
from mien.journal import logger
from mien.site.rules import active

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mien.action import Signal
    from mien.journey.builder import InteractionBuilder
    from mien.journey.now import NowBook
    from mien.runtime.live.messages import Hello, Tick
    from mien.runtime.live.placing import Places
    from mien.runtime.live.plan import Plan
    from mien.site import Site
    from mien.store import Store

LOOKS_EVERY_S: Final = 0.2
"""Seconds of a stream between two looks, at most, where pictures come as fast."""
_ROUNDING_S: Final = 1e-3
_TENDS_EVERY_S: Final = 1.0
_NOT_READ: Final = "whom it was about may not be read"
_log = logger("mien.writer")


class Looking:
    """The rules that look at one camera.

    Args:
        site: The site, with its rules.
        hello: What the stream is.
    """

    def __init__(self, site: Site, hello: Hello) -> None:
        self._hello = hello
        where = hello.touchpoint, site.role_at(hello.touchpoint)
        self._watches = Watches(site.rules, *where)
        health = active(site.rules.health)
        here = health is not None and looks_at(RuleName.HEALTH, health, *where)
        self._health = HealthWatch(health, hello.camera) if health is not None and here else None
        self._looked_s: float | None = None
        self._left: list[int] = []

    @property
    def on(self) -> bool:
        """Whether any rule looks at the customers before the camera."""
        return bool(self._watches)

    def look(self, tick: Tick, now: NowBook, builder: InteractionBuilder, places: Places) -> list[Signal]:
        """What the rules find after a picture.

        Args:
            tick: What it gave.
            now: The live states, which know of it.
            builder: Names the customers.
            places: Where they are.
        """
        if not self._watches:
            return []
        self._watches.forget(tick.dropped)
        self._left += tick.ended
        due = self._looked_s is None or tick.t_s - self._looked_s >= LOOKS_EVERY_S - _ROUNDING_S
        if not due and not self._left:
            return []
        self._looked_s = tick.t_s
        left, self._left = self._left, []
        people = tuple(
            Customer(name, seen, places.now(seen.track_id))
            for seen in now.watched(tick.t_s)
            if (name := builder.name_of(seen.track_id)) is not None
        )
        return self._watches.look(self._moment(tick.t_s, people), left)

    def look_after(
        self, troubles: Iterable[Mapping[str, Any]], last_s: float | None, now_s: float
    ) -> list[Signal]:
        """What is to be signalled of the camera itself.

        Args:
            troubles: What was told of it, over or not.
            last_s: Time of its last picture; `None` before the first.
            now_s: The present moment, seconds in the stream.
        """
        if self._health is None:
            return []
        lasting = [LastingTrouble(one["what"], one["since_s"]) for one in troubles if one["until_s"] is None]
        if last_s is not None and not any(one.what in {"lost", "stalled"} for one in lasting):
            lasting.append(LastingTrouble(SILENT, last_s))
        return self._health.look(lasting, self._moment(now_s, ()))

    def _moment(self, t_s: float, people: tuple[Customer, ...]) -> Moment:
        return Moment(t_s, self._hello.recorded_at, self._hello.touchpoint, people)

    def state(self) -> dict[str, Any]:
        """Everything that is needed to go on later, as JSON can hold it."""
        return {"watches": self._watches.state(), "looked_s": self._looked_s, "left": self._left}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where what gave `state` stopped; nothing of it begins anew."""
        self._watches.restore(state.get("watches", {}))
        self._looked_s, self._left = state.get("looked_s"), list(state.get("left", ()))


class Watched(Protocol):
    """A camera as far as its own troubles go."""

    def look_after(self, now_s: float) -> list[Signal]:
        """What is to be signalled of it at a time of the stream, seconds."""


class Alerting:
    """Turns what rules find into alerts.

    Args:
        plan: What is read.
        store: Where alerts are kept.
    """

    def __init__(self, plan: Plan, store: Store) -> None:
        self._site, self._store = plan.site, store
        self._rules = dict(plan.site.rules.on())
        self._live = {camera.name: camera.begins for camera in plan.cameras if camera.file is None}
        self._tended: float | None = None

    def take(self, signals: list[Signal]) -> None:
        """Decide on signals and store what becomes of them.

        Raises:
            StoreError: The store cannot be written; nothing is stored.
        """
        if not signals:
            return
        raised = self._store.alerts.take(self._site.name, signals, self._rules, self._site.zone)
        for alert in raised.new:
            _log.info(
                "alert", rule=alert.signal.rule.value, touchpoint=alert.signal.touchpoint, uid=alert.uid
            )
        for why, count in (raised.held or {}).items():
            _log.info("nobody is told", why=why.value, signals=count)

    def forget(self, subjects: list[str]) -> None:
        """Take back what was told of people who may not be read.

        Args:
            subjects: Ids that their interactions would have had.

        Raises:
            StoreError: The store cannot be written.
        """
        if subjects and self._rules:
            self._store.tasks.forget(subjects, _NOT_READ)

    def tend(self, books: Mapping[str, Watched]) -> None:
        """Look after cameras, and note which alerts nobody has acknowledged in time; once a second.

        Raises:
            StoreError: The store cannot be written.
        """
        if not self._rules or (self._tended is not None and monotonic() - self._tended < _TENDS_EVERY_S):
            return
        self._tended = monotonic()
        for camera, book in books.items():
            if (begins := self._live.get(camera)) is not None:
                self.take(book.look_after(begins.now_s()))
        self._store.alerts.escalate(self._site.name, self._rules)
