"""Where a camera is found, with its password kept out of sight."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Self

from mien.errors import VideoError
from mien.marking import Said

LIVE_SCHEMES: Final = ("http", "https", "rtsp", "rtsps", "webcam")
"""What stands before the `://` of a live source."""

SCHEME: Final = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")
"""The beginning of an address, with its scheme."""

_UNPRINTABLE: Final = re.compile(r"[\s\x00-\x1f\x7f]")
# Host (a name, IPv4 or IPv6 in brackets) and port.
_PLACE: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[^\s:\[\]]+)(?::(?P<port>\d{1,5}))?$")
_HIGHEST_PORT: Final = 65_535
_WRITTEN_OUT: Final = Said("write @ as %40, : as %3A, / as %2F, ? as %3F and # as %23")


@dataclass(frozen=True, slots=True)
class Address:
    """Address of a live source.

    Cameras carry passwords before the `@`, in the query, and some in the path: nothing of these is ever shown.

    Attributes:
        scheme: One of `LIVE_SCHEMES`.
        shown: What messages call it: scheme, host and port, and nothing else.
        full: With everything FFmpeg needs; not for messages, and left out of `repr`.

    Example:
        >>> Address.of("rtsp://viewer:secret@10.0.0.5:554/ch1?token=abc")
        Address(scheme='rtsp', shown='rtsp://10.0.0.5:554')
    """

    scheme: str
    shown: str
    full: str = field(repr=False)

    def __str__(self) -> str:
        return self.shown

    @classmethod
    def of(cls, address: str) -> Self:
        """Take an address apart.

        Args:
            address: `rtsp://`, `rtsps://`, `http://` or `https://` (Motion JPEG) with `user:password@host` where
                it is needed, or `webcam://0` for the first camera of this machine.

        Raises:
            VideoError: It is none of these; the message does not repeat it.
        """
        match = SCHEME.match(address)
        scheme = match[1].lower() if match is not None else ""
        if match is None or scheme not in LIVE_SCHEMES:
            raise VideoError(
                "The address of a camera begins with one of %(known)s.", known=_listed(LIVE_SCHEMES)
            )
        rest = address[match.end() :]
        if _UNPRINTABLE.search(rest):
            raise VideoError(
                "The address of the camera (%(scheme)s) has a space or a line break in it: remove it.",
                scheme=scheme,
            )
        if scheme == "webcam":
            return cls._webcam(rest)
        authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
        # A raw / ? or # in a password ends the host there, and what stands for the host is a part of the password.
        if "@" in rest[len(authority) :]:
            raise VideoError(
                "The address of the camera (%(scheme)s) has an @ behind its host; in a password %(way)s.",
                scheme=scheme,
                way=_WRITTEN_OUT,
            )
        place = authority.rpartition("@")[2]
        found = _PLACE.match(place)
        if found is None or int(found["port"] or 1) not in range(1, _HIGHEST_PORT + 1):
            raise VideoError(
                "The address of the camera (%(scheme)s) has no valid host and port; in a password %(way)s.",
                scheme=scheme,
                way=_WRITTEN_OUT,
            )
        return cls(scheme, f"{scheme}://{place}", f"{scheme}://{rest}")

    @classmethod
    def _webcam(cls, rest: str) -> Self:
        if re.fullmatch(r"\d{1,3}", rest) is None:
            raise VideoError("A webcam is named by its number, such as webcam://0 for the first one.")
        return cls("webcam", f"webcam://{int(rest)}", f"/dev/video{int(rest)}")


def _listed(schemes: tuple[str, ...]) -> str:
    return ", ".join(f"{scheme}://" for scheme in schemes)
