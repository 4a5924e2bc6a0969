"""The visits of the sites: what a matcher found out, as it finds it out, and what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from mien.errors import SettingError
from mien.store import dating, visit_days, visit_news, visit_rows
from mien.store.database import chunks
from mien.store.events import JOINED_ANEW
from mien.store.sites import site_id
from mien.store.tables import sites
from mien.store.visit_records import visit_uid
from mien.store.visit_tables import visit_interactions, visits
from mien.visits import Ended

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection

    from mien.insight import VisitDay
    from mien.store.database import Database
    from mien.store.visit_records import ClosedVisit, PlacedInteraction, StoredVisit
    from mien.store.visit_rows import Span


class Visits:
    """The visits of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def place(self, site: str, session: str, placed: Sequence[PlacedInteraction]) -> None:
        """Enter to which visits interactions belong. The same again changes nothing.

        A visit of another session that holds one of them, as where a recording is played again, is taken down, and who
        was told of it is told; what this session placed already stays as it is. Interactions that are not stored at
        the site, whose time nobody knows, or that were erased are passed over, and so is who was joined to a visit
        that is not open: it would begin where it did not begin.

        Args:
            site: Its name.
            session: The matcher that placed them.
            placed: In the order in which they were placed.

        Raises:
            StoreError: The database says no; then none of them is entered.
        """
        if not placed:
            return
        now = self._database.now()
        with self._database.write() as connection:
            number = site_id(connection, site, now)
            seen = visit_rows.spans(connection, [one.interaction for one in placed])
            known = {
                uid: span
                for uid, span in seen.items()
                if span.site_id == number and span.started_at is not None
            }
            wanted = [one for one in placed if one.interaction in known]
            news: visit_news.News = []
            for which in _concerned(wanted):
                other = which & (visits.c.session != session)
                news += visit_news.take_down(connection, other, now=now, reason=JOINED_ANEW)
            touched = _Placing(connection, number, session, known).place(wanted)
            for ids in chunks(touched):
                dating.date_visits(connection, visits.c.id.in_(ids))
            visit_news.enter(connection, news, now=now)

    def close(self, site: str, session: str, closed: Sequence[ClosedVisit]) -> None:
        """Close visits, score them and tell of them. What is not open is passed over: the same again changes nothing.

        Args:
            site: Its name.
            session: The matcher that they were open in.
            closed: How they ended.

        Raises:
            StoreError: The database says no; then all of them are open still.
        """
        if not closed:
            return
        now = self._database.now()
        with self._database.write() as connection:
            number = site_id(connection, site, now)
            by_uid = {visit_uid(one.visit): one for one in closed}
            news: visit_news.News = []
            for uids in chunks(list(by_uid)):
                own = visits.c.uid.in_(uids) & (visits.c.site_id == number) & (visits.c.session == session)
                query = select(visits.c.id, visits.c.uid).where(own, visits.c.ended.is_(None))
                found = connection.execute(query).all()
                for row in found:
                    end = by_uid[row.uid]
                    values = {"ended": end.ended.value, "last_seen_at": end.last_seen}
                    connection.execute(update(visits).where(visits.c.id == row.id).values(**values))
                news += visit_news.score(connection, visits.c.id.in_([row.id for row in found]), now=now)
            visit_news.enter(connection, news, now=now)

    def interrupt(self, site: str, *, but: str | None = None) -> int:
        """Close the open visits of a site whose matcher is gone as interrupted, scored by what there is of them.

        Args:
            site: Its name.
            but: The session that goes on; `None` where none does.

        Returns:
            How many those were.

        Raises:
            StoreError: The database says no; then all of them are open still.
        """
        now = self._database.now()
        with self._database.write() as connection:
            number = site_id(connection, site, now)
            left = (visits.c.site_id == number) & visits.c.ended.is_(None)
            if but is not None:
                left &= visits.c.session != but
            ended = update(visits).where(left).values(ended=Ended.INTERRUPTED.value).returning(visits.c.id)
            ids = list(connection.execute(ended).scalars())
            news: visit_news.News = []
            for some in chunks(ids):
                news += visit_news.score(connection, visits.c.id.in_(some), now=now)
            visit_news.enter(connection, news, now=now)
        return len(ids)

    def placed(self, uids: Collection[str]) -> set[str]:
        """Those of some interactions that are in a visit."""
        with self._database.read() as connection:
            return visit_rows.placed(connection, uids)

    def list_visits(
        self,
        site: str | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> list[StoredVisit]:
        """Visits in order of their beginning, open ones too.

        Args:
            site: Only of this site.
            since: Begun at this time or later, with zone.
            until: Begun before this time.
            limit: At most so many; `None` for all.

        Raises:
            SettingError: `limit` is below 0.
        """
        if limit is not None and limit < 0:
            raise SettingError(f"Limit {limit} must be 0 or more.")
        query = visit_rows.selection().where(*_filters(site, since, until))
        ordered = query.order_by(visits.c.started_at, visits.c.id).limit(limit)
        with self._database.read() as connection:
            return [known.visit for known in visit_rows.read(connection, ordered)]

    def of(self, interactions: Collection[str]) -> list[StoredVisit]:
        """The visits that hold any of some interactions, each once, in order of their beginning."""
        found: dict[str, StoredVisit] = {}
        with self._database.read() as connection:
            for some in chunks(list(interactions)):
                query = visit_rows.selection().where(visit_rows.holding(some))
                found |= {known.visit.uid: known.visit for known in visit_rows.read(connection, query)}
        return sorted(found.values(), key=lambda visit: visit.started_at)

    def days(self, site: str, first: date, last: date) -> list[VisitDay]:
        """What the visits of a site come to that began on some days and have ended; days without any are left out.

        Args:
            site: Its name.
            first: First day, on its clock.
            last: Last day.
        """
        with self._database.read() as connection:
            return visit_days.read(connection, site, first, last)

    def counts(
        self, site: str | None = None, *, since: datetime | None = None, until: datetime | None = None
    ) -> dict[Ended | None, int]:
        """How many visits ended in each way, and under `None` how many are open: every way is named.

        Args:
            site: Only of this site.
            since: Begun at this time or later, with zone.
            until: Begun before this time.
        """
        query = select(visits.c.ended, func.count()).select_from(visits.join(sites))
        counted = query.where(*_filters(site, since, until)).group_by(visits.c.ended)
        with self._database.read() as connection:
            found = {row[0]: row[1] for row in connection.execute(counted)}
        return {how: found.get(how, 0) for how in (*Ended, None)}


class _Placing:
    """Puts interactions into the visits of one session, in one transaction."""

    def __init__(self, connection: Connection, site: int, session: str, known: dict[str, Span]) -> None:
        self._connection, self._site, self._session, self._known = connection, site, session, known

    def place(self, wanted: Sequence[PlacedInteraction]) -> list[int]:
        """Put those into visits that are in none; the rows of visits that they were put into."""
        taken = visit_rows.placed(self._connection, [one.interaction for one in wanted])
        touched: dict[int, None] = {}
        for one in wanted:
            if one.interaction in taken:
                continue
            row_id = self._begin(one) if one.visit == one.interaction else self._join(one)
            if row_id is not None:
                taken.add(one.interaction)
                touched[row_id] = None
        return list(touched)

    def _begin(self, one: PlacedInteraction) -> int | None:
        span = self._known[one.interaction]
        row = {
            "uid": visit_uid(one.visit),
            "site_id": self._site,
            "session": self._session,
            "started_at": span.started_at,
            "last_seen_at": span.ended_at,
        }
        row_id: int = self._connection.execute(insert(visits).values(row).returning(visits.c.id)).scalar_one()
        self._put(row_id, 0, one)
        return row_id

    def _join(self, one: PlacedInteraction) -> int | None:
        own = (visits.c.uid == visit_uid(one.visit)) & (visits.c.session == self._session)
        query = (
            select(visits.c.id, visits.c.last_seen_at, func.max(visit_interactions.c.position).label("last"))
            .select_from(visits.join(visit_interactions))
            .where(own, visits.c.site_id == self._site, visits.c.ended.is_(None))
            .group_by(visits.c.id, visits.c.last_seen_at)
        )
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        ended_at = self._known[one.interaction].ended_at
        if ended_at is not None and ended_at > row.last_seen_at:
            self._connection.execute(
                update(visits).where(visits.c.id == row.id).values(last_seen_at=ended_at)
            )
        self._put(row.id, row.last + 1, one)
        return int(row.id)

    def _put(self, row_id: int, position: int, one: PlacedInteraction) -> None:
        values: dict[str, Any] = {
            "visit_id": row_id,
            "position": position,
            "interaction_uid": one.interaction,
            "probability": None if one.probability is None else float(one.probability),
        }
        self._connection.execute(insert(visit_interactions).values(values))


def _concerned(wanted: Sequence[PlacedInteraction]) -> Iterator[ColumnElement[bool]]:
    """Visits that hold what is to be placed, or are named as one that is to be begun."""
    for some in chunks(wanted):
        yield visit_rows.holding([one.interaction for one in some])
        yield visits.c.uid.in_([visit_uid(one.visit) for one in some])


def _filters(site: str | None, since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    asked = []
    if site is not None:
        asked.append(sites.c.name == site)
    if since is not None:
        asked.append(visits.c.started_at >= since)
    if until is not None:
        asked.append(visits.c.started_at < until)
    return asked
