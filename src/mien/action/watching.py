"""What the watches of rules look at, and for how long something has held."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from mien.journey.watched import GAPES_S
from mien.journey.windows import GAP_S

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mien.action.types import Signal
    from mien.journey.live_face import Level
    from mien.journey.watched import Watched

FRESH_S: Final = 0.5
"""Seconds after its last usable reading for which a face counts as being read."""


def rounded(value: float, places: int = 2) -> float:
    """A number as a sentence names it: with so many places, and zero without a sign.

    Example:
        >>> rounded(-0.004), rounded(-0.306)
        (0.0, -0.31)
    """
    return round(value, places) + 0.0


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer in view.

    Attributes:
        subject: The id that the interaction will have.
        seen: What the face shows.
        service_point: Till or desk where they are, as far as it is known.
    """

    subject: str
    seen: Watched
    service_point: str | None = None

    def level(self, t_s: float) -> Level | None:
        """The level of valence, if the face is being read, one may be told, and it does not yawn; else `None`."""
        seen = self.seen
        if isinstance(seen.level, str) or seen.read_s is None or t_s - seen.read_s > FRESH_S:
            return None
        return None if seen.gapes_s is not None and t_s - seen.gapes_s <= GAPES_S else seen.level


@dataclass(frozen=True, slots=True)
class Moment:
    """What one camera sees at one time.

    Attributes:
        t_s: Capture time, seconds in the stream.
        begins: UTC of second 0.
        touchpoint: What the camera watches.
        people: Customers in view.
    """

    t_s: float
    begins: datetime
    touchpoint: str
    people: tuple[Customer, ...]

    def utc(self, t_s: float) -> datetime:
        """A time of the stream, UTC."""
        return self.begins + timedelta(seconds=t_s)

    def stamp(self, t_s: float) -> str:
        """A time of the stream as part of a subject, UTC to the millisecond."""
        return self.utc(t_s).isoformat(timespec="milliseconds")


class Watch(Protocol):
    """One rule that looks at one camera. The same moments give the same signals, whoever looks."""

    def look(self, moment: Moment) -> list[Signal]:
        """Look at a moment, later than those before; what is found, once each."""

    def left(self, track: int, moment: Moment) -> list[Signal]:
        """Somebody left: what is found of them now that they are gone. They are forgotten."""

    def forget(self, track: int) -> None:
        """A track may not be read: forget it."""

    def state(self) -> dict[str, Any]:
        """Everything that is needed to go on later, as JSON can hold it."""

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where the watch that gave `state` stopped."""


@dataclass(slots=True)
class Stretch:
    """Something that holds.

    Attributes:
        since_s: Since when.
        last_s: When it was last seen to hold.
        held_s: For how long it was seen to, without times in which nothing could be told.
        least: The lowest probability in it.
        paused: Whether nothing can be told just now.
        told: Whether it was signalled.
    """

    since_s: float
    last_s: float
    held_s: float
    least: float
    paused: bool = False
    told: bool = False


class Sustained:
    """For how long something has held without a break, by whom it holds of.

    Times of up to 2 s in which nothing can be told break nothing and count for nothing.

    Example:
        >>> held = Sustained()
        >>> [held.take("a", t, 0.97, 0.95).held_s for t in (0.0, 0.5, 1.0)]
        [0.0, 0.5, 1.0]
        >>> held.take("a", 1.5, 0.9, 0.95) is None
        True
    """

    def __init__(self) -> None:
        self._known: dict[str, Stretch] = {}

    def take(self, key: str, t_s: float, sure: float | None, bound: float) -> Stretch | None:
        """Take how sure it is at a time.

        Args:
            key: Of whom.
            t_s: Seconds, later than before.
            sure: Probability; `None` where nothing can be told.
            bound: How sure it must be.

        Returns:
            The stretch that it has held for, where it holds now.
        """
        known = self._known.get(key)
        if known is not None and t_s - known.last_s > GAP_S:
            del self._known[key]
            known = None
        if sure is None:
            if known is not None:
                known.paused = True
            return None
        if sure < bound:
            self._known.pop(key, None)
            return None
        if known is None:
            known = self._known[key] = Stretch(t_s, t_s, 0.0, sure)
            return known
        known.held_s += 0.0 if known.paused else t_s - known.last_s
        known.last_s, known.least, known.paused = t_s, min(known.least, sure), False
        return known

    def forget(self, key: str) -> None:
        """Somebody is gone."""
        self._known.pop(key, None)

    def state(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return {key: asdict(stretch) for key, stretch in self._known.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """What `state` gave."""
        self._known = {key: Stretch(**stretch) for key, stretch in state.items()}
