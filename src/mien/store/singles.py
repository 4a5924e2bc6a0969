"""Single interactions as plain rows, for tables: many of them, in batches, without what leads to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, or_, select

from mien.store.rollups import bounds, zone_of
from mien.store.tables import interactions, runs, scores, sites
from mien.store.till_tables import receipt_joins, receipts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from mien.store.database import Database

_SCORE: Final = (
    "eps", "eps_low", "eps_high", "eps_mean", "eps_sd", "happiness_index", "hi_low", "hi_high", "hi_mean", "hi_sd",
    "initial_valence", "final_valence", "outcome", "reason", "usable_s",
)  # fmt: skip
_OWN: Final = (
    "started_at", "touchpoint", "service_point", "shift", "protocol", "readings", "by_eyes", "interrupted", "scale",
    "reader",
)  # fmt: skip


class Singles:
    """The interactions of the store as plain rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def batches(self, site: str, first: date, last: date, *, size: int) -> Iterator[list[dict[str, Any]]]:
        """The interactions of a site on some days of its clock that are shown, in order of time.

        Each batch is read by itself, so that no writer waits for the whole of them.

        Args:
            site: Its name.
            first: First day.
            last: Last day.
            size: Rows of a batch.

        Yields:
            Rows by name of column: those of `mien.runtime.analyst.INTERACTIONS` that the database knows.

        Raises:
            StoreError: The database says no.
        """
        with self._database.read() as connection:
            known = connection.execute(
                select(sites.c.id, sites.c.time_zone).where(sites.c.name == site)
            ).first()
        if known is None:
            return
        zone = zone_of(known.time_zone)
        since, until = bounds(first, zone)[0], bounds(last, zone)[1]
        began = interactions.c.started_at
        query = (
            select(
                interactions.c.id,
                (interactions.c.end_s - interactions.c.start_s).label("duration_s"),
                scores.c.n.label("usable_readings"),
                func.coalesce(receipts.c.type, interactions.c.type).label("type"),
                *(interactions.c[name] for name in _OWN),
                *(scores.c[name] for name in _SCORE),
            )
            .select_from(
                interactions.join(scores)
                .join(runs, interactions.c.run_id == runs.c.id)
                .outerjoin(receipt_joins, receipt_joins.c.interaction_uid == interactions.c.uid)
                .outerjoin(receipts, receipt_joins.c.receipt_id == receipts.c.id)
            )
            .where(runs.c.visible, interactions.c.site_id == known.id, began < until)
            .order_by(began, interactions.c.id)
            .limit(size)
        )
        at, number = since, -1
        while True:
            after = or_(began > at, and_(began == at, interactions.c.id > number))
            # The first condition says nothing new; by it the index is entered at the right place.
            with self._database.read() as connection:
                rows = [dict(row._mapping) for row in connection.execute(query.where(began >= at, after))]
            if not rows:
                return
            at, number = rows[-1]["started_at"], rows[-1]["id"]
            for row in rows:
                del row["id"]
            yield rows
            if len(rows) < size:
                return
