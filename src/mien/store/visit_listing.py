"""Visits to look through: the newest first, page by page, without counting what lies before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from sqlalchemy import select

from mien.errors import SettingError
from mien.store import visit_rows
from mien.store.tables import sites
from mien.store.visit_tables import visit_interactions, visits

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from mien.journey.types import Outcome
    from mien.store.database import Database
    from mien.store.visit_records import StoredVisit
    from mien.visits import Ended


class WantedVisits(TypedDict, total=False):
    """Which visits of a site; every one that is given must hold.

    Attributes:
        since: Begun at this time or later, with zone.
        until: Begun before this time.
        ended: Ended so.
        outcome: With this outcome.
        joined: Whether several interactions were joined in it.
    """

    since: datetime
    until: datetime
    ended: Ended
    outcome: Outcome
    joined: bool


@dataclass(frozen=True, slots=True)
class VisitPage:
    """A page of a list.

    Attributes:
        entries: The newest first.
        next: What `before` of the page with the older ones is; `None` where there are none.
    """

    entries: tuple[StoredVisit, ...]
    next: int | None


class VisitListing:
    """The visits of the store, one by one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, site: str, *, before: int | None = None, limit: int = 50, **wanted: Unpack[WantedVisits]
    ) -> VisitPage:
        """Visits of a site, the newest first, open ones too.

        Args:
            site: Its name.
            before: `next` of the page before.
            limit: At most so many, 1 or more.
            **wanted: Which ones, see `WantedVisits`.

        Raises:
            SettingError: `limit` is below 1.
            StoreError: The database says no.
        """
        if limit < 1:
            raise SettingError(f"Limit {limit} must be 1 or more.")
        query = visit_rows.selection().where(*_conditions(site, wanted))
        query = query.order_by(visits.c.started_at.desc(), visits.c.id.desc()).limit(limit + 1)
        with self._database.read() as connection:
            if before is not None:
                query = query.where(*_older(connection, before))
            found = visit_rows.read(connection, query)
        kept = found[:limit]
        return VisitPage(tuple(one.visit for one in kept), kept[-1].row_id if len(found) > limit else None)

    def get(self, uid: str) -> StoredVisit | None:
        """One visit by its id; `None` where there is none."""
        with self._database.read() as connection:
            found = visit_rows.read(connection, visit_rows.selection().where(visits.c.uid == uid))
        return found[0].visit if found else None


def _conditions(site: str, wanted: WantedVisits) -> list[Any]:
    own = select(sites.c.id).where(sites.c.name == site).scalar_subquery()
    found = [visits.c.site_id == own]
    if "since" in wanted:
        found.append(visits.c.started_at >= wanted["since"])
    if "until" in wanted:
        found.append(visits.c.started_at < wanted["until"])
    if "ended" in wanted:
        found.append(visits.c.ended == wanted["ended"].value)
    if "outcome" in wanted:
        found.append(visits.c.outcome == wanted["outcome"].value)
    if "joined" in wanted:
        several = (
            select(visit_interactions.c.visit_id)
            .where(visit_interactions.c.visit_id == visits.c.id, visit_interactions.c.position > 0)
            .exists()
        )
        found.append(several if wanted["joined"] else ~several)
    return found


def _older(connection: Connection, before: int) -> list[Any]:
    """Older than a visit; what began at the same time comes in the order in which it was stored."""
    at = connection.execute(select(visits.c.started_at).where(visits.c.id == before)).scalar_one_or_none()
    if at is None:
        # Gone since, as after a replay: what was stored before it is older too.
        return [visits.c.id < before]
    same = (visits.c.started_at == at) & (visits.c.id < before)
    return [visits.c.started_at <= at, (visits.c.started_at < at) | same]
