"""When it is: a clock that nobody sets, and the one moment at which it is tied to UTC.

The clock on the wall is set by NTP, by hand, twice a year by daylight saving. Live times therefore run on the
machine's steady clock, and are told in UTC through one anchor, taken once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self


def steady_s() -> float:
    """Seconds on the machine's steady clock: never set, running on in sleep, the same in every process."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the time line of live sources begins.

    Sources that share an anchor share their time line, in whatever process of the machine they run, and a
    worker that was started again goes on with it. It holds until the machine is started anew.

    Attributes:
        utc: The moment at which `t_s` is 0.
        steady_s: The steady clock at that moment, seconds.
    """

    utc: datetime
    steady_s: float

    @classmethod
    def now(cls) -> Self:
        """A time line that begins at this moment."""
        return cls(datetime.now(UTC), steady_s())

    def now_s(self) -> float:
        """How long ago the time line began, seconds: the present moment as a `t_s`."""
        return steady_s() - self.steady_s

    def utc_of(self, t_s: float) -> datetime:
        """A time of the line in UTC."""
        return self.utc + timedelta(seconds=t_s)

    def set_by_s(self) -> float:
        """How far the machine's own clock was set forward (or back, below 0) since the anchor, seconds.

        Times stay with the anchor all the same. Milliseconds are steering by NTP; more says that the machine
        began with a wrong clock, so that what is told in UTC is off by as much.
        """
        return (datetime.now(UTC) - self.utc_of(self.now_s())).total_seconds()
