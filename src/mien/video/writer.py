"""Writing pictures at true times to an MP4 that any browser plays."""

from __future__ import annotations

import secrets
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, cast

import av
import cv2
import numpy as np

from mien.errors import ImageError, VideoError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike
    from types import TracebackType

    from av import VideoStream
    from av.container import OutputContainer
    from numpy.typing import NDArray

# The tick of MPEG: 1/90000 s holds every usual frame rate exactly or to within a few microseconds.
_TIME_BASE: Final = Fraction(1, 90_000)
# H.264 where this FFmpeg was built with x264, else the MPEG-4 every FFmpeg has; constant quality, quick.
_ENCODERS: Final[Mapping[str, Mapping[str, str]]] = {
    "libx264": {"crf": "21", "preset": "veryfast"},
    "mpeg4": {"qscale": "3", "flags": "+qscale"},
}


class VideoWriter:
    """Writes BGR pictures at true presentation times to an MP4 (variable frame rate).

    The file is written beside its final place under a temporary name, renamed when complete, and removed on
    any error or interruption: whoever finds the file finds it whole. A context manager.

    Args:
        path: Where to write; a file there is replaced.
        width: Picture width, pixels. An odd size is extended by one pixel: the encoding needs even ones.
        height: Picture height, pixels.
        metadata: Tags of the file, such as `title` and `comment`.

    Raises:
        VideoError: The place cannot be written to.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        width: int,
        height: int,
        *,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        self._path = Path(path)
        self._size = width, height
        self._last_pts = -1
        self._done = False
        if self._path.is_dir():
            raise VideoError(
                f"'{path}' is a directory: name the file to write, such as {self._path / 'out.mp4'}."
            )
        self._temporary = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}.part")
        try:
            self._temporary.touch()  # PyAV opens the file no sooner than the first picture is written
            self._container = av.open(
                str(self._temporary), "w", format="mp4", options={"movflags": "+faststart"}
            )
        except (av.FFmpegError, OSError) as error:
            raise VideoError(f"'{path}' cannot be written: {error.strerror}.") from error
        self._container.metadata.update(metadata or {})
        self._stream = _add_stream(self._container, width, height)

    def write(self, image: NDArray[np.uint8], t_s: float) -> None:
        """Add a picture.

        Args:
            image: (H, W, 3) uint8 BGR of the size given at the start.
            t_s: When it is shown, seconds, later than the one before. Shown until the next one.

        Raises:
            ImageError: The picture has another size or type.
            VideoError: The time does not increase, or the disk is full.
        """
        width, height = self._size
        if image.shape != (height, width, 3) or image.dtype != np.uint8:
            raise ImageError(
                f"The video takes pictures of ({height}, {width}, 3) uint8, not {image.shape} {image.dtype}."
            )
        pts = round(t_s / _TIME_BASE)
        if pts <= self._last_pts:
            raise VideoError(f"Times must increase from picture to picture; {t_s} s does not.")
        self._last_pts = pts
        even = cv2.copyMakeBorder(image, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
        frame = av.VideoFrame.from_ndarray(even.astype(np.uint8, copy=False), format="bgr24")
        frame.pts, frame.time_base = pts, _TIME_BASE
        self._mux(frame)

    def close(self) -> None:
        """Finish the file and give it its name.

        Raises:
            VideoError: No picture was written, or the disk is full.
        """
        if self._done:
            return
        try:
            if self._last_pts < 0:
                raise VideoError(f"No picture was given, so '{self._path}' was not written.")
            self._mux(None)
            self._container.close()
            self._temporary.replace(self._path)
        except (av.FFmpegError, OSError) as error:
            raise VideoError(f"'{self._path}' cannot be written: {error.strerror}.") from error
        finally:
            self.discard()

    def discard(self) -> None:
        """Give up what was not finished and remove its temporary file."""
        self._done = True
        try:
            self._container.close()
        except (av.FFmpegError, OSError):
            pass  # a full disk: the file is removed in any case
        finally:
            self._temporary.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def _mux(self, frame: av.VideoFrame | None) -> None:
        try:
            for packet in self._stream.encode(frame):
                self._container.mux(packet)
        except (av.FFmpegError, OSError) as error:
            raise VideoError(f"'{self._path}' cannot be written: {error.strerror}.") from error


def _add_stream(container: OutputContainer, width: int, height: int) -> VideoStream:
    name = next(name for name in _ENCODERS if name in av.codecs_available)
    stream = cast("VideoStream", container.add_stream(name, options=dict(_ENCODERS[name])))
    stream.width, stream.height = width + width % 2, height + height % 2
    stream.pix_fmt = "yuv420p"
    stream.time_base = stream.codec_context.time_base = _TIME_BASE
    stream.codec_context.thread_count = 2
    return stream
