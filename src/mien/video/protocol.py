"""The small protocol behind every source of frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from mien.video.types import Frame, VideoInfo


class VideoSource(Protocol):
    """Gives upright pictures with true presentation times. A context manager: leaving it closes what is open.

    Attributes:
        info: What is known before anything is decoded.
        decoded: Pictures decoded by the iteration begun last, sampled or not.
        last_t_s: Time of the last of them, seconds; `None` before the first.
    """

    info: VideoInfo
    decoded: int
    last_t_s: float | None

    @property
    def end_s(self) -> float:
        """When the last of them stops being shown, seconds; 0 before the first."""
        ...

    @property
    def warnings(self) -> list[str]:
        """What went wrong without ending the run, one sentence each."""
        ...

    def frames(self, rate: float | None = 10.0, start_s: float = 0.0) -> Iterator[Frame]:
        """Pictures from `start_s` on, the first at or after each point of a grid of `rate` per second."""
        ...

    def close(self) -> None:
        """End the iteration and let go of what is open."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
