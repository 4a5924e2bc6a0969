"""Where each face was at any time, kept small enough for hours of recording.

The first pass over a recording measures faces at the times of its readings. The second pass, which draws,
asks where they are at other times: between readings, shortly before a track was first seen, shortly after it
was lost.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from mien.expressions import EXPRESSIONS
from mien.journey.moods import Colour, chart, read_mood
from mien.vision.types import LeftOut, Visibility

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from mien.journey.moods import Mood, MoodReading
    from mien.vision.types import Observation

BEYOND_S: Final = 1.5
"""How long before its first and after its last sight a face is still taken to be there, seconds."""

_GROWTH: Final = 0.5  # of its size per second beyond the last sight, since nobody stands still exactly
_FARTHEST: Final = 2.0  # in sizes of the face, since a speed is read off few sights
_SHOWN_S: Final = 0.35  # a box further from any reading is a guess, fit for hiding and not for showing
_LEFT_OUT: Final = tuple(LeftOut)
_COLOURS: Final = tuple(Colour)
_NONE: Final = -1
_TIRED: Final = (
    0.5  # probability from which "may look tired" is said; about every second time rightly (docs/cues.md)
)


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One face as it is drawn at one time.

    Attributes:
        track_id: Number of its track.
        box: (4,) float64 x1, y1, x2, y2 in pixels of the upright picture.
        shows: The strongest expression of the temporal reading; `None` where nothing was read.
        left_out: Why its readings do not count here; `None` where they do.
        eyes: What its eyes show on the chart of moods; `None` where the whole face was read, or nothing.
        tired: Whether it may look tired by then.
    """

    track_id: int
    box: NDArray[np.float64]
    shows: str | None
    left_out: LeftOut | None
    eyes: EyesShow | None
    tired: bool


class EyesShow(NamedTuple):
    """A colour of the eyes chart, and the mood where it may be told; neither where nothing can be."""

    colour: Colour | None
    mood: Mood | None


class FaceTrail:
    """The boxes of one track over time; about 30 bytes per reading.

    Attributes:
        track_id: Number of the track.
    """

    def __init__(self, track_id: int) -> None:
        self.track_id = track_id
        self._times = array("d")
        self._boxes = array("f")
        self._shows = array("b")
        self._reasons = array("b")
        self._eyes = array("h")
        self._tired = array("b")

    def add(self, observation: Observation) -> None:
        """Append an observation of this track, later than the one before."""
        self._times.append(observation.t_s)
        self._boxes.extend(map(float, observation.box))
        shown = observation.shown
        self._shows.append(_NONE if shown is None else int(shown.argmax()))
        reason = observation.left_out
        self._reasons.append(_NONE if reason is None else _LEFT_OUT.index(reason))
        reading = observation.reading
        by_eyes = shown is not None and reading is not None and reading.visibility is Visibility.EYES
        tired = None if observation.tired is None else observation.tired.looks_tired
        self._tired.append(tired is not None and tired >= _TIRED)
        self._eyes.append(_code(read_mood(shown)) if by_eyes and shown is not None else _NONE)

    @property
    def start_s(self) -> float:
        """First sight, seconds."""
        return self._times[0]

    @property
    def end_s(self) -> float:
        """Last sight, seconds."""
        return self._times[-1]

    def box_at(self, t_s: float) -> NDArray[np.float64] | None:
        """Where the face is taken to be: (4,) box in pixels; `None` long before, after or between its sights.

        Between two sights up to twice `BEYOND_S` apart the box moves evenly. Beyond the ends it goes on as it
        last moved and grows, for `BEYOND_S`.
        """
        i = bisect_left(self._times, t_s)
        before, after = i - 1, i
        if i < len(self._times) and self._times[i] == t_s:
            return self._box(i)
        if before >= 0 and after < len(self._times):
            gap_s = self._times[after] - self._times[before]
            if gap_s <= 2 * BEYOND_S:
                share = (t_s - self._times[before]) / gap_s
                return self._box(before) * (1 - share) + self._box(after) * share
        guesses = []
        if before >= 0 and t_s - self._times[before] <= BEYOND_S:
            guesses.append(self._beyond(before, max(0, before - 4), t_s))
        if after < len(self._times) and self._times[after] - t_s <= BEYOND_S:
            guesses.append(self._beyond(after, min(len(self._times) - 1, after + 4), t_s))
        if not guesses:
            return None
        corners = np.array(guesses)
        return np.concatenate([corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)])

    def sight(self, t_s: float) -> Sight | None:
        """What to draw at `t_s`; `None` where no reading is near."""
        near = self._nearest(t_s)
        box = self.box_at(t_s)
        if near is None or box is None or abs(self._times[near] - t_s) > _SHOWN_S:
            return None
        shows, reason = self._shows[near], self._reasons[near]
        return Sight(
            self.track_id,
            box,
            None if shows == _NONE else EXPRESSIONS[shows],
            None if reason == _NONE else _LEFT_OUT[reason],
            None if self._eyes[near] == _NONE else _meaning(self._eyes[near]),
            bool(self._tired[near]),
        )

    def left_out_spans(self) -> Iterator[tuple[float, float]]:
        """Stretches of time in which no reading counts, (first, last) seconds."""
        begin: float | None = None
        for t_s, code in zip(self._times, self._reasons, strict=True):
            if code != _NONE:
                begin = t_s if begin is None else begin
                end = t_s
            elif begin is not None:
                yield begin, end
                begin = None
        if begin is not None:
            yield begin, end

    def _box(self, i: int) -> NDArray[np.float64]:
        return np.array(self._boxes[4 * i : 4 * i + 4], dtype=np.float64)

    def _nearest(self, t_s: float) -> int | None:
        i = bisect_left(self._times, t_s)
        candidates = [k for k in (i - 1, i) if 0 <= k < len(self._times)]
        return min(candidates, key=lambda k: abs(self._times[k] - t_s), default=None)

    def _beyond(self, at: int, other: int, t_s: float) -> NDArray[np.float64]:
        """The box at index `at` moved on to `t_s` at the speed between `other` and `at`, and grown."""
        box, ahead_s = self._box(at), t_s - self._times[at]
        width, height = box[2] - box[0], box[3] - box[1]
        lapse_s = self._times[at] - self._times[other]
        drift = np.zeros(2)
        if lapse_s:
            then = self._box(other)
            speed = ((box[:2] + box[2:]) - (then[:2] + then[2:])) / 2 / lapse_s
            farthest = _FARTHEST * max(width, height)
            drift = np.clip(speed * ahead_s, -farthest, farthest)
        grown = np.array([width, height]) * _GROWTH * abs(ahead_s) / 2
        return np.concatenate(
            [box[:2] + np.minimum(drift, 0) - grown, box[2:] + np.maximum(drift, 0) + grown]
        )


