"""Days of groups as rows of a table, from the daily sums; no mean and no sum of fewer than 10."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from mien.insight import COLUMNS, DayPart, Measure, series
from mien.insight.hours import WITHHELD
from mien.insight.types import FEWEST
from mien.runtime.analyst.columns import DAILY
from mien.runtime.monthly import Month

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
    """Rows of a site; those of a day that are sorted and read alike make up a whole."""
    wholes: defaultdict[tuple[date, str, Way], list[StoredDay]] = defaultdict(list)
    for one in found:
        wholes[one.day, one.sorting, one.way].append(one)
    for (day, sorting, way), those in sorted(
        wholes.items(), key=lambda item: (item[0][0], item[0][1], item[0][2])
    ):
        means = {measure: _means(those, measure) for measure in _MEASURES}
        for one in sorted(those, key=lambda row: row.name or ""):
            index, eps = (means[measure][one.name] for measure in _MEASURES)
            totals = asdict(one.totals)
            told = not _hidden(eps)
            yield {
                "day": day,
                "by": "site" if sorting == "all" else sorting,
                "name": one.name,
                "reader": way.reader,
                "scale": way.scale,
                **{name: totals[name] for name in _COUNTS},
                **_measured("index", index, totals),
                **_measured("eps", eps, totals),
                **{name: totals[name] if told else None for name in _SCORED},
            }


def _means(those: Iterable[StoredDay], measure: Measure) -> dict[str | None, Group]:
    columns = COLUMNS[measure]
    parts = [
        DayPart(
            one.name,
            one.day,
            one.way,
            one.totals.interactions,
            sum(getattr(one.totals, name) for name in columns.n),
            getattr(one.totals, columns.total),
            getattr(one.totals, columns.squares),
        )
        for one in those
    ]
    return series(parts, measure, lambda part: part.label)


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
