"""What the faces before a camera show now: the live state of each customer in view, forgotten when they leave."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field

from mien.journey.live_face import LiveFace
from mien.journey.moods import Colour, MoodReading, read_mood
from mien.journey.thresholds import CHANGED, SAME, THRESHOLDS
from mien.vision.types import NOBODY, Visibility

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.expressions import ScaleName
    from mien.journey.live_face import Level
    from mien.vision.types import Observation

IN_VIEW_S: Final = 2.0
"""Who was not seen for longer is not in view."""


class Look(StrEnum):
    """What a face shows now, by the limits of outcomes (design 3.9).

    Pleasant if P(valence > .10) >= .95, unpleasant if P(valence < -.10) >= .95, even if P(|valence| <= .20) >= .80
    (on `balance`; on other scales in proportion), else unclear.
    """

    PLEASANT = "pleasant"
    EVEN = "even"
    UNPLEASANT = "unpleasant"
    UNCLEAR = "unclear"


class PersonNow(BaseModel):
    """One customer in view.

    Attributes:
        track_id: Number of the track; it says nothing beyond the camera and the day.
        since_s: First time the face was seen, seconds in the stream.
        valence: Valence now, -1..1; `None` where it cannot be told.
        low: Lower end of its 95 % interval.
        high: Upper end.
        n: Usable readings that it rests on; they begin anew where the face is covered or uncovered.
        look: What that comes to.
        reason: Why there is no valence, one clause; `None` where there is one.
        covered: Whether it was read from the eyes alone.
        mood: Key of the mood that the eyes show, where it was read from them and one may be told.
        colour: Colour of the eyes chart likewise; it may stand without a mood.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    track_id: int
    since_s: float
    valence: float | None = Field(default=None, ge=-1, le=1)
    low: float | None = None
    high: float | None = None
    n: int = 0
    look: Look = Look.UNCLEAR
    reason: str | None = None
    covered: bool = False
    mood: str | None = None
    colour: Colour | None = None


@dataclass(slots=True)
class _Followed:
    since_s: float
    seen_s: float
    face: LiveFace
    eyes: MoodReading | None = None


class NowBook:
    """The live states of one camera.

    Args:
        scale: Valence scale.

    Example:
        >>> NowBook().people(12.0)
        ()
    """

    def __init__(self, scale: ScaleName = "balance") -> None:
        self._scale: ScaleName = scale
        self._followed: dict[int, _Followed] = {}

    def take(self, observations: Iterable[Observation], ended: Iterable[int]) -> None:
        """Take what one picture gave.

        Args:
            observations: Its readings, usable or not, later than those before.
            ended: Tracks that ended or may not be read: they are forgotten.
        """
        for track in ended:
            self._followed.pop(track, None)
        for seen in observations:
            if seen.left_out not in NOBODY:
                self._read(seen)

    def people(self, t_s: float) -> tuple[PersonNow, ...]:
        """Who is in view, the longest there first.

        Args:
            t_s: Now, seconds in the stream.
        """
        there = [(track, one) for track, one in self._followed.items() if t_s - one.seen_s <= IN_VIEW_S]
        return tuple(
            self._person(track, one, t_s) for track, one in sorted(there, key=lambda two: two[1].since_s)
        )

    def _read(self, seen: Observation) -> None:
        t_s = float(seen.t_s)
        if seen.track_id not in self._followed:
            self._followed[seen.track_id] = _Followed(t_s, t_s, LiveFace(self._scale))
        one = self._followed[seen.track_id]
        one.seen_s = t_s
        if one.face.take(t_s, seen) and seen.reading is not None:
            by_eyes = seen.reading.visibility is Visibility.EYES
            # Of single pictures nothing is told: what people see is the temporal reading.
            one.eyes = read_mood(seen.shown) if by_eyes and seen.shown is not None else None

    def _person(self, track: int, one: _Followed, t_s: float) -> PersonNow:
        covered = one.face.by_eyes
        known = PersonNow(track_id=track, since_s=one.since_s, n=one.face.n, covered=covered)
        level = one.face.told(max(t_s, one.seen_s))
        if isinstance(level, str):
            return known.model_copy(update={"reason": level})
        eyes = one.eyes if covered else None
        return known.model_copy(
            update={
                "valence": level.mean,
                "low": level.low,
                "high": level.high,
                "look": self._look(level),
                "mood": eyes.mood.key if eyes is not None and eyes.mood else None,
                "colour": None if eyes is None else eyes.colour,
            }
        )

    def _look(self, level: Level) -> Look:
        limits = THRESHOLDS[self._scale]
        leaning, even = limits.changed / 100, limits.same / 100
        if level.above(leaning) >= CHANGED:
            return Look.PLEASANT
        if level.below(-leaning) >= CHANGED:
            return Look.UNPLEASANT
        if level.below(even) - level.below(-even) >= SAME:
            return Look.EVEN
        return Look.UNCLEAR
