"""Where and when one person can have been: what a template is not asked about."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mien.errors import SettingError
from mien.vision.matching.probability import MIN_PROBABILITY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo


class Place(StrEnum):
    """What a touchpoint means to a visit."""

    ENTRANCE = "entrance"
    INSIDE = "inside"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class TravelTime:
    """How long people are on the way from one touchpoint to another.

    Attributes:
        least_s: Seconds at least, from the end of the one interaction to the beginning of the other.
        most_s: Seconds at most.

    Raises:
        SettingError: It cannot be: less than 0, or most before least.
    """

    least_s: float = 0.0
    most_s: float = 3600.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.least_s <= self.most_s:
            raise SettingError(
                f"A travel time of {self.least_s:g} to {self.most_s:g} seconds cannot be; give least_s "
                "from 0 and most_s not below it."
            )


ANY_TIME: Final = TravelTime()


@dataclass(frozen=True, slots=True)
class MatchingRules:
    """What the matcher must know of a site.

    Attributes:
        places: What each touchpoint means to a visit, by its name.
        time_zone: Of the site; a visit ends with its day.
        travel: Travel times by (from, to), where they are known; else up to an hour.
        expiry_s: Seconds after which a visit that is not seen again ends.
        min_probability: Least probability of a join. The one measured is the default; less joins more people wrongly.
    """

    places: Mapping[str, Place]
    time_zone: ZoneInfo
    travel: Mapping[tuple[str, str], TravelTime] = field(default_factory=dict)
    expiry_s: float = 7200.0
    min_probability: float = MIN_PROBABILITY

    def __post_init__(self) -> None:
        if not 0.5 <= self.min_probability < 1.0:
            raise SettingError(
                f"min_probability is {self.min_probability:g}; give 0.5 or more, and less than 1."
            )
        if self.expiry_s <= 0.0:
            raise SettingError(f"expiry_s is {self.expiry_s:g}; give seconds above 0.")
        if unknown := sorted({name for pair in self.travel for name in pair} - set(self.places)):
            raise SettingError(
                f"There is a travel time for '{unknown[0]}', which is no touchpoint; there are "
                f"{', '.join(self.places)}."
            )

    def place(self, touchpoint: str) -> Place:
        """What a touchpoint means to a visit.

        Raises:
            SettingError: There is no such touchpoint.
        """
        if touchpoint not in self.places:
            raise SettingError(f"There is no touchpoint '{touchpoint}'; there are {', '.join(self.places)}.")
        return self.places[touchpoint]

    def allows(self, before: str, after: str, gap_s: float) -> bool:
        """Whether somebody can be seen at one touchpoint and `gap_s` seconds later at another.

        Nobody is at two places at once (a negative gap), enters twice in a visit, or is seen after the exit.
        """
        if self.place(after) is Place.ENTRANCE or self.place(before) is Place.EXIT:
            return False
        window = self.travel.get((before, after), ANY_TIME)
        return window.least_s <= gap_s <= window.most_s
