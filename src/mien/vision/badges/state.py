"""What is remembered about badges: numbers only, no crops, nothing of a picture."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from mien.vision.badges.settings import Decision


class Sighting(BaseModel):
    """How often a marker was seen on a track, and when last (seconds in the stream)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int = Field(ge=1)
    last_s: float


class TrackBadge(BaseModel):
    """What is remembered of one track; JSON can hold it.

    Attributes:
        since_s: When it was first seen, seconds in the stream.
        searched_s: When its torso was last searched in view; `None` before.
        clear_s: Seconds for which its torso was searched in vain since a marker was last seen.
        sighted: Markers seen, by number.
        decision: What it is taken for.
        marker: The confirmed one; `None` where there is none.
        readings: How often it was read.
        read_s: Seconds of it that were read: the time between readings, of each at most a second.
        last_read_s: When it was last read.
    """

    model_config = ConfigDict(extra="forbid")

    since_s: float
    searched_s: float | None = None
    clear_s: float = Field(0.0, ge=0.0)
    sighted: dict[int, Sighting] = Field(default_factory=dict)
    decision: Decision = Decision.UNDECIDED
    marker: int | None = None
    readings: int = Field(0, ge=0)
    read_s: float = Field(0.0, ge=0.0)
    last_read_s: float | None = None


class BadgeAccount(BaseModel):
    """What badges did at one camera, to be shown beside its measures.

    Attributes:
        staff: Tracks dropped for a badge of staff.
        opted_out: Tracks dropped for a marker of a customer who does not wish to be read.
        read_first: Those of both that had been read before.
        readings: Readings of these, all deleted.
        read_s: Seconds of these that had been read.
        undecided: Tracks that ended without a decision; they were not read.
        too_small: Times a face was too small to be read where badges are the measure.
        crops_dropped: Crops that waited in vain: the decision came too late, or never.
    """

    model_config = ConfigDict(extra="forbid")

    staff: int = Field(0, ge=0)
    opted_out: int = Field(0, ge=0)
    read_first: int = Field(0, ge=0)
    readings: int = Field(0, ge=0)
    read_s: float = Field(0.0, ge=0.0)
    undecided: int = Field(0, ge=0)
    too_small: int = Field(0, ge=0)
    crops_dropped: int = Field(0, ge=0)


class BadgeState(BaseModel):
    """What a watch needs to go on after a stop. Crops that waited are lost: they are only ever in memory."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tracks: dict[int, TrackBadge]
    account: BadgeAccount
