"""Visits as rows, and rows as visits: the only place that knows both."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from mien.expressions import check_scale
from mien.journey.types import Outcome
from mien.journey.visit import Stop, VisitScore
from mien.store import rows
from mien.store.database import chunks
from mien.store.tables import cameras, interactions, recordings, runs, sites
from mien.store.visit_records import StoredVisit, VisitMember
from mien.store.visit_tables import visit_interactions, visits
from mien.visits import Ended

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from mien.journey.types import Interaction

_NUMBERS: Final = (
    "eps",
    "eps_low",
    "eps_high",
    "reason",
    "calibrated",
    "eps_mean",
    "eps_sd",
    "eps_shared_sd",
    "reader",
)
"""What a score and a row say in the same words."""


@dataclass(frozen=True, slots=True)
class Span:
    """When and where an interaction took place, by the newest analysis that holds it.

    Attributes:
        site_id: Its site; `None` for a file of one's own.
        touchpoint: Place in the journey.
        started_at: When it began, UTC; `None` where nobody knows.
        ended_at: When it ended.
    """

    site_id: int | None
    touchpoint: str | None
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class KnownVisit:
    """A visit and what the store knows of it besides.

    Attributes:
        row_id: Its row.
        site_id: Its site.
        event_id: The last event that told of it, if one did.
        told: Digest of what that said.
        whole: Whether all of its interactions are there.
        visit: What it is.
    """

    row_id: int
    site_id: int
    event_id: str | None
    told: str | None
    whole: bool
    visit: StoredVisit


def placed(connection: Connection, uids: Iterable[str]) -> set[str]:
    """Those of some interactions that are in a visit."""
    own = select(visit_interactions.c.interaction_uid)
    return {
        uid
        for some in chunks(list(uids))
        for uid in connection.execute(own.where(visit_interactions.c.interaction_uid.in_(some))).scalars()
    }


def spans(connection: Connection, uids: Iterable[str]) -> dict[str, Span]:
    """When and where interactions took place, by their ids; those that no analysis holds are left out."""
    columns = (
        interactions.c[name] for name in ("uid", "site_id", "touchpoint", "started_at", "start_s", "end_s")
    )
    query = select(*columns).order_by(interactions.c.run_id)
    return {
        row.uid: Span(row.site_id, row.touchpoint, row.started_at, _end(row))
        for some in chunks(list(uids))
        for row in connection.execute(query.where(interactions.c.uid.in_(some)))
    }


def scored(connection: Connection, uids: Iterable[str]) -> dict[str, tuple[Interaction, str | None]]:
    """Interactions by their ids, of the newest analysis that holds each, with the name of its camera if it has one."""
    found: dict[str, tuple[Interaction, str | None]] = {}
    for some in chunks(list(uids)):
        query = rows.selection().where(interactions.c.uid.in_(some)).order_by(interactions.c.run_id)
        stored = connection.execute(query).all()
        built = rows.build(connection, stored, with_curves=False)
        seen_by = _cameras(connection, {row.run_id for row in stored})
        found |= {row.uid: (one, seen_by.get(row.run_id)) for row, one in zip(stored, built, strict=True)}
    return found


def read(connection: Connection, query: Select[Any]) -> list[KnownVisit]:
    """Run a query made from `selection` and build the visits, in its order."""
    found = connection.execute(query).all()
    parts: dict[int, list[Row[Any]]] = defaultdict(list)
    for ids in chunks([row.id for row in found]):
        own = select(visit_interactions).where(visit_interactions.c.visit_id.in_(ids))
        for row in connection.execute(
            own.order_by(visit_interactions.c.visit_id, visit_interactions.c.position)
        ):
            parts[row.visit_id].append(row)
    seen = spans(connection, [part.interaction_uid for those in parts.values() for part in those])
    known = []
    for row in found:
        visit = _visit(row, parts[row.id], seen)
        whole = 0 < len(visit.members) == len(parts[row.id])
        known.append(KnownVisit(row.id, row.site_id, row.event_id, row.told, whole, visit))
    return known


def selection() -> Select[Any]:
    """What `read` needs of the tables; the caller adds conditions and order."""
    return select(visits, sites.c.name.label("site")).select_from(visits.join(sites))


def holding(uids: Sequence[str]) -> ColumnElement[bool]:
    """Which visits hold any of some interactions."""
    own = select(visit_interactions.c.visit_id).where(visit_interactions.c.interaction_uid.in_(uids))
    return visits.c.id.in_(own)


def score_row(score: VisitScore) -> dict[str, Any]:
    """A score as columns of `visits`."""
    return {
        **{name: getattr(score, name) for name in _NUMBERS},
        "outcome": score.outcome.value,
        "scale": score.scale,
        "stops": [asdict(stop) for stop in score.stops],
    }


def _visit(row: Row[Any], parts: list[Row[Any]], seen: Mapping[str, Span]) -> StoredVisit:
    members = []
    for part in parts:
        span = seen.get(part.interaction_uid)
        if span is not None and span.started_at is not None and span.ended_at is not None:
            times = span.started_at, span.ended_at
            members.append(VisitMember(part.interaction_uid, span.touchpoint, *times, part.probability))
    return StoredVisit(
        uid=row.uid,
        site=row.site,
        session=row.session,
        started_at=row.started_at,
        last_seen_at=row.last_seen_at,
        ended=None if row.ended is None else Ended(row.ended),
        members=tuple(members),
        score=None if row.outcome is None else _score(row),
    )


def _score(row: Row[Any]) -> VisitScore:
    return VisitScore(
        **{name: getattr(row, name) for name in _NUMBERS},
        outcome=Outcome(row.outcome),
        scale=None if row.scale is None else check_scale(row.scale),
        stops=tuple(Stop(**stop | {"interactions": tuple(stop["interactions"])}) for stop in row.stops),
    )


def _cameras(connection: Connection, run_ids: set[int]) -> dict[int, str]:
    """The cameras that runs are of."""
    joined = runs.join(recordings).join(cameras, recordings.c.camera_id == cameras.c.id)
    query = select(runs.c.id, cameras.c.name).select_from(joined).where(runs.c.id.in_(run_ids))
    return {row.id: row.name for row in connection.execute(query)}


def _end(row: Row[Any]) -> datetime | None:
    started: datetime | None = row.started_at
    return None if started is None else started + timedelta(seconds=row.end_s - row.start_s)
