"""The moment of the demo: simulated people come and go before simulated cameras, and are stored nowhere.

What they show is simulated; what is told of it is told by the rules that a real camera is told by
(`mien.journey.now.NowBook`, `mien.action.Watches`), so that pages and tablets can be tried before there is a camera.
Alerts are kept as those of a camera are.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import numpy as np

from mien.action.watches import Watches
from mien.action.watching import Customer, Moment
from mien.errors import StoreError
from mien.journey.now import IN_VIEW_S, NowBook
from mien.runtime.beside import beside
from mien.runtime.demo.alerts import RULES
from mien.runtime.demo.bank import Bank
from mien.runtime.demo.story import PLACES, TIME_ZONE
from mien.runtime.live.telling import NowTeller
from mien.store.live import Health, Now
from mien.vision.types import Visibility

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from threading import Event

    from mien.action import Signal
    from mien.runtime.demo.story import DemoSite, Place, Story
    from mien.store import Store
    from mien.vision.gate import Role
    from mien.vision.types import Observation

_LOOK_S: Final = 0.2
_AGAIN_S: Final = 5.0
_GAP_S: Final = 18.0
"""Seconds from one who comes to a camera to the next, on average."""
_COVERED: Final = 0.2
"""Share of people whose lower face is covered."""
_SOUR: Final[dict[Role, float]] = {"checkout": 0.08, "entrance": 0.03}
"""Share of those before a camera, by its role, who become what the rules tell of: an alert every minute or two."""
_TURNS_S: Final = 8.0
_SAD: Final = np.array([0.0, 0.0, 0.0, 0.7, 0.15, 0.1, 0.0, 0.05])
_HEALTH_EVERY_S: Final = 2.0
_PER_ROLE: Final = 12
_LOST: Final = "The simulated camera at the exit does not answer, as cameras sometimes do."


@dataclass(slots=True)
class _Camera:
    """A simulated camera and who is before it; told like a book of a run."""

    place: Place
    name: str
    book: NowBook = field(default_factory=lambda: NowBook(watched=True))
    watches: Watches = field(init=False)
    coming: deque[Observation] = field(default_factory=deque)
    next_s: float = 0.0
    gone: dict[int, float] = field(default_factory=dict)
    tracks: int = 0
    t_s: float = 0.0
    over: bool = False

    def __post_init__(self) -> None:
        self.watches = Watches(RULES, self.place.name, self.place.role)

    def seen_now(self) -> Now:
        return Now(touchpoint=self.place.name, people=self.book.people(self.t_s))


class LiveShops:
    """The simulated stores as they are now.

    Args:
        store: The open store.
        story: What is simulated.
        seed: Of the chance by which people come.
    """

    def __init__(self, store: Store, story: Story, *, seed: int | None = None) -> None:
        self._store, self._bank = store, Bank(_PER_ROLE)
        self._rng = np.random.default_rng(seed)
        self._run = f"simulated:{uuid4()}"
        self._shops = {site: self._cameras(site) for site in story.sites}
        self._tellers = {site: NowTeller(site.name, store) for site in story.sites}
        self._begins: datetime | None = None
        self._told_s = -_HEALTH_EVERY_S

    def step(self, t_s: float) -> None:
        """Let time pass, and tell what is seen.

        Args:
            t_s: Now, seconds from some beginning; never before the last one given.
        """
        if self._begins is None:
            self._begins = datetime.now(UTC) - timedelta(seconds=t_s)
        tell_health = t_s - self._told_s >= _HEALTH_EVERY_S
        for site, cameras in self._shops.items():
            found = [
                signal for camera in cameras.values() for signal in self._pass(camera, t_s, self._begins)
            ]
            if found:
                self._store.alerts.take(site.name, found, dict(RULES.on()), ZoneInfo(TIME_ZONE))
            self._tellers[site].tell(cameras)
            if tell_health:
                self._store.live.say(site.name, _health_of(cameras))
        if tell_health:
            self._told_s = t_s

    def close(self) -> None:
        """Take back what was said: nobody is before these cameras any more."""
        for site, teller in self._tellers.items():
            teller.silence()
            self._store.live.fall_silent(site.name, "health")

    def _cameras(self, site: DemoSite) -> dict[str, _Camera]:
        there = [place for place in PLACES if not (site.blind and place.role == "exit")]
        return {
            place.camera: _Camera(
                place,
                f"{self._run} {site.name} {place.camera}",
                next_s=float(self._rng.uniform(0.0, _GAP_S / 2)),
            )
            for place in there
        }

    def _pass(self, camera: _Camera, t_s: float, begins: datetime) -> list[Signal]:
        """Let time pass before a camera; what the rules find there."""
        camera.t_s = t_s
        while camera.next_s <= t_s:
            self._arrive(camera)
            camera.next_s += float(self._rng.exponential(_GAP_S))
        due = []
        while camera.coming and camera.coming[0].t_s <= t_s:
            due.append(camera.coming.popleft())
        gone = [track for track, last_s in camera.gone.items() if t_s - last_s > IN_VIEW_S]
        camera.book.take(due, gone)
        for track in gone:
            del camera.gone[track]
        people = tuple(Customer(f"{camera.name} {seen.track_id}", seen) for seen in camera.book.watched(t_s))
        return camera.watches.look(Moment(t_s, begins, camera.place.name, people), gone)

    def _arrive(self, camera: _Camera) -> None:
        camera.tracks += 1
        role = camera.place.role
        ends = (float(self._rng.normal(0.05, 0.2)), float(self._rng.normal(0.1, 0.3)))
        if self._rng.random() < _SOUR.get(role, 0.0):
            # Longer than most, so that the rules can be sure of it while they are there.
            seen = self._bank.observations(self._bank.draw(self._rng, "call", (0.0, 0.0)))
            since_s, deep = (
                (0.0, 1.0) if role == "entrance" else (_TURNS_S, float(self._rng.uniform(0.7, 0.95)))
            )
            seen = [_soured(one, since_s, deep) for one in seen]
        else:
            seen = self._bank.observations(self._bank.draw(self._rng, role, ends))
            if self._rng.random() < _COVERED:
                seen = [_covered(one) for one in seen]
        camera.gone[camera.tracks] = camera.next_s + seen[-1].t_s
        seen = [replace(one, track_id=camera.tracks, t_s=camera.next_s + one.t_s) for one in seen]
        camera.coming = deque(sorted((*camera.coming, *seen), key=lambda one: one.t_s))


def passing(store: Store, story: Story, say: Callable[[str], None]) -> AbstractContextManager[None]:
    """Let simulated people come and go, in a thread, while the block lasts.

    Args:
        store: The open store.
        story: What is simulated.
        say: Takes a sentence about what the store said no to; people come again after a while.
    """

    def walk(over: Event) -> None:
        shops, began = LiveShops(store, story), monotonic()
        wait_s = _LOOK_S
        while not over.wait(wait_s):
            try:
                shops.step(monotonic() - began)
                wait_s = _LOOK_S
            except StoreError as error:
                wait_s = _AGAIN_S
                say(f"Simulated people are not shown for a moment: {error}")
        with suppress(StoreError):
            shops.close()

    return beside("passing", walk)


def _soured(one: Observation, since_s: float, deep: float) -> Observation:
    """The same of a face that is unpleasant from some time on; `deep` is 1 where it shows nothing else."""
    if one.reading is None or one.t_s < since_s:
        return one
    shares = (1.0 - deep) * one.reading.probabilities + deep * _SAD
    return replace(one, reading=replace(one.reading, probabilities=shares))


def _covered(one: Observation) -> Observation:
    """The same read from the eyes alone."""
    if one.reading is None:
        return one
    reading = replace(one.reading, visibility=Visibility.EYES)
    return replace(one, visibility=Visibility.EYES, reading=reading, shown=one.reading.probabilities)


def _health_of(cameras: dict[str, _Camera]) -> dict[str, Health]:
    found = {name: Health(touchpoint=one.place.name, phase="live") for name, one in cameras.items()}
    for place in PLACES:
        if place.camera not in found:
            found[place.camera] = Health(touchpoint=place.name, phase="lost", trouble=_LOST, what="lost")
    return found
