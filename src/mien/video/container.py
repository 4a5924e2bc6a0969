"""Opening a file for its pictures, and saying clearly why that cannot be done."""

from __future__ import annotations

import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import av
from av.stream import Disposition

from mien.errors import VideoError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from av import VideoFrame, VideoStream
    from av.container import InputContainer

# Demuxers that make a picture of any text: a text file is not a recording.
_TEXT_ART: Final = frozenset({"tty", "bin", "xbin", "adf", "idf"})
# Demuxers of one family that know, from an index, where the key pictures before a given time are.
_INDEXED: Final = frozenset({"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm"})
# Containers without presentation times: what FFmpeg guesses there is out of order, decoding times are not.
_NO_PRESENTATION_TIMES: Final = frozenset({"avi"})
# Streams that begin and end anywhere: the length FFmpeg tells is the last time it finds in what is there.
_NO_LENGTH: Final = frozenset({"mpegts", "mpeg", "h264", "hevc", "mpegvideo", "m4v"})


@dataclass(slots=True)
class Damage:
    """What went wrong in a stream so far. Goes into a checkpoint, so that a continued reading tells all of it.

    Attributes:
        pictures: Packets of pictures that were broken or could not be decoded.
        reading: Whether reading the file itself failed before its end.
        seen_to: Place in the file of the furthest packet taken in, bytes.
        counted_to: Up to which place an earlier reading has counted already, bytes.
        packet_broken: Whether the last packet was broken.
        broken_index: Number of the last picture that was decoded in part only.
        set_back_s: When the clock was first set back, seconds; `None` where it was not.
        resized_s: When the size of the pictures first changed, seconds; `None` where it did not.
    """

    pictures: int = 0
    reading: bool = False
    seen_to: int = -1
    counted_to: int = -1
    packet_broken: bool = False
    broken_index: int | None = None
    set_back_s: float | None = None
    resized_s: float | None = None

    def state(self) -> dict[str, Any]:
        """JSON-able; `of` goes on from it."""
        told = ("pictures", "seen_to", "set_back_s", "resized_s")
        return {name: getattr(self, name) for name in told}

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Self:
        """What `state` told, with everything up to there counted; nothing where it is empty."""
        return cls(**state, counted_to=state.get("seen_to", -1))

    def take(self, place: int | None, *, broken: bool) -> None:
        """A packet was taken in from this place in the file (`None` where that is not known)."""
        self.packet_broken = broken
        if broken and (place is None or place > self.counted_to):
            self.pictures += 1
        if place is not None:
            self.seen_to = max(self.seen_to, place)


@contextmanager
def opened(path: Path, *, threads: int = 1) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The container of a file and the stream of its pictures, decoding in `threads` threads.

    Raises:
        VideoError: The path is no readable file, or the file has no pictures FFmpeg knows of.
    """
    _check_file(path)
    try:
        # "file:" keeps a name such as "cam:1.mp4" from being taken for an address; odd tags do no harm.
        container = av.open(f"file:{path}", metadata_errors="replace")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise VideoError(_why_unreadable(path)) from error
    with container:
        if container.format.name in _TEXT_ART:
            raise VideoError(f"'{path}' is a text, not a video that FFmpeg can read.")
        stream = _picture_stream(container, path)
        stream.thread_type = "AUTO"
        stream.thread_count = threads
        yield container, stream


def is_indexed(container: InputContainer) -> bool:
    """Whether seeking is exact: the container lists its key pictures with their times.

    Elsewhere (MPEG-TS, AVI, FLV, GIF, raw streams) a seek lands by guessing from byte positions, and times
    after it need not be those of an uninterrupted run.
    """
    return container.format.name in _INDEXED


def has_presentation_times(container: InputContainer) -> bool:
    """Whether the container says when pictures are shown; AVI only says in which order they are decoded."""
    return container.format.name not in _NO_PRESENTATION_TIMES


def states_length(container: InputContainer) -> bool:
    """Whether the container says how long it was meant to be, so that a cut shows."""
    return container.format.name not in _NO_LENGTH


def pictures(container: InputContainer, stream: VideoStream, damage: Damage) -> Iterator[VideoFrame]:
    """Decoded pictures in order of presentation from where the container stands; broken ones are left out."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except (av.FFmpegError, OSError):
            damage.reading = True
            break
        if packet is None:
            return
        if packet.is_corrupt:
            damage.take(packet.pos, broken=True)
            continue
        try:
            frames = packet.decode()
        except (av.FFmpegError, OSError):
            damage.take(packet.pos, broken=True)
            continue
        if packet.size:  # the last one is empty and only asks for what the decoder still holds
            damage.take(packet.pos, broken=False)
        yield from frames
    try:
        waiting = stream.decode(None)
    except (av.FFmpegError, OSError):
        return
    yield from waiting


def first_picture(container: InputContainer, stream: VideoStream, path: Path) -> VideoFrame:
    """The first picture shown.

    Raises:
        VideoError: There is none that can be decoded.
    """
    # Before decoding: now and then a decoder makes a picture of noise out of encrypted data.
    if _is_encrypted(path):
        raise VideoError(f"'{path}' is encrypted: save it without copy protection first.")
    damage = Damage()
    frame = next(pictures(container, stream, damage), None)
    if frame is not None:
        return frame
    if damage.pictures:
        raise VideoError(f"No picture in '{path}' can be decoded: it is damaged or encrypted.")
    raise VideoError(f"'{path}' says it is a video but holds no picture.")


def _is_encrypted(path: Path) -> bool:
    with opened(path) as (container, stream):
        try:
            packet = next(container.demux(stream), None)
        except (av.FFmpegError, OSError):
            return False
        return packet is not None and packet.has_sidedata("encryption_info")


def _check_file(path: Path) -> None:
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode):
            with path.open("rb"):
                pass
    except PermissionError as error:
        raise VideoError(f"'{path}' may not be read by this user: ask for permission to read it.") from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise VideoError(f"There is no file '{path}': check its name.") from error
    except (OSError, ValueError) as error:
        raise VideoError(
            f"'{path}' cannot be opened: {getattr(error, 'strerror', None) or error}."
        ) from error
    if stat.S_ISDIR(status.st_mode):
        raise VideoError(f"'{path}' is a directory: name the videos in it.")
    if not stat.S_ISREG(status.st_mode):
        raise VideoError(f"'{path}' is not a file: name a recording.")
    if status.st_size == 0:
        raise VideoError(f"'{path}' is empty (0 bytes): copy it again.")


def _why_unreadable(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] == b"ftyp":
        return f"'{path}' is cut off: the index of an MP4 is missing, so copy it again in full."
    return f"'{path}' is not a video that FFmpeg can read."


def _picture_stream(container: InputContainer, path: Path) -> VideoStream:
    # The cover of a piece of music is a stream of pictures to FFmpeg, and not to anybody else.
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        if container.streams.audio:
            raise VideoError(f"'{path}' holds sound but no pictures.")
        raise VideoError(f"'{path}' holds no pictures.")
    stream = max(streams, key=lambda s: (bool(s.disposition & Disposition.default), s.width * s.height))
    if stream.codec_context is None:
        raise VideoError(
            f"'{path}' is coded in a way that this FFmpeg cannot decode: convert it to H.264 first."
        )
    return stream
