"""What the faces before a camera show now: the live state of each customer in view, forgotten when they leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field

from mien.expressions import SCALES
from mien.expressions import valence as valence_of
from mien.journey.live import LiveState
from mien.journey.moods import Colour, MoodReading, read_mood
from mien.journey.thresholds import CHANGED, SAME, THRESHOLDS, is_state, one_way
from mien.journey.windows import GAP_S
from mien.vision.types import NOBODY, Visibility

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.expressions import ScaleName
    from mien.vision.types import Observation

IN_VIEW_S: Final = 2.0
"""Who was not seen for longer is not in view."""
_INTERVAL: Final = 1.959964  # 95 % of a normal law


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
        n: Usable readings that it rests on.
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
    usable_s: float = 0.0
    read_s: float | None = None
    by_eyes: int = 0
    last_left_out: str | None = None
    eyes: MoodReading | None = None
    state: LiveState = field(default_factory=LiveState)


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
        return tuple(self._person(track, one) for track, one in sorted(there, key=lambda two: two[1].since_s))

    def _read(self, seen: Observation) -> None:
        t_s = float(seen.t_s)
        one = self._followed.setdefault(seen.track_id, _Followed(t_s, t_s))
        one.seen_s = t_s
        if seen.left_out is not None or seen.reading is None:
            one.last_left_out = None if seen.left_out is None else str(seen.left_out)
            return
        one.last_left_out = None
        if one.read_s is not None and t_s - one.read_s <= GAP_S:
            one.usable_s += t_s - one.read_s
        one.read_s = t_s
        by_eyes = seen.reading.visibility is Visibility.EYES
        one.by_eyes += by_eyes
        # Of single pictures nothing is told: what people see is the temporal reading.
        one.eyes = read_mood(seen.shown) if by_eyes and seen.shown is not None else None
        one.state.update(
            t_s,
            float(valence_of(seen.reading.probabilities, self._scale)),
            float(seen.reading.variances[SCALES.index(self._scale)]),
        )

    def _person(self, track: int, one: _Followed) -> PersonNow:
        n = one.state.n
        ways = one_way(one.by_eyes, n) if n else False
        known = PersonNow(track_id=track, since_s=one.since_s, n=n, covered=bool(ways))
        if not is_state(n, one.usable_s):
            reason = "seen too shortly" if one.last_left_out is None else one.last_left_out
            return known.model_copy(update={"reason": reason})
        if ways is None:
            return known.model_copy(update={"reason": "visibility changed"})
        # As it was when it was last read: a face that turned away is not read into.
        state = one.state.at()
        mean, half = float(state.mean), _INTERVAL * float(state.sd)
        if 100 * half > THRESHOLDS[self._scale].hi_width:
            return known.model_copy(update={"reason": "interval too wide"})
        return known.model_copy(
            update={
                "valence": min(max(mean, -1.0), 1.0),
                "low": max(mean - half, -1.0),
                "high": min(mean + half, 1.0),
                "look": self._look(one.state),
                "mood": one.eyes.mood.key if ways and one.eyes is not None and one.eyes.mood else None,
                "colour": one.eyes.colour if ways and one.eyes is not None else None,
            }
        )

    def _look(self, state: LiveState) -> Look:
        limits = THRESHOLDS[self._scale]
        leaning, even = limits.changed / 100, limits.same / 100
        if state.probability_above(leaning) >= CHANGED:
            return Look.PLEASANT
        if state.probability_below(-leaning) >= CHANGED:
            return Look.UNPLEASANT
        if state.probability_below(even) - state.probability_below(-even) >= SAME:
            return Look.EVEN
        return Look.UNCLEAR
