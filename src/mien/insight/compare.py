"""Stores, months, shifts, touchpoints and more compared from daily sums; and a period against the one before.

Only what was read with one reader on one scale is compared. Averages need 10 interactions, and where the groups that
have fewer could be worked out from the others and the whole, the smallest of these is kept back with them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import chain, groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from mien.insight.compare_types import (
    Against,
    Comparison,
    Row,
    Standing,
    Trend,
    TrendRow,
)
from mien.insight.daily import Side
from mien.insight.gather import withheld
from mien.insight.means import Mean, joint_level
from mien.insight.measures import THIRDS_FELL, Grouping, limits_of
from mien.insight.ranking import FEWEST_GROUPS, rank
from mien.insight.types import OtherWay
from mien.insight.workings import Workings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mien.insight.measures import DayPart, Measure
    from mien.insight.types import Way

Label = str | None


def compare(
    parts: Sequence[DayPart],
    by: Grouping,
    measure: Measure,
    *,
    places: Mapping[Label, Mapping[str, int]] | None = None,
    ranks: bool = True,
) -> Comparison:
    """Compare groups: months with the month before, others with all others together.

    Args:
        parts: What each group came to on each day, in any order.
        by: What groups are told apart by. By third, labels are the names of the measures of the three.
        measure: What is averaged.
        places: For groups that are seen by different cameras, as sites are: how many of the interactions of each are
            from where. Then differences of the Happiness Index hold what cameras may differ by that nobody measured,
            each place taken to have one of its own (`mien.insight.allowance`).
        ranks: Whether groups get ranks, which take longer than all else.

    Returns:
        The comparison. Too little data is an answer, with its reasons.

    Example:
        >>> from mien.insight import Measure
        >>> nothing = compare([], Grouping.SITE, Measure.INDEX)
        >>> nothing.rows, nothing.whole.reason
        ((), '0 interactions with a score, an average needs 10')
    """
    way, (used,), others = read_alike(parts)
    limits = limits_of(measure, "balance" if way is None else way.scale)
    at = Workings([(part.label, part) for part in used], measure, limits)
    hidden = withheld(at.counts)
    by_month = by is Grouping.MONTH
    partners = _months_before(at) if by_month else {label: at.rest(label) for label in at.sides}
    told = [label for label, side in at.sides.items() if partners.get(label) is not None and side is not None]
    level = joint_level(max(len(told), 1))
    rows: list[Row] = []
    for label in at.daily:
        group = at.group(label, hidden)
        side, partner = at.sides.get(label), partners.get(label)
        cameras = _camera_variance(label, places, limits.camera_sd)
        if side is None or group.mean is None:
            rows.append(Row(label, group, None, group.reason, Standing.UNKNOWN))
        elif partner is None:
            lacking = "nothing to compare with in the month before" if by_month else "nothing to compare with"
            rows.append(Row(label, group, None, lacking, Standing.UNKNOWN))
        else:
            change = at.change(side, partner, cameras, level)
            rows.append(Row(label, group, change, None, change.standing))
    if ranks and not by_month and by is not Grouping.THIRD:
        rows = _ranked(rows, at, places)
    return Comparison(
        by,
        measure,
        Against.BEFORE if by_month else Against.OTHERS,
        way,
        tuple(_in_order(rows, by)),
        None if by is Grouping.THIRD else at.whole(),
        limits.camera_sd if places else 0.0,
        others,
    )


def compare_trend(now: Sequence[DayPart], before: Sequence[DayPart], measure: Measure) -> Trend:
    """Compare each group in a period with itself in the one before: it has the same cameras in both.

    Args:
        now: What each group came to on each day of the period.
        before: Likewise of the period before; no day may be in both.
        measure: What is averaged.

    Returns:
        The trend, with verdicts that hold together for all groups.
    """
    way, (used, earlier), others = read_alike(now, before)
    limits = limits_of(measure, "balance" if way is None else way.scale)
    # One axis of days and one spread of days for both periods.
    marked = [((part.label, 0), part) for part in used] + [((part.label, 1), part) for part in earlier]
    at = Workings(marked, measure, limits)
    labels = list(dict.fromkeys(label for (label, _), _ in marked))
    hidden = {
        (name, period)
        for period in (0, 1)
        for name in withheld({label: at.counts.get((label, period), 0) for label in labels})
    }
    told = [label for label in labels if (label, 0) in at.sides and (label, 1) in at.sides]
    level = joint_level(max(len(told), 1))
    rows = []
    for label in labels:
        is_, was = (at.group((label, period), hidden) for period in (0, 1))
        lacking = [f"{which}: {one.reason}" for which, one in (("now", is_), ("before", was)) if one.reason]
        if lacking:
            rows.append(TrendRow(label, is_, was, None, "; ".join(lacking), Standing.UNKNOWN))
        else:
            change = at.change(at.sides[label, 0], at.sides[label, 1], 0.0, level)
            rows.append(TrendRow(label, is_, was, change, None, change.standing))
    rows.sort(key=lambda row: (row.change is None, row.change.value if row.change else 0.0, row.label or ""))
    return Trend(measure, way, tuple(rows), others)


def thirds(parts: Mapping[Measure, Sequence[DayPart]]) -> list[DayPart]:
    """The thirds of interactions as groups: the share with a critical moment in each.

    Args:
        parts: For each of `THIRDS_FELL`, the interactions with such a moment by day.
    """
    return [part._replace(label=str(measure)) for measure in THIRDS_FELL for part in parts.get(measure, ())]


def _ranked(
    rows: list[Row], at: Workings[Label], places: Mapping[Label, Mapping[str, int]] | None
) -> list[Row]:
    told = [row for row in rows if row.found.mean is not None]
    if len(told) < FEWEST_GROUPS:
        return rows
    means = []
    for row in told:
        mean = at.mean(at.sides[row.label])
        own = 0.0 if not places else at.limits.camera_sd**2 / 2 * _concentration(places.get(row.label, {}))
        means.append(Mean(mean.value, mean.variance + own, mean.df))
    ranks = dict(zip([row.label for row in told], rank(means, at.limits.apart), strict=True))
    return [replace(row, ranked=ranks.get(row.label)) for row in rows]


def _in_order(rows: Sequence[Row], by: Grouping) -> list[Row]:
    if by is Grouping.MONTH:
        return sorted(rows, key=lambda row: row.label or "")
    if by is Grouping.THIRD:
        return sorted(rows, key=lambda row: [str(one) for one in THIRDS_FELL].index(row.label or ""))

    def place(row: Row) -> tuple[bool, float, str]:
        mean = row.found.mean
        return mean is None, 0.0 if mean is None else -mean.value, row.label or ""

    return sorted(rows, key=place)


def _months_before(at: Workings[Label]) -> dict[Label, Side | None]:
    def before(label: str) -> str:
        year, month = int(label[:4]), int(label[5:])
        return f"{year - 1:04}-12" if month == 1 else f"{year:04}-{month - 1:02}"

    return {label: at.sides.get(before(label)) for label in at.sides if label is not None}


def _camera_variance(label: Label, places: Mapping[Label, Mapping[str, int]] | None, sd: float) -> float:
    """What cameras add to the variance of a group minus all others, each place taken to have one of its own."""
    if not places:
        return 0.0
    others: defaultdict[str, int] = defaultdict(int)
    for name, those in places.items():
        if name != label:
            for place, n in those.items():
                others[f"{name} {place}"] += n
    return sd**2 / 2 * (_concentration(places.get(label, {})) + _concentration(others))


def _concentration(places: Mapping[str, int]) -> float:
    """Sum of the squared shares of places; where nobody knows them they are one."""
    n = sum(places.values())
    return sum((one / n) ** 2 for one in places.values()) if n else 1.0


def read_alike(
    *periods: Sequence[DayPart],
) -> tuple[Way | None, list[list[DayPart]], tuple[OtherWay, ...]]:
    """The parts that can be compared: those read in the way that the scarcest period has most of.

    Args:
        *periods: Parts of days, by period.

    Returns:
        The way, its parts by period, and what is left out, the most first; no way where there are no parts.
    """
    seen: defaultdict[Way, list[list[DayPart]]] = defaultdict(lambda: [[] for _ in periods])
    for which, parts in enumerate(periods):
        for way, those in groupby(parts, key=attrgetter("way")):
            seen[way][which] += those
    if not seen:
        return None, [[] for _ in periods], ()
    counts = {way: [sum(part.n for part in those) for those in found] for way, found in seen.items()}
    chosen = max(sorted(counts), key=lambda way: (min(counts[way]), sum(counts[way])))
    others = []
    for way, found in seen.items():
        if way != chosen:
            left = list(chain(*found))
            days = [part.day for part in left]
            others.append(OtherWay(way, sum(part.interactions for part in left), min(days), max(days)))
    return chosen, seen[chosen], tuple(sorted(others, key=lambda one: (-one.interactions, one.way)))
