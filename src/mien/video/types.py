"""What a video source gives: frames with true presentation times, and facts about the stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded picture of a video.

    Attributes:
        image: (H, W, 3) uint8, BGR, upright (rotation metadata already applied).
        t_s: Presentation time in seconds since the first picture of the stream.
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
