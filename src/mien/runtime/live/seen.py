"""A face that a worker saw, as it travels to the writer: numbers and words, never a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict

from mien.vision.types import (
    ExpressionReading,
    FaceCues,
    Gaze,
    HeadPose,
    LeftOut,
    Observation,
    Quality,
    TiredLook,
    Visibility,
)

if TYPE_CHECKING:
    from typing import Self


class Message(BaseModel):
    """A word; it is what it says and nothing more."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_Four = tuple[float, float, float, float]
_Eight = tuple[float, float, float, float, float, float, float, float]


class SeenFace(Message):
    """An `Observation` as numbers and words; see there for units."""

    track_id: int
    t_s: float
    box: _Four
    quality: tuple[float, float, float, float, float]
    pose: tuple[float, float, float] | None
    gaze: tuple[float, float] | None
    visibility: Visibility
    probabilities: _Eight | None
    variances: tuple[float, float, float] | None
    read_from: Visibility | None
    left_out: LeftOut | None
    shown: _Eight | None
    cues: FaceCues | None = None
    tired: TiredLook | None = None

    @classmethod
    def of(cls, seen: Observation) -> Self:
        """The observation as it travels."""
        quality, pose, gaze, reading = seen.quality, seen.pose, seen.gaze, seen.reading
        return cls.model_validate(
            {
                "track_id": seen.track_id,
                "t_s": seen.t_s,
                "box": seen.box.tolist(),
                "quality": (
                    quality.height_px,
                    quality.sharpness,
                    quality.brightness,
                    quality.contrast,
                    quality.inside,
                ),
                "pose": None if pose is None else (pose.yaw, pose.pitch, pose.roll),
                "gaze": None if gaze is None else (gaze.yaw, gaze.pitch),
                "visibility": seen.visibility,
                "probabilities": None if reading is None else reading.probabilities.tolist(),
                "variances": None if reading is None else reading.variances.tolist(),
                "read_from": None if reading is None else reading.visibility,
                "left_out": seen.left_out,
                "shown": None if seen.shown is None else seen.shown.tolist(),
                "cues": seen.cues,
                "tired": seen.tired,
            }
        )

    def observation(self) -> Observation:
        """The observation that was sent."""
        reading = None
        if self.probabilities is not None and self.variances is not None and self.read_from is not None:
            reading = ExpressionReading(
                np.array(self.probabilities), np.array(self.variances), self.read_from
            )
        return Observation(
            track_id=self.track_id,
            t_s=self.t_s,
            box=np.array(self.box, np.float32),
            quality=Quality(*self.quality),
            pose=None if self.pose is None else HeadPose(*self.pose),
            gaze=None if self.gaze is None else Gaze(*self.gaze),
            visibility=self.visibility,
            reading=reading,
            left_out=self.left_out,
            shown=None if self.shown is None else np.array(self.shown),
            cues=self.cues,
            tired=self.tired,
        )
