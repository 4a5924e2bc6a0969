"""Single interactions as rows of a table, batch by batch, so that millions of them need little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from mien.insight import Grouping, Measure
from mien.runtime.analyst.columns import INTERACTIONS
from mien.store import Chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from mien.store import Store

BATCH: Final = 20_000
"""Rows at a time."""


def interaction_batches(
    store: Store,
    names: Iterable[str],
    first: date,
    last: date,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Iterator[pa.RecordBatch]:
    """The interactions of some sites, site by site in order of time.

    Those whose time nobody knows are on no day, and left out.

    Args:
        store: The open store.
        names: The sites.
        first: First day, on the clock of each.
        last: Last day.
        progress: Told how many rows there are by now.

    Yields:
        Rows of `mien.runtime.analyst.INTERACTIONS`.

    Raises:
        StoreError: The database says no.
    """
    simulated, clocks = store.sites.simulated(), store.sites.clocks()
    done = 0
    for name in names:
        zone = ZoneInfo(clocks.get(name) or "UTC")
        common = {"site": name, "simulated": name in simulated}
        for rows in store.singles.batches(name, first, last, size=BATCH):
            made = [{**_row(row, zone), **common} for row in rows]
            yield pa.RecordBatch.from_pylist(made, schema=INTERACTIONS)
            done += len(made)
            progress(done)


def count_interactions(store: Store, names: Iterable[str], first: date, last: date) -> int:
    """How many rows `interaction_batches` gives, from the daily sums.

    Args:
        store: The open store.
        names: The sites.
        first: First day, on the clock of each.
        last: Last day.

    Raises:
        StoreError: The database says no.
    """
    parts = store.rollups.days(Chosen(tuple(names), first, last), Grouping.MONTH, Measure.INDEX)
    return sum(part.interactions for part in parts)


def _row(row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    began = row["started_at"].replace(second=0, microsecond=0)
    local = began.astimezone(zone)
    return {**row, "started_at": began, "day": local.date(), "hour": local.hour}
