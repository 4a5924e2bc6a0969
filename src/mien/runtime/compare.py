"""Comparisons from what is stored: groups in a period, and which site got worse and where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from mien.insight import (
    THIRDS_FELL,
    Comparison,
    Group,
    Grouping,
    LeftOut,
    Measure,
    Trend,
    TrendRow,
    compare,
    compare_trend,
    thirds,
)
from mien.store.rolled import PLACE_MARK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.insight import DayPart
    from mien.store import Chosen, Store

SEEN_FROM: Final = {
    Grouping.SITE: Grouping.TOUCHPOINT,
    Grouping.TOUCHPOINT: Grouping.SITE,
    Grouping.SERVICE_POINT: Grouping.SITE,
}
"""Groups that have cameras of their own, and what their cameras are told apart by."""
_LATELY: Final = timedelta(days=61)


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison, and what is not in it.

    Attributes:
        found: The comparison.
        left_out: Its interactions, and why some have no score.
        undated: Interactions at the same sites that are in no period, since nobody knows when they were.
    """

    found: Comparison
    left_out: LeftOut
    undated: int


@dataclass(frozen=True, slots=True)
class Worsening:
    """Which site got worse in a period against the one before, and where in the visit.

    Each step looks into the one before: the touchpoints of the site that got worse by most, then the shifts at the
    touchpoint that did, and the thirds of the interactions there in the shift that did. Where no site as a whole is
    shown to have got worse, single touchpoints of all sites are looked at. The verdicts of each step hold together with
    95 %.

    Attributes:
        sites: Each site against itself.
        site: The one that is shown to have got worse by most; `None` where none is.
        touchpoints: Those of that site, or, labelled by site and touchpoint with `mien.store.rolled.PLACE_MARK`
            between, those of all sites.
        touchpoint: The one that is shown to have got worse by most; `None` where none is.
        shifts: The shifts at that touchpoint or at all of that site; `None` where neither is named.
        shift: The one that is shown to have got worse by most; `None` where none is.
        thirds: The share of interactions with a critical moment in each third, at that touchpoint or at all of them;
            `None` where neither a site nor a touchpoint is named.
        third: The one in which critical moments are shown to have become more by most; `None` where none is.
    """

    sites: Trend
    site: TrendRow | None = None
    touchpoints: Trend | None = None
    touchpoint: TrendRow | None = None
    shifts: Trend | None = None
    shift: TrendRow | None = None
    thirds: Trend | None = None
    third: TrendRow | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """Interactions of a period as one.

    Attributes:
        interactions: How many.
        index: Their mean Happiness Index.
        eps: Their mean EPS.
        left_out: Why some have no score, of those that were read in the way that the means are of.
    """

    interactions: int
    index: Group
    eps: Group
    left_out: LeftOut


def whole_stored(store: Store, which: Chosen) -> Whole | None:
    """Interactions of a period as one; `None` where there are none.

    Args:
        store: The open store.
        which: Which interactions.

    Raises:
        StoreError: The database says no.
    """
    index, eps = (groups_stored(store, which, Grouping.MONTH, one) for one in (Measure.INDEX, Measure.EPS))
    if index.whole is None or eps.whole is None or eps.way is None:
        return None
    seen = index.whole.interactions + sum(other.interactions for other in index.others)
    return Whole(seen, index.whole, eps.whole, store.rollups.left_out(which).get(eps.way, LeftOut()))


def compare_stored(store: Store, which: Chosen, by: Grouping, measure: Measure) -> Compared:
    """Compare groups of interactions.

    Args:
        store: The open store.
        which: Which interactions.
        by: What groups are told apart by.
        measure: What is averaged; by third always the share with a critical moment in each.

    Raises:
        StoreError: The database says no.
    """
    found = groups_stored(store, which, by, measure)
    left_out = LeftOut() if found.way is None else store.rollups.left_out(which).get(found.way, LeftOut())
    return Compared(found, left_out, store.rollups.undated(which.sites))


def groups_stored(store: Store, which: Chosen, by: Grouping, measure: Measure) -> Comparison:
    """The groups of `compare_stored` alone."""
    if by is Grouping.THIRD:
        return compare(_thirds(store, which), by, THIRDS_FELL[0])
    other = SEEN_FROM.get(by)
    places = None if other is None or measure is not Measure.INDEX else store.rollups.places(which, by, other)
    return compare(store.rollups.days(which, by, measure), by, measure, places=places)


