"""Groups side by side that are not compared: days of a month, or weekdays by shift, each with its mean.

What is shown of such groups must not tell the mean of fewer than 10 by way of subtraction: sums over rows and columns
of a table are shown elsewhere. So where a group is hidden, another of each line that it stands in is hidden with it
(complementary suppression, Cox 1980, JASA 75): what is missing from a line is always two groups or more, of 10
interactions or more.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from mien.insight.compare import read_alike
from mien.insight.measures import limits_of
from mien.insight.types import FEWEST
from mien.insight.workings import Workings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence

    from mien.insight.compare_types import Group
    from mien.insight.measures import DayPart, Measure

K = TypeVar("K")


def series(
    parts: Sequence[DayPart],
    measure: Measure,
    key: Callable[[DayPart], K],
    lines: Callable[[K], Iterable[Hashable]] = lambda _: (),
    hidden: Collection[K] = (),
) -> dict[K, Group]:
    """The mean of each of some groups that make up a whole.

    Args:
        parts: What days come to, in any order; of those read in different ways, those of the commonest count.
        measure: What is averaged.
        key: Which group a part belongs to.
        lines: Sums that are known beside that of the whole, and in which a group counts: its weekday, its shift.
        hidden: Groups that are hidden for other reasons.

    Returns:
        The groups in order of their first part, each with its mean or the reason why there is none.

    Example:
        >>> from mien.insight import Measure
        >>> series([], Measure.INDEX, lambda part: part.day)
        {}
    """
    way, (used,), _ = read_alike(parts)
    limits = limits_of(measure, "balance" if way is None else way.scale)
    at = Workings([(key(part), part) for part in used], measure, limits)
    known: defaultdict[Hashable, list[K]] = defaultdict(list)
    for one in at.counts:
        known["whole", None].append(one)
        for name in lines(one):
            known["line", name].append(one)
    withheld = hidden_in(at.counts, known.values(), hidden)
    return {one: at.group(one, withheld) for one in at.counts}


def hidden_in(
    counts: Mapping[K, int], lines: Iterable[Collection[K]], hidden_too: Collection[K] = ()
) -> set[K]:
    """Groups that are hidden because they, or others whose mean would follow, are of fewer than 10.

    Args:
        counts: Interactions that have the measure, by group.
        lines: Groups whose sum is known; a group may stand in several.
        hidden_too: Groups that are hidden for other reasons.

    Returns:
        What is hidden; of each line that lacks anything, two groups and 10 interactions at least, if it has them.

    Example:
        >>> sorted(hidden_in({"Mo": 40, "Tu": 12, "We": 3}, [["Mo", "Tu", "We"]]))
        ['Tu', 'We']
        >>> sorted(hidden_in({"Mo": 40, "Tu": 6, "We": 5}, [["Mo", "Tu", "We"]]))
        ['Tu', 'We']
    """
    hidden = {one for one, n in counts.items() if 0 < n < FEWEST or one in hidden_too}
    changed = bool(hidden)
    fixed = [list(line) for line in lines]
    while changed:
        changed = False
        for line in fixed:
            gone = [counts[one] for one in line if one in hidden]
            if gone and (len(gone) == 1 or sum(gone) < FEWEST):
                shown = [one for one in line if one not in hidden and counts[one]]
                if shown:
                    hidden.add(min(shown, key=lambda one: counts[one]))
                    changed = True
    return hidden
