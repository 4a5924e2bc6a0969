"""The gate: which readings count (design 3.3).

A reading counts if the face is big, sharp and frontal enough and attends to the scene. What is left out
keeps its reason. Head and gaze are judged against the camera's usual pose and the touchpoint's role.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from mien.errors import SettingError
from mien.vision.types import LeftOut
from mien.vision.usual import RunningMedian, UsualState

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

_PRIOR_S: Final = 10.0
_LONGEST_SHARE_S: Final = 20.0
_LONGEST_HOLD_S: Final = 1.0
_LEVEL_KNOWN_S: Final = 1.0
_BLINK_S: Final = 0.5
_LOWERED_WEIGHT: Final = 0.25


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
        25.0,
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


@dataclass(slots=True)
class _Person:
    """What the gate remembers of a track."""

    seen_s: float
    share_s: float = 0.0
    level_s: float = 0.0
    down_since: float | None = None
    down_until: float | None = None


class PersonState(BaseModel):
    """A track's attention as numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: int = Field(ge=1)
    seen_s: float
    share_s: float = Field(ge=0.0)
    level_s: float = Field(ge=0.0)
    down_since: float | None
    down_until: float | None


class GateState(BaseModel):
    """The gate as numbers: the camera's usual pose and since when each track looks down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    yaw: UsualState
    pitch: UsualState
    gaze_pitch: UsualState
    people: tuple[PersonState, ...]


class Gate:
    """Judges the readings of one camera.

    Args:
        settings: Thresholds.
        role: What the touchpoint is in the journey; `None` for a place without one.
    """

    def __init__(self, settings: GateSettings, role: Role | None = None) -> None:
        self._settings = settings
        more = _MORE_DOWN[role] if role is not None else 0.0
        self._max_down = settings.max_down + more
        self._max_gaze_down = settings.max_gaze_down + more
        self._yaw = RunningMedian(prior_s=_PRIOR_S, prior=settings.usual_yaw)
        self._pitch = RunningMedian(prior_s=_PRIOR_S, prior=settings.usual_pitch)
        self._gaze_pitch = RunningMedian(prior_s=_PRIOR_S, prior=settings.usual_pitch)
        self._people: dict[int, _Person] = {}

    @property
    def usual(self) -> tuple[float, float]:
        """Usual yaw and pitch of heads at this camera, degrees."""
        return self._yaw.value, self._pitch.value

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
        down_s = self._attention(track_id, t_s, pose, gaze)
        return self._of_quality(quality) or self._of_pose(pose, gaze, down_s)

    def forget(self, track_ids: list[int]) -> None:
        """Drop what is remembered of tracks that ended."""
        for track_id in track_ids:
            self._people.pop(track_id, None)

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

    def _of_pose(self, pose: HeadPose, gaze: Gaze | None, down_s: float | None) -> LeftOut | None:
        limits = self._settings
        yaw, pitch = self.usual
        if down_s is not None and down_s >= limits.phone_after_s:
            return LeftOut.PHONE
        if self._head_down(pose) or (
            gaze is not None and gaze.pitch - self._gaze_pitch.value > self._max_gaze_down
        ):
            return LeftOut.LOOKING_DOWN
        away = (
            abs(pose.yaw - yaw) > limits.max_turn
            or max(abs(pose.yaw), abs(pose.pitch)) > limits.readable_turn
            or pitch - pose.pitch > limits.max_up
            or (gaze is not None and abs(gaze.yaw - yaw) > limits.max_gaze_turn)
        )
        return LeftOut.TURNED_AWAY if away else None

    def _head_down(self, pose: HeadPose) -> bool:
        return pose.pitch - self._pitch.value > self._max_down

    def _eyes_down(self, gaze: Gaze | None) -> bool:
        # Of a lowered head the irises are often hidden: then the eyes are down with it.
        return gaze is None or gaze.pitch - self._gaze_pitch.value > self._max_down

    def _attention(self, track_id: int, t_s: float, pose: HeadPose, gaze: Gaze | None) -> float | None:
        """Add a pose to what is usual.

        Returns:
            Seconds for which head and gaze have been down; `None` where they are not.
        """
        person = self._people.setdefault(track_id, _Person(t_s))
        held_s = min(max(t_s - person.seen_s, 0.0), _LONGEST_HOLD_S)
        person.seen_s = t_s
        lowered = self._head_down(pose)
        if not lowered:
            person.level_s += held_s
        down = lowered and self._eyes_down(gaze)
        # A blink or one uncertain gaze does not end a look at a phone.
        if person.down_until is not None and t_s - person.down_until > _BLINK_S:
            person.down_since = person.down_until = None
        if down:
            person.down_until = t_s
            if person.down_since is None:
                person.down_since = t_s
        # Who looked up before and looks down now has lowered the head: that says little about the camera.
        # And one person who stays for long must not decide for all.
        weight = _LOWERED_WEIGHT if lowered and person.level_s >= _LEVEL_KNOWN_S else 1.0
        share_s = min(held_s * weight, _LONGEST_SHARE_S - person.share_s)
        person.share_s += share_s
        self._yaw.add(pose.yaw, share_s, t_s)
        self._pitch.add(pose.pitch, share_s, t_s)
        if gaze is not None:
            self._gaze_pitch.add(gaze.pitch, share_s, t_s)
        return t_s - person.down_since if down and person.down_since is not None else None

    def state(self) -> GateState:
        """What is needed to go on after a stop."""
        return GateState(
            yaw=self._yaw.state(),
            pitch=self._pitch.state(),
            gaze_pitch=self._gaze_pitch.state(),
            people=tuple(
                PersonState(
                    id=track_id,
                    seen_s=person.seen_s,
                    share_s=person.share_s,
                    level_s=person.level_s,
                    down_since=person.down_since,
                    down_until=person.down_until,
                )
                for track_id, person in self._people.items()
            ),
        )

    def restore(self, state: GateState) -> None:
        """Go on from a state."""
        self._yaw.restore(state.yaw)
        self._pitch.restore(state.pitch)
        self._gaze_pitch.restore(state.gaze_pitch)
        self._people = {
            p.id: _Person(p.seen_s, p.share_s, p.level_s, p.down_since, p.down_until) for p in state.people
        }
