"""The gate: which readings count (design 3.3).

A reading counts if the face is big, sharp and frontal enough and attends to the scene. What is left out
keeps its reason. Head and gaze are judged against the camera's usual pose and the touchpoint's role.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from mien.errors import SettingError
from mien.vision.attention import Attending, Attention
from mien.vision.types import LeftOut

if TYPE_CHECKING:
    from mien.vision.types import Gaze, HeadPose, Quality

Role = Literal["entrance", "department", "counter", "checkout", "exit", "call"]
"""What a touchpoint is in the journey (design 2)."""

ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""Names of the roles."""

_MORE_DOWN: Final[dict[Role, float]] = {
    "entrance": 0.0,
    "department": 8.0,
    "counter": 18.0,
    "checkout": 18.0,
    "exit": 0.0,
    "call": 5.0,
}
"""Degrees that people look down more at a touchpoint without looking away: at shelves, goods, forms, a card
reader, a screen below its camera."""


def check_role(name: str) -> Role:
    """Return `name` if it is a role.

    Raises:
        SettingError: It is none; the message lists those that exist.
    """
    for role in ROLES:
        if role == name:
            return role
    raise SettingError(f"There is no touchpoint role '{name}'; choose one of {', '.join(ROLES)}.")


class GateSettings(BaseModel):
    """Thresholds from which a reading counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_height_px: float = Field(
        40.0, ge=16.0, le=400.0, title="Least face height", description="Pixels of the original picture."
    )
    min_sharpness: float = Field(
        0.35,
        ge=0.0,
        le=1.0,
        title="Least sharpness",
        description="0 nothing can be made out, 1 as sharp as the reader needs.",
    )
    min_brightness: float = Field(
        0.08, ge=0.0, le=1.0, title="Least brightness", description="Mean luma of the face, 0 to 1."
    )
    max_brightness: float = Field(
        0.95, ge=0.0, le=1.0, title="Greatest brightness", description="Mean luma of the face, 0 to 1."
    )
    min_contrast: float = Field(
        0.04, ge=0.0, le=0.5, title="Least contrast", description="Standard deviation of luma, 0 to 0.5."
    )
    min_inside: float = Field(
        0.85,
        ge=0.0,
        le=1.0,
        title="Least share inside",
        description="Share of the face inside the picture and outside excluded zones.",
    )
    max_covered: float = Field(
        0.2,
        ge=0.0,
        le=1.0,
        title="Greatest share covered",
        description="Share of a face's box behind another face from which it is not readable.",
    )
    max_turn: float = Field(
        30.0,
        gt=0.0,
        le=90.0,
        title="Greatest turn",
        description="Degrees of yaw of the head from what is usual at the camera, as measured: of a turn "
        "of 50 degrees the landmarks show 33 to 44.",
    )
    max_gaze_turn: float = Field(
        60.0,
        gt=0.0,
        le=120.0,
        title="Greatest turn of the eyes",
        description="Degrees of yaw of the gaze from the usual yaw of heads at the camera.",
    )
    max_up: float = Field(
        35.0,
        gt=0.0,
        le=90.0,
        title="Greatest rise",
        description="Degrees by which the head looks up from what is usual at the camera.",
    )
    max_down: float = Field(
        22.0,
        gt=0.0,
        le=90.0,
        title="Greatest lowering",
        description="Degrees by which the head looks down from what is usual at the camera; counters, "
        "tills and shelves allow more.",
    )
    max_gaze_down: float = Field(
        38.0,
        gt=0.0,
        le=90.0,
        title="Greatest lowering of the eyes",
        description="Degrees by which the gaze is down from what is usual while the head is not; the "
        "direction of nearly closed, laughing eyes is uncertain, hence the width.",
    )
    usual_yaw: float = Field(
        0.0,
        ge=-90.0,
        le=90.0,
        title="Usual turn at first",
        description="Degrees of yaw expected of heads before the camera has seen any.",
    )
    usual_pitch: float = Field(
        0.0,
        ge=-90.0,
        le=90.0,
        title="Usual lowering at first",
        description="Degrees of pitch expected of heads before the camera has seen any; a camera that "
        "hangs high sees them lowered.",
    )
    readable_turn: float = Field(
        55.0,
        gt=0.0,
        le=90.0,
        title="Greatest readable turn",
        description="Degrees of yaw or pitch from the camera's axis beyond which too little of a face "
        "shows, whatever is usual.",
    )
    phone_after_s: float = Field(
        1.0,
        gt=0.0,
        le=10.0,
        title="Time to a phone",
        description="Seconds of head and gaze down after which somebody looks at a phone.",
    )


class Gate:
    """Judges the readings of one camera.

    Args:
        settings: Thresholds.
        role: What the touchpoint is in the journey; `None` for a place without one.
    """

    def __init__(self, settings: GateSettings, role: Role | None = None) -> None:
        self._settings = settings
        self._max_down = settings.max_down + (_MORE_DOWN[role] if role is not None else 0.0)
        self.attention = Attention(
            yaw=settings.usual_yaw, pitch=settings.usual_pitch, max_down=self._max_down
        )

    def judge(
        self, track_id: int, t_s: float, quality: Quality, pose: HeadPose | None, gaze: Gaze | None
    ) -> LeftOut | None:
        """Why a reading does not count, `None` where it does.

        Args:
            track_id: Whose reading it is.
            t_s: When, seconds in the stream.
            quality: How well the face can be read.
            pose: Head pose; `None` where no landmarks are to be believed.
            gaze: Direction of the eyes, where it is known.
        """
        if pose is None:
            return LeftOut.UNUSABLE
        attending = self.attention.note(track_id, t_s, pose, gaze)
        return self._of_quality(quality) or self._of_pose(pose, attending)

    def _of_quality(self, quality: Quality) -> LeftOut | None:
        limits = self._settings
        if quality.height_px < limits.min_height_px:
            return LeftOut.TOO_SMALL
        if quality.inside < limits.min_inside:
            return LeftOut.CUT_OFF
        lit = limits.min_brightness <= quality.brightness <= limits.max_brightness
        if not lit or quality.contrast < limits.min_contrast:
            return LeftOut.TOO_DARK
        if quality.sharpness < limits.min_sharpness:
            return LeftOut.BLURRED
        return None

    def _of_pose(self, pose: HeadPose, attending: Attending) -> LeftOut | None:
        limits = self._settings
        if attending.down_s is not None and attending.down_s >= limits.phone_after_s:
            return LeftOut.PHONE
        # Of a lowered head the lids hide the irises and gaze seems lower still, so only what the eyes add counts.
        eyes = attending.gaze_pitch - max(attending.pitch, 0.0) if attending.gaze_pitch is not None else 0.0
        if attending.pitch > self._max_down or eyes > limits.max_gaze_down:
            return LeftOut.LOOKING_DOWN
        away = (
            abs(attending.yaw) > limits.max_turn
            or max(abs(pose.yaw), abs(pose.pitch)) > limits.readable_turn
            or attending.pitch < -limits.max_up
            or (attending.gaze_yaw is not None and abs(attending.gaze_yaw) > limits.max_gaze_turn)
        )
        return LeftOut.TURNED_AWAY if away else None
