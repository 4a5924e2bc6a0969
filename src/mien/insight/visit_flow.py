"""Joined visits by way and time: how long they lasted, how long they stood where, and which ways they went.

Everything here speaks of joined visits, which are a selected sample (`mien.visits.SELECTED`); how many could not be
joined is counted beside it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import bdtrik

from mien.insight.means import LEVEL
from mien.insight.types import FEWEST
from mien.insight.visit_days import TENTHS
from mien.insight.visit_flow_types import Bar, Dwell, JoinedPart, Leaving, Path, Step, VisitFlow
from mien.journey.flow import Quantile, Share

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence
    from typing import TypeVar

    from numpy.typing import NDArray

    from mien.insight.visit_days import VisitDay

    T = TypeVar("T", bound=Hashable)

_WIDTHS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Widths of the bars of a distribution."""
_LEAST_BARS: Final = 3
_MOST_BARS: Final = 14


def visit_flow(days: Iterable[VisitDay], seen: Mapping[str, int], roles: Mapping[str, str]) -> VisitFlow:
    """Put the visits of some days together.

    Args:
        days: The visits of each day.
        seen: All interactions of these days, by touchpoint.
        roles: Roles of the touchpoints, in the order of the journey.

    Returns:
        What they say. Whoever is in it was seen at two touchpoints or more.
    """
    visits = 0
    ways: Counter[tuple[str, ...]] = Counter()
    passages: Counter[str] = Counter()
    through: list[int] = []
    stood: defaultdict[str, list[int]] = defaultdict(list)
    for day in days:
        visits += day.visits
        ways.update(day.ways)
        passages.update(day.passages)
        for (first, last), those in day.lasted.items():
            if roles.get(first) == "entrance" and roles.get(last) == "exit":
                through += those
        for name, those in day.stood.items():
            stood[name] += those
    joined = sum(ways.values())
    order = tuple(dict.fromkeys((*roles, *sorted(seen))))
    paths, others = _commonest(ways)
    return VisitFlow(
        visits=visits,
        joined=joined,
        through=_dwell(through),
        stops={name: _dwell(stood[name]) for name in _ordered(stood, order)},
        paths=tuple(Path(way, n, Share.of(n, joined)) for way, n in paths),
        others=others,
        leaving=_leaving(ways, order, roles),
        parts=_parts(passages, seen, order),
    )


def _dwell(lasted: Sequence[int]) -> Dwell:
    """What lengths of time, in tenths of a second, say together."""
    n = len(lasted)
    if n < FEWEST:
        return Dwell(n, Quantile(None, None, None, f"known of {n}, a median needs {FEWEST}"), ())
    ordered = np.sort(np.asarray(lasted, dtype=np.int64))
    return Dwell(n, _median(ordered), _bars(ordered))


def _median(lasted: NDArray[np.int64]) -> Quantile:
    """The median with the interval that its rank has, whatever the distribution (Conover 1999, 3.2).

    Args:
        lasted: Tenths of a second in order of size, (n,), `FEWEST` or more.
    """
    n = lasted.size
    rank = math.ceil(bdtrik((1 - LEVEL) / 2, n, 0.5))
    value = (lasted[(n - 1) // 2] + lasted[n // 2]) / 2
    value_s, low_s, high_s = (float(one) / TENTHS for one in (value, lasted[rank - 1], lasted[n - rank]))
    return Quantile(value_s, low_s, high_s, None)


def _bars(lasted: NDArray[np.int64]) -> tuple[Bar, ...]:
    """Bars of one width but for the ends, each of nobody or of `FEWEST` at least; none for want of visits.

    Args:
        lasted: Tenths of a second in order of size, (n,).
    """
    if lasted.size < _LEAST_BARS * FEWEST:
        return ()
    # The first bar holds the shortest at least, the last one the longest.
    shortest, longest = int(lasted[FEWEST - 1]), int(lasted[-FEWEST])
    for width in _WIDTHS_S:
        first, last = shortest // (TENTHS * width), longest // (TENTHS * width)
        if not _LEAST_BARS <= last - first + 1 <= _MOST_BARS:
            continue
        counts = np.bincount(np.clip(lasted // (TENTHS * width), first, last) - first).tolist()
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
    members: Mapping[str, int], seen: Mapping[str, int], order: Sequence[str]
) -> tuple[JoinedPart, ...]:
    # A visit over midnight is counted on the day on which it began, its interactions on theirs.
    return tuple(
        JoinedPart(name, seen[name], min(members.get(name, 0), seen[name]))
        for name in order
        if seen.get(name)
    )


def _ordered(names: Iterable[str], order: Sequence[str]) -> list[str]:
    """Names in the order of the journey, those that are not in it at its end."""
    place = {name: number for number, name in enumerate(order)}
    return sorted(names, key=lambda name: (place.get(name, len(place)), name))
