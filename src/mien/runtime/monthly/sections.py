"""The month by touchpoint, shift, type, service point and protocol, side by side without telling of a few."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mien.insight import Grouping, Measure, Standing, compare, undisclosed
from mien.insight.hours import WITHHELD
from mien.runtime.compare import groups_stored, trend_stored
from mien.runtime.monthly.types import Section
from mien.store.rollups import PLACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.insight import Comparison, Way
    from mien.runtime.monthly.month import Month
    from mien.store import Chosen, Store


def sections_of(store: Store, which: Chosen, month: Month, told: Sequence[Grouping]) -> tuple[Section, ...]:
    """The month by several things, of which none may tell the mean of fewer than 10 by way of the others.

    Args:
        store: The open store.
        which: The interactions of one site in the month.
        month: The month.
        told: By what.

    Raises:
        StoreError: The database says no.
    """
    cells = {measure: store.rollups.cells(which, measure) for measure in (Measure.INDEX, Measure.EPS)}
    secret: dict[tuple[Measure, Way | None], set[tuple[int | None, str | None]]] = {
        (measure, way): undisclosed(counts) for measure, ways in cells.items() for way, counts in ways.items()
    }
    found = []
    for by in told:
        number = PLACE.index(by)
        index, eps = (
            _without(one, {name for at, name in secret.get((one.measure, one.way), ()) if at == number})
            for one in (groups_apart(store, which, by, measure) for measure in cells)
        )
        trend = trend_stored(store, which, month.before.days, by, Measure.INDEX)
        hidden = {row.label for row in index.rows if row.found.mean is None}
        rows = tuple(
            replace(row, change=None, reason=WITHHELD, standing=Standing.UNKNOWN)
            if row.label in hidden
            else row
            for row in trend.rows
        )
        found.append(Section(by, index, eps, replace(trend, rows=rows)))
    return tuple(found)


def _without(found: Comparison, hidden: set[str | None]) -> Comparison:
    """A comparison in which some groups have no mean."""
    rows = [
        replace(
            row,
            found=replace(row.found, mean=None, reason=row.found.reason or WITHHELD),
            change=None,
            reason=row.reason or WITHHELD,
            standing=Standing.UNKNOWN,
            ranked=None,
        )
        if row.label in hidden
        else row
        for row in found.rows
    ]
    return replace(found, rows=tuple(sorted(rows, key=lambda row: row.found.mean is None)))


def groups_apart(store: Store, which: Chosen, by: Grouping, measure: Measure) -> Comparison:
    """Groups compared; ways of serving among each other only, not with what has nothing to do with any of them.

    Args:
        store: The open store.
        which: Which interactions.
        by: What groups are told apart by.
        measure: What is averaged.

    Raises:
        StoreError: The database says no.
    """
    if by is not Grouping.PROTOCOL:
        return groups_stored(store, which, by, measure)
    return compare([part for part in store.rollups.days(which, by, measure) if part.label], by, measure)
