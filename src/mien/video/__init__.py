"""Frames with true presentation times, from files and, later, live sources. Knows nothing of faces."""

from mien.video.container import Damage
from mien.video.files import VideoFile, fingerprint, open_video
from mien.video.protocol import VideoSource
from mien.video.sources import SOURCES, open_source
from mien.video.types import Frame, VideoInfo
from mien.video.writer import VideoWriter

__all__ = [
    "SOURCES",
    "Damage",
    "Frame",
    "VideoFile",
    "VideoInfo",
    "VideoSource",
    "VideoWriter",
    "fingerprint",
    "open_source",
    "open_video",
]
