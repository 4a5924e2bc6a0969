"""The registry of video sources: an address in, an open source out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.errors import VideoError
from mien.video.address import LIVE_SCHEMES, SCHEME
from mien.video.files import open_video
from mien.video.live import open_camera

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mien.video.protocol import LiveSource, VideoSource


def _open_file(address: str) -> VideoSource:
    return open_video(address.removeprefix("file://"))


SOURCES: Final[Mapping[str, Callable[[str], VideoSource | LiveSource]]] = {
    "file": _open_file,
    **dict.fromkeys(LIVE_SCHEMES, open_camera),
}
"""How to open an address, by what stands before its `://`; a plain path is a `file`."""


def open_source(address: str) -> VideoSource | LiveSource:
    """Open whatever an address names.

    Args:
        address: A path, or `scheme://...` with a scheme of `SOURCES`.

    Raises:
        VideoError: There is no such kind of source (the message lists those that are), or a file cannot be
            read. A camera that is down is no error; see `open_camera`.
    """
    match = SCHEME.match(address)
    if match is None:
        return open_video(address)
    scheme = match[1].lower()
    if scheme not in SOURCES:
        raise VideoError(f"There is no video source '{scheme}'; Mien reads {', '.join(sorted(SOURCES))}.")
    return SOURCES[scheme](scheme + address[match.end(1) :])