def _code(eyes: MoodReading) -> int:
    """What eyes show as one small number; `_meaning` turns it back."""
    colour = 0 if eyes.colour is None else 1 + _COLOURS.index(eyes.colour)
    mood = 0 if eyes.mood is None else 1 + chart().index(eyes.mood)
    return mood * (len(_COLOURS) + 1) + colour


def _meaning(code: int) -> EyesShow:
    mood, colour = divmod(code, len(_COLOURS) + 1)
    return EyesShow(_COLOURS[colour - 1] if colour else None, chart()[mood - 1] if mood else None)


class FaceTrails:
    """The trails of all tracks of one recording, filled while it is analysed.

    Example:
        >>> trails = FaceTrails()
        >>> trails.add([])
        >>> trails.boxes_at(3.0)
        []
    """

    def __init__(self) -> None:
        self._trails: dict[int, FaceTrail] = {}

    def add(self, observations: Iterable[Observation]) -> None:
        """Append the observations of one picture, later than the ones before."""
        for observation in observations:
            trail = self._trails.setdefault(observation.track_id, FaceTrail(observation.track_id))
            trail.add(observation)

    def of(self, track_id: int) -> FaceTrail | None:
        """The trail of one track; `None` where it was never seen."""
        return self._trails.get(track_id)

    def boxes_at(self, t_s: float) -> list[NDArray[np.float64]]:
        """Boxes to be hidden at `t_s`: seen, between sights, and shortly before and after them."""
        boxes = (trail.box_at(t_s) for trail in self._near(t_s))
        return [box for box in boxes if box is not None]

    def sights_at(self, t_s: float) -> list[Sight]:
        """Faces to be drawn at `t_s`, in order of their tracks."""
        sights = (trail.sight(t_s) for trail in self._near(t_s))
        return sorted((s for s in sights if s is not None), key=lambda s: s.track_id)

    def _near(self, t_s: float) -> Iterator[FaceTrail]:
        return (
            trail
            for trail in self._trails.values()
            if trail.start_s - BEYOND_S <= t_s <= trail.end_s + BEYOND_S
        )
