"""A camera read live: connected again whenever it is lost, never holding up and never held up."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, Self

import av

from mien.errors import VideoError
from mien.video.address import Address
from mien.video.anchor import Anchor
from mien.video.backoff import Backoff
from mien.video.live_clock import LiveClock, Pace
from mien.video.newest import Newest
from mien.video.pictures import Layout, layout_of, upright_bgr
from mien.video.stream import LiveSettings, RefusedError, Tally, connected
from mien.video.types import Frame, LiveStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Literal

    from av import VideoFrame

    from mien.video.stream import Connection

# What closing a connection may take beyond its time limits, seconds.
_FAREWELL_S: Final = 2.0


def open_camera(
    address: str, *, anchor: Anchor | None = None, settings: LiveSettings | None = None
) -> LiveCamera:
    """A camera by its address.

    Nothing is read before `start` or `frames`, so that a camera which is down is no error: it is `lost`, and
    found again when it is up.

    Args:
        address: See `Address.of`.
        anchor: Time line of its pictures; by default one that begins now.
        settings: How it is read.

    Raises:
        VideoError: The address is none of a camera.

    Example:
        ```
        with open_camera("rtsp://10.0.0.5/stream1") as camera:
            for frame in camera.frames(rate=10.0):
                print(camera.anchor.utc_of(frame.t_s), camera.status.phase)
        ```
    """
    return LiveCamera(Address.of(address), anchor=anchor, settings=settings)


class LiveCamera:
    """A camera behind RTSP, Motion JPEG over HTTP or a webcam; see `mien.video.protocol.LiveSource`.

    A thread of its own connects, decodes and puts sampled pictures into a queue of a few; it is never held up by
    a slow reader. A lost camera is connected again without end. All times are on the line of `anchor`: a gap in
    them is a gap in what was seen.

    Attributes:
        address: Where it is; its `repr` hides user name and password.
        anchor: Time line of its pictures.
        settings: How it is read.
    """

    def __init__(
        self, address: Address, *, anchor: Anchor | None = None, settings: LiveSettings | None = None
    ) -> None:
        self.address = address
        self.anchor = anchor or Anchor.now()
        self.settings = settings or LiveSettings()
        self._queue: Newest[Frame] = Newest(self.settings.waiting)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._failure: Exception | None = None
        self._pace = Pace(None)
        self._clock = LiveClock()
        self._tally = Tally()
        self._backoff = Backoff(self.settings.wait_s, self.settings.most_wait_s)
        self._layout: tuple[tuple[int, int], Layout] | None = None
        self._codec: str | None = None
        self._connections = 0
        self._resized = 0
        self._arrived_s = self._started_s = self.anchor.now_s()
        self._phase: tuple[Literal["idle", "connecting", "live", "lost", "closed"], float] = (
            "idle",
            self._started_s,
        )
        self._reason: str | None = None
        self._retry_s: float | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.address.shown!r}, {self._phase[0]})"

    def start(self, rate: float | None = 10.0) -> None:
        """Begin to read in the background.

        Args:
            rate: Most pictures per second that are handed over; `None` hands over every one.

        Raises:
            SettingError: `rate` is not positive.
            VideoError: It was started before: a source is read once.
        """
        self._pace = Pace(rate)
        if self._thread is not None or self._stop.is_set():
            raise VideoError(f"{self.address} is read already or was closed: open it anew.")
        self._arrived_s = self._started_s = self.anchor.now_s()
        self._thread = threading.Thread(target=self._run, name=f"read {self.address}", daemon=True)
        self._thread.start()

    def take(self, timeout_s: float | None = None) -> Frame | None:
        """The oldest picture that waits.

        Args:
            timeout_s: How long to wait for one, seconds; `None` waits until one comes, through any outage.

        Returns:
            `None` where none came in time or the source was closed.
        """
        frame = self._queue.take(timeout_s)
        if frame is None and self._failure is not None:
            raise self._failure
        return frame

    def frames(self, rate: float | None = 10.0) -> Iterator[Frame]:
        """Start, and give pictures until the source is closed, however long it is lost in between."""
        self.start(rate)
        return self._taken()

    def latency_s(self, frame: Frame) -> float:
        """How old a picture is now, seconds: what it waited, here and on its way beyond the least delay."""
        return self.anchor.now_s() - frame.t_s

    @property
    def decoded(self) -> int:
        """Pictures decoded so far."""
        return self._tally.decoded

    @property
    def last_t_s(self) -> float | None:
        """Time of the last of them, seconds; `None` before the first."""
        return self._clock.last_s

    @property
    def status(self) -> LiveStatus:
        """How it is doing now."""
        (phase, since_s), reason = self._phase, self._reason
        arrived_s = self._arrived_s
        stalled_s = arrived_s + self.settings.silence_s / 2
        stalled = phase == "live" and self.anchor.now_s() > stalled_s
        if stalled:
            reason = f"{self.address} has sent no picture for {self.settings.silence_s / 2:g} s."
        return LiveStatus(
            phase="stalled" if stalled else phase,
            since_s=stalled_s if stalled else since_s,
            reason=reason,
            lost_since_s=None if phase == "live" and not stalled else arrived_s,
            retry_s=self._retry_s if phase == "lost" else None,
            connections=self._connections,
            decoded=self._tally.decoded,
            dropped=self._queue.dropped,
            damaged=self._tally.damaged,
            clock_jumps=self._clock.jumps,
            size=self._layout[1].upright_size if self._layout is not None else None,
            codec=self._codec,
            late_s=self._clock.late_s,
            waiting=len(self._queue),
        )

    @property
    def warnings(self) -> list[str]:
        """What went wrong so far without ending the reading, one sentence each; one per kind, however often."""
        status = self.status
        told = []
        if status.connections > 1:
            told.append(f"The camera was lost and found again: {status.connections - 1} times.")
        if status.phase in {"stalled", "lost"} and status.reason is not None:
            told.append(status.reason)
        if status.dropped:
            told.append(
                f"Pictures were dropped, since reading them took longer than they came: {status.dropped}."
            )
        if status.damaged:
            told.append(f"Damaged pictures were passed over: {status.damaged}.")
        if status.clock_jumps:
            told.append(f"The camera's clock was set while it was read: {status.clock_jumps} times.")
        if self._resized:
            told.append(f"The picture size changed while it was read: {self._resized} times.")
        return told

    def stop(self) -> None:
        """Ask it to end, without waiting: `take` and `frames` end at once."""
        self._stop.set()
        self._queue.close()

    def close(self) -> None:
        """End it and wait until the connection is closed.

        That takes as long as the next picture does; of a camera that is silent, up to `silence_s`, and of one
        that does not answer, up to twice `open_s`. Of several sources `stop` all before the first is closed.
        """
        self.stop()
        if self._thread is not None:
            self._thread.join(max(2 * self.settings.open_s, self.settings.silence_s) + _FAREWELL_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _taken(self) -> Iterator[Frame]:
        while (frame := self.take()) is not None:
            yield frame

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._turn("connecting")
                refused = self._connect()
                if self._stop.is_set():
                    break
                wait_s = self._backoff.next_s(self.settings.refused_wait_s if refused else None)
                self._retry_s = self.anchor.now_s() + wait_s
                self._turn("lost")
                self._stop.wait(wait_s)
        except Exception as error:  # whatever it is, the reader is told, in its own thread
            self._failure = error
        finally:
            self._queue.close()
            self._turn("closed")

    def _connect(self) -> bool:
        """Read through one connection to its end; whether the camera refused it."""
        live_s: float | None = None
        refused = False
        self._clock.begin()
        try:
            with connected(self.address, self.settings) as connection:
                for picture, arrived_steady_s in connection.pictures(self._tally):
                    arrived_s = arrived_steady_s - self.anchor.steady_s
                    self._arrived_s = arrived_s
                    if live_s is None:
                        live_s = arrived_s
                        self._connections += 1
                        self._turn("live")
                    self._hand_over(picture, connection, arrived_s)
                    if self._stop.is_set():
                        break
        except VideoError as error:
            refused = isinstance(error, RefusedError)
            self._reason = str(error)
        if live_s is not None:
            self._backoff.lasted(self.anchor.now_s() - live_s)
        return refused

    def _hand_over(self, picture: VideoFrame, connection: Connection, arrived_s: float) -> None:
        stamp_s = None
        if connection.stamped and picture.pts is not None and picture.time_base is not None:
            stamp_s = float(picture.pts * picture.time_base)
        t_s = self._clock.time_of(stamp_s, arrived_s)
        stored = picture.width, picture.height
        if self._layout is None or self._layout[0] != stored:
            self._resized += self._layout is not None
            self._layout = stored, layout_of(picture, connection.stream)
            self._codec = connection.stream.codec_context.name
        if self._pace.takes(t_s):
            try:
                image = upright_bgr(picture, self._layout[1])
            except av.FFmpegError:  # damage may change the form of a picture into one that does not exist
                self._tally.damaged += 1
            else:
                self._queue.put(Frame(image, t_s, self._tally.decoded - 1))

    def _turn(self, phase: Literal["connecting", "live", "lost", "closed"]) -> None:
        self._phase = phase, self.anchor.now_s()
