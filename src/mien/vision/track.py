"""Follow faces through a stream: which face of this picture is which face of the pictures before.

Nothing here looks at a picture. The pipeline hands in candidates, faces found by landmarks or by the
detector, and the tracker says whose they are: by place, size and overlap with where each track is expected,
solved for all at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from mien.vision.assignment import IMPOSSIBLE, matched
from mien.vision.geometry import overlap
from mien.vision.motion import FACE, Motion, MotionState
from mien.vision.region import FacePlace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mien.vision.types import FaceMesh

_LAST_PLACE_PENALTY: Final = 0.3
_EDGE: Final = 0.1
"""Distance from the picture's edge, in face heights, at which somebody who is lost from sight has left it."""
_LEFT_S: Final = 0.5
"""After so long, seconds, nobody who left by the edge is taken for who comes in there."""


class TrackSettings(BaseModel):
    """How faces are followed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    detect_every_s: float = Field(
        0.5,
        gt=0.0,
        le=5.0,
        title="Time between detections",
        description="Seconds between two detections while every face is followed by its landmarks; when a "
        "face was lost or nobody is there, every picture is searched.",
    )
    max_hidden_s: float = Field(
        3.0,
        ge=0.0,
        le=30.0,
        title="Longest time hidden",
        description="Seconds for which a face may be hidden and still be the same track when it comes back.",
    )
    min_presence: float = Field(
        0.5,
        gt=0.0,
        lt=1.0,
        title="Least presence",
        description="Least probability of a face, as the landmark network says, from which landmarks are "
        "believed.",
    )
    min_score_alone: float = Field(
        0.85,
        gt=0.0,
        lt=1.0,
        title="Least score of a face without landmarks",
        description="Detector's score from which a face is believed although its landmarks are not.",
    )
    max_step: float = Field(
        0.5,
        gt=0.0,
        le=3.0,
        title="Longest step",
        description="Farthest a face may be from where it is expected, in face heights; it grows while it "
        "is hidden.",
    )
    max_unconfirmed_s: float = Field(
        2.0,
        gt=0.0,
        le=30.0,
        title="Longest time without the detector",
        description="Seconds for which landmarks may carry a track that the detector no longer finds.",
    )


class TrackState(MotionState):
    """One track as numbers: its place, its speed and its times. No landmarks, nothing of a picture."""

    id: int = Field(ge=1)
    seen_s: float
    confirmed_s: float
    place: FacePlace | None


class TrackerState(BaseModel):
    """The tracks of one camera as numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    next_id: int = Field(ge=1)
    detected_s: float | None
    forbidden: int = Field(ge=0)
    tracks: tuple[TrackState, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A face found in the present picture.

    Attributes:
        box: (4,) float32 pixels.
        mesh: Its landmarks; `None` where they are not to be believed.
        detected: Whether the detector found it in this picture.
        may_start: Whether it is sure enough to begin a track.
    """

    box: NDArray[np.float32]
    mesh: FaceMesh | None
    detected: bool
    may_start: bool

    @property
    def place(self) -> FacePlace | None:
        """Where it can be followed by its landmarks."""
        return None if self.mesh is None else FacePlace.of(self.mesh)


@dataclass(slots=True, eq=False)
class Track:
    """One face followed.

    Attributes:
        id: Number in its pipeline, from 1.
        motion: Where it was when last seen, and its speed.
        seen_s: When it was last seen, seconds in the stream.
        confirmed_s: When the detector last found it.
        place: Where its landmarks were, where it can be followed by them.
    """

    id: int
    motion: Motion
    seen_s: float
    confirmed_s: float
    place: FacePlace | None = None

    def expected(self, t_s: float) -> FacePlace | None:
        """Where its landmarks should be by now."""
        if self.place is None:
            return None
        x, y = self.motion.at(t_s).mean[:2, 0] - self.motion.mean[:2, 0]
        return self.place.moved(float(x), float(y))


@dataclass(slots=True)
class Tracker:
    """The faces of one camera. Ids count from 1 in each instance.

    Attributes:
        settings: How they are followed.
        tracks: Those that have not ended.
        next_id: Of the next one.
        detected_s: When the whole picture was searched last, seconds in the stream.
        forbidden: Faces that were found in excluded zones then.
        looked_s: When anything was looked for last.
    """

    settings: TrackSettings = field(default_factory=TrackSettings)
    tracks: list[Track] = field(default_factory=list)
    next_id: int = 1
    detected_s: float = -np.inf
    forbidden: int = 0
    looked_s: float = -np.inf

    def detection_due(self, t_s: float, *, lost: bool) -> bool:
        """Whether the whole picture should be searched now.

        Args:
            t_s: Now, seconds in the stream.
            lost: Whether a track could not be followed into this picture.
        """
        hidden = any(track.place is None for track in self.tracks)
        return lost or hidden or not self.tracks or t_s - self.detected_s >= self.settings.detect_every_s

    def assign(
        self, candidates: Sequence[Candidate], t_s: float, size: tuple[int, int]
    ) -> list[tuple[Track, Candidate]]:
        """Give every candidate to its track, and begin tracks for those left over.

        Args:
            candidates: The faces of this picture, each once.
            t_s: Now, seconds in the stream.
            size: Width and height of the picture, pixels.

        Returns:
            The tracks seen now with what was seen of them, by id. The others stay hidden.
        """
        gone = [self._left(track, t_s, size) for track in self.tracks]
        costs = np.array(
            [
                [IMPOSSIBLE if left else self._cost(track, seen, t_s) for seen in candidates]
                for track, left in zip(self.tracks, gone, strict=True)
            ]
        )
        self.looked_s = t_s
        pairs = [(self.tracks[i], candidates[j]) for i, j in matched(costs)]
        taken = {id(candidate) for _, candidate in pairs}
        seen_tracks = {track.id for track, _ in pairs}
        for track in self.tracks:
            if track.id not in seen_tracks:
                track.place = None
        for track, candidate in pairs:
            self._see(track, candidate, t_s)
        pairs += [
            (self._begin(candidate, t_s), candidate)
            for candidate in candidates
            if id(candidate) not in taken and candidate.may_start
        ]
        return sorted(pairs, key=lambda pair: pair[0].id)

    def expire(self, t_s: float) -> list[int]:
        """End the tracks hidden for too long; their ids."""
        return self._drop([track for track in self.tracks if t_s - track.seen_s > self.settings.max_hidden_s])

    def clear(self) -> list[int]:
        """End every track; their ids."""
        return self._drop(list(self.tracks))

    def _left(self, track: Track, t_s: float, size: tuple[int, int]) -> bool:
        """Whether somebody who was lost from sight has walked out of the picture, at its sides or its lower edge."""
        if track.seen_s >= self.looked_s or t_s - track.seen_s <= _LEFT_S:
            return False
        box = track.motion.box
        near = _EDGE * float(box[3] - box[1])
        return bool(box[0] < near or box[2] > size[0] - near or box[3] > size[1] - near)

    def _cost(self, track: Track, candidate: Candidate, t_s: float) -> float:
        """How unlike a candidate is to what is expected of a track, `IMPOSSIBLE` for another face."""
        now = track.motion.at(t_s)
        height = float(candidate.box[3] - candidate.box[1])
        growth = abs(float(np.log(max(height, 1.0) / now.height)))
        hidden_s = t_s - track.seen_s
        # Who stood still is looked for where they stood; who was on their way may have gone on. Two people taken
        # for one would spoil both measures, one taken for two only shortens them.
        speed = float(np.hypot(*track.motion.mean[:2, 1])) / track.motion.height
        reach = self.settings.max_step * min(1.0 + 6.0 * hidden_s, 2.0 + 2.0 * min(speed, 1.0))
        if growth > 0.4 + 0.2 * min(hidden_s, 1.0):
            return IMPOSSIBLE
        scale = np.sqrt(max(height, 1.0) * now.height)
        place = (candidate.box[:2] + candidate.box[2:]) / 2.0
        far = float(np.hypot(*(place - now.mean[:2, 0]))) / scale
        # Who stopped behind somebody comes out where they went in: for the hidden, the last place counts as
        # well.
        far_from_last = float(np.hypot(*(place - track.motion.mean[:2, 0]))) / scale + _LAST_PLACE_PENALTY
        far = min(far, far_from_last)
        if far > reach:
            return IMPOSSIBLE
        apart = 1.0 - float(overlap(now.box[None], candidate.box[None])[0, 0])
        return float(far + growth + 0.5 * apart)

    def _see(self, track: Track, candidate: Candidate, t_s: float) -> None:
        track.motion = track.motion.at(t_s).seen(candidate.box)
        track.seen_s = t_s
        track.place = candidate.place
        if candidate.detected:
            track.confirmed_s = t_s

    def _begin(self, candidate: Candidate, t_s: float) -> Track:
        track = Track(self.next_id, Motion.start(candidate.box, t_s), t_s, t_s, candidate.place)
        self.next_id += 1
        self.tracks.append(track)
        return track

    def _drop(self, gone: list[Track]) -> list[int]:
        ids = [track.id for track in gone]
        self.tracks = [track for track in self.tracks if track.id not in ids]
        return ids

    def state(self) -> TrackerState:
        """What is needed to go on after a stop."""
        return TrackerState(
            next_id=self.next_id,
            detected_s=None if self.detected_s == -np.inf else self.detected_s,
            forbidden=self.forbidden,
            tracks=tuple(
                TrackState(
                    id=track.id,
                    seen_s=track.seen_s,
                    confirmed_s=track.confirmed_s,
                    place=track.place,
                    **track.motion.numbers(),
                )
                for track in self.tracks
            ),
        )

    def restore(self, state: TrackerState, t_s: float | None) -> None:
        """Go on from a state.

        Args:
            state: What `state` gave.
            t_s: Time of the last picture before it; `None` where there was none.
        """
        self.looked_s = -np.inf if t_s is None else t_s
        self.next_id = state.next_id
        self.detected_s = -np.inf if state.detected_s is None else state.detected_s
        self.forbidden = state.forbidden
        self.tracks = [
            Track(saved.id, saved.motion(FACE), saved.seen_s, saved.confirmed_s, saved.place)
            for saved in state.tracks
        ]
