"""One place of a camera's picture where a face is seen, and how still that face is.

The limits come from measurement (`benchmarks/still.py`, docs/running.md): how the box of a printed face jitters under
sensor noise, coding and changing light, and how living heads sway.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STILL_AFTER_S: Final = 300.0
"""Seconds with a face at one place, without motion, after which nobody alive is taken to be there."""
CLOSED_AFTER_S: Final = 60.0
"""Likewise while the site is closed, where motion within the place, as on a screen, changes nothing."""

_ANCHOR_S: Final = 10.0  # the place is the mean of the first sights, so that no single one decides
_LINK_S: Final = 2.0  # sights farther apart are not linked, as with readings
_MOST_DOUBT_S: Final = 10.0
_FORGIVEN: Final = 0.1  # seconds of doubt that a second of stillness takes back
_LEAST_DOUBT_S: Final = 1.0

Why = Literal["no motion", "seen while closed"]
"""Why a place is taken for a poster or a screen."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far from a place its face may be.

    Attributes:
        place: Of the middle, in heights of the face.
        place_px: Likewise in pixels, for faces so small that a pixel is more.
        size: Of the logarithm of the height.
        size_px: Likewise in pixels.
        reach: How many times as far a face may be and still be the one of this place, moving.
    """

    place: float
    place_px: float
    size: float
    size_px: float
    reach: float


STILL: Final = Limits(place=0.03, place_px=1.0, size=0.06, size_px=2.0, reach=15.0)
"""A printed face of 60 px or more keeps to this in over 99 % of pictures; a calm living one in half of them."""
SCREEN: Final = Limits(place=0.5, place_px=1.0, size=0.3, size_px=2.0, reach=2.0)
"""A face in motion on a screen; for after hours only."""


class StillPlace(BaseModel):
    """A place and what was seen there; JSON can hold it.

    Attributes:
        x: Middle of the face, pixels.
        y: Likewise.
        height: Height of its box, pixels.
        aspect: Width over height.
        since_s: First sight, seconds in the stream.
        seen_s: Last sight within the limits.
        noted_s: Last sight, within the limits or off.
        face_s: Seconds with the face there and still.
        closed_s: Those of them while the site was closed.
        doubt_s: Seconds off the place, of which stillness takes back a tenth of its own.
        screen: Whether a face in motion is looked for, too.
        flagged_s: Since when it is taken for a poster or a screen; `None` while it is not.
        why: Why it is.
        left_s: When the face moved away from it and nobody was seen there since.
        held: Tracks that ended here and are not told yet.
    """

    model_config = ConfigDict(extra="forbid")

    x: float
    y: float
    height: float = Field(gt=0.0)
    aspect: float = Field(gt=0.0)
    since_s: float
    seen_s: float
    noted_s: float
    face_s: float = 0.0
    closed_s: float = 0.0
    doubt_s: float = 0.0
    screen: bool = False
    flagged_s: float | None = None
    why: Why | None = None
    left_s: float | None = None
    held: list[int] = Field(default_factory=list)

    @classmethod
    def begin(cls, box: NDArray[np.float32], t_s: float, *, screen: bool = False) -> StillPlace:
        """A place where a face is seen for the first time.

        Args:
            box: (4,) pixels.
            t_s: When, seconds in the stream.
            screen: Whether a face in motion is looked for, too.
        """
        x, y, height, aspect = _measured(box)
        return cls(
            x=x,
            y=y,
            height=height,
            aspect=aspect,
            since_s=t_s,
            seen_s=t_s,
            noted_s=t_s,
            screen=screen,
        )

    @property
    def limits(self) -> Limits:
        """How far from it its face may be."""
        return SCREEN if self.screen else STILL

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x1, y1, x2, y2 in pixels."""
        wide, high = self.height * self.aspect / 2, self.height / 2
        return self.x - wide, self.y - high, self.x + wide, self.y + high

    def distance(self, box: NDArray[np.float32]) -> float:
        """How far a face ((4,) pixels) is from the place, in its limits: up to 1 it is there."""
        x, y, height, _ = _measured(box)
        limits = self.limits
        off = max(abs(x - self.x), abs(y - self.y)) / max(limits.place * self.height, limits.place_px)
        grown = abs(math.log(height / self.height)) / max(limits.size, limits.size_px / self.height)
        return max(off, grown)

    def stay(self, box: NDArray[np.float32], t_s: float, *, closed: bool) -> None:
        """The face is there.

        Args:
            box: (4,) pixels.
            t_s: Now, seconds in the stream.
            closed: Whether the site is closed.
        """
        linked_s = t_s - self.seen_s if t_s - self.seen_s <= _LINK_S else 0.0
        if self.face_s < _ANCHOR_S and not self.screen:
            share = linked_s / (self.face_s + 2.0 * linked_s) if linked_s else 0.0
            x, y, height, aspect = _measured(box)
            self.x += share * (x - self.x)
            self.y += share * (y - self.y)
            self.height += share * (height - self.height)
            self.aspect += share * (aspect - self.aspect)
        self.face_s += linked_s
        self.closed_s += linked_s if closed else 0.0
        self.doubt_s = max(0.0, self.doubt_s - _FORGIVEN * linked_s)
        self.seen_s = self.noted_s = t_s
        self.left_s = None

    def doubt(self, t_s: float) -> None:
        """Its face was seen, off the place."""
        self.doubt_s += t_s - self.noted_s if t_s - self.noted_s <= _LINK_S else 0.0
        self.noted_s = t_s

    @property
    def refuted(self) -> bool:
        """Whether its face moves too much to be a picture: a net ten seconds off, or as long as it was ever still."""
        return self.doubt_s > min(_MOST_DOUBT_S, max(self.face_s, _LEAST_DOUBT_S))

    @property
    def due(self) -> Why | None:
        """Why it is to be flagged now; `None` where it is not."""
        if self.flagged_s is not None:
            return None
        if self.face_s >= STILL_AFTER_S and not self.screen:
            return "no motion"
        return "seen while closed" if self.closed_s >= CLOSED_AFTER_S else None


