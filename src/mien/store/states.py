"""States of interactions by touchpoint and time of day: what comparisons are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from mien.expressions import check_scale
from mien.insight import StateRecord
from mien.store.announce import VISIBLE
from mien.store.tables import cameras, interactions, recordings, runs, scores, sites

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row

    from mien.store.database import Database


class States:
    """The states of the interactions that the store shows, without anything that tells them apart."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def between(
        self, site: str, touchpoints: Collection[str], *, since: datetime, until: datetime
    ) -> list[StateRecord]:
        """Interactions at some touchpoints of a site that began in a time.

        Args:
            site: Its name.
            touchpoints: Their names.
            since: Begun at this time or later, with zone.
            until: Begun before this time.

        Returns:
            One for each interaction, scored or not, in no order.

        Raises:
            StoreError: The database says no.
        """
        columns = [
            interactions.c.touchpoint,
            interactions.c.started_at,
            interactions.c.scale,
            interactions.c.reader,
            interactions.c.by_eyes,
            scores.c.hi_mean,
            scores.c.n,
            scores.c.usable_s,
            cameras.c.name.label("camera"),
        ]
        joined = interactions.join(scores).join(runs, interactions.c.run_id == runs.c.id)
        joined = joined.join(recordings).outerjoin(cameras, recordings.c.camera_id == cameras.c.id)
        query = select(*columns).select_from(joined)
        query = query.where(
            _at(site, touchpoints),
            interactions.c.started_at >= since,
            interactions.c.started_at < until,
            VISIBLE,
        )
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(query)]

    def last(self, site: str, touchpoints: Collection[str]) -> datetime | None:
        """When the last interaction at some touchpoints of a site began, UTC; `None` where no time is known."""
        query = select(func.max(interactions.c.started_at)).where(_at(site, touchpoints), VISIBLE)
        with self._database.read() as connection:
            last: datetime | None = connection.execute(query).scalar_one()
        return last

    def undated(self, site: str, touchpoints: Collection[str]) -> int:
        """How many interactions at some touchpoints of a site have no time of day, so that `between` has them not."""
        query = select(func.count()).where(
            _at(site, touchpoints), interactions.c.started_at.is_(None), VISIBLE
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())


def _at(site: str, touchpoints: Collection[str]) -> ColumnElement[bool]:
    own = select(sites.c.id).where(sites.c.name == site).scalar_subquery()
    return (interactions.c.site_id == own) & interactions.c.touchpoint.in_(sorted(touchpoints))


def _record(row: Row[Any]) -> StateRecord:
    return StateRecord(
        touchpoint=row.touchpoint,
        started_at=row.started_at,
        valence=None if row.hi_mean is None else row.hi_mean / 50 - 1,
        n=row.n,
        usable_s=row.usable_s,
        by_eyes=row.by_eyes,
        scale=check_scale(row.scale),
        reader=row.reader,
        camera=row.camera,
    )
