"""What the faces before a camera show now: the live state of each customer in view, forgotten when they leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field

from mien.journey.first_seconds import FirstSeconds
from mien.journey.live_face import LiveFace, LiveReading
from mien.journey.moods import Colour, MoodReading, read_mood
from mien.journey.thresholds import CHANGED, SAME, THRESHOLDS
from mien.journey.watched import GAPES, Lately, Motion, Watched
from mien.vision.types import NOBODY, Visibility

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mien.expressions import ScaleName
    from mien.journey.live_face import Level
    from mien.journey.track import OpenTrack
    from mien.vision.types import Observation, TiredLook

IN_VIEW_S: Final = 2.0
"""Who was not seen for longer is not in view."""
_RESTORED_S: Final = 60.0
"""Seconds before the last reading from which a state is made anew after a stop: it hangs on none before."""


class Look(StrEnum):
    """What a face shows now, by the limits of outcomes (design 3.9), and of resting faces where it is unpleasant.

    Pleasant if P(valence > .10) >= .95, unpleasant if P(valence < -.60) >= .95, even if
    P(-.60 <= valence <= .20) >= .80 (on `balance`; on other scales in proportion), else unclear.
    Half of all resting faces are read below -.10 and nineteen in twenty above -.60 (`docs/rules.md`).
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
    first_read_s: float | None = None
    tired: TiredLook | None = None
    gapes_s: float | None = None
    first: FirstSeconds = field(default_factory=FirstSeconds)
    motion: Motion = field(default_factory=Motion)
    lately: Lately = field(default_factory=Lately)


class NowBook:
    """The live states of one camera.

    Args:
        scale: Valence scale.
        watched: Whether rules look on: then it is also kept what they ask for (`watched`).

    Example:
        >>> NowBook().people(12.0)
        ()
    """

    def __init__(self, scale: ScaleName = "balance", *, watched: bool = False) -> None:
        self._scale: ScaleName = scale
        self._watched = watched
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

    def take_reading(self, track: int, reading: LiveReading, shares: Sequence[float] | None = None) -> None:
        """Take a usable reading that was made without a picture, or is what several of them come to.

        Args:
            track: Number of the track.
            reading: Not before the last of this track.
            shares: (8,) expression shares, where they are known.
        """
        if track not in self._followed:
            self._followed[track] = _Followed(reading.t_s, reading.t_s, LiveFace(self._scale))
        one = self._followed[track]
        one.seen_s = reading.t_s
        one.face.read(reading)
        self._first(one, reading)
        if shares is not None:
            one.lately.take(reading.t_s, shares)

    def people(self, t_s: float) -> tuple[PersonNow, ...]:
        """Who is in view, the longest there first.

        Args:
            t_s: Now, seconds in the stream.
        """
        return tuple(self._person(track, one, t_s) for track, one in self._in_view(t_s))

    def watched(self, t_s: float) -> tuple[Watched, ...]:
        """The same for rules: who is in view, the longest there first.

        Args:
            t_s: Now, seconds in the stream.
        """
        return tuple(
            Watched(
                track_id=track,
                since_s=one.since_s,
                seen_s=one.seen_s,
                first_read_s=one.first_read_s,
                read_s=one.face.read_s,
                level=one.face.level(max(t_s, one.seen_s)),
                first=one.first.state(by_eyes=one.face.by_eyes),
                even=one.first.even(by_eyes=one.face.by_eyes),
                n=one.face.n,
                mood=_mood(one),
                tired=one.tired,
                hostile=one.lately.at(t_s),
                moving=one.motion.moving,
                gapes_s=one.gapes_s,
            )
            for track, one in self._in_view(t_s)
        )

    def restore(self, tracks: Iterable[OpenTrack]) -> None:
        """Go on with the faces of tracks that are open, after a stop."""
        for track in tracks:
            one = _Followed(track.start_s, track.end_s, LiveFace(self._scale))
            self._followed[track.track_id] = one
            for t_s, valence, variance, by_eyes in zip(
                track.times, track.valence, track.variance, track.by_eyes, strict=True
            ):
                reading = LiveReading(t_s, valence, variance, bool(by_eyes))
                if track.times[-1] - t_s <= _RESTORED_S:
                    one.face.read(reading)
                self._first(one, reading)

    def _in_view(self, t_s: float) -> list[tuple[int, _Followed]]:
        there = [(track, one) for track, one in self._followed.items() if t_s - one.seen_s <= IN_VIEW_S]
        return sorted(there, key=lambda two: two[1].since_s)

    def _read(self, seen: Observation) -> None:
        t_s = float(seen.t_s)
        if seen.track_id not in self._followed:
            self._followed[seen.track_id] = _Followed(t_s, t_s, LiveFace(self._scale))
        one = self._followed[seen.track_id]
        one.seen_s = t_s
        if self._watched:
            one.motion.take(t_s, seen.box.tolist())
            one.tired = seen.tired or one.tired
            if seen.cues is not None and (seen.cues.jaw_open or 0.0) >= GAPES:
                one.gapes_s = t_s
        if one.face.take(t_s, seen) and seen.reading is not None:
            by_eyes = seen.reading.visibility is Visibility.EYES
            # Of single pictures nothing is told: what people see is the temporal reading.
            one.eyes = read_mood(seen.shown) if by_eyes and seen.shown is not None else None
            if self._watched:
                self._first(one, LiveReading.of(t_s, seen.reading, self._scale))
                one.lately.take(t_s, seen.reading.probabilities.tolist())

    @staticmethod
    def _first(one: _Followed, reading: LiveReading) -> None:
        one.first_read_s = reading.t_s if one.first_read_s is None else one.first_read_s
        one.first.read(reading)

    def _person(self, track: int, one: _Followed, t_s: float) -> PersonNow:
        covered = one.face.by_eyes
        known = PersonNow(track_id=track, since_s=one.since_s, n=one.face.n, covered=covered)
        level = one.face.told(max(t_s, one.seen_s))
        if isinstance(level, str):
            return known.model_copy(update={"reason": level})
        return known.model_copy(
            update={
                "valence": level.mean,
                "low": level.low,
                "high": level.high,
                "look": self._look(level),
                "mood": _mood(one),
                "colour": one.eyes.colour if covered and one.eyes is not None else None,
            }
        )

    def _look(self, level: Level) -> Look:
        limits = THRESHOLDS[self._scale]
        leaning, even = limits.changed / 100, limits.same / 100
        if level.above(leaning) >= CHANGED:
            return Look.PLEASANT
        if level.below(limits.resting) >= CHANGED:
            return Look.UNPLEASANT
        if level.below(even) - level.below(limits.resting) >= SAME:
            return Look.EVEN
        return Look.UNCLEAR


def _mood(one: _Followed) -> str | None:
    """Key of the mood that the eyes of a covered face show, where one may be told."""
    eyes = one.eyes if one.face.by_eyes else None
    return eyes.mood.key if eyes is not None and eyes.mood is not None else None
