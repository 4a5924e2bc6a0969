"""Days of groups as rows of a table, from the daily sums; no mean and no sum of fewer than 10."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from mien.insight import COLUMNS, DayPart, Measure, series, undisclosed
from mien.insight.hours import WITHHELD
from mien.insight.types import FEWEST
from mien.runtime.analyst.columns import DAILY
from mien.runtime.monthly import Month
from mien.store.rollups import PLACE, Sorting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from mien.insight import Group, Way
    from mien.store import Store, StoredDay

_COUNTS: Final = ("interactions", "unread", "covered", "short", "turned", "unseen", "usable_s")
_SCORED: Final = (
    "improved",
    "worsened",
    "unchanged",
    "unclear",
    "fell_begin",
    "fell_middle",
    "fell_end",
)
_MEASURES: Final = (Measure.INDEX, Measure.EPS)


def daily_batches(
    store: Store,
    names: Iterable[str],
    first: date,
    last: date,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Iterator[pa.RecordBatch]:
    """The days of some sites, site by site and month by month.

    Args:
        store: The open store.
        names: The sites.
        first: First day, on the clock of each.
        last: Last day.
        progress: Told how many rows there are by now.

    Yields:
        Rows of `mien.runtime.analyst.DAILY`.

    Raises:
        StoreError: The database says no.
    """
    simulated = store.sites.simulated()
    done = 0
    for name in names:
        month = Month.of(first)
        while month.first <= last:
            found = store.rollups.stored_days(name, max(first, month.first), min(last, month.last))
            rows = [{**row, "site": name, "simulated": name in simulated} for row in _rows(found)]
            if rows:
                yield pa.RecordBatch.from_pylist(rows, schema=DAILY)
            done += len(rows)
            progress(done)
            month = month.after


def _rows(found: Iterable[StoredDay]) -> Iterator[dict[str, Any]]:
    """Rows of a site; what was read alike on one day is a whole, sorted in several ways."""
    wholes: defaultdict[tuple[date, Way], list[StoredDay]] = defaultdict(list)
    for one in found:
        wholes[one.day, one.way].append(one)
    for day, way in sorted(wholes):
        those = sorted(
            (one for one in wholes[day, way] if one.sorting is not Sorting.CELL),
            key=lambda row: (row.sorting is not Sorting.ALL, row.sorting, row.name or ""),
        )
        means = {measure: _means(wholes[day, way], measure) for measure in _MEASURES}
        for one in those:
            index, eps = (means[measure][one.sorting, one.name] for measure in _MEASURES)
            totals = asdict(one.totals)
            told = not _hidden(eps)
            yield {
                "day": day,
                "by": "site" if one.sorting is Sorting.ALL else str(one.sorting),
                "name": one.name,
                "reader": way.reader,
                "scale": way.scale,
                **{name: totals[name] for name in _COUNTS},
                **_measured("index", index, totals),
                **_measured("eps", eps, totals),
                **{name: totals[name] if told else None for name in _SCORED},
            }


def _means(those: Iterable[StoredDay], measure: Measure) -> dict[tuple[Sorting, str | None], Group]:
    """Each group of a day in each sorting; none from which the mean of fewer than 10 would follow."""
    columns = COLUMNS[measure]
    counted = {(one.sorting, one.place): sum(getattr(one.totals, n) for n in columns.n) for one in those}
    secret = undisclosed({place: n for (sorting, place), n in counted.items() if sorting is Sorting.CELL})
    found: dict[tuple[Sorting, str | None], Group] = {}
    for sorting in Sorting:
        if sorting is Sorting.CELL:
            continue
        number = PLACE.index(sorting) if sorting in PLACE else None
        parts = [
            DayPart(
                one.name,
                one.day,
                one.way,
                one.totals.interactions,
                counted[one.sorting, one.place],
                getattr(one.totals, columns.total),
                getattr(one.totals, columns.squares),
            )
            for one in those
            if one.sorting is sorting
        ]
        hidden = {name for which, name in secret if which == number}
        found |= {
            (sorting, name): group
            for name, group in series(parts, measure, lambda part: part.label, hidden=hidden).items()
        }
    return found


def _hidden(group: Group) -> bool:
    return group.counted < FEWEST or group.reason == WITHHELD


def _measured(name: str, group: Group, totals: dict[str, Any]) -> dict[str, Any]:
    mean, told = group.mean, not _hidden(group)
    return {
        f"{name}_n": group.counted,
        f"{name}_mean": None if mean is None else mean.value,
        f"{name}_low": None if mean is None else mean.low,
        f"{name}_high": None if mean is None else mean.high,
        f"{name}_sum": totals[f"{name}_sum"] if told else None,
        f"{name}_squares": totals[f"{name}_squares"] if told else None,
    }
