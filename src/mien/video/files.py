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
from mien.video.container import (
    Damage,
    first_picture,
    has_presentation_times,
    is_indexed,
    opened,
    pictures,
    states_length,
)
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
# The picture that comes last in the file need not be the one shown last: so many may be shown after it (H.264).
_MOST_REORDERED: Final = 16
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
        damage: What went wrong so far in that iteration and in those it goes on from.
    """

    def __init__(self, path: Path, *, threads: int = 2) -> None:
        if threads < 1:
            raise SettingError(f"A decoder needs at least 1 thread, not {threads}.")
        self._threads = threads
        self.decoded = 0
        self.last_t_s: float | None = None
        self.damage = Damage()
        self._clock: Clock | None = None
        self._ending: str | None = None
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
            self._open_ended = not states_length(container)
            self._said_s = _said_s(container, stream)
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

    def frames(
        self, rate: float | None = 10.0, start_s: float = 0.0, *, before: Damage | None = None
    ) -> Iterator[Frame]:
        """Pictures at true presentation times, sampled on a grid that does not depend on the frame rate.

        Args:
            rate: Grid points per second. The first picture at or after each point is given, never one twice,
                so a slower source gives every picture. `None` gives every picture of any source.
            start_s: Where to resume, seconds: exactly the pictures with `t_s >= start_s` that an
                uninterrupted run gives. Decoding begins at the key picture before it where the container has
                an index of these.
            before: What went wrong in an earlier reading, which this one goes on from; told with the rest, and
                nothing of it is counted twice.

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
        self.decoded, self.last_t_s, self._ending = 0, None, None
        self.damage = Damage.of(before.state()) if before is not None else Damage()
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

    @property
    def end_s(self) -> float:
        """When the last picture decoded by the iteration begun last stops being shown, seconds; 0 before any."""
        return self._clock.end_s if self._clock is not None else 0.0

    @property
    def warnings(self) -> list[str]:
        """What went wrong without ending that iteration, one sentence each; complete when it has ended."""
        damage = self.damage
        told = [self._ending] if self._ending is not None else []
        if damage.pictures:
            told.append(f"Damaged pictures were passed over: {damage.pictures}.")
        if damage.set_back_s is not None:
            told.append(
                f"The recording's clock was set back at {damage.set_back_s:.1f} s: times go on from there."
            )
        if damage.resized_s is not None:
            size = f"{self.info.width}x{self.info.height}"
            told.append(f"The picture size changes at {damage.resized_s:.1f} s: brought to {size}.")
        return told

    def _run(self, grid: Grid, start_s: float) -> Generator[Frame, None, None]:
        step_s = 1 / self.info.frame_rate if self.info.frame_rate else _USUAL_STEP_S
        clock = self._clock = Clock(self._time_base, self._origin, step_s)
        damage = self.damage
        with closing(self._decode(start_s, damage)) as decoded:
            for picture in decoded:
                t_s = self._time_of(picture, clock)
                index = self.decoded
                self.decoded, self.last_t_s = index + 1, t_s
                if picture.is_corrupt:
                    damage.broken_index = index
                if damage.resized_s is None and (picture.width, picture.height) != self._stored_size:
                    damage.resized_s = t_s
                if damage.set_back_s is None and clock.restarts:
                    damage.set_back_s = clock.restarts[0]
                if grid.takes(t_s) and t_s >= start_s:
                    yield Frame(upright_bgr(picture, self._layout), t_s, index)
        self._ending = self._how_it_ended(clock.end_s, damage)

    def _time_of(self, picture: VideoFrame, clock: Clock) -> float:
        if self._by_pts:
            return clock.time_of(picture.pts, picture.duration)
        return clock.time_of(picture.dts)

    def _decode(self, start_s: float, damage: Damage) -> Generator[VideoFrame, None, None]:
        """Pictures from one shown before `start_s` on, or all."""
        origin, counted = self._origin, damage.pictures
        for margin_s in _SEEK_MARGINS_S if self._indexed else ():
            target_s = start_s - margin_s
            if target_s <= 0 or origin is None:
                break
            damage.pictures = counted  # each attempt begins anew
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
        damage.pictures = counted
        with opened(self.info.path, threads=self._threads) as (container, stream):
            yield from pictures(container, stream, damage)

    def _how_it_ended(self, end_s: float, damage: Damage) -> str | None:
        """Whether the file is shorter than it was; `None` where nothing says so."""
        if self._said_s is not None and self._said_s - end_s > self._cut_s:
            return f"The file ends at {end_s:.1f} s of {self._said_s:.1f} s: scored to the cut."
        if damage.reading:
            return f"The file cannot be read beyond {end_s:.1f} s: scored to there."
        broken = damage.broken_index is not None and self.decoded - damage.broken_index <= _MOST_REORDERED
        if self._open_ended and (damage.packet_broken or broken):
            return f"The last picture is broken: the file may have been cut off at {end_s:.1f} s."
        return None


def _said_s(container: InputContainer, stream: VideoStream) -> float | None:
    """How long the recording was meant to be. Of a cut AVI FFmpeg tells what is left, its header what there was."""
    length_s = _duration_s(container, stream)
    if has_presentation_times(container) or not stream.frames or stream.time_base is None:
        return length_s
    return float(stream.frames * stream.time_base)


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
