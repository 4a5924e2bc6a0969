"""What of a change to the shown interactions is told: the one place that knows what stored things have said.

Told is the difference between what was shown before and what is shown after, in the transaction that makes it. So
whoever replays the events of a site, the last one of each subject, has what the store shows. What that changes of
visits is told by `mien.store.visit_news`, and the roll-ups of the days that it concerns are made anew by
`mien.store.rollups`, in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select, update

from mien.store import outbox, rollups, rows, visit_news
from mien.store.database import chunks
from mien.store.events import NOT_FOUND, scored, withdrawn
from mien.store.tables import interactions, runs

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from mien.journey.types import Interaction
    from mien.store.events import CloudEvent


VISIBLE: Final = interactions.c.run_id.in_(select(runs.c.id).where(runs.c.visible))
"""Which interactions are shown."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An interaction that is shown.

    Attributes:
        row_id: Its row.
        site_id: Its site, if it is at a named one.
        event_id: The last event that told of it, if one did.
        started_at: When it began, if known.
        interaction: What it is; without curve and seconds.
    """

    row_id: int
    site_id: int | None
    event_id: str | None
    started_at: datetime | None
    interaction: Interaction


def shown(
    connection: Connection, which: ColumnElement[bool], uids: Collection[str] | None = None
) -> dict[str, Shown]:
    """Interactions by their ids, in order of their starts.

    Args:
        connection: In a transaction.
        which: Which rows of `interactions`.
        uids: Of these, those with these ids; all where left out.
    """
    if uids is not None:
        found: dict[str, Shown] = {}
        for some in chunks(list(uids)):
            found |= shown(connection, which & interactions.c.uid.in_(some))
        return found
    query = rows.selection().where(which).order_by(interactions.c.start_s, interactions.c.id)
    stored = connection.execute(query).all()
    built = rows.build(connection, stored, with_curves=False)
    return {
        row.uid: Shown(row.id, row.site_id, row.event_id, row.started_at, interaction)
        for row, interaction in zip(stored, built, strict=True)
    }


def tell(
    connection: Connection,
    before: Mapping[str, Shown],
    after: Mapping[str, Shown],
    *,
    now: datetime,
    reason: str = NOT_FOUND,
) -> None:
    """Enter the events that lead from what was shown to what is shown, and note with each interaction the last one.

    The change itself is made by the caller, before. The roll-ups of its days follow here.

    An interaction that was told alike is not told again; one that was told otherwise is told anew, naming the event
    that it replaces; one that is gone is withdrawn. What is at no named site is told to nobody.

    Args:
        connection: In a write transaction.
        before: What was shown.
        after: What is shown in its place; other interactions are not concerned.
        now: The time of day.
        reason: Why interactions are gone, where some are.
    """
    told: list[tuple[Shown, CloudEvent]] = []
    kept: list[tuple[Shown, str]] = []
    for uid, old in before.items():
        gone = uid not in after or after[uid].site_id is None
        if gone and old.event_id is not None:
            told.append((old, withdrawn(old.interaction, now, replaces=old.event_id, reason=reason)))
    for uid, new in after.items():
        if new.site_id is None:
            continue
        old_one = before.get(uid)
        last = None if old_one is None else old_one.event_id
        if old_one is not None and last is not None and _facts(old_one) == _facts(new):
            kept.append((new, last))
        else:
            event = scored(new.interaction, new.started_at, replaces=last)
            told.append((new, event))
            kept.append((new, event.id))
    _note(connection, kept)
    concerned = [(one.site_id, one.started_at) for one in (*before.values(), *after.values())]
    rollups.renew(connection, rollups.days_at(connection, concerned))
    gone_uids = set(before) - set(after)
    news = visit_news.follow(connection, there=set(after), gone=gone_uids, now=now)
    for (site, touchpoint), group in groupby(
        told, lambda one: (one[0].site_id, one[0].interaction.context.touchpoint)
    ):
        if site is not None:
            outbox.enter(connection, site, touchpoint, [event for _, event in group], now=now)
    visit_news.enter(connection, news, now=now)


def _facts(one: Shown) -> dict[str, Any]:
    """All that an event says of it, but which event it is."""
    return scored(one.interaction, one.started_at).model_dump(exclude={"id"})


def _note(connection: Connection, kept: Sequence[tuple[Shown, str]]) -> None:
    if kept:
        own = (
            update(interactions)
            .where(interactions.c.id == bindparam("row"))
            .values(event_id=bindparam("event"))
        )
        connection.execute(own, [{"row": one.row_id, "event": event} for one, event in kept])
