"""What a call gives: its state now, why it stopped, its summary."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mien.journey.types import Interaction


class Phase(StrEnum):
    """Where a call is."""

    UNTOLD = "untold"
    """The other side has not been told: nothing is read."""
    UNMARKED = "unmarked"
    """No tile is marked."""
    READING = "reading"
    STOPPED = "stopped"
    """Something changed; the tile is to be marked again."""
    PAUSED = "paused"
    """By the user."""
    ENDED = "ended"


class StopReason(StrEnum):
    """Why reading stopped."""

    LAYOUT = "the window changed"
    ROOM = "the picture in the tile changed"
    FACE = "another face"
    SECOND = "a second face"
    NOBODY = "no face"
    STILL = "a face that does not move"
    SIZE = "the tile changed its size"
    GAP = "no pictures came"


class Hint(StrEnum):
    """What a page may say beside the state, in cautious words."""

    FELL = "fell"
    """The face shows a less pleasant expression than some seconds ago."""
    ROSE = "rose"
    UNPLEASANT = "unpleasant"
    """It has shown an unpleasant expression for some seconds."""
    SURPRISED = "surprised"
    PLEASANT = "pleasant"


@dataclass(frozen=True, slots=True)
class CallState:
    """What can be told now. Nothing is told of the last second, which waits to be counted.

    Attributes:
        phase: Where the call is.
        t_s: Of the newest picture, seconds since the first one.
        stopped: Why it stopped; `None` unless it did.
        at_s: What is told is of this time, seconds; `None` where nothing is.
        valence: Mean valence by the filter, -1..1; `None` where it cannot be told.
        low: Lower end of its 95 % band.
        high: Upper end.
        untold: Why there is no valence: one of `mien.journey.live_face.Untold`, or of
            `mien.vision.types.LeftOut`.
        colour: `green`, `amber` or `red` of what the face shows; `None` where that cannot be told.
        mood: Key of the mood; `None` where the colour stands alone.
        untold_mood: Why there is no colour.
        hint: What may be said beside it; `None` where nothing is.
        readings: Usable readings that counted so far.
        left_out: Readings left out so far.
        dropped: Pictures dropped so far, since they came too fast or the machine was busy.
    """

    phase: Phase
    t_s: float = 0.0
    stopped: StopReason | None = None
    at_s: float | None = None
    valence: float | None = None
    low: float | None = None
    high: float | None = None
    untold: str | None = None
    colour: str | None = None
    mood: str | None = None
    untold_mood: str | None = None
    hint: Hint | None = None
    readings: int = 0
    left_out: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of reading.

    Attributes:
        t_s: When, seconds since the first picture.
        reason: Why.
        dropped: Readings that waited to be counted and were dropped.
    """

    t_s: float
    reason: StopReason
    dropped: int


@dataclass(frozen=True, slots=True, eq=False)
class CallSummary:
    """What was found in a call.

    Attributes:
        id: The call's own, hexadecimal; interactions are named after it.
        interactions: One for each person who was marked, scored as recordings are.
        begun_at: When the first picture came, UTC; `None` of a recording, or where none came.
        length_s: From the first picture to the last, seconds.
        pictures: Pictures that were read.
        dropped: Pictures that were not, since they came too fast or the machine was busy.
        left_out: Readings left out, by reason.
        stops: When reading stopped, and why.
        scale: Valence scale.
        reader: Name and version of the expression reader.
    """

    id: str
    interactions: tuple[Interaction, ...]
    begun_at: datetime | None
    length_s: float
    pictures: int
    dropped: int
    left_out: Mapping[str, int]
    stops: tuple[Stop, ...] = field(default=())
    scale: str = "balance"
    reader: str = ""
