"""Visits by day: what those that began on a day come to, so that pages never scan visits.

As the roll-ups of interactions (`mien.store.rollups`) these hold nothing of their own: whatever changes a visit that
has ended makes the day on which it began anew from the rows, in its transaction. So what is erased or expired is gone
from its day as well.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from mien.insight import Passage, VisitDay
from mien.store import rollups
from mien.store.database import chunks
from mien.store.tables import interactions, runs, sites
from mien.store.visit_tables import visit_days, visit_interactions, visits

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement, Connection

    from mien.store.rollups import SiteDay


def days_of(connection: Connection, which: ColumnElement[bool]) -> set[SiteDay]:
    """The days on which some visits began.

    Args:
        connection: In a transaction.
        which: Which rows of `visits`.
    """
    query = select(visits.c.site_id, visits.c.started_at).where(which)
    return rollups.days_at(connection, ((row.site_id, row.started_at) for row in connection.execute(query)))


def renew(connection: Connection, days: Collection[SiteDay]) -> None:
    """Make days anew from the visits that have ended. Only what changed is written.

    Args:
        connection: In a write transaction.
        days: Which.
    """
    zones = rollups.zones_of(connection, {one.site_id for one in days})
    for one in sorted(days):
        found = _day(connection, one, zones[one.site_id])
        wanted = {"visits": found.visits, "joined": found.as_json()}
        own = (visit_days.c.site_id == one.site_id) & (visit_days.c.day == one.day)
        known = connection.execute(select(visit_days.c.visits, visit_days.c.joined).where(own)).one_or_none()
        if known is not None and known._asdict() == wanted:
            continue
        if known is not None:
            connection.execute(delete(visit_days).where(own))
        if found.visits:
            connection.execute(insert(visit_days).values(site_id=one.site_id, day=one.day, **wanted))


def rebuild(connection: Connection, site: int) -> None:
    """Make all days of a site anew, as where its clock is another.

    Args:
        connection: In a write transaction.
        site: Its number.
    """
    connection.execute(delete(visit_days).where(visit_days.c.site_id == site))
    renew(connection, days_of(connection, visits.c.site_id == site))


def read(connection: Connection, site: str, first: date, last: date) -> list[VisitDay]:
    """The days of a site of which there are visits, in their order.

    Args:
        connection: In a transaction.
        site: Its name.
        first: First day, on its clock.
        last: Last day.
    """
    query = (
        select(visit_days.c.visits, visit_days.c.joined)
        .select_from(visit_days.join(sites))
        .where(sites.c.name == site, visit_days.c.day.between(first, last))
        .order_by(visit_days.c.day)
    )
    return [VisitDay.from_json(row.visits, row.joined) for row in connection.execute(query)]


def _day(connection: Connection, which: SiteDay, zone: ZoneInfo) -> VisitDay:
    """The visits that began on a day and have ended; their passages are those of the interactions that are shown."""
    since, until = rollups.bounds(which.day, zone)
    began = select(visits.c.id, visits.c.started_at, func.count(visit_interactions.c.position).label("n"))
    query = (
        began.select_from(visits.outerjoin(visit_interactions))
        .where(
            visits.c.site_id == which.site_id,
            visits.c.started_at >= since,
            visits.c.started_at < until,
            visits.c.ended.is_not(None),
        )
        .group_by(visits.c.id, visits.c.started_at)
    )
    found = [row for row in connection.execute(query) if rollups.day_of(row.started_at, zone) == which.day]
    several = [row.id for row in found if row.n > 1]
    ways = _ways(connection, several)
    return VisitDay.of(ways, len(found) - len(ways))


def _ways(connection: Connection, ids: Collection[int]) -> list[list[Passage]]:
    """Where and when visits passed, of those that anything is shown of."""
    found: defaultdict[int, dict[int, Passage]] = defaultdict(dict)
    for some in chunks(list(ids)):
        query = (
            select(
                visit_interactions.c.visit_id,
                visit_interactions.c.position,
                interactions.c.touchpoint,
                interactions.c.started_at,
                (interactions.c.end_s - interactions.c.start_s).label("lasted_s"),
            )
            .select_from(
                visit_interactions.join(
                    interactions, interactions.c.uid == visit_interactions.c.interaction_uid
                ).join(runs, interactions.c.run_id == runs.c.id)
            )
            .where(visit_interactions.c.visit_id.in_(some), runs.c.visible)
            # The newest analysis that holds an interaction comes last, and counts.
            .order_by(visit_interactions.c.visit_id, visit_interactions.c.position, interactions.c.run_id)
        )
        for row in connection.execute(query):
            if row.started_at is not None:
                begin_s = row.started_at.timestamp()
                passage = Passage(row.touchpoint or "?", begin_s, begin_s + row.lasted_s)
                found[row.visit_id][row.position] = passage
    return [list(those.values()) for those in found.values()]
