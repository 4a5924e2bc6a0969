"""Frames with true presentation times, from files and live cameras. Knows nothing of faces."""

from mien.video.address import Address
from mien.video.anchor import Anchor
from mien.video.container import Damage
from mien.video.files import VideoFile, fingerprint, open_video
from mien.video.health import CameraHealth, Finding, HealthReport
from mien.video.live import LiveCamera, open_camera
from mien.video.protocol import FrameSource, LiveSource, VideoSource
from mien.video.sources import SOURCES, open_source
from mien.video.stream import LiveSettings
from mien.video.types import Frame, LiveStatus, VideoInfo
from mien.video.writer import VideoWriter

__all__ = [
    "SOURCES",
    "Address",
    "Anchor",
    "CameraHealth",
    "Damage",
    "Finding",
    "Frame",
    "FrameSource",
    "HealthReport",
    "LiveCamera",
    "LiveSettings",
    "LiveSource",
    "LiveStatus",
    "VideoFile",
    "VideoInfo",
    "VideoSource",
    "VideoWriter",
    "fingerprint",
    "open_camera",
    "open_source",
    "open_video",
]
