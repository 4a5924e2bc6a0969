"""What a video source gives: frames with true presentation times, and facts about the stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded picture of a video.

    Attributes:
        image: (H, W, 3) uint8, BGR, upright (rotation metadata already applied).
        t_s: Presentation time in seconds: since the first picture of a recording, since the anchor of a live
            source. Strictly increasing.
        index: Number of this picture, counting from 0 every one decoded in this run (a run that resumes later
            begins at the key picture it starts from).
    """

    image: NDArray[np.uint8]
    t_s: float
    index: int


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What is known of a video before it is decoded.

    Attributes:
        path: The file.
        width: Upright picture width, pixels.
        height: Upright picture height, pixels.
        rotation: Degrees clockwise by which the stored picture is turned to stand upright: 0, 90, 180, 270.
        duration_s: Length said by the container, seconds; `None` where it does not say.
        frame_rate: Average frame rate said by the container, 1/s; `None` where it does not say.
        codec: FFmpeg's short name of the video codec.
    """

    path: Path
    width: int
    height: int
    rotation: int
    duration_s: float | None
    frame_rate: float | None
    codec: str


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """How a live source is doing at one moment.

    Attributes:
        phase: `idle` before it is started; `connecting`; `live`; `stalled` when connected, but no picture comes;
            `lost` between attempts to connect; `closed`.
        since_s: Since when, seconds on the source's time line.
        reason: Why it is `stalled` or `lost`, or was last, as one sentence without user name and password;
            `None` where that never happened.
        lost_since_s: Time of the last picture before the present outage, or of the start where there was none;
            `None` while live.
        retry_s: When it connects again, seconds on the time line; `None` unless `lost`.
        connections: How many were made that gave a picture.
        decoded: Pictures decoded.
        dropped: Sampled pictures that went since the reader was slow.
        damaged: Pictures left out since they, or those they are made from, were damaged.
        clock_jumps: How often the camera's clock was set within a connection.
        size: Width and height of the last picture, upright, pixels; `None` before any.
        codec: FFmpeg's short name of the video codec; `None` before any picture.
        late_s: Delay of the last picture on its way here beyond the least delay of late, seconds.
        waiting: Pictures that wait for the reader.
    """

    phase: Literal["idle", "connecting", "live", "stalled", "lost", "closed"]
    since_s: float
    reason: str | None
    lost_since_s: float | None
    retry_s: float | None
    connections: int
    decoded: int
    dropped: int
    damaged: int
    clock_jumps: int
    size: tuple[int, int] | None
    codec: str | None
    late_s: float
    waiting: int
