"""Frames with true presentation times from any file FFmpeg reads."""

from __future__ import annotations

import hashlib
import math
import re
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from mien.errors import SettingError, VideoError
from mien.video.clock import Clock, Grid
from mien.video.container import Damage, first_picture, has_presentation_times, is_indexed, opened, pictures
from mien.video.pictures import layout_of, upright_bgr
from mien.video.types import Frame, VideoInfo

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from os import PathLike
    from types import TracebackType

    from av import VideoFrame, VideoStream
    from av.container import InputContainer

# A key picture is filed by the time it is decoded, up to a few pictures before it is shown: where the first
# one found lies after the wanted time, look this much further back, and from the very start in the end.
_SEEK_MARGINS_S: Final = (0.0, 2.0, 15.0)
# Containers round their lengths, and sound may outlast the pictures a little: a cut is what lacks more than
# this.
_CUT_S: Final = 0.5
_CUT_WITH_SOUND_S: Final = 2.0
_USUAL_STEP_S: Final = 0.04
# Matroska keeps the length of a single stream in a tag only.
_TAGGED_DURATION: Final = re.compile(r"(\d+):(\d+):(\d+\.\d+)$")


def open_video(path: str | PathLike[str], *, threads: int = 2) -> VideoFile:
    """Open a recording.

    Args:
        path: Any container and codec FFmpeg reads; also a GIF or a single picture.
        threads: Threads of the decoder. Two decode ahead while another stage computes; each costs a few
            pictures of memory.

    Returns:
        The video, to be used as a context manager.

    Raises:
        VideoError: It cannot be read; the message says why in one sentence.
        SettingError: `threads` is below 1.

    Example:
        ```
        with open_video("visit.mp4") as video:
            for frame in video.frames(rate=10.0):
                print(frame.t_s, frame.image.shape)
        ```
    """
    return VideoFile(Path(path), threads=threads)


