"""What the writer keeps of one stream: open interactions, what is known of its camera, and how far it is stored."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from mien.errors import InputError
from mien.journey.builder import InteractionBuilder
from mien.journey.flow import FlowSettings, left_open
from mien.journey.now import NowBook
from mien.runtime.account import Account
from mien.runtime.live.alerting import Looking
from mien.runtime.live.messages import End, FlowPeriod, Tick, Trouble, Welcome
from mien.runtime.live.placing import Places
from mien.runtime.live.plan import context_of
from mien.runtime.live.segmenting import Apparent
from mien.store import RecordingKey, Source
from mien.store.live import Now
from mien.vision.types import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from mien.action import Signal
    from mien.journey.flow import FlowQuarter
    from mien.journey.types import Interaction
    from mien.runtime.live.messages import Hello
    from mien.segments import Segment
    from mien.site import Site
    from mien.site.roster import LoadedRoster
    from mien.store import RecordingRun, Store

COMMIT_EVERY_S: Final = 5.0
"""Seconds between two checkpoints where nothing ended."""
_RENEWED_EVERY_S: Final = 30.0  # what is silent for longer may be taken over by another process
_MOST_TROUBLES: Final = 1000


@dataclass(slots=True)
class _State:
    """What is kept besides the open interactions; JSON can hold it."""

    number: int = 0
    resume_number: int = 0
    resume_s: float | None = None
    pipeline: dict[str, Any] | None = None
    flow: dict[str, Any] | None = None
    troubles: list[dict[str, Any]] = field(default_factory=list)
    badges: dict[str, float] | None = None


class Book:
    """One stream of one camera, from its first word to its end.

    Args:
        site: The site.
        roster: Who works when.
        store: Where interactions are kept.
        hello: What the stream is.

    Attributes:
        hello: What the stream is.
        ended: Whether its last word was heard.
        whole: Whether the stream was read to its end.
        over: Whether everything is stored and the stream closed.
        stored: Number of the last word that is stored.
        apparent: What its customers were taken for, in memory only.
        interactions: Interactions of the stream that were stored in this run, by whatever writer.

    Raises:
        BusyError: Another living process writes the stream.
        StoreError: The store cannot be used.
    """

    def __init__(self, site: Site, roster: LoadedRoster, store: Store, hello: Hello) -> None:
        self.hello = hello
        self.ended = False
        self.whole = False
        self.over = False
        self.stored = 0
        self.interactions = 0
        self.apparent = Apparent()
        context = context_of(site, hello.touchpoint)
        self._builder = InteractionBuilder(hello.stream, context, reader=hello.reader)
        # A camera may have gone from the site file since its stream was left unfinished.
        camera = site.cameras.get(hello.camera)
        self._account = Account(rate=camera.rate if camera is not None else 0.0, context=context)
        self._state = _State()
        self._finished: list[Interaction] = []
        self._counted: list[FlowQuarter] = []
        self._places = Places(site, roster, hello)
        self._looking = Looking(site, hello)
        self._now = NowBook(watched=self._looking.on)
        self._signals: list[Signal] = []
        self._disowned: list[str] = []
        self._run = _begin(store, site, hello)
        self._committed = monotonic()
        self._changed = False
        self._restore()

    @property
    def due(self) -> bool:
        """Whether something should be stored now."""
        waited_s = monotonic() - self._committed
        news = self.ended or bool(self._finished) or (self._changed and waited_s > COMMIT_EVERY_S)
        return not self.over and (news or waited_s > _RENEWED_EVERY_S)

    @property
    def came_to(self) -> datetime:
        """The time of the last picture that it was told of, UTC."""
        return self.hello.recorded_at + timedelta(
            seconds=self._account.length_s or self._state.resume_s or 0.0
        )

    def seen_now(self) -> Now:
        """What is seen, for who looks at the moment."""
        t_s = self._account.length_s or 0.0
        return Now(touchpoint=self.hello.touchpoint, people=self._now.people(t_s))

    def signals(self) -> list[Signal]:
        """What rules have found since this was asked last: to be taken before anything is stored that knows of it."""
        found, self._signals = self._signals, []
        return found

    def disowned(self) -> list[str]:
        """Ids of those who turned out to be people who may not be read, since this was asked last."""
        found, self._disowned = self._disowned, []
        return found

    def look_after(self, now_s: float) -> list[Signal]:
        """What is to be signalled of the camera itself.

        Args:
            now_s: The present moment, seconds in the stream.
        """
        if self.ended:
            return []
        return self._looking.look_after(self._state.troubles, self._account.length_s, now_s)

    def name_of(self, track_id: int) -> str | None:
        """The id that the interaction of an open track will have; `None` where no such track is open."""
        return self._builder.name_of(track_id)

    def welcome(self) -> Welcome:
        """Store what is known, so that none of it hangs on the worker that brought it, and say where to go on."""
        if not self.over:
            self.commit()
        state = self._state
        return Welcome(
            number=state.number,
            resume_number=state.resume_number,
            resume_s=state.resume_s,
            pipeline=state.pipeline,
            flow=state.flow,
        )

    def take(self, word: Tick | FlowPeriod | Trouble | End) -> None:
        """Take a word; one that is known is passed over."""
        if self.ended or word.number <= self._state.number:
            return
        self._state.number = word.number
        self._changed = True
        match word:
            case Tick():
                self._tick(word)
            case FlowPeriod():
                self._counted.append(word.period)
            case Trouble():
                self._trouble(word)
            case End():
                self._end(word)

    def commit(self) -> list[Interaction]:
        """Store what was finished together with the point to go on from; what was finished."""
        finished, self._finished = self._finished, []
        counted, self._counted = self._counted, []
        state = self._state
        checkpoint = {
            "builder": self._builder.state(),
            "number": state.number,
            "resume_number": state.resume_number,
            "resume_s": state.resume_s,
            "pipeline": state.pipeline,
            "flow": state.flow,
            "places": self._places.state(),
            "rules": self._looking.state(),
            "interactions": self.interactions + len(finished),
        }
        position_s = self._account.length_s or state.resume_s or 0.0
        try:
            self._run.commit(finished, checkpoint, position_s, self._counters(), counted=counted)
        except BaseException:
            self._finished, self._counted = finished, counted
            raise
        self.stored, self._committed, self._changed = state.number, monotonic(), False
        self.interactions += len(finished)
        self.apparent.stored(finished)
        if self.ended:
            self._run.finish(self._counters())
            self.over = True
        return finished

    def close(self) -> None:
        """Let another writer go on with the stream."""
        self._run.release()

    def end_here(self, why: str) -> None:
        """End a stream whose worker will not come back: who was in view is stored as interrupted."""
        last_s = self._state.resume_s or 0.0
        if self._state.flow is not None:
            # What another version counted cannot be read, and nobody goes on with it.
            with suppress(InputError):
                self._counted += left_open(self._state.flow["book"], FlowSettings(), self.hello.recorded_at)
        self.take(End(number=self._state.number + 1, end_s=last_s, warnings=(why,)))

    def _tick(self, tick: Tick) -> None:
        seen = [face.observation() for face in tick.faces]
        self._account.frames += tick.frames
        self._account.add(seen, tick.excluded)
        self._account.length_s = tick.t_s
        for track, reason in tick.dropped.items():
            if (name := self._builder.name_of(track)) is not None:
                self._disowned.append(name)
            self._account.drop(reason, self._builder.discard(track))
            self._places.forget(track)
        self._now.take(seen, (*tick.ended, *tick.dropped))
        self._left(self._builder.take(seen, tick.ended), tick.ended, tick.apparent)
        for face in tick.faces:
            if face.left_out not in NOBODY:
                self._places.take(face, tick.size)
        self._signals += self._looking.look(tick, self._now, self._builder, self._places)
        if tick.pipeline is not None:
            self._state.pipeline, self._state.flow = tick.pipeline, tick.flow
            self._state.resume_number, self._state.resume_s = tick.number, tick.t_s
        if tick.still is not None:
            self._account.still = [spot.model_dump() for spot in tick.still]
        if tick.badges is not None:
            self._state.badges = tick.badges

    def _trouble(self, trouble: Trouble) -> None:
        known = self._state.troubles
        told = trouble.model_dump(exclude={"kind", "number"})
        for old in known:
            if (old["what"], old["since_s"]) == (trouble.what, trouble.since_s):
                old.update(told)
                return
        known.append(told)
        del known[:-_MOST_TROUBLES]

    def _end(self, end: End) -> None:
        self.ended, self.whole = True, end.whole
        self._account.length_s = end.end_s
        self._account.frames += end.frames
        self._account.warnings = list(end.warnings)
        self._left(self._builder.take([], end.ended), end.ended, end.apparent)
        open_tracks = self._builder.open_tracks
        self._left(self._builder.finish(interrupted=True), open_tracks, end.apparent)
        for trouble in self._state.troubles:
            trouble["until_s"] = end.end_s if trouble["until_s"] is None else trouble["until_s"]

    def _left(
        self, found: Iterable[Interaction], tracks: Iterable[int], apparent: Mapping[int, Segment]
    ) -> None:
        """Keep the interactions of tracks that ended, each with its place."""
        placed = [self._places.placed(one) for one in found]
        for track in tracks:
            self._places.forget(track)
        self._finished += placed
        self.apparent.ended(placed, apparent)

    def _counters(self) -> dict[str, Any]:
        more = {"run": self.hello.run, "troubles": self._state.troubles, "badges": self._state.badges}
        return {**self._account.as_counters(), **more}

    def _restore(self) -> None:
        if self._run.checkpoint is None:
            return
        saved: Mapping[str, Any] = self._run.checkpoint
        self._builder.restore(saved["builder"])
        self._account = Account.of(self._run.counters)
        self._state = _State(
            number=saved["number"],
            resume_number=saved["resume_number"],
            resume_s=saved["resume_s"],
            pipeline=saved["pipeline"],
            flow=saved.get("flow"),  # what an older Mien left has none
            troubles=list(self._run.counters.get("troubles", [])),
            badges=self._run.counters.get("badges"),
        )
        self.stored = self._state.number
        self._places.restore(saved["places"])
        if self._looking.on:
            self._now.restore(self._builder.followed())
            self._looking.restore(saved.get("rules", {}))  # what an older Mien left has none
        if self._run.counters.get("run") == self.hello.run:
            self.interactions = saved["interactions"]


def _begin(store: Store, site: Site, hello: Hello) -> RecordingRun:
    key = RecordingKey(hello.stream, site.name, hello.touchpoint)
    source = Source(hello.source, hello.recorded_at, None, hello.camera)
    return store.recordings.begin(key, hello.digest, reader=hello.reader, source=source)
