"""Who looked at what: the log that lets an officer and those who were seen trust the rest."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select

from mien.privacy.roles import Right
from mien.store.account_records import Look
from mien.store.account_tables import looks

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection

    from mien.store.database import Database

KEPT_DAYS: Final = 365
"""How long a look is kept: long enough for a yearly review, and no longer, for it concerns people too."""

LONGEST_SUBJECT: Final = 300
"""Characters."""


class Looks:
    """The log of looks. Rows are added and, once their time is over, removed by retention; nothing changes one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, who: str, right: Right, subject: str, site: str | None = None) -> None:
        """Note a look.

        Args:
            who: A user's name, or `key NAME`.
            right: By which right.
            subject: What was looked at, with nothing that its reader may not see: an id, not a name.
            site: Where; `None` for what belongs to no site.
        """
        with self._database.write() as connection:
            note_look(connection, self._database.now(), who, right, subject, site)

    def entries(
        self,
        *,
        sites: Collection[str] | None = None,
        who: str | None = None,
        since: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Look]:
        """Looks, the latest first.

        Args:
            sites: Only at these; `None` for all, those that belong to no site as well.
            who: Only of this user or key.
            since: Only from then on.
            before: Only those older than the look of this number: the last of the page before.
            limit: At most so many.
        """
        query = select(looks).order_by(looks.c.id.desc()).limit(limit)
        if sites is not None:
            query = query.where(looks.c.site.in_(list(sites)))
        if who is not None:
            query = query.where(looks.c.who == who)
        if since is not None:
            query = query.where(looks.c.looked_at >= since)
        if before is not None:
            query = query.where(looks.c.id < before)
        with self._database.read() as connection:
            return [
                Look(row.id, row.looked_at, row.who, Right(row.right), row.subject, row.site)
                for row in connection.execute(query)
            ]

    def whos(self, *, sites: Collection[str] | None = None) -> list[str]:
        """Who is in the log, by name.

        Args:
            sites: Only at these; `None` for all.
        """
        query = select(looks.c.who).distinct().order_by(looks.c.who)
        if sites is not None:
            query = query.where(looks.c.site.in_(list(sites)))
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())


def note_look(
    connection: Connection, now: datetime, who: str, right: Right, subject: str, site: str | None = None
) -> None:
    """Note a look inside a write transaction, together with what it is about."""
    row = {
        "looked_at": now,
        "who": who,
        "right": str(right),
        "subject": subject[:LONGEST_SUBJECT],
        "site": site,
        "expires_at": now + timedelta(days=KEPT_DAYS),
    }
    connection.execute(insert(looks).values(row))