def fingerprint(path: str | PathLike[str]) -> str:
    """SHA-256 of a file's bytes in hex: the same recording has it under any name.

    Raises:
        VideoError: The file cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise VideoError(f"'{path}' cannot be read: {getattr(error, 'strerror', None) or error}.") from error


class VideoFile:
    """A recording in a file; see `open_video` and `mien.video.protocol.VideoSource`.

    Each call of `frames` reads the file anew and ends the one before. Memory does not grow with the length.

    Attributes:
        info: What is known before anything is decoded.
        decoded: Pictures decoded by the iteration begun last, sampled or not.
        last_t_s: Time of the last of them, seconds; `None` before the first.
        warnings: What went wrong without ending that iteration, one sentence each; complete when it has
            ended.
    """

    def __init__(self, path: Path, *, threads: int = 2) -> None:
        if threads < 1:
            raise SettingError(f"A decoder needs at least 1 thread, not {threads}.")
        self._threads = threads
        self.decoded = 0
        self.last_t_s: float | None = None
        self.warnings: list[str] = []
        self._running: Generator[Frame, None, None] | None = None
        with opened(path) as (container, stream):
            first = first_picture(container, stream, path)
            self._layout = layout_of(first, stream)
            self._stored_size = first.width, first.height
            self._by_pts = has_presentation_times(container)
            self._origin = first.pts if self._by_pts else first.dts
            self._time_base = first.time_base or stream.time_base or Fraction(1, 1000)
            self._indexed = is_indexed(container)
            self._cut_s = _CUT_WITH_SOUND_S if container.streams.audio else _CUT_S
            width, height = self._layout.upright_size
            # An AVI's average counts fields.
            rate = (stream.average_rate if self._by_pts else None) or stream.guessed_rate
            self.info = VideoInfo(
                path=path,
                width=width,
                height=height,
                rotation=self._layout.rotation,
                duration_s=_duration_s(container, stream),
                frame_rate=float(rate) if rate else None,
                codec=stream.codec_context.name,
            )

    def frames(self, rate: float | None = 10.0, start_s: float = 0.0) -> Iterator[Frame]:
        """Pictures at true presentation times, sampled on a grid that does not depend on the frame rate.

        Args:
            rate: Grid points per second. The first picture at or after each point is given, never one twice,
                so a slower source gives every picture. `None` gives every picture of any source.
            start_s: Where to resume, seconds: exactly the pictures with `t_s >= start_s` that an
                uninterrupted run gives. Decoding begins at the key picture before it where the container has
                an index of these.

        Returns:
            Frames in order of time. Only these are converted to BGR; the pictures between are decoded and
            dropped. A cut or broken stream gives what can be decoded and leaves a sentence in `warnings`.

        Raises:
            SettingError: `rate` is not positive or `start_s` is negative.
            VideoError: The file can no longer be opened (while iterating).
        """
        grid = Grid(rate, self._time_base)
        if not (math.isfinite(start_s) and start_s >= 0):
            raise SettingError(f"A video is read from 0 s or later, not from {start_s} s.")
        self.close()
        self.decoded, self.last_t_s, self.warnings = 0, None, []
        self._running = self._run(grid, start_s)
        return self._running

    def close(self) -> None:
        """End the iteration, if any, and close the file."""
        if self._running is not None:
            self._running.close()
            self._running = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, grid: Grid, start_s: float) -> Generator[Frame, None, None]:
        step_s = 1 / self.info.frame_rate if self.info.frame_rate else _USUAL_STEP_S
        clock = Clock(self._time_base, self._origin, step_s)
        damage = Damage()
        resized_s: float | None = None
        with closing(self._decode(start_s, damage)) as decoded:
            for picture in decoded:
                t_s = self._time_of(picture, clock)
                index = self.decoded
                self.decoded, self.last_t_s = index + 1, t_s
                if resized_s is None and (picture.width, picture.height) != self._stored_size:
                    resized_s = t_s
                if grid.takes(t_s) and t_s >= start_s:
                    yield Frame(upright_bgr(picture, self._layout), t_s, index)
        self._conclude(clock, damage, resized_s)

    def _time_of(self, picture: VideoFrame, clock: Clock) -> float:
        if self._by_pts:
            return clock.time_of(picture.pts, picture.duration)
        return clock.time_of(picture.dts)

    def _decode(self, start_s: float, damage: Damage) -> Generator[VideoFrame, None, None]:
        """Pictures from one shown before `start_s` on, or all."""
        origin = self._origin
        for margin_s in _SEEK_MARGINS_S if self._indexed else ():
            target_s = start_s - margin_s
            if target_s <= 0 or origin is None:
                break
            damage.pictures = 0  # each attempt begins anew
            with opened(self.info.path, threads=self._threads) as (container, stream):
                container.seek(origin + math.floor(target_s / self._time_base) - 1, stream=stream)
                decoded = pictures(container, stream, damage)
                first = next(decoded, None)
                if first is None or first.pts is None:
                    continue
                if float((first.pts - origin) * self._time_base) < start_s:
                    yield first
                    yield from decoded
                    return
        damage.pictures = 0
        with opened(self.info.path, threads=self._threads) as (container, stream):
            yield from pictures(container, stream, damage)

    def _conclude(self, clock: Clock, damage: Damage, resized_s: float | None) -> None:
        said_s = self.info.duration_s
        lacking_s = 0.0 if said_s is None else said_s - clock.end_s
        if said_s is not None and lacking_s > self._cut_s:
            self.warnings.append(
                f"The file ends at {clock.end_s:.1f} s of {said_s:.1f} s: scored to the cut."
            )
        elif damage.reading:
            self.warnings.append(f"The file cannot be read beyond {clock.end_s:.1f} s: scored to there.")
        if damage.pictures:
            self.warnings.append(f"Damaged pictures were passed over: {damage.pictures}.")
        if clock.restarts:
            self.warnings.append(
                f"The recording's clock was set back at {clock.restarts[0]:.1f} s: times go on from there."
            )
        if resized_s is not None:
            size = f"{self.info.width}x{self.info.height}"
            self.warnings.append(f"The picture size changes at {resized_s:.1f} s: brought to {size}.")


def _duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    """The shortest of what container, stream and tags say: sound may outlast pictures, an edit list cut them."""
    said = []
    tag = _TAGGED_DURATION.match(stream.metadata.get("DURATION", ""))
    if tag is not None:
        said.append(int(tag[1]) * 3600 + int(tag[2]) * 60 + float(tag[3]))
    if container.duration is not None and container.duration > 0:
        said.append(container.duration / 1_000_000)
    if stream.duration is not None and stream.duration > 0 and stream.time_base is not None:
        said.append(float(stream.duration * stream.time_base))
    return min(said, default=None)
