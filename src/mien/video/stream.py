"""One connection to a live source: opening it, its pictures as they come, and why it ends."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import av

from mien.errors import SettingError, VideoError
from mien.video.anchor import steady_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from av import Packet, VideoFrame, VideoStream
    from av.container import InputContainer

    from mien.video.address import Address

# How much of a stream FFmpeg looks at before it gives the first picture, microseconds: its usual 5 s make every
# reconnection slow. What it does not find out by then the decoder does.
_PROBE_US: Final = 500_000
# After damage pictures are smeared until the next key picture. Some cameras send one a minute, some none at all.
_LONGEST_SMEAR_S: Final = 10.0
# Reading is cut off this much after its limit, not at it.
_SLACK_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """How a live source is read.

    Attributes:
        transport: How RTSP pictures travel. `udp` loses some where the network is busy: they are left out until
            the next key picture.
        open_s: How long a camera may take to answer, and again to send the first of its stream, seconds.
        silence_s: How long a live camera may send no picture before the connection is given up, seconds. It is
            told as `stalled` after half of that.
        waiting: How many pictures wait for a slow reader; then the oldest goes.
        threads: Threads of the decoder. More than 1 share the work on a picture where its coding allows that.
        wait_s: Mean wait before the second attempt to connect, seconds; doubled with each, up to `most_wait_s`.
        most_wait_s: Longest mean wait, seconds.
        refused_wait_s: Mean wait where the camera refused user name or password, seconds: many lock the account
            after a few such attempts.

    Raises:
        SettingError: A time is not above 0, or a number is below 1.
    """

    transport: Literal["tcp", "udp"] = "tcp"
    open_s: float = 5.0
    silence_s: float = 5.0
    waiting: int = 4
    threads: int = 1
    wait_s: float = 1.0
    most_wait_s: float = 60.0
    refused_wait_s: float = 300.0

    def __post_init__(self) -> None:
        for name in ("open_s", "silence_s", "wait_s", "most_wait_s", "refused_wait_s"):
            if not getattr(self, name) > 0:
                raise SettingError(
                    f"'{name}' of a live source is above 0 seconds, not {getattr(self, name)}."
                )
        for name in ("waiting", "threads"):
            if getattr(self, name) < 1:
                raise SettingError(f"'{name}' of a live source is 1 or more, not {getattr(self, name)}.")


class RefusedError(VideoError):
    """The camera refuses user name and password: a reason to wait longer, handled where connections are made."""


@dataclass(slots=True)
class Tally:
    """What came over all connections of a source.

    Attributes:
        decoded: Pictures decoded.
        damaged: Pictures left out since they, or pictures they are made from, were damaged.
    """

    decoded: int = 0
    damaged: int = 0


class Connection:
    """Pictures of one connection as they come.

    Attributes:
        stream: The stream they are from.
        stamped: Whether they carry times of the camera. Motion JPEG has none: FFmpeg counts 25 a second there.
    """

    def __init__(
        self, container: InputContainer, stream: VideoStream, address: Address, silence_s: float
    ) -> None:
        self.stream = stream
        self.stamped = not address.scheme.startswith("http")
        self._container = container
        self._address = address
        self._silence_s = silence_s

    def pictures(self, tally: Tally) -> Iterator[tuple[VideoFrame, float]]:
        """Whole pictures, each with the steady clock at its arrival, seconds.

        A picture that is damaged is left out, and so are those after it up to the next key picture, for they are
        made from it.

        Raises:
            VideoError: The connection ended, in whatever way; the message says how.
        """
        since_s = steady_s()  # the last sign of life: a picture, whole or not
        smeared_s: float | None = None
        for packet in self._packets():
            arrived_s = steady_s()
            frames, broken = _decoded(packet)
            if broken:
                tally.damaged += 1
                smeared_s = arrived_s if smeared_s is None else smeared_s
            for frame in frames:
                since_s = arrived_s
                tally.decoded += 1
                if frame.key_frame and not frame.is_corrupt:
                    smeared_s = None
                elif frame.is_corrupt and smeared_s is None:
                    smeared_s = arrived_s
                if smeared_s is None or arrived_s - smeared_s > _LONGEST_SMEAR_S:
                    yield frame, arrived_s
                else:
                    tally.damaged += 1
            if arrived_s - since_s > self._silence_s - _SLACK_S:
                raise VideoError(f"{self._address} has sent no picture for {self._silence_s:g} s.")
        raise VideoError(f"{self._address} ended the stream.")

    def _packets(self) -> Iterator[Packet[VideoStream]]:
        packets = self._container.demux(self.stream)
        while True:
            began_s = steady_s()
            packet, reason = None, ""
            try:
                packet = next(packets, None)
            except (av.FFmpegError, OSError) as error:
                reason = _reason(error, "sends what is no video")
            # FFmpeg gives what it held back when it is cut off, and says so only at the next read.
            if steady_s() - began_s >= self._silence_s - _SLACK_S:
                reason = f"has sent nothing for {self._silence_s:g} s"
            # Outside the handling, for FFmpeg's errors carry the address with its password.
            if reason:
                raise VideoError(f"{self._address} {reason}.")
            if packet is None:
                return
            yield packet


@contextmanager
def connected(address: Address, settings: LiveSettings) -> Iterator[Connection]:
    """A connection to a live source.

    Raises:
        RefusedError: The camera refuses user name and password.
        VideoError: It cannot be reached, does not answer in time or sends no video; the message says which.
    """
    container_format, options = _OPENINGS[address.scheme](settings)
    began_s = steady_s()
    container, reason, refused = None, "", False
    try:
        container = av.open(
            address.full,
            format=container_format,
            options=dict(options),
            timeout=(settings.open_s, settings.silence_s),
            metadata_errors="replace",
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        refused = isinstance(error, av.HTTPUnauthorizedError | av.HTTPForbiddenError)
        reason = _why_not_opened(error, address, steady_s() - began_s, settings.open_s)
    # Outside the handling, for FFmpeg's errors carry the address with its password.
    if container is None:
        raise (RefusedError if refused else VideoError)(f"{address} {reason}.")
    with container:
        if not container.streams.video or container.streams.video[0].codec_context is None:
            raise VideoError(f"{address} sends no pictures that FFmpeg can decode: set it to H.264.")
        stream = container.streams.video[0]
        # Threads by pictures would hold back as many pictures as there are threads.
        stream.thread_type, stream.thread_count = "SLICE", settings.threads
        yield Connection(container, stream, address, settings.silence_s)


def _decoded(packet: Packet[VideoStream]) -> tuple[list[VideoFrame], bool]:
    """The pictures of a packet, and whether it is broken."""
    if packet.is_corrupt:
        return [], True
    try:
        return packet.decode(), False
    except (av.FFmpegError, OSError):
        return [], True


def _rtsp(settings: LiveSettings) -> tuple[str, Mapping[str, str]]:
    return "rtsp", {
        "rtsp_transport": settings.transport,
        # Beside sound FFmpeg ties pictures to the wall clock of the camera, and jumps when that is set.
        "allowed_media_types": "video",
        "timeout": str(round(settings.open_s * 1e6)),  # also bounds the farewell to a camera that is silent
        "analyzeduration": str(_PROBE_US),
        "fpsprobesize": "0",
    }


def _mjpeg(settings: LiveSettings) -> tuple[str, Mapping[str, str]]:
    return "mpjpeg", {"rw_timeout": str(round(settings.open_s * 1e6)), "analyzeduration": str(_PROBE_US)}


def _webcam(settings: LiveSettings) -> tuple[str, Mapping[str, str]]:  # noqa: ARG001  (one signature for all)
    return "video4linux2,v4l2", {}


_OPENINGS: Final[Mapping[str, Callable[[LiveSettings], tuple[str, Mapping[str, str]]]]] = {
    "rtsp": _rtsp,
    "rtsps": _rtsp,
    "http": _mjpeg,
    "https": _mjpeg,
    "webcam": _webcam,
}

_REASONS: Final[Mapping[int, str]] = {
    errno.ECONNREFUSED: "refuses connections: check the port, and that it streams at all",
    errno.ECONNRESET: "broke off the connection",
    errno.EPIPE: "broke off the connection",
    errno.EHOSTUNREACH: "cannot be reached: check its power, its cable and its address",
    errno.ENETUNREACH: "cannot be reached: check the network of this machine",
    errno.ENOENT: "is not there: check that the camera is plugged in, and its number",
    errno.ENODEV: "is not there: check that the camera is plugged in, and its number",
    errno.EBUSY: "is in use by another program: close that first",
    errno.EACCES: "may not be used by this user: add the user to the group 'video'",
}


def _why_not_opened(error: Exception, address: Address, took_s: float, open_s: float) -> str:
    wanted = "Motion JPEG" if address.scheme.startswith("http") else "video"
    match error:
        case av.HTTPUnauthorizedError() | av.HTTPForbiddenError():
            reason = "refuses the user name or password: check both before the camera locks the account"
        case av.HTTPNotFoundError():
            reason = "has no stream at that path: check what stands behind its host"
        case av.HTTPError() | av.HTTPClientError():
            reason = f"answers with an error ({error.strerror})"
        case _ if took_s >= open_s - _SLACK_S or isinstance(error, TimeoutError):
            reason = f"gives no {wanted} within {open_s:g} s: check its power, its cable and its address"
        case av.InvalidDataError():
            reason = f"answers, but not with {wanted}: check what stands behind its host"
        case _:
            reason = _reason(error, "cannot be reached: check its name, its power and its cable")
    return reason


def _reason(error: Exception, otherwise: str) -> str:
    code = error.errno if isinstance(error, OSError | av.FFmpegError) else None
    return otherwise if code is None else _REASONS.get(code, otherwise)
