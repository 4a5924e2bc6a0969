"""How a camera's faces are read, and what holds for the place that it watches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field

from mien.vision.detect.network import DEFAULT_LONG_SIDE
from mien.vision.gate import GateSettings
from mien.vision.track import TrackSettings

if TYPE_CHECKING:
    from mien.vision.badges.settings import BadgeSettings
    from mien.vision.gate import Role

    Corners = tuple[tuple[float, float], ...]


STATE_VERSION: Final = 7
"""Of what `FacePipeline.state` gives; what another version saved is begun anew."""


class PipelineSettings(BaseModel):
    """How a camera's faces are found, followed and judged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    detector: str = Field("yunet", title="Detector", description="Name of the face detector.")
    detect_long_side: int | None = Field(
        DEFAULT_LONG_SIDE,
        ge=64,
        title="Detection size",
        description="Pictures are shrunk to this many pixels on the longer side for detection; none for "
        "full resolution, which finds far-off faces and costs more.",
    )
    min_score: float = Field(
        0.5, gt=0.0, lt=1.0, title="Least detection score", description="Detector's confidence, 0 to 1."
    )
    landmarker: str = Field("mediapipe", title="Landmarks", description="Name of the landmark network.")
    reader: str = Field("mien", title="Reader", description="Name of the expression reader.")
    tracks: TrackSettings = Field(
        default_factory=TrackSettings, title="Following", description="How faces are followed."
    )
    gate: GateSettings = Field(
        default_factory=GateSettings, title="Gate", description="Thresholds from which a reading counts."
    )
    threads: int = Field(1, ge=1, le=64, title="Threads", description="Threads inside one network.")


@dataclass(frozen=True, slots=True)
class CameraView:
    """What holds for the place that a camera watches.

    Attributes:
        role: What the touchpoint is in the journey; some make people look down.
        exclude: Zones where nothing is read, corners in 0-1 coordinates of the picture.
        read: Zones to which reading is confined, likewise; the whole picture where there are none.
        badges: Markers by which people are not read; none are looked for where left out.
    """

    role: Role | None = None
    exclude: tuple[Corners, ...] = ()
    read: tuple[Corners, ...] = ()
    badges: BadgeSettings | None = None
