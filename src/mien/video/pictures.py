"""From a decoded picture to an upright BGR array."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np
from av.sidedata.sidedata import Type as SideData

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.sidedata.sidedata import SideDataContainer
    from numpy.typing import NDArray

_TURNS: Final = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
# Ratios nearer to 1 than this are rounding; further off than that, nonsense in the header.
_SQUARE: Final = 0.02
_MOST_ANAMORPHIC: Final = 3.0


@dataclass(frozen=True, slots=True)
class Layout:
    """How stored pictures of a stream become upright ones.

    Attributes:
        width: Width with square pixels, before turning.
        height: Height, before turning.
        rotation: Degrees clockwise: 0, 90, 180, 270.
        mirrored: Whether left and right are exchanged before turning.
    """

    width: int
    height: int
    rotation: int
    mirrored: bool

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height of the upright picture."""
        return (self.width, self.height) if self.rotation in {0, 180} else (self.height, self.width)


def layout_of(frame: VideoFrame, stream: VideoStream) -> Layout:
    """The layout of a stream, from its first picture.

    Pixels that are not square (recorders of analogue cameras write them) are made square, since a face drawn
    out in width is read wrongly.
    """
    rotation, mirrored = _orientation(frame)
    ratio = float(stream.sample_aspect_ratio or 1)
    believable = abs(ratio - 1) > _SQUARE and 1 / _MOST_ANAMORPHIC <= ratio <= _MOST_ANAMORPHIC
    width = max(1, round(frame.width * ratio)) if believable else frame.width
    return Layout(width, frame.height, rotation, mirrored)


def upright_bgr(frame: VideoFrame, layout: Layout) -> NDArray[np.uint8]:
    """The picture as (H, W, 3) uint8 BGR, upright, in the size of `layout`."""
    converted = frame.reformat(width=layout.width, height=layout.height, format="bgr24", threads=1)
    image = cast("NDArray[np.uint8]", converted.to_ndarray())
    if layout.mirrored:
        image = cast("NDArray[np.uint8]", cv2.flip(image, 1))
    if layout.rotation:
        image = cast("NDArray[np.uint8]", cv2.rotate(image, _TURNS[layout.rotation]))
    return image


def _orientation(frame: VideoFrame) -> tuple[int, bool]:
    """Clockwise rotation and mirroring asked for by the display matrix (ISO/IEC 14496-12, 8.3.2)."""
    try:
        data = cast("SideDataContainer", frame.side_data)[SideData.DISPLAYMATRIX]
    except KeyError:
        return 0, False
    except ValueError:  # EXIF beside it has no name in PyAV, which then hides the matrix but not its angle
        return -frame.rotation % 360, False
    a, b, _, c, d = np.frombuffer(bytes(data), np.int32)[:5].astype(float)
    mirrored = a * d - b * c < 0
    if mirrored:
        a, b = -a, -b
    return round(math.degrees(math.atan2(b, a)) / 90) * 90 % 360, mirrored