class StillSpot(BaseModel):
    """A place that was taken for a poster or a screen, as it is told.

    Attributes:
        box: x1, y1, x2, y2, shares of the picture's width and height.
        why: Why it was.
        since_s: Since when a face was seen there, seconds in the stream.
        flagged_s: Since when it counts as a poster or a screen.
        until_s: When that was over; `None` while it lasts.
        tracks: Faces deleted backwards.
        left_out_s: Seconds of faces left out: those deleted backwards, and all since.
    """

    model_config = ConfigDict(extra="forbid")

    box: tuple[float, float, float, float]
    why: Why
    since_s: float
    flagged_s: float
    until_s: float | None = None
    tracks: int = Field(0, ge=0)
    left_out_s: float = Field(0.0, ge=0.0)


class Member(BaseModel):
    """A track that is followed, and the place at which it is.

    Attributes:
        place: Number of the place.
        inside: Whether it was there, not off, when last seen.
        born: Whether its first sight was there.
    """

    model_config = ConfigDict(extra="forbid")

    place: int
    inside: bool = True
    born: bool = False


class StillState(BaseModel):
    """What a watch needs to go on after a stop: places, numbers and times, nothing of a picture."""

    model_config = ConfigDict(extra="forbid")

    t_s: float | None = None
    next_place: int = Field(1, ge=1)
    places: dict[int, StillPlace] = Field(default_factory=dict)
    members: dict[int, Member] = Field(default_factory=dict)
    spots: dict[int, StillSpot] = Field(default_factory=dict)


def _measured(box: NDArray[np.float32]) -> tuple[float, float, float, float]:
    """Middle x and y and height of a box in pixels, and its width over its height."""
    x1, y1, x2, y2 = (float(value) for value in box)
    height = max(y2 - y1, 1.0)
    return (x1 + x2) / 2, (y1 + y2) / 2, height, max(x2 - x1, 1.0) / height
