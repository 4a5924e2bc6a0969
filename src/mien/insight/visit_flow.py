"""Joined visits by way and time: how long they lasted, how long they stood where, and which ways they went.

Everything here speaks of joined visits, which are a selected sample (`mien.visits.SELECTED`); how many could not be
joined is counted beside it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from scipy.special import bdtrik

from mien.insight.means import LEVEL
from mien.insight.types import FEWEST
from mien.insight.visit_flow_types import Bar, Dwell, JoinedPart, Leaving, Passage, Path, Step, VisitFlow
from mien.journey.flow import Quantile, Share

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence
    from typing import TypeVar

    T = TypeVar("T", bound=Hashable)

_WIDTHS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Widths of the bars of a distribution."""
_LEAST_BARS: Final = 3
_MOST_BARS: Final = 14


def visit_flow(
    found: Iterable[Sequence[Passage]], alone: int, seen: Mapping[str, int], roles: Mapping[str, str]
) -> VisitFlow:
    """Put the visits of some days together.

    Args:
        found: Visits that have ended, each with its passages in order of time; at least those of several.
        alone: Visits of one passage that are not among them.
        seen: All interactions of these days, by touchpoint.
        roles: Roles of the touchpoints, in the order of the journey.

    Returns:
        What they say. Whoever is in it was seen at two touchpoints or more.
    """
    every = [_stops(one) for one in found]
    joined = [stops for stops in every if len({stop.touchpoint for stop in stops}) > 1]
    order = tuple(dict.fromkeys((*roles, *sorted(seen))))
    through = [
        stops[-1].end_s - stops[0].begin_s
        for stops in joined
        if roles.get(stops[0].touchpoint) == "entrance" and roles.get(stops[-1].touchpoint) == "exit"
    ]
    lasted: defaultdict[str, list[float]] = defaultdict(list)
    for stops in joined:
        for stop in stops:
            lasted[stop.touchpoint].append(stop.end_s - stop.begin_s)
    ways = Counter(tuple(stop.touchpoint for stop in stops) for stops in joined)
    paths, others = _commonest(ways)
    return VisitFlow(
        visits=len(every) + alone,
        joined=len(joined),
        through=_dwell(through),
        stops={name: _dwell(lasted[name]) for name in _ordered(lasted, order)},
        paths=tuple(Path(way, n, Share.of(n, len(joined))) for way, n in paths),
        others=others,
        leaving=_leaving(ways, order, roles),
        parts=_parts(joined, seen, order),
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


def _dwell(lasted: Sequence[float]) -> Dwell:
    n = len(lasted)
    if n < FEWEST:
        return Dwell(n, Quantile(None, None, None, f"known of {n}, a median needs {FEWEST}"), ())
    ordered = sorted(lasted)
    return Dwell(n, _median(ordered), _bars(ordered))


def _median(lasted: Sequence[float]) -> Quantile:
    """The median with the interval that its rank has, whatever the distribution (Conover 1999, 3.2).

    Args:
        lasted: In order of size, `FEWEST` or more.
    """
    n = len(lasted)
    rank = math.ceil(bdtrik((1 - LEVEL) / 2, n, 0.5))
    value = (lasted[(n - 1) // 2] + lasted[n // 2]) / 2
    return Quantile(value, lasted[rank - 1], lasted[n - rank], None)


def _bars(lasted: Sequence[float]) -> tuple[Bar, ...]:
    """Bars of one width but for the ends, each of nobody or of `FEWEST` at least; none for want of visits.

    Args:
        lasted: In order of size.
    """
    if len(lasted) < _LEAST_BARS * FEWEST:
        return ()
    # The first bar holds the shortest at least, the last one the longest.
    shortest, longest = lasted[FEWEST - 1], lasted[-FEWEST]
    for width in _WIDTHS_S:
        first, last = int(shortest // width), int(longest // width)
        if not _LEAST_BARS <= last - first + 1 <= _MOST_BARS:
            continue
        counted = Counter(min(max(int(one // width), first), last) for one in lasted)
        counts = [counted[k] for k in range(first, last + 1)]
        if any(0 < n < FEWEST for n in counts):
            continue
        edges = [0.0, *(float(k * width) for k in range(first + 1, last + 1)), None]
        return tuple(Bar(edges[k] or 0.0, edges[k + 1], n) for k, n in enumerate(counts))
    return ()


def _commonest(counted: Mapping[T, int]) -> tuple[list[tuple[T, int]], int]:
    """What there is `FEWEST` times at least, the commonest first, and how many are not among them.

    So that nobody can work out how few went another way, the rest is none or `FEWEST` at least as well.
    """
    ordered = sorted(counted.items(), key=lambda one: (-one[1], str(one[0])))
    shown = [one for one in ordered if one[1] >= FEWEST]
    rest = sum(n for _, n in ordered[len(shown) :])
    while shown and 0 < rest < FEWEST:
        rest += shown.pop()[1]
    return shown, rest


def _leaving(
    ways: Mapping[tuple[str, ...], int], order: Sequence[str], roles: Mapping[str, str]
) -> tuple[Leaving, ...]:
    to: defaultdict[str, Counter[str | None]] = defaultdict(Counter)
    for way, n in ways.items():
        for here, there in pairwise((*way, None)):
            if here is not None and (there is not None or roles.get(here) != "exit"):
                to[here][there] += n
    found = []
    for name in _ordered(to, order):
        total = sum(to[name].values())
        steps, others = _commonest(to[name])
        if total >= FEWEST:
            told = tuple(Step(there, n, Share.of(n, total)) for there, n in steps)
            found.append(Leaving(name, total, told, others))
    return tuple(found)


def _parts(
    joined: Sequence[Sequence[_Stop]], seen: Mapping[str, int], order: Sequence[str]
) -> tuple[JoinedPart, ...]:
    members: Counter[str] = Counter()
    for stops in joined:
        for stop in stops:
            members[stop.touchpoint] += stop.passages
    # A visit over midnight is counted on the day on which it began, its interactions on theirs.
    return tuple(
        JoinedPart(name, seen[name], min(members[name], seen[name])) for name in order if seen.get(name)
    )


def _ordered(names: Iterable[str], order: Sequence[str]) -> list[str]:
    """Names in the order of the journey, those that are not in it at its end."""
    place = {name: number for number, name in enumerate(order)}
    return sorted(names, key=lambda name: (place.get(name, len(place)), name))
