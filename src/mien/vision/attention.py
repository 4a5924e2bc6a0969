"""Attention: how head and eyes are held, against what is usual at the camera.

Cameras hang high, to the side, behind a counter, so "down" and "away" mean something only against the usual
pose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field

from mien.vision.usual import RunningMedian, UsualState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.vision.types import Gaze, HeadPose

_PRIOR_S: Final = 10.0
_LONGEST_SHARE_S: Final = 20.0
_LONGEST_HOLD_S: Final = 1.0
_LEVEL_KNOWN_S: Final = 1.0
_BLINK_S: Final = 0.5
_LOWERED_WEIGHT: Final = 0.25


@dataclass(frozen=True, slots=True)
class Attending:
    """How one face is held, in degrees from what is usual at the camera.

    Attributes:
        yaw: Turn of the head.
        pitch: Lowering of the head.
        gaze_yaw: Turn of the eyes from the usual turn of heads; `None` where it is not known.
        gaze_pitch: Lowering of the eyes; `None` where it is not known.
        down_s: Seconds for which head and eyes have been down; `None` where they are not.
    """

    yaw: float
    pitch: float
    gaze_yaw: float | None
    gaze_pitch: float | None
    down_s: float | None


class PersonState(BaseModel):
    """What is remembered of one track, as numbers.

    Attributes:
        id: Number of the track.
        seen_s: When it was last judged, seconds in the stream.
        share_s: Seconds it has added to what is usual.
        level_s: Seconds for which its head was not lowered.
        down_since: Since when head and eyes are down.
        down_until: When they were last.
    """

    model_config = ConfigDict(extra="forbid")

    id: int = Field(ge=1)
    seen_s: float
    share_s: float = Field(0.0, ge=0.0)
    level_s: float = Field(0.0, ge=0.0)
    down_since: float | None = None
    down_until: float | None = None


class AttentionState(BaseModel):
    """The camera's usual pose and what is remembered of each track, as numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    yaw: UsualState
    pitch: UsualState
    gaze_pitch: UsualState
    people: tuple[PersonState, ...]


class Attention:
    """Follows what is usual at one camera, and who looks down for how long.

    Args:
        yaw: Usual turn of heads before any was seen, degrees.
        pitch: Usual lowering of heads and eyes before any was seen, degrees.
        max_down: Degrees beyond what is usual from which a head or the eyes are down.
    """

    def __init__(self, *, yaw: float, pitch: float, max_down: float) -> None:
        self._max_down = max_down
        self._yaw = RunningMedian(prior_s=_PRIOR_S, prior=yaw)
        self._pitch = RunningMedian(prior_s=_PRIOR_S, prior=pitch)
        self._gaze_pitch = RunningMedian(prior_s=_PRIOR_S, prior=pitch)
        self._people: dict[int, PersonState] = {}

    @property
    def usual_pitch(self) -> float:
        """Lowering of heads that is usual at the camera by now, degrees."""
        return self._pitch.value

    def note(self, track_id: int, t_s: float, pose: HeadPose, gaze: Gaze | None) -> Attending:
        """Take in how a face is held.

        Args:
            track_id: Whose face.
            t_s: When, seconds in the stream.
            pose: Its head pose.
            gaze: Direction of its eyes, where it is known.

        Returns:
            How that is against what is usual, this face included.
        """
        person = self._people.setdefault(track_id, PersonState(id=track_id, seen_s=t_s))
        held_s = min(max(t_s - person.seen_s, 0.0), _LONGEST_HOLD_S)
        person.seen_s = t_s
        lowered = pose.pitch - self._pitch.value > self._max_down
        if not lowered:
            person.level_s += held_s
        self._learn(person, held_s * self._weight(person, lowered=lowered), pose, gaze)
        return Attending(
            yaw=pose.yaw - self._yaw.value,
            pitch=pose.pitch - self._pitch.value,
            gaze_yaw=gaze.yaw - self._yaw.value if gaze is not None else None,
            gaze_pitch=gaze.pitch - self._gaze_pitch.value if gaze is not None else None,
            down_s=self._down_s(person, lowered, gaze),
        )

    def forget(self, track_ids: Iterable[int]) -> None:
        """Drop what is remembered of tracks that ended."""
        for track_id in track_ids:
            self._people.pop(track_id, None)

    @staticmethod
    def _weight(person: PersonState, *, lowered: bool) -> float:
        """What a pose says about the camera: little if the head was lowered after it had been level."""
        return _LOWERED_WEIGHT if lowered and person.level_s >= _LEVEL_KNOWN_S else 1.0

    def _learn(self, person: PersonState, seconds: float, pose: HeadPose, gaze: Gaze | None) -> None:
        # One person who stays for long must not decide for all.
        seconds = min(seconds, _LONGEST_SHARE_S - person.share_s)
        person.share_s += seconds
        self._yaw.add(pose.yaw, seconds, person.seen_s)
        self._pitch.add(pose.pitch, seconds, person.seen_s)
        if gaze is not None:
            self._gaze_pitch.add(gaze.pitch, seconds, person.seen_s)

    def _down_s(self, person: PersonState, lowered: bool, gaze: Gaze | None) -> float | None:
        # Of a lowered head the irises are often hidden: then the eyes are down with it.
        eyes_down = gaze is None or gaze.pitch - self._gaze_pitch.value > self._max_down
        # A blink or one uncertain gaze does not end a look at a phone.
        if person.down_until is not None and person.seen_s - person.down_until > _BLINK_S:
            person.down_since = person.down_until = None
        if not (lowered and eyes_down):
            return None
        person.down_until = person.seen_s
        if person.down_since is None:
            person.down_since = person.seen_s
        return person.seen_s - person.down_since

    def state(self) -> AttentionState:
        """What is needed to go on after a stop."""
        return AttentionState(
            yaw=self._yaw.state(),
            pitch=self._pitch.state(),
            gaze_pitch=self._gaze_pitch.state(),
            people=tuple(person.model_copy() for person in self._people.values()),
        )

    def restore(self, state: AttentionState) -> None:
        """Go on from a state."""
        self._yaw.restore(state.yaw)
        self._pitch.restore(state.pitch)
        self._gaze_pitch.restore(state.gaze_pitch)
        self._people = {person.id: person.model_copy() for person in state.people}
