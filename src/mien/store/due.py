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

    from sqlalchemy import FromClause, Table

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
        now = self._database.now()
        which = sites.c.name == site
        found = []
        with self._database.read() as connection:
            for kind, table, joined in _KINDS:
                first = (
                    select(table.c.expires_at)
                    .select_from(joined)
                    .where(which, table.c.expires_at.is_not(None))
                )
                soon = select(func.count()).select_from(joined).where(which, table.c.expires_at <= now + SOON)
                found.append(
                    NextDue(
                        kind,
                        connection.execute(first.order_by(table.c.expires_at).limit(1)).scalar_one_or_none(),
                        connection.execute(soon).scalar_one(),
                    )
                )
        return found

    def looks(self) -> NextDue:
        """When the oldest entry of the log of looks goes."""
        now = self._database.now()
        with self._database.read() as connection:
            first = connection.execute(select(func.min(looks.c.expires_at))).scalar_one()
            soon = connection.execute(
                select(func.count()).select_from(looks).where(looks.c.expires_at <= now + SOON)
            ).scalar_one()
        return NextDue("looks", first, soon)


def _with_site(table: Table) -> FromClause:
    return table.join(sites, table.c.site_id == sites.c.id)


_KINDS: Final = (
    ("curves", curves, curves.join(interactions).join(sites, interactions.c.site_id == sites.c.id)),
    ("interactions", interactions, _with_site(interactions)),
    ("visits", visits, _with_site(visits)),
    ("receipts", receipts, _with_site(receipts)),
    ("counts", flow_quarters, _with_site(flow_quarters)),
)
