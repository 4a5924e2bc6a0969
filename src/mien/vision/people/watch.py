"""The people of one camera: black out, find, follow, and tell where each stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mien.errors import SettingError
from mien.vision.exclude import ExcludedZones
from mien.vision.people.nanodet import LONG_SIDE, MIN_SCORE
from mien.vision.people.track import PeopleTracker, PeopleTrackerState, PeopleTrackSettings
from mien.vision.people.types import SeenPerson
from mien.vision.registry import PERSON_DETECTORS
from mien.vision.scene import SceneWatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mien.video.types import Frame
    from mien.vision.people.track import PersonTrack
    from mien.vision.people.types import Person, PersonDetector

_MOST_EXCLUDED: Final = 0.5
"""Share of a body inside excluded zones from which nobody is counted. More than of a face, for the head of a customer
before a counter often lies before the place of staff."""

_EDGE: Final = 0.015
"""A box that ends so near to the lower edge of the picture (share of its height) is cut by it."""

_SLENDER: Final = 2.6
"""Height over width of somebody who stands: tells how far the feet are below a picture of head and shoulders."""

_MOST_BELOW: Final = 2.0
"""Feet are told to be so many picture heights down at most."""


class PeopleSettings(BaseModel):
    """How a camera's people are found and followed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    detector: str = Field("nanodet", title="Detector", description="Name of the detector of people.")
    long_side: int | None = Field(
        LONG_SIDE,
        ge=64,
        title="Detection size",
        description="Pictures are shrunk to this many pixels on the longer side; none for full resolution, which finds "
        "people further off and costs more.",
    )
    min_score: float = Field(
        MIN_SCORE, gt=0.0, lt=1.0, title="Least score", description="Detector's confidence, 0 to 1."
    )
    tracks: PeopleTrackSettings = Field(
        default_factory=PeopleTrackSettings, title="Following", description="How people are followed."
    )
    threads: int = Field(1, ge=1, le=64, title="Threads", description="Threads inside the network.")


class PeopleState(BaseModel):
    """What a watch needs to go on after a stop: numbers only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(1, ge=1, le=1)
    t_s: float | None
    tracks: PeopleTrackerState


@dataclass(frozen=True, slots=True)
class PeopleResult:
    """What one picture gave.

    Attributes:
        seen: Everybody seen in it, by track.
        ended: Tracks that ended; they never come back.
        excluded: People found in excluded zones, who were not followed.
    """

    seen: list[SeenPerson]
    ended: list[int]
    excluded: int


class PeopleWatch:
    """Finds and follows the people of one camera, picture by picture.

    No face is looked for, and nothing is kept of a picture.

    Args:
        settings: How people are found and followed.
        exclude: Zones where nobody is counted, corners in 0-1 coordinates of the picture. They are black before
            anybody is looked for. Who stands in one, or lies in them by more than half of the box, is not counted
            either.
        detector: Used instead of the one that `settings` name.

    Raises:
        SettingError: There is no detector of that name.
        ZoneError: An excluded zone is no polygon inside the picture.
        ModelError: Weights are missing or altered.
    """

    def __init__(
        self,
        settings: PeopleSettings | None = None,
        *,
        exclude: Sequence[Sequence[tuple[float, float]]] = (),
        detector: PersonDetector | None = None,
    ) -> None:
        self.settings = settings if settings is not None else PeopleSettings()
        self._zones = ExcludedZones(exclude, max_share=_MOST_EXCLUDED)
        self._tracker = PeopleTracker(self.settings.tracks)
        self._scene = SceneWatch()
        self._detector = detector or PERSON_DETECTORS.make(
            self.settings.detector,
            long_side=self.settings.long_side,
            min_score=self.settings.min_score,
            threads=self.settings.threads,
        )

    def process(self, frame: Frame) -> PeopleResult:
        """Take in the next picture.

        Args:
            frame: Upright BGR picture with its time. A time before the last one (a seek) or a cut to another scene
                ends every track.

        Returns:
            Everybody seen in it.
        """
        height, width = frame.image.shape[:2]
        image = self._zones.blacked_out(frame.image)
        jumped = self._scene.jumped(image, frame.t_s)
        ended = self._tracker.clear() if jumped else self._tracker.expire(frame.t_s)
        found = self._detector.detect(image)
        allowed = [person for person in found if self._counts(person, height, width)]
        pairs = self._tracker.assign(allowed, frame.t_s)
        seen = [stands(track, person, frame.t_s, height, width) for track, person in pairs]
        return PeopleResult(seen, ended, len(found) - len(allowed))

    def finish(self) -> list[int]:
        """End the stream: the tracks that were still open."""
        return self._tracker.clear()

    def _counts(self, person: Person, height: int, width: int) -> bool:
        if not self._zones:
            return True
        x = float(person.box[0] + person.box[2]) / 2.0 / width
        y = min(float(person.box[3]) / height, 1.0)
        return not (self._zones.holds(x, y) or self._zones.forbids(person.box, height, width))

    def state(self) -> dict[str, object]:
        """What `restore` needs to go on after a stop: boxes, speeds, ids, times; JSON can hold it."""
        return PeopleState(t_s=self._scene.t_s, tracks=self._tracker.state()).model_dump(mode="json")

    def restore(self, state: Mapping[str, object]) -> None:
        """Go on where another watch of the same settings stopped.

        Raises:
            SettingError: It is not a state that `state` gave.
        """
        try:
            saved = PeopleState.model_validate(dict(state))
        except ValidationError as error:
            raise SettingError(
                f"The saved tracks of people cannot be used ({error.error_count()} wrong values); begin anew."
            ) from error
        self._scene.t_s = saved.t_s
        self._tracker.restore(saved.tracks)


def stands(track: PersonTrack, person: Person, t_s: float, height: int, width: int) -> SeenPerson:
    """Where a person stands.

    The lower side of the box is where the feet are. Where the picture's lower edge cuts the box, the feet are below
    it: at least where the edge is, and further down where the box is wide for its height, as is one of head and
    shoulders.

    Args:
        track: Their track.
        person: What was found of them.
        t_s: Now, seconds in the stream.
        height: Height of the picture, pixels.
        width: Its width.
    """
    x1, y1, x2, y2 = (float(value) for value in person.box)
    feet = y2 < (1.0 - _EDGE) * height
    below = y2 if feet else min(max(height, y1 + _SLENDER * (x2 - x1)), _MOST_BELOW * height)
    return SeenPerson(
        track_id=track.id,
        t_s=t_s,
        x=min(max((x1 + x2) / 2.0 / width, 0.0), 1.0),
        y=max(below / height, 0.0),
        height=max((below - y1) / height, 1.0 / height),
        feet=feet,
        score=person.score,
    )