def trend_stored(
    store: Store, which: Chosen, before: tuple[date, date], by: Grouping, measure: Measure
) -> Trend:
    """Compare each group with itself in the period before.

    Args:
        store: The open store.
        which: Which interactions, in the period.
        before: First and last day of the period before.
        by: What groups are told apart by.
        measure: What is averaged; by third always the share with a critical moment in each.

    Raises:
        StoreError: The database says no.
    """
    earlier = replace(which, first=before[0], last=before[1])
    if by is Grouping.THIRD:
        return compare_trend(_thirds(store, which), _thirds(store, earlier), THIRDS_FELL[0])
    return compare_trend(
        store.rollups.days(which, by, measure), store.rollups.days(earlier, by, measure), measure
    )


def trend_whole(store: Store, which: Chosen, before: tuple[date, date], measure: Measure) -> Trend:
    """Compare all interactions together with those of the period before.

    Args:
        store: The open store.
        which: Which interactions, in the period.
        before: First and last day of the period before.
        measure: What is averaged.

    Returns:
        The trend, of one row or none.

    Raises:
        StoreError: The database says no.
    """
    earlier = replace(which, first=before[0], last=before[1])
    now, then = (store.rollups.days(those, Grouping.MONTH, measure) for those in (which, earlier))
    return trend_of_whole(now, then, measure)


def trend_of_whole(now: Sequence[DayPart], before: Sequence[DayPart], measure: Measure) -> Trend:
    """The same of days that were read already, however they are labelled."""
    one, other = ([part._replace(label=None) for part in parts] for parts in (now, before))
    return compare_trend(one, other, measure)


def find_worsening(store: Store, which: Chosen, before: tuple[date, date], measure: Measure) -> Worsening:
    """Find the site that got worse by most, and where in the visit.

    Args:
        store: The open store.
        which: Which interactions, in the period.
        before: First and last day of the period before.
        measure: What is averaged.

    Raises:
        StoreError: The database says no.
    """
    sites = trend_stored(store, which, before, Grouping.SITE, measure)
    site = sites.worst
    if site is None or site.label is None:
        return _single_place(store, which, before, measure, sites)
    there = replace(which, sites=(site.label,))
    touchpoints = trend_stored(store, there, before, Grouping.TOUCHPOINT, measure)
    touchpoint = touchpoints.worst
    if touchpoint is not None and touchpoint.label is not None:
        there = replace(there, places={**there.places, "touchpoint": touchpoint.label})
    return Worsening(sites, site, touchpoints, touchpoint, *_when(store, there, before, measure))


def _single_place(
    store: Store, which: Chosen, before: tuple[date, date], measure: Measure, sites: Trend
) -> Worsening:
    """Where in all sites it got worse, though no site as a whole is shown to have."""
    places = trend_stored(store, which, before, Grouping.PLACE, measure)
    place = places.worst
    if place is None or place.label is None:
        return Worsening(sites, touchpoints=places)
    site, _, touchpoint = place.label.partition(PLACE_MARK)
    there = replace(which, sites=(site,), places={**which.places, "touchpoint": touchpoint})
    return Worsening(sites, None, places, place, *_when(store, there, before, measure))


def _when(
    store: Store, there: Chosen, before: tuple[date, date], measure: Measure
) -> tuple[Trend, TrendRow | None, Trend, TrendRow | None]:
    """When it got worse there: in which shift, and in which third of the interactions."""
    shifts = trend_stored(store, there, before, Grouping.SHIFT, measure)
    shift = shifts.worst
    if shift is not None and shift.label is not None:
        there = replace(there, places={**there.places, "shift": shift.label})
    moments = trend_stored(store, there, before, Grouping.THIRD, measure)
    return shifts, shift, moments, moments.worst


def month_before(first: date, last: date) -> tuple[date, date]:
    """The period of as many whole months that ends where one begins.

    Args:
        first: First day of a month.
        last: Last day of it or of a later one.

    Example:
        >>> month_before(date(2026, 3, 1), date(2026, 3, 31))
        (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
        >>> month_before(date(2026, 1, 1), date(2026, 3, 31))
        (datetime.date(2025, 10, 1), datetime.date(2025, 12, 31))
    """
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    at = 12 * first.year + first.month - 1 - months
    return date(at // 12, at % 12 + 1, 1), first - timedelta(days=1)


def _thirds(store: Store, which: Chosen) -> list[DayPart]:
    return thirds({one: store.rollups.days(which, Grouping.THIRD, one) for one in THIRDS_FELL})
