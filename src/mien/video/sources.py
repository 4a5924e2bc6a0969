"""The registry of video sources: an address in, an open source out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mien.errors import VideoError
from mien.video.files import open_video

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mien.video.protocol import VideoSource

SOURCES: Final[Mapping[str, Callable[[str], VideoSource]]] = {"file": open_video}
"""How to open an address, by what stands before its `://`; a plain path is a `file`."""

_SCHEME: Final = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")


def open_source(address: str) -> VideoSource:
    """Open whatever an address names.

    Args:
        address: A path, or `scheme://...` with a scheme of `SOURCES`.

    Raises:
        VideoError: There is no such kind of source (the message lists those that are), or it cannot be read.
    """
    match = _SCHEME.match(address)
    if match is None:
        return SOURCES["file"](address)
    scheme = match[1].lower()
    if scheme not in SOURCES:
        raise VideoError(f"There is no video source '{scheme}'; Mien reads {', '.join(sorted(SOURCES))}.")
    return SOURCES[scheme](address[match.end() :])
