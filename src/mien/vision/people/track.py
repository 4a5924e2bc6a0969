"""Follow people through a stream at two pictures a second or fewer.

Between two such pictures a walker moves by a third of their own height, about the width of their box: boxes of one
person need not overlap at all, which is what trackers for video at full rate go by. So people are assigned by
distance in heights from where each is expected, solved for all at once. As in ByteTrack (Zhang et al., ECCV 2022) the
sure detections are assigned first, and the weak ones may only go on with a track, never begin one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from mien.vision.assignment import IMPOSSIBLE, matched
from mien.vision.geometry import overlap
from mien.vision.motion import PERSON, Motion, MotionState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.vision.people.types import Person

_WEAK_REACH: Final = 0.6
"""Share of the reach of a sure detection that a weak one has."""


class PeopleTrackSettings(BaseModel):
    """How people are followed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_score: float = Field(
        0.45,
        gt=0.0,
        lt=1.0,
        title="Least score of somebody new",
        description="Detector's score from which a track may begin; weaker ones can only go on with one.",
    )
    max_hidden_s: float = Field(
        3.0,
        ge=0.0,
        le=30.0,
        title="Longest time hidden",
        description="Seconds for which a person may be hidden and still be the same track when seen again.",
    )
    max_speed: float = Field(
        1.2,
        gt=0.0,
        le=5.0,
        title="Greatest speed",
        description="Heights per second by which a person may be away from where they are expected, as "
        "pictures or sight of them fail; a walker does 0.8.",
    )
    reach: float = Field(
        0.25,
        gt=0.0,
        le=2.0,
        title="Reach",
        description="Heights by which a person may be away from where they are expected, however soon.",
    )
    same_person: float = Field(
        0.7,
        gt=0.0,
        le=1.0,
        title="Same person",
        description="Share of a new box inside that of somebody followed from which it is no new person.",
    )


class PersonTrackState(MotionState):
    """One track as numbers: its box, its speed and when it was last seen. Nothing of a picture."""

    id: int = Field(ge=1)


class PeopleTrackerState(BaseModel):
    """The tracks of one camera as numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    next_id: int = Field(ge=1)
    tracks: tuple[PersonTrackState, ...]


@dataclass(slots=True, eq=False)
class PersonTrack:
    """One person followed.

    Attributes:
        id: Number in its tracker, from 1.
        motion: Where they were when last seen, and their speed.
    """

    id: int
    motion: Motion


@dataclass(slots=True)
class PeopleTracker:
    """The people of one camera. Ids count from 1 in each instance."""

    settings: PeopleTrackSettings = field(default_factory=PeopleTrackSettings)
    tracks: list[PersonTrack] = field(default_factory=list)
    next_id: int = 1

    def assign(self, people: Sequence[Person], t_s: float) -> list[tuple[PersonTrack, Person]]:
        """Give every person found to a track, and begin tracks for the sure ones left over.

        Args:
            people: The people of this picture, each once.
            t_s: Now, seconds in the stream; later than before.

        Returns:
            The tracks seen now with what was seen of them, by id. The others stay hidden.
        """
        sure = [person for person in people if person.score >= self.settings.start_score]
        weak = [person for person in people if person.score < self.settings.start_score]
        pairs = self._match(self.tracks, sure, t_s, reach=1.0)
        seen = {track.id for track, _ in pairs}
        hidden = [track for track in self.tracks if track.id not in seen]
        pairs += self._match(hidden, weak, t_s, reach=_WEAK_REACH)
        for track, person in pairs:
            track.motion = track.motion.at(t_s).seen(person.box)
        taken = {id(person) for _, person in pairs}
        for person in sure:
            if id(person) not in taken and not self._seen_already(person, pairs):
                track = PersonTrack(self.next_id, Motion.start(person.box, t_s, PERSON))
                self.next_id += 1
                self.tracks.append(track)
                pairs.append((track, person))
        return sorted(pairs, key=lambda pair: pair[0].id)

    def expire(self, t_s: float) -> list[int]:
        """End the tracks hidden for too long; their ids."""
        return self._drop([t for t in self.tracks if t_s - t.motion.t_s > self.settings.max_hidden_s])

    def clear(self) -> list[int]:
        """End every track; their ids."""
        return self._drop(list(self.tracks))

    def _match(
        self, tracks: Sequence[PersonTrack], people: Sequence[Person], t_s: float, *, reach: float
    ) -> list[tuple[PersonTrack, Person]]:
        costs = np.array([[self._cost(track, person, t_s, reach) for person in people] for track in tracks])
        return [(tracks[i], people[j]) for i, j in matched(costs)]

    def _cost(self, track: PersonTrack, person: Person, t_s: float, reach: float) -> float:
        """How unlike a person is to what is expected of a track, `IMPOSSIBLE` for somebody else."""
        now = track.motion.at(t_s)
        hidden_s = t_s - track.motion.t_s
        height = max(float(person.box[3] - person.box[1]), 1.0)
        growth = abs(float(np.log(height / now.height)))
        # Whoever steps behind something or into the picture's edge loses half of their box at once, so the place is
        # taken from the side that changed least: heads mostly stay in view, feet do not.
        apart = person.box - now.box
        sideways = abs(float(apart[0] + apart[2])) / 2.0
        upright = float(np.abs(apart[[1, 3]]).min())
        far = float(np.hypot(sideways, upright)) / max(height, now.height)
        allowed = reach * (self.settings.reach + self.settings.max_speed * min(hidden_s, 1.0))
        if far > allowed or growth > 1.0:
            return IMPOSSIBLE
        alike = float(overlap(now.box[None], person.box[None])[0, 0])
        return far + 0.3 * growth + 0.5 * (1.0 - alike)

    def _seen_already(self, person: Person, pairs: Sequence[tuple[PersonTrack, Person]]) -> bool:
        """Whether a box is a second view of somebody seen now: their upper half, say."""
        if not pairs:
            return False
        others = np.stack([other.box for _, other in pairs]).astype(np.float64)
        corner = np.maximum(others[:, :2], person.box[:2])
        shared = np.clip(np.minimum(others[:, 2:], person.box[2:]) - corner, 0.0, None).prod(axis=1)
        area = max(float((person.box[2:] - person.box[:2]).prod()), 1e-9)
        return bool((shared / area).max() >= self.settings.same_person)

    def _drop(self, gone: list[PersonTrack]) -> list[int]:
        ids = [track.id for track in gone]
        self.tracks = [track for track in self.tracks if track.id not in ids]
        return ids

    def state(self) -> PeopleTrackerState:
        """What is needed to go on after a stop."""
        return PeopleTrackerState(
            next_id=self.next_id,
            tracks=tuple(PersonTrackState(id=track.id, **track.motion.numbers()) for track in self.tracks),
        )

    def restore(self, state: PeopleTrackerState) -> None:
        """Go on from a state."""
        self.next_id = state.next_id
        self.tracks = [PersonTrack(saved.id, saved.motion(PERSON)) for saved in state.tracks]
