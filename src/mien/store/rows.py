"""Interactions as rows, and rows as interactions: the only place that knows both."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, insert, select

from mien.expressions import check_scale
from mien.journey.types import Context, Interaction, Moment, MomentKind, Outcome, Score
from mien.privacy import expiry
from mien.store import codec, dating
from mien.store.database import chunks
from mien.store.sites import site_id
from mien.store.tables import curves, interactions, moments, scores, sites
from mien.store.till_tables import receipt_joins, receipts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select, Table

    from mien.privacy import KeepDays

_SCORE: Final = tuple(column.name for column in scores.c if column.name != "interaction_id")
_PLACE: Final = ("touchpoint", "type", "service_point", "shift", "protocol")


def write(
    connection: Connection,
    run_id: int,
    found: Mapping[str, tuple[Interaction, bytes]],
    *,
    recorded_at: datetime | None,
    now: datetime,
    keep: KeepDays | None = None,
) -> None:
    """Put interactions into a run; one that the run holds already is replaced.

    Args:
        connection: In a write transaction.
        run_id: The run.
        found: Interactions and their blobs from `codec.encode`, by id of the interaction.
        recorded_at: When the stream's second 0 was, if known.
        now: Date of entry.
        keep: For how long interactions without a site are kept, from now on; those at a site as the store knows of it,
            from their end. `None` sets no date.
    """
    if not found:
        return
    for uids in chunks(list(found)):
        held = interactions.c.uid.in_(uids) & (interactions.c.run_id == run_id)
        connection.execute(delete(interactions).where(held))
    names = sorted({i.context.site for i, _ in found.values() if i.context.site is not None})
    site_ids: dict[str | None, int] = {name: site_id(connection, name, now) for name in names}
    kept = dating.dates(connection, list(site_ids.values()), keep)
    days = {uid: kept[site_ids.get(i.context.site)] for uid, (i, _) in found.items()}
    ended = {
        uid: now
        if recorded_at is None or i.context.site is None
        else recorded_at + timedelta(seconds=i.end_s)
        for uid, (i, _) in found.items()
    }
    rows = [
        {
            "run_id": run_id,
            "site_id": site_ids.get(i.context.site),
            "expires_at": None if (those := days[uid]) is None else expiry(ended[uid], those.interactions),
            **_interaction_row(i, recorded_at),
        }
        for uid, (i, _) in found.items()
    ]
    returning = insert(interactions).returning(interactions.c.uid, interactions.c.id)
    row_ids: dict[str, int] = {row.uid: row.id for row in connection.execute(returning, rows)}
    parts: dict[Table, list[dict[str, Any]]] = defaultdict(list)
    for uid, (interaction, blob) in found.items():
        row_id = row_ids[uid]
        parts[scores].append({"interaction_id": row_id, **_score_row(interaction.score)})
        at = None if (those := days[uid]) is None else expiry(ended[uid], those.readings)
        parts[curves].append({"interaction_id": row_id, "data": blob, "expires_at": at})
        parts[moments].extend(
            {"interaction_id": row_id, "position": position, **_moment_row(moment)}
            for position, moment in enumerate(interaction.score.moments)
        )
    for table, part in parts.items():
        if part:
            connection.execute(insert(table), part)


def selection() -> Select[Any]:
    """What `read` needs of the tables; the caller adds conditions and order."""
    columns = [
        *(column for column in interactions.c if column.name != "type"),
        *(scores.c[name] for name in _SCORE),
        sites.c.name.label("site"),
        receipts.c.number.label("receipt"),
        # What the till says it was about is surer than what the place is for.
        func.coalesce(receipts.c.type, interactions.c.type).label("type"),
    ]
    joined = (
        interactions.join(scores)
        .outerjoin(sites, interactions.c.site_id == sites.c.id)
        .outerjoin(receipt_joins, receipt_joins.c.interaction_uid == interactions.c.uid)
        .outerjoin(receipts, receipt_joins.c.receipt_id == receipts.c.id)
    )
    return select(*columns).select_from(joined)


def read(connection: Connection, query: Select[Any], *, with_curves: bool) -> list[Interaction]:
    """Run a query made from `selection` and build the interactions, in its order.

    Raises:
        StoreError: A stored curve is damaged.
    """
    return build(connection, connection.execute(query).all(), with_curves=with_curves)


def build(connection: Connection, rows: Sequence[Row[Any]], *, with_curves: bool) -> list[Interaction]:
    """Build interactions from rows of a query made from `selection`, in their order.

    Raises:
        StoreError: A stored curve is damaged.
    """
    changes: dict[int, list[Moment]] = defaultdict(list)
    blobs: dict[int, bytes] = {}
    # Fetched for the rows that are wanted only: carried through sorting and skipping, blobs would cost most.
    for ids in chunks([row.id for row in rows]):
        chosen = select(moments).where(moments.c.interaction_id.in_(ids))
        for row in connection.execute(chosen.order_by(moments.c.interaction_id, moments.c.position)):
            moment = Moment(row.t_s, MomentKind(row.kind), row.change, row.probability)
            changes[row.interaction_id].append(moment)
        if with_curves:
            packed = select(curves.c.interaction_id, curves.c.data).where(curves.c.interaction_id.in_(ids))
            blobs.update({row.interaction_id: row.data for row in connection.execute(packed)})
    return [_interaction(row, tuple(changes[row.id]), blobs.get(row.id)) for row in rows]


def _interaction(row: Row[Any], changes: tuple[Moment, ...], blob: bytes | None) -> Interaction:
    values = row._mapping
    seconds, curve = ((), None) if blob is None else codec.decode(blob)
    score = {name: values[name] for name in _SCORE} | {"outcome": Outcome(row.outcome), "moments": changes}
    return Interaction(
        id=row.uid,
        track_id=row.track_id,
        context=Context(site=row.site, **{name: values[name] for name in _PLACE}),
        start_s=row.start_s,
        end_s=row.end_s,
        readings=row.readings,
        left_out=row.left_out,
        expressions=None if row.expressions is None else tuple(row.expressions),
        score=Score(**score),
        curve=curve,
        seconds=seconds,
        scale=check_scale(row.scale),
        reader=row.reader,
        interrupted=row.interrupted,
        by_eyes=row.by_eyes,
        receipt=row.receipt,
    )


def _interaction_row(interaction: Interaction, recorded_at: datetime | None) -> dict[str, Any]:
    # Numbers are made plain here: drivers store numpy's as bytes, or not at all.
    start_s = float(interaction.start_s)
    shares = interaction.expressions
    return {
        "uid": interaction.id,
        "track_id": int(interaction.track_id),
        **{name: getattr(interaction.context, name) for name in _PLACE},
        "start_s": start_s,
        "end_s": float(interaction.end_s),
        "started_at": None if recorded_at is None else recorded_at + timedelta(seconds=start_s),
        "readings": int(interaction.readings),
        "left_out": {str(reason): int(n) for reason, n in interaction.left_out.items()},
        "expressions": None if shares is None else [float(share) for share in shares],
        "scale": interaction.scale,
        "reader": interaction.reader,
        "interrupted": bool(interaction.interrupted),
        "by_eyes": int(interaction.by_eyes),
    }


def _score_row(score: Score) -> dict[str, Any]:
    values = {name: getattr(score, name) for name in _SCORE}
    return {
        name: None if value is None else scores.c[name].type.python_type(value)
        for name, value in values.items()
    }


def _moment_row(moment: Moment) -> dict[str, Any]:
    return {
        "t_s": float(moment.t_s),
        "kind": str(moment.kind),
        "change": float(moment.change),
        "probability": float(moment.probability),
    }
