"""Until when rows are kept: their dates when they are written, and when the days of a site are others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update

from mien.privacy import KeepDays, expiry
from mien.store.flow_tables import flow_quarters
from mien.store.segment_tables import segment_parts
from mien.store.tables import curves, interactions, recordings, runs, sites
from mien.store.till_tables import receipt_joins, receipts
from mien.store.visit_tables import visit_interactions, visits

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select, Table


def days_of_sites(connection: Connection, site_ids: list[int]) -> dict[int, KeepDays]:
    """For how long each of some sites keeps what is found there; none for those of which nobody has said so."""
    query = select(sites).where(sites.c.id.in_(site_ids), sites.c.interactions_days.is_not(None))
    return {
        row.id: KeepDays(row.readings_days, row.interactions_days, row.receipts_days)
        for row in connection.execute(query)
    }


def dates(
    connection: Connection, site_ids: list[int], keep: KeepDays | None
) -> dict[int | None, KeepDays | None]:
    """For how long each of some sites keeps what is found there, and under `None` what holds without a site."""
    known = days_of_sites(connection, site_ids)
    return {None: keep, **{number: known.get(number) for number in site_ids}}


def date_visits(connection: Connection, which: ColumnElement[bool]) -> None:
    """Give visits the date on which the first of their interactions goes: without it they would say what is not so.

    Args:
        connection: In a write transaction.
        which: Which rows of `visits`.
    """
    earliest = (
        select(func.min(interactions.c.expires_at))
        .join(visit_interactions, visit_interactions.c.interaction_uid == interactions.c.uid)
        .where(visit_interactions.c.visit_id == visits.c.id)
        .scalar_subquery()
    )
    connection.execute(update(visits).where(which).values(expires_at=earliest))


def date_anew(connection: Connection, site: int, keep: KeepDays) -> None:
    """Give every row of a site the earlier of its date and the one by these days."""
    ended = select(
        interactions.c.id,
        interactions.c.started_at,
        (interactions.c.end_s - interactions.c.start_s).label("length_s"),
        interactions.c.expires_at,
        curves.c.expires_at.label("curve_at"),
        runs.c.started_at.label("read_at"),
    ).select_from(interactions.join(runs).outerjoin(curves)).where(interactions.c.site_id == site)  # fmt: skip
    rows, packed = [], []
    for row in connection.execute(ended):
        known = row.started_at is not None
        base = row.started_at + timedelta(seconds=row.length_s) if known else row.read_at
        rows.append({"b_id": row.id, "b_at": _earlier(row.expires_at, expiry(base, keep.interactions))})
        packed.append({"b_id": row.id, "b_at": _earlier(row.curve_at, expiry(base, keep.readings))})
    _set(connection, interactions, interactions.c.id, rows)
    _set(connection, curves, curves.c.interaction_id, packed)
    for table, ends_at in (
        (flow_quarters, flow_quarters.c.ends_at),
        (segment_parts, func.coalesce(segment_parts.c.ends_at, segment_parts.c.begins_at)),
    ):
        counted = select(table.c.id, ends_at.label("ends_at"), table.c.expires_at)
        _set(
            connection,
            table,
            table.c.id,
            [
                {"b_id": row.id, "b_at": _earlier(row.expires_at, expiry(row.ends_at, keep.interactions))}
                for row in connection.execute(counted.where(table.c.site_id == site))
            ],
        )
    date_visits(connection, visits.c.site_id == site)
    told = _last_seen().where(recordings.c.site_id == site)
    _set(
        connection,
        recordings,
        recordings.c.id,
        [
            {
                "b_id": row.id,
                "b_at": _earlier(row.expires_at, expiry(_recorded_until(row), keep.interactions)),
            }
            for row in connection.execute(told)
        ],
    )
    paid = select(receipts.c.id, receipts.c.printed_at, receipts.c.expires_at).where(
        receipts.c.site_id == site
    )
    due = [
        {"b_id": row.id, "b_at": _earlier(row.expires_at, expiry(row.printed_at, keep.receipts))}
        for row in connection.execute(paid)
    ]
    _set(connection, receipts, receipts.c.id, due)
    _set(connection, receipt_joins, receipt_joins.c.receipt_id, due)


def _last_seen() -> Select[Any]:
    grouped = func.max(runs.c.position_s).label("position_s"), func.max(runs.c.started_at).label("read_at")
    joined = recordings.join(runs)
    return (
        select(recordings.c.id, recordings.c.recorded_at, recordings.c.expires_at, *grouped)
        .select_from(joined)
        .group_by(recordings.c.id, recordings.c.recorded_at, recordings.c.expires_at)
    )


def _recorded_until(row: Any) -> datetime:  # noqa: ANN401  (a row of _last_seen)
    if row.recorded_at is None:
        read_at: datetime = row.read_at
        return read_at
    until: datetime = row.recorded_at + timedelta(seconds=row.position_s)
    return until


def _earlier(known: datetime | None, new: datetime) -> datetime:
    return new if known is None else min(known, new)


def _set(connection: Connection, table: Table, key: ColumnElement[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(
            update(table).where(key == bindparam("b_id")).values(expires_at=bindparam("b_at")), rows
        )
