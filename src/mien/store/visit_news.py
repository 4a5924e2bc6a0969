"""What of a change to visits is told: the one place that knows what stored visits have said.

The days on which they began are made anew by `mien.store.visit_days`, in the same transaction.

Told are visits that have ended. What one says is true for as long as all its interactions are there and say what they
said: where one of them says something else it is scored anew, and where one is gone, it goes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from mien.journey.visit import score_visit
from mien.store import dating, outbox, pairs, rollups, visit_days, visit_rows
from mien.store.database import chunks
from mien.store.events import MEMBER_LOST, visit_scored, visit_withdrawn
from mien.store.visit_tables import visits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from mien.journey.camera_pair import CameraPair
    from mien.journey.types import Interaction
    from mien.store.events import CloudEvent
    from mien.store.visit_rows import KnownVisit

News = list[tuple[int, "CloudEvent"]]
"""Events, each with the id of its site, that are entered when all else is written."""


def follow(connection: Connection, *, there: Collection[str], gone: Collection[str], now: datetime) -> News:
    """Make visits say what is so after interactions changed.

    Args:
        connection: In a write transaction in which the interactions have changed.
        there: Ids of those that were stored or changed.
        gone: Ids of those that are no more.
        now: The time of day.
    """
    news: News = []
    for some in chunks(list(gone)):
        news += take_down(connection, visit_rows.holding(some), now=now, reason=MEMBER_LOST)
    for some in chunks(list(there)):
        news += score(connection, visit_rows.holding(some) & visits.c.ended.is_not(None), now=now)
    return news


def lost(connection: Connection, uids: Collection[str]) -> set[str]:
    """Those of some interactions that no analysis holds any more."""
    return set(uids) - set(visit_rows.spans(connection, uids))


def take_down(connection: Connection, which: ColumnElement[bool], *, now: datetime, reason: str) -> News:
    """Remove visits; who was told of one is to be told that it is no more.

    Args:
        connection: In a write transaction.
        which: Which rows of `visits`.
        now: The time of day.
        reason: Why.
    """
    query = visit_rows.selection().where(which)
    found = connection.execute(query.order_by(visits.c.id)).all()
    for ids in chunks([row.id for row in found]):
        connection.execute(delete(visits).where(visits.c.id.in_(ids)))
    visit_days.renew(
        connection, rollups.days_at(connection, ((row.site_id, row.started_at) for row in found))
    )
    return [
        (row.site_id, visit_withdrawn(row.uid, row.site, now, replaces=row.event_id, reason=reason))
        for row in found
        if row.event_id is not None
    ]


def score(connection: Connection, which: ColumnElement[bool], *, now: datetime) -> News:
    """Score visits that have ended from what is stored of their interactions.

    One that was told alike is not told again; one that was told otherwise is told anew, naming the event that it
    replaces.

    Args:
        connection: In a write transaction.
        which: Which rows of `visits`, all of them ended.
        now: The time of day.
    """
    query = visit_rows.selection().where(which).order_by(visits.c.id)
    news: News = []
    broken = []
    days = visit_days.days_of(connection, which)
    for some in chunks(visit_rows.read(connection, query)):
        uids = [member.interaction for known in some for member in known.visit.members]
        found = visit_rows.scored(connection, uids)
        for known in some:
            if known.whole:
                news += _score(connection, known, found)
            else:
                broken.append(known.row_id)
        own = visits.c.id.in_([known.row_id for known in some])
        dating.date_visits(connection, own)
        days |= visit_days.days_of(connection, own)
    for ids in chunks(broken):
        news += take_down(connection, visits.c.id.in_(ids), now=now, reason=MEMBER_LOST)
    visit_days.renew(connection, days)
    return news


def _score(
    connection: Connection, known: KnownVisit, found: Mapping[str, tuple[Interaction, str | None]]
) -> News:
    before = known.visit
    parts = [found[member.interaction] for member in before.members]
    score = score_visit([interaction for interaction, _ in parts], _pair(connection, before.site, parts))
    after = replace(
        before,
        started_at=before.members[0].started_at,
        last_seen_at=max(before.last_seen_at, *(member.ended_at for member in before.members)),
        score=score,
    )
    values = {
        "started_at": after.started_at,
        "last_seen_at": after.last_seen_at,
        **visit_rows.score_row(score),
    }
    event = visit_scored(after, replaces=known.event_id)
    told = _digest(event)
    news: News = []
    if known.event_id is None or told != known.told:
        values |= {"event_id": event.id, "told": told}
        news.append((known.site_id, event))
    connection.execute(update(visits).where(visits.c.id == known.row_id).values(**values))
    return news


def _pair(
    connection: Connection, site: str, parts: Sequence[tuple[Interaction, str | None]]
) -> CameraPair | None:
    """What was measured of the cameras at the two ends, where each end was seen by one camera."""
    first, last = _camera(parts), _camera(parts[::-1])
    if first is None or last is None or first == last:
        return None
    one = parts[0][0]
    measured = pairs.find(connection, site, (first, last), scale=one.scale, reader=one.reader)
    return None if measured is None else measured.pair


def _camera(parts: Sequence[tuple[Interaction, str | None]]) -> str | None:
    """The camera that saw the first stop, if that was one."""
    place = parts[0][0].context.touchpoint
    stop = takewhile(lambda part: part[0].context.touchpoint == place, parts)
    seen_by = {camera for _, camera in stop}
    return seen_by.pop() if len(seen_by) == 1 else None


def _digest(event: CloudEvent) -> str:
    """Of all that an event says, but which event it is and which it replaces."""
    said = event.model_dump(mode="json", exclude={"id": True, "data": {"replaces"}})
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def enter(connection: Connection, news: Iterable[tuple[int, CloudEvent]], *, now: datetime) -> None:
    """Enter the events, site by site."""
    by_site: dict[int, list[CloudEvent]] = {}
    for site, event in news:
        by_site.setdefault(site, []).append(event)
    for site, events in by_site.items():
        outbox.enter(connection, site, None, events, now=now)
