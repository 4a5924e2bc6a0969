"""What joined visits say together: how long they lasted, where they stood, which ways they went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mien.journey.flow import Share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.journey.flow import Quantile


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a distribution.

    Attributes:
        from_s: From so long.
        to_s: Up to so long; `None` for all that is longer.
        n: Visits.
    """

    from_s: float
    to_s: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Dwell:
    """How long visits lasted, or stood at a touchpoint.

    Attributes:
        n: How many are known.
        median: What half of them did not exceed, with its 95 % interval; without a number under `FEWEST`.
        bars: Its distribution, each bar of nobody or of `FEWEST` at least; empty where there are too few.
    """

    n: int
    median: Quantile
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """A way through the shop.

    Attributes:
        stops: Touchpoints in their order.
        n: Visits.
        share: Of all joined visits.
    """

    stops: tuple[str, ...]
    n: int
    share: Share


@dataclass(frozen=True, slots=True)
class Step:
    """Where those were seen next who had been seen at a touchpoint.

    Attributes:
        to: The touchpoint; `None` for not seen again.
        n: How often.
        share: Of all that were seen at the first.
    """

    to: str | None
    n: int
    share: Share


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where those went who had been seen at a touchpoint.

    Attributes:
        touchpoint: The touchpoint.
        n: How often joined visits stood there.
        steps: Where they were seen next, the commonest first, each of `FEWEST` at least.
        others: How often to anywhere else.
    """

    touchpoint: str
    n: int
    steps: tuple[Step, ...]
    others: int


@dataclass(frozen=True, slots=True)
class JoinedPart:
    """How much of what was seen at a touchpoint is part of a joined visit.

    Attributes:
        touchpoint: Which.
        seen: Interactions.
        joined: Those that were joined to another touchpoint.
    """

    touchpoint: str
    seen: int
    joined: int

    @property
    def share(self) -> Share | None:
        """The share that was joined; `None` where nobody was seen."""
        return Share.of(self.joined, self.seen) if self.seen else None


@dataclass(frozen=True, slots=True)
class VisitFlow:
    """Joined visits of a site in some days.

    Attributes:
        visits: Visits that a matcher held and that have ended.
        joined: Those that were seen at two touchpoints or more: all that follows speaks of these.
        through: From coming into view at the entrance to being seen last at the exit, of those seen at both.
        stops: From first to last sight at each touchpoint, in the order of the journey.
        paths: The commonest ways, each of `FEWEST` visits at least.
        others: Joined visits that went any other way.
        leaving: Where they went from each touchpoint, in the order of the journey.
        parts: What could be joined at each touchpoint, in the order of the journey.
    """

    visits: int
    joined: int
    through: Dwell
    stops: Mapping[str, Dwell]
    paths: tuple[Path, ...]
    others: int
    leaving: tuple[Leaving, ...]
    parts: tuple[JoinedPart, ...]

    @property
    def joined_share(self) -> Share | None:
        """The share of visits that was joined; `None` where there was none."""
        return Share.of(self.joined, self.visits) if self.visits else None
