"""A camera worker: it reads one camera, watches its health, and tells the writer what it sees, as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from mien.errors import MienError
from mien.runtime.account import told_spot
from mien.runtime.live.messages import End, FlowPeriod, Looked, Tick, Trouble
from mien.runtime.live.process import FAREWELL_S
from mien.runtime.live.seen import SeenFace
from mien.runtime.live.status import CameraFault, CameraStatus
from mien.segments import UNTOLD
from mien.video import CameraHealth
from mien.vision.blur import Blurring, as_jpeg

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.journey.flow import FlowQuarter
    from mien.runtime.live.counting import FlowCount
    from mien.runtime.live.feed import Feed
    from mien.runtime.live.link import Link
    from mien.runtime.live.messages import TroubleKind, Welcome
    from mien.runtime.live.plan import CameraPlan
    from mien.runtime.live.process import Reporter
    from mien.runtime.live.templates import FacesOut
    from mien.segments import Segment
    from mien.video.types import Frame
    from mien.vision.guests import GuestWatch
    from mien.vision.pipeline import FacePipeline, FrameResult
    from mien.vision.segments import TrackSegments

_STATE_EVERY_S: Final = 1.0
"""Stream seconds between two states from which another worker could go on."""
_TROUBLED: Final[tuple[TroubleKind, ...]] = ("lost", "stalled")
"""Phases of a live source that are troubles."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What looks at the pictures of a camera.

    Attributes:
        pipeline: Reads faces.
        faces: Where templates of tracks that ended go; `None` where none are made.
        flow: Counts people; `None` where they are not counted.
        segments: Guesses what customers are; `None` where nothing is guessed.
        guests: Looks at what guests are told by; `None` where nobody is to be told.
    """

    pipeline: FacePipeline
    faces: FacesOut | None = None
    flow: FlowCount | None = None
    segments: TrackSegments | None = None
    guests: GuestWatch | None = None


class Worker:
    """Reads one camera to its end, or until it is asked to stop.

    Args:
        plan: Which camera, and how.
        link: The line to the writer.
        feed: Where pictures come from.
        looks: What looks at them.
        reporter: The line to the supervisor.
        why: Why a worker before this one ended, one sentence; `None` for the first.
    """

    def __init__(
        self,
        plan: CameraPlan,
        link: Link,
        feed: Feed,
        looks: Looks,
        reporter: Reporter,
        *,
        why: str | None = None,
    ) -> None:
        self._pipeline, self._faces_out, self._flow = looks.pipeline, looks.faces, looks.flow
        self._segments, self._guests = looks.segments, looks.guests
        self._plan, self._link, self._feed = plan, link, feed
        self._reporter, self._why = reporter, why
        self._health = CameraHealth()
        self._number = 0
        self._decoded = 0
        self._last_s: float | None = None
        self._state_s: float | None = None
        self._resume_s: float | None = None
        self._tracks: frozenset[int] = frozenset()
        self._troubles: dict[TroubleKind, Trouble] = {}
        self._faces = self._readings = 0

    def run(self) -> None:
        """Read until the stream ends or a stop is asked for, and wait until everything is stored."""
        welcome = self._welcomed()
        if welcome is None or welcome.over:
            return
        resume_s = self._go_on(welcome)
        beyond, whole = 0, False
        for frame in self._feed.next(resume_s):
            if self._reporter.stopped:
                break
            if self._guests is not None:
                self._guests.expire()
            if frame is not None:
                self._read(frame)
                if self._reporter.still_asked:
                    self._show(frame)
            self._watch()
            self._say()
        else:
            beyond, whole = self._feed.decoded - self._decoded, True
        self._feed.close()
        left = [*self._pipeline.waiting, *self._pipeline.finish()]
        if self._faces_out is not None:
            self._faces_out.send(left)
        if self._flow is not None:
            self._tell_counted(self._flow.finish())
        self._number += 1
        self._link.put(
            End(
                number=self._number,
                end_s=self._last_s or resume_s or 0.0,
                whole=whole,
                frames=beyond,
                warnings=tuple(self._feed.warnings + self._lost()),
                ended=tuple(self._pipeline.waiting),
                apparent=self._apparent(left),
            )
        )
        # A writer that does not come back is not waited for without end: the next run ends the stream.
        until = monotonic() + FAREWELL_S
        while not self._link.flush(1.0) and monotonic() < until:
            self._say()
        self._say(now=True)

    def _show(self, frame: Frame) -> None:
        """Hand over a still in which nobody can be known; the picture itself never leaves this process."""
        try:
            self._reporter.show(as_jpeg(Blurring.usual().blurred(frame.image)))
        except MienError as error:
            self._reporter.show(str(error))

    def _welcomed(self) -> Welcome | None:
        """What the writer says of the stream; `None` where a stop was asked for before it did."""
        while (welcome := self._link.welcome(0.5)) is None and not self._reporter.stopped:
            self._say()
        return welcome

    def _go_on(self, welcome: Welcome) -> float | None:
        """Take up the stream where it was left; the time of the last picture that counts."""
        repeats = self._plan.file is not None and self._plan.pace == "replay"
        self._number = welcome.resume_number if repeats else welcome.number
        if welcome.pipeline is not None:
            self._pipeline.restore(welcome.pipeline)
        if welcome.flow is not None and self._flow is not None:
            self._flow.restore(welcome.flow)
        self._resume_s = welcome.resume_s
        return welcome.resume_s if self._plan.file is not None else None

    def _read(self, frame: Frame) -> None:
        height, width = frame.image.shape[:2]
        began_s = monotonic()
        result = self._pipeline.process(frame, closed=self._plan.closed_at(frame.t_s))
        counted = [] if self._flow is None else self._flow.take(frame, monotonic() - began_s)
        self._health_of(frame)
        if self._faces_out is not None:
            # Before it is told that they ended: the matcher relies on it.
            self._faces_out.send(result.ended)
        # Before the state that knows nothing of them any more.
        self._tell_counted(counted)
        # Before it is told that they ended, for the writer knows nobody then.
        self._tell_guests(frame.t_s, result.ended)
        state = self._state(frame.t_s, result, turned=bool(counted))
        self._number += 1
        account = self._pipeline.badge_account
        decoded = self._feed.decoded
        self._link.put(
            Tick(
                number=self._number,
                t_s=frame.t_s,
                size=(width, height),
                frames=decoded - self._decoded,
                faces=tuple(SeenFace.of(seen) for seen in result.observations),
                ended=tuple(result.ended),
                dropped={order.track_id: order.reason for order in result.dropped},
                excluded=result.excluded,
                pipeline=state,
                badges=None if account is None else account.model_dump(),
                still=tuple(self._pipeline.still_spots) if state is not None else None,
                flow=None if state is None or self._flow is None else self._flow.state(),
                net=None if self._flow is None else self._flow.net,
                apparent=self._apparent(result.ended),
            )
        )
        if self._why is not None:
            self._gap(frame.t_s)
        self._decoded, self._last_s = decoded, frame.t_s
        self._faces = len(result.observations)
        self._readings += sum(seen.left_out is None for seen in result.observations)

    def _apparent(self, ended: Iterable[int]) -> dict[int, Segment]:
        """What tracks that ended were taken for, as far as it can be told."""
        if self._segments is None:
            return {}
        found = {track: self._segments.take(track) for track in ended}
        return {track: segment for track, segment in found.items() if segment != UNTOLD}

    def _tell_guests(self, t_s: float, ended: list[int]) -> None:
        if self._guests is not None:
            for track, (first_s, guest) in self._guests.news(t_s, ended).items():
                self._link.whisper(Looked(track_id=track, first_s=first_s, guest=guest))

    def _tell_counted(self, periods: list[FlowQuarter]) -> None:
        for period in periods:
            self._number += 1
            self._link.put(FlowPeriod(number=self._number, period=period))

    def _gap(self, now_s: float) -> None:
        """Tell once for how long nobody read, where pictures do not come again."""
        if self._plan.pace == "live" and self._why is not None:
            self._number += 1
            since_s = now_s if self._resume_s is None else self._resume_s
            self._link.put(
                Trouble(
                    number=self._number,
                    what="worker ended",
                    since_s=since_s,
                    until_s=now_s,
                    reason=self._why,
                )
            )
        self._why = None

    def _state(self, t_s: float, result: FrameResult, *, turned: bool) -> dict[str, Any] | None:
        """What another worker would go on from: now and then, and always when tracks begin or end, or a period does.

        A number that was given to a track must never be given again to another one.
        """
        tracks = self._tracks | {seen.track_id for seen in result.observations}
        turned = turned or tracks != self._tracks or bool(result.ended or result.dropped)
        self._tracks = tracks - set(result.ended)
        if not turned and self._state_s is not None and t_s - self._state_s < _STATE_EVERY_S:
            return None
        self._state_s = t_s
        return self._pipeline.state()

    def _health_of(self, frame: Frame) -> None:
        report = self._health.look(frame.image, frame.t_s) if self._plan.file is None else None
        if report is None:
            return
        found = {finding.fault: finding for finding in report.findings}
        for fault in ("black", "covered", "frozen", "out of focus", "moved"):
            finding = found.get(fault)
            self._trouble(
                fault,
                None if finding is None else finding.since_s,
                "" if finding is None else finding.reason,
                frame.t_s,
            )

    def _watch(self) -> None:
        """Whether the source itself is in trouble."""
        status = self._feed.status
        at_s = self._plan.begins.now_s() if self._plan.file is None else (self._last_s or 0.0)
        for phase in _TROUBLED:
            since_s = (self._last_s or 0.0) if status.phase == phase else None
            self._trouble(phase, since_s, status.reason or "", at_s)
        if self._plan.file is None:
            set_s = self._plan.begins.set_by_s()
            told = f"The machine's clock was set by {set_s:+.1f} s: times are told by the clock at the start."
            self._trouble("machine's clock set", at_s if abs(set_s) > 1.0 else None, told, at_s)

    def _trouble(self, what: TroubleKind, since_s: float | None, reason: str, now_s: float) -> None:
        """Tell of a trouble once when it begins and once when it is over."""
        known = self._troubles.get(what)
        if (known is None) == (since_s is None):
            return
        self._number += 1
        if since_s is not None:
            told = Trouble(number=self._number, what=what, since_s=since_s, until_s=None, reason=reason)
            self._troubles[what] = told
        else:
            assert known is not None
            told = known.model_copy(update={"number": self._number, "until_s": now_s})
            del self._troubles[what]
        self._link.put(told)

    def _lost(self) -> list[str]:
        told = []
        if lost := self._link.lost:
            told.append(f"The writer was away for too long: {lost} pictures are not counted.")
        if self._flow is not None:
            told += self._flow.warnings
        if self._faces_out is not None and (lost := self._faces_out.lost):
            told.append(f"The matcher was away: {lost} interactions could be joined to no visit.")
        return told

    def _say(self, *, now: bool = False) -> None:
        if not (now or self._reporter.due):
            return
        status: CameraStatus = self._feed.status
        spots = [
            CameraFault(what="still place", reason=told_spot(spot))
            for spot in self._pipeline.still_spots
            if spot.until_s is None
        ]
        self._reporter.say(
            status.model_copy(
                update={
                    "faces": self._faces,
                    "readings": self._readings,
                    "unsent": self._link.unstored,
                    "findings": (
                        *(CameraFault(what=t.what, reason=t.reason) for t in self._troubles.values()),
                        *spots,
                    ),
                }
            ),
            now=now,
        )
