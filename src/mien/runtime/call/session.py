"""A call from the confirmation that the other side was told to its summary."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from mien.errors import InputError, NoticeError
from mien.journey.builder import InteractionBuilder
from mien.journey.types import Context
from mien.runtime.call.limits import CallLimits
from mien.runtime.call.live import CallFace
from mien.runtime.call.stretch import Stretch
from mien.runtime.call.types import CallState, CallSummary, Phase, Stop, StopReason
from mien.runtime.readers import version_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from mien.expressions import ScaleName
    from mien.journey.types import Interaction
    from mien.runtime.call.models import CallModels
    from mien.vision.types import Observation

_MOST_STOPS: Final = 1000
"""A call that stops more often is not helped by knowing when."""


class CallSession:
    """One call. It is used by one thread.

    Readings wait for a second before they count: what waits when reading stops is dropped, since it may already be
    somebody else's. Nothing is read before `told`, and nothing but what was marked.

    Args:
        models: What looks at the pictures.
        context: Where the call belongs; nowhere where left out.
        limits: What it may ask of the machine.
        scale: Valence scale of every number.
        recording: Whether a recording is read, whose time of day nobody knows.
        clock: The time of day, UTC.

    Attributes:
        id: The call's own, hexadecimal.
        context: Where it belongs.
    """

    def __init__(
        self,
        models: CallModels,
        context: Context | None = None,
        *,
        limits: CallLimits | None = None,
        scale: ScaleName = "balance",
        recording: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.id = uuid4().hex
        self.context = context or Context()
        self._models, self._limits, self._scale = models, limits or CallLimits(), scale
        self._recording, self._clock = recording, clock
        self._reader = version_of(models.reader)
        self._builder = InteractionBuilder(f"call:{self.id}", self.context, reader=self._reader, scale=scale)
        self._phase = Phase.UNTOLD
        self._stretch: Stretch | None = None
        self._face = CallFace(scale)
        self._person = 1
        self._held: deque[tuple[float, Observation | None]] = deque()
        self._done: list[Interaction] = []
        self._stops: list[Stop] = []
        self._stopped: StopReason | None = None
        self._left_out: Counter[str] = Counter()
        self._readings = self._pictures = self._dropped = 0
        self._first_ms: float | None = None
        self._begun_at: datetime | None = None
        self._t_s = 0.0
        self._counted_s: float | None = None

    @property
    def phase(self) -> Phase:
        """Where the call is."""
        return self._phase

    def told(self) -> None:
        """The other side was told: from here on a tile may be marked."""
        if self._phase is Phase.UNTOLD:
            self._phase = Phase.UNMARKED

    def mark(self, *, same_person: bool = True) -> None:
        """A tile is marked: what comes from here on is read.

        Args:
            same_person: Whether it shows who was marked before: their interaction goes on. Somebody else's begins.

        Raises:
            NoticeError: The other side was not told.
            InputError: The call has ended.
        """
        if self._phase is Phase.UNTOLD:
            raise NoticeError(
                "Nothing is read before the other side was told; tell them, confirm it, and mark their tile then."
            )
        if self._phase is Phase.ENDED:
            raise InputError("The call has ended; begin another one.")
        self._drop_held()
        if not same_person:
            self._leave()
        self._stretch = Stretch(self._models, self._limits)
        self._stopped, self._phase = None, Phase.READING

    def take(self, ms: float, image: NDArray[np.uint8]) -> CallState:
        """Read the next picture of the marked tile; while nothing is marked, it is passed over.

        Args:
            ms: When it was shown, milliseconds on the browser's clock.
            image: (H, W, 3) uint8 BGR.

        Raises:
            NoticeError: The other side was not told.
            InputError: Its time is not later than that of the picture before, or the call has lasted too long.
        """
        if self._phase is Phase.UNTOLD:
            raise NoticeError("A picture came before the other side was told; it is not read.")
        if self._phase is not Phase.READING or self._stretch is None:
            return self.state()
        self._arrive(ms)
        looked = self._stretch.look(image, self._t_s)
        self._pictures += 1
        if looked.stop is not None:
            self.stop(looked.stop)
            return self.state()
        self._held.append((self._t_s, looked.seen))
        self._count(self._t_s - self._limits.held_s)
        return self.state()

    def stop(self, reason: StopReason) -> None:
        """Something changed: reading stops until a tile is marked, and what waits is dropped."""
        if self._phase not in {Phase.READING, Phase.PAUSED}:
            return
        dropped = self._drop_held()
        if len(self._stops) < _MOST_STOPS:
            self._stops.append(Stop(self._t_s, reason, dropped))
        if reason is StopReason.STILL:
            self._builder.discard(self._person)
            self._face = CallFace(self._scale)
        self._stretch, self._stopped, self._phase = None, reason, Phase.STOPPED

    def pause(self) -> None:
        """The user pauses: reading goes on with the next mark."""
        if self._phase is Phase.READING:
            self._drop_held()
            self._stretch, self._phase = None, Phase.PAUSED

    def missed(self, pictures: int = 1) -> None:
        """Note pictures that were not read, since they came too fast or the machine was busy."""
        self._dropped += pictures

    def end(self) -> CallSummary:
        """End the call; what still waits counts where reading was never stopped."""
        if self._phase is Phase.READING:
            self._count(float("inf"))
        self._drop_held()
        if self._phase is not Phase.ENDED:
            self._leave()
        self._stretch, self._phase = None, Phase.ENDED
        return CallSummary(
            id=self.id,
            interactions=tuple(self._done),
            begun_at=self._begun_at,
            length_s=self._t_s,
            pictures=self._pictures,
            dropped=self._dropped,
            left_out=dict(self._left_out.most_common()),
            stops=tuple(self._stops),
            scale=self._scale,
            reader=self._reader,
        )

    def state(self) -> CallState:
        """What can be told now."""
        counts = CallState(
            phase=self._phase,
            t_s=self._t_s,
            stopped=self._stopped,
            readings=self._readings,
            left_out=self._left_out.total(),
            dropped=self._dropped,
        )
        if self._phase is not Phase.READING or self._counted_s is None:
            return counts
        return replace(counts, **asdict(self._face.told(self._counted_s)))

    def _arrive(self, ms: float) -> None:
        if self._first_ms is None:
            self._first_ms = ms
            self._begun_at = None if self._recording else self._clock()
        t_s = (ms - self._first_ms) / 1000.0
        if self._pictures and t_s <= self._t_s:
            raise InputError(
                "A picture of %(now)s s came after one of %(before)s s; times must grow, so it is left out.",
                now=f"{t_s:.3f}",
                before=f"{self._t_s:.3f}",
            )
        if t_s > self._limits.longest_s:
            raise InputError(
                "A call is read for at most %(hours)s hours; end it and begin another one.",
                hours=f"{self._limits.longest_s / 3600:.0f}",
            )
        self._t_s = t_s

    def _count(self, until_s: float) -> None:
        """Count what has waited long enough."""
        while self._held and self._held[0][0] <= until_s:
            t_s, seen = self._held.popleft()
            self._counted_s = t_s
            self._face.take(t_s, seen)
            if seen is None:
                continue
            self._builder.add(replace(seen, track_id=self._person))
            if seen.left_out is not None:
                self._left_out[seen.left_out.value] += 1
            else:
                self._readings += 1

    def _drop_held(self) -> int:
        dropped = len(self._held)
        self._held.clear()
        return dropped

    def _leave(self) -> None:
        """The person who was read leaves."""
        if self._person in self._builder.open_tracks:
            found = self._builder.end(self._person, interrupted=True)
            self._done += [found] if found is not None else []
        self._person += 1
        self._face, self._counted_s = CallFace(self._scale), None
