"""One blurred picture of a camera, to draw zones on. The picture itself stays in memory and is written nowhere."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

from mien.errors import VideoError
from mien.video import Address, LiveSettings, open_camera, open_video
from mien.vision.blur import Blurring, as_jpeg

if TYPE_CHECKING:
    from mien.site import Camera
    from mien.video import Frame

WITHIN_S: Final = 8.0
"""Longest time until a camera has given its picture, seconds."""

_SETTLE_S: Final = 0.8
"""Webcams give dark pictures first: a later one is taken, seconds after the first."""

_OPEN_S: Final = 4.0


def blurred_still(camera: Camera) -> bytes:
    """Open a camera once, take a picture, blur it.

    Args:
        camera: Which.

    Returns:
        JPEG, in which nobody can be known.

    Raises:
        VideoError: It gives no picture; the message says why, without credentials.
        SettingError: A credential is not where the site file says.
        ImageError: It cannot be blurred so that no face is found.
    """
    frame = _of_file(camera) if camera.file is not None else _of_camera(camera)
    return as_jpeg(Blurring.usual().blurred(frame.image))


def _of_file(camera: Camera) -> Frame:
    with open_video(camera.shown) as video:
        length_s = video.info.duration_s or 0.0
        for start_s in (length_s / 3, 0.0):
            frame = next(video.frames(rate=1.0, start_s=start_s), None)
            if frame is not None:
                return frame
    raise VideoError(f"'{camera.shown}' holds no picture.")


def _of_camera(camera: Camera) -> Frame:
    settings = LiveSettings(transport=camera.transport, open_s=_OPEN_S, silence_s=_OPEN_S)
    with open_camera(camera.address(), settings=settings) as source:
        source.start(None)
        until = monotonic() + WITHIN_S
        last = None
        while (left := until - monotonic()) > 0:
            frame = source.take(min(left, 0.25))
            if frame is not None:
                if last is None:
                    until = min(until, monotonic() + _SETTLE_S)
                last = frame
            elif last is None and source.status.phase == "lost":
                break
        if last is not None:
            return last
        if source.status.reason:
            raise VideoError(source.status.reason)
        raise VideoError(
            "%(address)s gave no picture within %(within)g s: check its power and its cable.",
            address=Address.of(camera.address()),
            within=WITHIN_S,
        )
