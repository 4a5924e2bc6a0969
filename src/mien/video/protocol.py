"""The small protocols behind every source of frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from mien.video.anchor import Anchor
    from mien.video.types import Frame, LiveStatus, VideoInfo


class FrameSource(Protocol):
    """What all sources do. A context manager: leaving it closes what is open.

    Attributes:
        decoded: Pictures decoded by the iteration begun last, sampled or not.
        last_t_s: Time of the last of them, seconds; `None` before the first.
    """

    @property
    def decoded(self) -> int:
        """Pictures decoded by the iteration begun last, sampled or not."""
        ...

    @property
    def last_t_s(self) -> float | None:
        """Time of the last of them, seconds; `None` before the first."""
        ...

    @property
    def warnings(self) -> list[str]:
        """What went wrong without ending the run, one sentence each."""
        ...

    def frames(self, rate: float | None = 10.0) -> Iterator[Frame]:
        """Upright pictures at strictly increasing times, at most `rate` a second; `None` gives every one."""
        ...

    def close(self) -> None:
        """End the iteration and let go of what is open."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class VideoSource(FrameSource, Protocol):
    """A recording: its pictures wait, come at true presentation times, and end.

    Attributes:
        info: What is known before anything is decoded.
    """

    info: VideoInfo

    @property
    def end_s(self) -> float:
        """When the last picture decoded stops being shown, seconds; 0 before the first."""
        ...

    def frames(self, rate: float | None = 10.0, start_s: float = 0.0) -> Iterator[Frame]:
        """Pictures from `start_s` on, the first at or after each point of a grid of `rate` per second."""
        ...


class LiveSource(FrameSource, Protocol):
    """A camera: its pictures do not wait, and it neither ends nor has a length.

    A source that is lost goes on trying; `frames` ends only where it is closed. Times are seconds since the
    anchor, by the stamps of the camera within a connection and by the machine's steady clock between two, so
    that an outage is a gap in them. Nothing that is set, on the wall of the camera or of the machine, moves them.

    Attributes:
        anchor: Ties its times to UTC.
    """

    anchor: Anchor

    @property
    def status(self) -> LiveStatus:
        """How it is doing now."""
        ...

    def start(self, rate: float | None = 10.0) -> None:
        """Begin to read in the background, at most `rate` pictures a second; `frames` does that by itself."""
        ...

    def take(self, timeout_s: float | None = None) -> Frame | None:
        """The oldest picture of the few that wait; `None` where none came in time or the source was closed."""
        ...

    def latency_s(self, frame: Frame) -> float:
        """How old a picture is now, seconds."""
        ...

    def stop(self) -> None:
        """Ask it to end, without waiting for it as `close` does."""
        ...
