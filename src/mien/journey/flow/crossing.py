"""Who crosses a door line: by hysteresis, so that whoever stands on it or turns back is not counted.

A person is *settled* on a side once they are a margin beyond the line, and is counted when they settle on the other
side, provided that their way last passed the line between its ends: passing beside the door is no coming in. The
margin is a share of their own height, since near people and the errors of their boxes are larger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from mien.journey.flow.plan import FlowLine, FlowSettings, Point, Sighting

Direction = Literal["in", "out"]

_BESIDE: Final = 0.1
"""Share of the line's length by which a way may pass beside its ends: people are wider than their middle."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One person crossed a door line.

    Attributes:
        line: Name of the line.
        direction: `in` or `out`.
        t_s: When they passed the line, seconds in the stream.
        track_id: Number of the track at its camera.
    """

    line: str
    direction: Direction
    t_s: float
    track_id: int


class LineTrack(BaseModel):
    """What is remembered of one track at one line.

    Attributes:
        side: Where it is settled: 1 inside, -1 outside, 0 nowhere yet.
        apart: How far inside it was when last seen (outside below 0), picture heights.
        along: How far along the line, share of the line from its first end.
        t_s: When it was last seen.
        near: Whether it was within the margin of the door then.
        passed_s: When it last passed the line, settled or not; `None` before.
        through: Whether that was between the line's ends.
        began_near: Whether it was first seen so near to the line that its side could not be told.
    """

    model_config = ConfigDict(extra="forbid")

    side: int = 0
    apart: float
    along: float
    t_s: float
    near: bool
    passed_s: float | None = None
    through: bool = False
    began_near: bool = False


class LineWatch:
    """Counts crossings of one door line.

    Args:
        line: The line.
        settings: Its margins.
        aspect: Width of the picture over its height: distances are measured in heights.
    """

    def __init__(self, line: FlowLine, settings: FlowSettings, aspect: float) -> None:
        self._line = line
        self._settings = settings
        self._scale = np.array([aspect, 1.0])
        first, second = (np.array(end) * self._scale for end in line.ends)
        self._first = first
        self._length = float(np.hypot(*(second - first)))
        self._along = (second - first) / self._length
        across = np.array([-self._along[1], self._along[0]])
        self._inward = across * np.sign(float((np.array(line.inside) * self._scale - first) @ across))
        self.tracks: dict[int, LineTrack] = {}

    def see(self, seen: Sighting, t_s: float) -> Crossing | None:
        """Take one sighting.

        Args:
            seen: Where somebody is.
            t_s: When, later than the sighting of this track before.

        Returns:
            The crossing that it makes certain, if any.
        """
        apart, along = self._from_line((seen.x, seen.y))
        margin = max(self._settings.least_margin, self._settings.margin * seen.height)
        near = abs(apart) < margin and self._between(along)
        track = self.tracks.get(seen.track_id)
        if track is None:
            side = 0 if abs(apart) < margin else _side(apart)
            self.tracks[seen.track_id] = LineTrack(
                side=side, apart=apart, along=along, t_s=t_s, near=near, began_near=near
            )
            return None
        if _side(apart) != _side(track.apart):
            part = abs(track.apart) / max(abs(track.apart) + abs(apart), 1e-12)
            track.passed_s = track.t_s + part * (t_s - track.t_s)
            track.through = self._between(track.along + part * (along - track.along))
        track.apart, track.along, track.t_s, track.near = apart, along, t_s, near
        if abs(apart) < margin:
            return None
        before, track.side = track.side, _side(apart)
        if before != -track.side or track.passed_s is None or not track.through:
            return None
        direction: Direction = "in" if track.side > 0 else "out"
        return Crossing(self._line.name, direction, track.passed_s, seen.track_id)

    def end(self, track_id: int) -> bool:
        """A track ended.

        Returns:
            Whether it cannot be told if it crossed: it was first seen on the line, or last seen on it and beyond the
            side on which it was settled.
        """
        track = self.tracks.pop(track_id, None)
        if track is None:
            return False
        left_over = track.near and track.side == -_side(track.apart)
        return track.began_near or left_over

    def _from_line(self, point: Point) -> tuple[float, float]:
        """How far inside a point is, picture heights, and how far along the line, share of its length."""
        off = np.array(point) * self._scale - self._first
        return float(off @ self._inward), float(off @ self._along) / self._length

    def _between(self, along: float) -> bool:
        return -_BESIDE <= along <= 1.0 + _BESIDE


def _side(apart: float) -> int:
    return 1 if apart > 0.0 else -1
