"""A picture of a tile as the browser sends it: when it was shown, then a JPEG or PNG.

A message is a time, 8 bytes (float64, big-endian, milliseconds on the browser's clock), followed by the picture. It is
decoded in memory and never written.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import av
import numpy as np

from mien.errors import ImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.runtime.call.limits import CallLimits

TIME: Final = struct.Struct(">d")
"""The time at the beginning of a message, milliseconds."""
_CODECS: Final = {b"\xff\xd8\xff": "mjpeg", b"\x89PNG\r\n\x1a\n": "png"}


@dataclass(frozen=True, slots=True, eq=False)
class TilePicture:
    """A message that may be a picture.

    Attributes:
        ms: When it was shown, milliseconds on the browser's clock.
        codec: FFmpeg's name of how it is encoded.
        data: The encoded picture.
    """

    ms: float
    codec: str
    data: bytes

    @classmethod
    def of(cls, message: bytes, limits: CallLimits) -> TilePicture:
        """Take a message apart, without decoding it.

        Raises:
            ImageError: It is too long, has no time, or is neither JPEG nor PNG.
        """
        if len(message) > limits.most_bytes:
            raise ImageError(
                "A picture of %(n)s bytes is too long; at most %(most_bytes)s are taken.",
                n=len(message),
                most_bytes=limits.most_bytes,
            )
        if len(message) <= TIME.size:
            raise ImageError(
                "A message of %(n)s bytes holds no picture; send 8 bytes of time, then a JPEG.",
                n=len(message),
            )
        (ms,) = TIME.unpack_from(message)
        if not math.isfinite(ms) or ms < 0:
            raise ImageError("A picture has the time %(ms)s ms; times are finite and 0 or more.", ms=ms)
        data = message[TIME.size :]
        for begins, codec in _CODECS.items():
            if data.startswith(begins):
                return cls(ms, codec, data)
        raise ImageError("A message is neither JPEG nor PNG; send the tile as one of them.")

    def decode(self, limits: CallLimits) -> NDArray[np.uint8]:
        """The picture: (H, W, 3) uint8 BGR.

        Raises:
            ImageError: It is damaged, or its sides are out of their limits.
        """
        context = cast("av.VideoCodecContext", av.VideoCodecContext.create(self.codec, "r"))
        context.thread_count = 1
        context.options = {"max_pixels": str(limits.most_side**2), "err_detect": "explode"}
        try:
            frames = [*context.decode(av.Packet(self.data)), *context.decode(None)]
        except (av.FFmpegError, ValueError):
            frames = []
        if len(frames) != 1 or not isinstance(frames[0], av.VideoFrame):
            raise ImageError(
                "A picture is damaged, or larger than %(most_side)s x %(most_side)s; it is left out.",
                most_side=limits.most_side,
            )
        frame = frames[0]
        if (
            min(frame.width, frame.height) < limits.least_side
            or max(frame.width, frame.height) > limits.most_side
        ):
            raise ImageError(
                "A picture has %(width)s x %(height)s pixels; its sides are %(least_side)s to "
                "%(most_side)s: mark a tile of another size, or send it in another one.",
                width=frame.width,
                height=frame.height,
                least_side=limits.least_side,
                most_side=limits.most_side,
            )
        return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
