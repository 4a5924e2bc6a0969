"""Single interactions to look through: the newest first, page by page, without counting what lies before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from sqlalchemy import func, select

from mien.errors import SettingError
from mien.store import rows
from mien.store.tables import cameras, interactions, recordings, runs, scores, sites
from mien.store.till_tables import receipts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from mien.journey.types import Interaction, Outcome
    from mien.store.database import Database

_RECENT = 5000
"""Interactions of a site that are looked through for the values that can be chosen."""


class Wanted(TypedDict, total=False):
    """Which interactions of a site; every one that is given must hold.

    Attributes:
        touchpoint: At this touchpoint.
        type: About this, by the receipt where there is one.
        shift: In this shift.
        outcome: With this outcome.
        scored: Whether the EPS is shown.
        since: Begun at this time or later, with zone.
        until: Begun before this time.
    """

    touchpoint: str
    type: str
    shift: str
    outcome: Outcome
    scored: bool
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class ListedInteraction:
    """An interaction and when it was.

    Attributes:
        row_id: Its number in this store.
        interaction: What it is.
        started_at: When it began, UTC; `None` where nobody knows.
        source: What its recording is called.
        camera: The camera that saw it; `None` where nobody knows.
    """

    row_id: int
    interaction: Interaction
    started_at: datetime | None
    source: str
    camera: str | None


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page of a list.

    Attributes:
        entries: The newest first; without curves.
        more: Whether there are older ones.
    """

    entries: tuple[ListedInteraction, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """Values that recent interactions of a site have, in order of the alphabet.

    Attributes:
        touchpoints: Places in the journey.
        types: What they were about.
        shifts: Of the staff.
    """

    touchpoints: tuple[str, ...]
    types: tuple[str, ...]
    shifts: tuple[str, ...]


class Listing:
    """The interactions of the store, one by one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, site: str | None, *, before: int | None = None, limit: int = 50, **wanted: Unpack[Wanted]
    ) -> ListedPage:
        """Interactions of a site, the newest first.

        Args:
            site: Its name; `None` for recordings of one's own, the last stored first.
            before: Only those older than the interaction of this number: the last of the page before.
            limit: At most so many, 1 or more.
            **wanted: Which ones, see `Wanted`.

        Raises:
            SettingError: `limit` is below 1.
            StoreError: The database says no.
        """
        if limit < 1:
            raise SettingError(f"Limit {limit} must be 1 or more.")
        with self._database.read() as connection:
            query = _listed().where(*_conditions(connection, site, wanted)).limit(limit + 1)
            if site is None:
                query = query.order_by(interactions.c.id.desc())
                query = query if before is None else query.where(interactions.c.id < before)
            else:
                query = query.order_by(interactions.c.started_at.desc(), interactions.c.id.desc())
                if before is not None:
                    query = query.where(*_older(connection, before))
            found = connection.execute(query).all()
            return ListedPage(_entries(connection, found[:limit], with_curves=False), len(found) > limit)

    def count(self, site: str, **wanted: Unpack[Wanted]) -> int:
        """How many interactions of a site there are.

        Args:
            site: Its name.
            **wanted: Which ones, see `Wanted`.
        """
        with self._database.read() as connection:
            found = _listed().where(*_conditions(connection, site, wanted)).subquery()
            return int(connection.execute(select(func.count()).select_from(found)).scalar_one())

    def get(self, uid: str) -> ListedInteraction | None:
        """One interaction by its id, with its curve; `None` where the store shows none of it."""
        with self._database.read() as connection:
            found = connection.execute(_listed().where(interactions.c.uid == uid).limit(1)).all()
            entries = _entries(connection, found, with_curves=True)
        return entries[0] if entries else None

    def holds(self, uid: str) -> bool:
        """Whether the store shows an interaction of this id."""
        with self._database.read() as connection:
            return connection.execute(_listed().where(interactions.c.uid == uid).limit(1)).first() is not None

    def choices(self, site: str | None) -> Choices:
        """The values by which the interactions of a site can be told apart, from recent ones.

        Args:
            site: Its name; `None` for recordings of one's own.
        """
        names = ("touchpoint", "type", "shift")
        with self._database.read() as connection:
            order = interactions.c.id if site is None else interactions.c.started_at
            recent = (
                select(*(interactions.c[name] for name in names))
                .where(_at(connection, site))
                .order_by(order.desc())
                .limit(_RECENT)
                .subquery()
            )
            found = connection.execute(select(recent).distinct()).all()
            told = _receipt_types(connection, site)
        places, types, shifts = ({getattr(row, name) for row in found} - {None} for name in names)
        return Choices(*(tuple(sorted(those)) for those in (places, types | told, shifts)))


def _receipt_types(connection: Connection, site: str | None) -> set[str]:
    """What recent receipts of a site were about."""
    own = select(sites.c.id).where(sites.c.name == site).scalar_subquery()
    recent = (
        select(receipts.c.type)
        .where(receipts.c.site_id == own)
        .order_by(receipts.c.printed_at.desc())
        .limit(_RECENT)
        .subquery()
    )
    return set(connection.execute(select(recent).distinct()).scalars()) - {None}


def _listed() -> Select[Any]:
    joined = (runs.c.id == interactions.c.run_id) & runs.c.visible
    return (
        rows.selection()
        .add_columns(recordings.c.source, cameras.c.name.label("camera"))
        .join(runs, joined)
        .join(recordings, runs.c.recording_id == recordings.c.id)
        .outerjoin(cameras, recordings.c.camera_id == cameras.c.id)
    )


def _at(connection: Connection, site: str | None) -> Any:  # noqa: ANN401  (of a library)
    """At a site: by its number, so that the index is used; nothing where there is none of the name."""
    if site is None:
        return interactions.c.site_id.is_(None)
    number = connection.execute(select(sites.c.id).where(sites.c.name == site)).scalar_one_or_none()
    return interactions.c.site_id == (-1 if number is None else number)


def _conditions(connection: Connection, site: str | None, wanted: Wanted) -> list[Any]:
    found = [_at(connection, site)]
    if "touchpoint" in wanted:
        found.append(interactions.c.touchpoint == wanted["touchpoint"])
    if "shift" in wanted:
        found.append(interactions.c.shift == wanted["shift"])
    if "type" in wanted:
        found.append(func.coalesce(receipts.c.type, interactions.c.type) == wanted["type"])
    if "outcome" in wanted:
        found.append(scores.c.outcome == wanted["outcome"].value)
    if "scored" in wanted:
        found.append(scores.c.eps.is_not(None) if wanted["scored"] else scores.c.eps.is_(None))
    if "since" in wanted:
        found.append(interactions.c.started_at >= wanted["since"])
    if "until" in wanted:
        found.append(interactions.c.started_at < wanted["until"])
    return found


def _older(connection: Connection, before: int) -> list[Any]:
    """Older than an interaction; what began at the same time comes in the order in which it was stored."""
    known = select(interactions.c.started_at).where(interactions.c.id == before)
    at = connection.execute(known).scalar_one_or_none()
    if at is None:
        # Gone since, as after another analysis, or without a time: what was stored before it is older too.
        return [interactions.c.id < before]
    same = (interactions.c.started_at == at) & (interactions.c.id < before)
    # The first condition says nothing new; by it the index is entered at the right place.
    return [interactions.c.started_at <= at, (interactions.c.started_at < at) | same]


def _entries(
    connection: Connection, found: Sequence[Row[Any]], *, with_curves: bool
) -> tuple[ListedInteraction, ...]:
    built = rows.build(connection, found, with_curves=with_curves)
    return tuple(
        ListedInteraction(row.id, one, row.started_at, row.source, row.camera)
        for row, one in zip(found, built, strict=True)
    )
