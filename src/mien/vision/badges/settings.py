"""Which markers mean what, and how long is waited for them."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from mien.vision.badges.families import Family


class Decision(StrEnum):
    """What a track is taken for."""

    UNDECIDED = "undecided"
    CUSTOMER = "customer"
    STAFF = "staff"
    OPTED_OUT = "opted out"


class BadgeSettings(BaseModel):
    """How badges are looked for; `family`, `staff` and `no_reading` are those of the site file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: Family = Field("apriltag-25h9", title="Family", description="Family of markers.")
    staff: frozenset[int] = Field(
        frozenset(), title="Staff", description="Markers of staff; all that are not no_reading where empty."
    )
    no_reading: frozenset[int] = Field(
        frozenset(), title="No reading", description="Markers of customers who do not wish to be read."
    )
    wait_s: float = Field(
        2.0,
        gt=0.0,
        le=2.0,
        title="Longest wait",
        description="Seconds for which the torso must have been searched in vain before a face is read, and "
        "after which a crop that waits is dropped.",
    )
    sightings: int = Field(
        2,
        ge=1,
        le=10,
        title="Sightings",
        description="Pictures in which the same marker must be seen; after the first one nothing is read.",
    )
    confirm_s: float = Field(
        30.0,
        gt=0.0,
        le=600.0,
        title="Time between sightings",
        description="Longest time from one sighting to the next, seconds.",
    )
    least_height_px: float = Field(
        40.0,
        ge=16.0,
        le=400.0,
        title="Least face height",
        description="Smaller faces are not read: the badges below them could not be either.",
    )
    search_every_s: float = Field(
        0.5,
        ge=0.0,
        le=2.0,
        title="Time between searches",
        description="Seconds between two searches of the torso of somebody taken for a customer.",
    )
    most_crops: int = Field(
        240, ge=1, le=2000, title="Most crops", description="Crops that wait at one camera at most."
    )

    def meaning(self, marker: int) -> Decision:
        """What a confirmed marker says of who wears it; `UNDECIDED` for one that is nobody's.

        Example:
            >>> BadgeSettings(no_reading=[30]).meaning(30).value
            'opted out'
        """
        if marker in self.no_reading:
            return Decision.OPTED_OUT
        return Decision.STAFF if not self.staff or marker in self.staff else Decision.UNDECIDED
