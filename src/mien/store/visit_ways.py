"""Where and when visits passed, of many at once: for what they say together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from mien.insight import Passage
from mien.store.tables import interactions, sites
from mien.store.visit_tables import visit_interactions, visits

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class VisitWays:
    """Visits that have ended.

    Attributes:
        several: Those of several interactions: where each was, in order of time.
        alone: How many are of one interaction.
    """

    several: tuple[tuple[Passage, ...], ...]
    alone: int


def visit_ways(connection: Connection, site: str, since: datetime, until: datetime) -> VisitWays:
    """The visits of a site that began in some time and have ended, read along the index of their beginnings.

    Args:
        connection: In a transaction.
        site: The site.
        since: From then on, with zone.
        until: Before then.
    """
    own = select(sites.c.id).where(sites.c.name == site).scalar_subquery()
    which = (
        (visits.c.site_id == own)
        & (visits.c.started_at >= since)
        & (visits.c.started_at < until)
        & visits.c.ended.is_not(None)
    )
    further = visit_interactions.alias()
    several = (
        select(further.c.visit_id).where(further.c.visit_id == visits.c.id, further.c.position == 1).exists()
    )
    query = (
        select(
            visits.c.id,
            visit_interactions.c.position,
            interactions.c.touchpoint,
            interactions.c.started_at,
            interactions.c.end_s - interactions.c.start_s,
        )
        .select_from(
            visits.join(visit_interactions).join(
                interactions, interactions.c.uid == visit_interactions.c.interaction_uid
            )
        )
        .where(which, several)
        # The newest analysis that holds an interaction comes last, and counts.
        .order_by(visits.c.id, visit_interactions.c.position, interactions.c.run_id)
    )
    counted = select(func.count()).select_from(visits).where(which, ~several)
    found: dict[int, dict[int, Passage]] = {}
    for number, position, touchpoint, started_at, lasted_s in connection.execute(query):
        if started_at is not None:
            begin_s = started_at.timestamp()
            passage = Passage(touchpoint or "?", begin_s, begin_s + lasted_s)
            found.setdefault(number, {})[position] = passage
    alone = int(connection.execute(counted).scalar_one())
    return VisitWays(tuple(tuple(those.values()) for those in found.values()), alone)
