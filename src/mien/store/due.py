"""What is kept of a site, and what of it falls due next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from mien.store.account_tables import looks
from mien.store.flow_tables import flow_quarters
from mien.store.tables import curves, interactions, sites
from mien.store.till_tables import receipts
from mien.store.visit_tables import visits

if TYPE_CHECKING:
    from datetime import datetime

    from mien.store.database import Database

SOON: Final = timedelta(days=7)
"""For so long ahead it is counted."""


@dataclass(frozen=True, slots=True)
class NextDue:
    """Of one kind of what is kept of a site: when the first of it goes.

    Attributes:
        kind: What: `curves`, `interactions`, `visits`, `receipts`, `counts`.
        first_at: When the first of it goes, UTC; `None` where nothing is kept that has a date.
        soon: How many rows go within a week, those overdue included.
    """

    kind: str
    first_at: datetime | None
    soon: int


class Due:
    """What falls due. It reads along the index of dates, however much is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_site(self, site: str) -> list[NextDue]:
        """What of a site goes next, by kind.

        Args:
            site: Its name.
        """
        soon = self._database.now() + SOON
        of_it = select(sites.c.id).where(sites.c.name == site).scalar_subquery()
        found = []
        with self._database.read() as connection:
            for kind, table in _KINDS:
                first = select(func.min(table.c.expires_at)).where(table.c.site_id == of_it)
                due = select(func.count()).where(table.c.site_id == of_it, table.c.expires_at <= soon)
                found.append(
                    NextDue(
                        kind, connection.execute(first).scalar_one(), connection.execute(due).scalar_one()
                    )
                )
            # Along the dates of the curves of all sites, and never through all interactions of this one: the sum
            # keeps a planner from its index.
            of_curves = curves.join(interactions)
            here = interactions.c.site_id + 0 == of_it
            dated = select(curves.c.expires_at).select_from(of_curves).where(here)
            first = dated.where(curves.c.expires_at.is_not(None)).order_by(curves.c.expires_at).limit(1)
            due = select(func.count()).select_from(of_curves).where(here, curves.c.expires_at <= soon)
            at, n = connection.execute(first).scalar_one_or_none(), connection.execute(due).scalar_one()
        return [NextDue("curves", at, n), *found]

    def looks(self) -> NextDue:
        """When the oldest entry of the log of looks goes."""
        now = self._database.now()
        with self._database.read() as connection:
            first = connection.execute(select(func.min(looks.c.expires_at))).scalar_one()
            soon = connection.execute(
                select(func.count()).select_from(looks).where(looks.c.expires_at <= now + SOON)
            ).scalar_one()
        return NextDue("looks", first, soon)


_KINDS: Final = (
    ("interactions", interactions),
    ("visits", visits),
    ("receipts", receipts),
    ("counts", flow_quarters),
)
"""What goes by itself; all with an index of sites and dates."""
