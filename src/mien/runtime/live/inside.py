"""How many people are inside, by the counts at the doors, at the times that the matcher asks about."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from mien.runtime.live.messages import DoorCount

_REMEMBERED: Final = timedelta(hours=2)
"""As long as a visit may be open at most."""


class PeopleInside:
    """What was counted at the doors of a site lately.

    Example:
        >>> from datetime import UTC, datetime
        >>> from mien.runtime.live.messages import DoorCount
        >>> at = datetime(2026, 5, 4, 8, tzinfo=UTC)
        >>> inside = PeopleInside()
        >>> inside.most(at, at) is None
        True
        >>> inside.take(DoorCount(camera="door", utc=at, net=2))
        >>> inside.take(DoorCount(camera="door", utc=at + timedelta(seconds=9), net=1))
        >>> inside.most(at, at + timedelta(seconds=60)), inside.most(at + timedelta(seconds=30), at + timedelta(60))
        (2, 1)
    """

    def __init__(self) -> None:
        self._nets: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)

    def take(self, count: DoorCount) -> None:
        """Take a count; one that is known is passed over."""
        known = self._nets[count.camera]
        if not known or known[-1][0] < count.utc:
            known.append((count.utc, count.net))

    def most(self, since: datetime, until: datetime) -> int | None:
        """The most people that were inside at once in a time.

        Whoever is seen at the exit may have passed the door before their interaction is over, and is one of those who
        were inside when it began.

        Args:
            since: Its begin, UTC.
            until: Its end, UTC.

        Returns:
            In minus out of all doors; below 0 where some who came in were not counted. `None` where nobody was counted.
        """
        if not self._nets:
            return None
        times = [utc for nets in self._nets.values() for utc, _ in nets if since < utc <= until]
        return max(sum(_at(nets, moment) for nets in self._nets.values()) for moment in (since, *times))

    def forget(self, now: datetime) -> None:
        """Forget what nobody asks about any more."""
        for nets in self._nets.values():
            del nets[: max(_place(nets, now - _REMEMBERED) - 1, 0)]


def _place(nets: list[tuple[datetime, int]], moment: datetime) -> int:
    """How many counts were told by a moment."""
    return bisect_right(nets, moment, key=lambda one: one[0])


def _at(nets: list[tuple[datetime, int]], moment: datetime) -> int:
    place = _place(nets, moment)
    return nets[place - 1][1] if place else 0
