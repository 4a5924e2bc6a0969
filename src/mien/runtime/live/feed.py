"""Pictures for a worker, from a camera or from a recording played as if it were one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Protocol

from mien.runtime.live.status import CameraStatus
from mien.video import Address, LiveCamera, LiveSettings, open_video

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mien.runtime.live.plan import CameraPlan
    from mien.video import VideoFile
    from mien.video.types import Frame

_TAKE_S: Final = 0.5
_MOST_BEHIND_S: Final = 1.0


class Feed(Protocol):
    """Gives pictures one after the other."""

    def next(self, resume_s: float | None) -> Iterator[Frame | None]:
        """Pictures in order of time, `None` where none came for a while; the end is that of the stream.

        Args:
            resume_s: Time of the last picture that was read before, seconds in the stream.
        """
        ...

    @property
    def status(self) -> CameraStatus:
        """How it is doing."""
        ...

    @property
    def decoded(self) -> int:
        """Pictures decoded so far, from the one on that follows the last that was read before."""
        ...

    @property
    def warnings(self) -> list[str]:
        """What went wrong so far, one sentence each."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


class CameraFeed:
    """A camera; it never ends by itself.

    Args:
        plan: Which.
    """

    def __init__(self, plan: CameraPlan) -> None:
        self._rate = plan.settings.rate
        settings = LiveSettings(transport=plan.transport)
        self.camera = LiveCamera(Address.of(plan.address), anchor=plan.begins, settings=settings)

    def next(self, resume_s: float | None) -> Iterator[Frame | None]:
        """See `Feed`."""
        self.camera.start(self._rate)
        while True:
            frame = self.camera.take(_TAKE_S)
            if frame is None or resume_s is None or frame.t_s > resume_s:
                yield frame

    @property
    def status(self) -> CameraStatus:
        """See `Feed`."""
        now = self.camera.status
        return CameraStatus(
            phase=now.phase,
            reason=None if now.phase == "live" else now.reason,
            t_s=self.camera.last_t_s,
            dropped=now.dropped,
        )

    @property
    def decoded(self) -> int:
        """See `Feed`."""
        return self.camera.decoded

    @property
    def warnings(self) -> list[str]:
        """See `Feed`."""
        return self.camera.warnings

    def close(self) -> None:
        """See `Feed`."""
        self.camera.close()


class RecordingFeed:
    """A recording, played at a speed.

    As if live, pictures that come too late are dropped and counted; replayed, they wait and none is dropped.

    Args:
        plan: Which, and how fast.
        held_up: Waits until the writer has caught up.

    Raises:
        VideoError: It cannot be read.
    """

    def __init__(self, plan: CameraPlan, held_up: Callable[[], bool]) -> None:
        self._video: VideoFile = open_video(plan.shown)
        self._plan, self._held_up = plan, held_up
        self._t_s: float | None = None
        self._dropped = 0
        self._known = 0
        self._done = False

    def next(self, resume_s: float | None) -> Iterator[Frame | None]:
        """See `Feed`."""
        began, first_s = time.monotonic(), resume_s or 0.0
        for frame in self._video.frames(rate=self._plan.settings.rate, start_s=first_s):
            if resume_s is not None and frame.t_s <= resume_s:
                self._known = frame.index + 1
                continue
            if self._plan.speed is not None:
                due = began + (frame.t_s - first_s) / self._plan.speed
                while (ahead_s := due - time.monotonic()) > 0:
                    time.sleep(min(ahead_s, _TAKE_S))
                    yield None
                if self._plan.pace == "live" and -ahead_s > _MOST_BEHIND_S:
                    self._dropped += 1
                    continue
            while self._plan.pace == "replay" and not self._held_up():
                yield None
            self._t_s = frame.t_s
            yield frame
        self._done = True

    @property
    def status(self) -> CameraStatus:
        """See `Feed`."""
        return CameraStatus(
            phase="done" if self._done else "reading",
            t_s=self._t_s,
            length_s=self._video.info.duration_s,
            dropped=self._dropped,
        )

    @property
    def decoded(self) -> int:
        """See `Feed`."""
        return self._video.decoded - self._known

    @property
    def warnings(self) -> list[str]:
        """See `Feed`."""
        dropped = [f"Pictures were dropped, since reading them took longer than they came: {self._dropped}."]
        return [*self._video.warnings, *(dropped if self._dropped else [])]

    def close(self) -> None:
        """See `Feed`."""
        self._video.close()
