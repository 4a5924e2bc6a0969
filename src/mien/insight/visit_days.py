"""The visits of a day, added up: what a store keeps of them by day, and what days put together give their flow."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TENTHS: Final = 10
"""Lengths of time are kept in tenths of a second, rounded down, so that sums of them are exact."""
_CLOCK_ERROR_S: Final = 1e-4
"""What seconds since 1970 may be off by, as numbers; without it 2.3 s would be kept as 2.2 s."""


class Passage(NamedTuple):
    """One face at one touchpoint.

    Attributes:
        touchpoint: Where.
        begin_s: When it came into view, seconds from any zero.
        end_s: When it was seen last.
    """

    touchpoint: str
    begin_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class VisitDay:
    """The visits that began on a day and have ended.

    Joined are those that were seen at two touchpoints or more; all but `visits` speaks of these. Lengths of time are in
    tenths of a second, in order of size.

    Attributes:
        visits: All.
        ways: How many went each way: touchpoints in their order.
        lasted: From first to last sight, by first and last touchpoint.
        stood: From first to last sight at each touchpoint.
        passages: Interactions at each touchpoint.
    """

    visits: int = 0
    ways: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    lasted: Mapping[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)
    stood: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    passages: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Iterable[Sequence[Passage]], alone: int = 0) -> Self:
        """Add visits up.

        Args:
            found: Visits, each with its passages in order of time; at least those of several.
            alone: Visits that are not among them.
        """
        ways: Counter[tuple[str, ...]] = Counter()
        lasted: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        stood: defaultdict[str, list[int]] = defaultdict(list)
        passages: Counter[str] = Counter()
        visits = alone
        for one in found:
            visits += 1
            stops = _stops(one)
            way = tuple(stop.touchpoint for stop in stops)
            if len(set(way)) == 1:
                continue
            ways[way] += 1
            lasted[way[0], way[-1]].append(_tenths(stops[-1].end_s - stops[0].begin_s))
            for stop in stops:
                stood[stop.touchpoint].append(_tenths(stop.end_s - stop.begin_s))
                passages[stop.touchpoint] += stop.passages
        return cls(
            visits,
            dict(ways),
            {ends: tuple(sorted(those)) for ends, those in lasted.items()},
            {name: tuple(sorted(those)) for name, those in stood.items()},
            dict(passages),
        )

    def as_json(self) -> dict[str, Any]:
        """What a store keeps of it, in JSON's types; `from_json` reads it."""
        return {
            "ways": sorted([list(way), n] for way, n in self.ways.items()),
            "lasted": sorted([*ends, list(those)] for ends, those in self.lasted.items()),
            "stood": {name: list(those) for name, those in sorted(self.stood.items())},
            "passages": dict(sorted(self.passages.items())),
        }

    @classmethod
    def from_json(cls, visits: int, kept: Mapping[str, Any]) -> Self:
        """A day as a store keeps it.

        Args:
            visits: All.
            kept: From `as_json`.
        """
        return cls(
            visits,
            {tuple(way): n for way, n in kept["ways"]},
            {(first, last): tuple(those) for first, last, those in kept["lasted"]},
            {name: tuple(those) for name, those in kept["stood"].items()},
            kept["passages"],
        )


class _Stop(NamedTuple):
    touchpoint: str
    begin_s: float
    end_s: float
    passages: int


def _stops(passages: Sequence[Passage]) -> list[_Stop]:
    """Passages that follow each other at one touchpoint are one stop, as where a track broke."""
    found = []
    for touchpoint, those in groupby(passages, lambda one: one.touchpoint):
        there = list(those)
        end_s = max(one.end_s for one in there)
        found.append(_Stop(touchpoint, there[0].begin_s, end_s, len(there)))
    return found


def _tenths(seconds: float) -> int:
    return int(TENTHS * (max(seconds, 0.0) + _CLOCK_ERROR_S))
