"""What becomes of signals in the tables of alerts, and how alerts change: all inside a transaction of the caller.

Every signal that was taken is known again by its id for as long as its alert is kept: as an alert of its own, or by a
line in `alert_signals` where it is counted with another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, or_, select, update

from mien.action import Alert, Recent, Standing
from mien.errors import StoreError
from mien.store import outbox
from mien.store.alert_rows import alert_of, by_uid, row_of
from mien.store.alert_tables import alert_signals, alerts
from mien.store.events.alert import (
    ALERT_CHANGED,
    ALERT_RAISED,
    ALERT_WITHDRAWN,
    alert_event,
    forgotten,
)
from mien.store.sites import site_id
from mien.store.tables import outbox as outbox_table
from mien.store.tables import sites

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from mien.action import Signal


def is_taken(connection: Connection, uid: str) -> bool:
    """Whether a signal of this id was taken before."""
    counted = select(alert_signals.c.uid).where(alert_signals.c.uid == uid)
    own = select(alerts.c.uid).where(alerts.c.uid == uid)
    return connection.execute(own.union_all(counted)).first() is not None


def recent(connection: Connection, place: int, signal: Signal, day: date, now: datetime) -> Recent:
    """What the desk must know of the rule of a signal.

    Args:
        connection: In a transaction.
        place: Row of the site.
        signal: What a rule found.
        day: Its day on the clock of the site.
        now: The time of day.
    """
    own = (alerts.c.site_id == place) & (alerts.c.rule == signal.rule.value)
    query = (
        select(alerts.c.uid, alerts.c.at, alerts.c.over_at)
        .where(
            own,
            alerts.c.touchpoint.is_not_distinct_from(signal.touchpoint),
            alerts.c.alike.is_not_distinct_from(signal.alike),
            alerts.c.acknowledged_at.is_(None),
            alerts.c.over_at > signal.at,
            # Of recordings that are read anew an alert is over when it is raised: there their own time alone counts.
            or_(alerts.c.over_at > now, alerts.c.over_at <= alerts.c.raised_at),
        )
        .order_by(alerts.c.at.desc())
    )
    standing = tuple(Standing(row.uid, row.at, row.over_at) for row in connection.execute(query))
    today = connection.execute(select(func.count()).where(own, alerts.c.day == day)).scalar_one()
    return Recent(standing, today)


def enter(
    connection: Connection,
    place: int,
    uid: str,
    signal: Signal,
    *,
    day: date,
    over_at: datetime,
    now: datetime,
) -> Alert:
    """Store a signal as an alert of its own, with the event that tells of it.

    Args:
        connection: In a write transaction.
        place: Row of the site.
        uid: Its id.
        signal: What a rule found.
        day: Its day on the clock of the site.
        over_at: When it is no longer shown as open.
        now: The time of day.
    """
    row = row_of(signal) | {
        "uid": uid,
        "site_id": place,
        "day": day,
        "raised_at": now,
        "over_at": over_at,
        "expires_at": now + outbox.kept(connection, place),
    }
    connection.execute(insert(alerts).values(row))
    alert = one(connection, uid, now)
    outbox.enter(connection, place, signal.touchpoint, [alert_event(ALERT_RAISED, alert)], now=now)
    return alert


def count_with(connection: Connection, alert_uid: str, uid: str, signal: Signal, now: datetime) -> Alert:
    """Count a signal with an alert that is there.

    Args:
        connection: In a write transaction.
        alert_uid: With which.
        uid: The id that an alert of its own would have had.
        signal: What a rule found.
        now: The time of day.
    """
    alert = connection.execute(select(alerts.c.id, alerts.c.last_at).where(alerts.c.uid == alert_uid)).one()
    place = {"uid": uid, "alert_id": alert.id, "subject": signal.subject, "found_at": signal.at}
    connection.execute(insert(alert_signals).values(place))
    values = {"signals": alerts.c.signals + 1, "last_at": max(alert.last_at, signal.at)}
    return change(connection, alert_uid, values, now)


def one(connection: Connection, uid: str, now: datetime) -> Alert:
    """An alert.

    Raises:
        StoreError: There is none of this id.
    """
    row = by_uid(connection, uid)
    if row is None:
        raise StoreError("There is no such alert any more; load the page anew.")
    return alert_of(row, now)


def change(connection: Connection, uid: str, values: Mapping[str, Any], now: datetime) -> Alert:
    """Change an alert, and enter the event that tells of it.

    Args:
        connection: In a write transaction.
        uid: Which.
        values: Columns and what they become.
        now: The time of day.

    Raises:
        StoreError: There is none of this id.
    """
    connection.execute(update(alerts).where(alerts.c.uid == uid).values(**values))
    alert = one(connection, uid, now)
    place = site_id(connection, alert.site, now)
    outbox.enter(connection, place, alert.signal.touchpoint, [alert_event(ALERT_CHANGED, alert)], now=now)
    return alert


def forget(connection: Connection, subjects: Sequence[str], *, now: datetime, reason: str) -> int:
    """Take interactions and visits out of what was told; past events that name their alerts go, too.

    An alert that was raised for one of them goes whole, since its words are about them. One with which they were only
    counted stays, for so many less.

    Args:
        connection: In a write transaction.
        subjects: Their ids, as many as a query takes.
        now: The time of day.
        reason: Why.

    Returns:
        How many alerts that concerned.
    """
    told = connection.execute(
        select(alerts.c.uid, alerts.c.site_id, sites.c.name).join(sites).where(alerts.c.subject.in_(subjects))
    ).all()
    names = [row.uid for row in told]
    connection.execute(delete(outbox_table).where(outbox_table.c.subject.in_(names)))
    connection.execute(delete(alerts).where(alerts.c.uid.in_(names)))
    for row in told:
        event = forgotten(ALERT_WITHDRAWN, row.uid, row.name, now, reason)
        outbox.enter(connection, row.site_id, None, [event], now=now)
    theirs = alert_signals.c.subject.in_(subjects)
    counted = connection.execute(
        select(alerts.c.id, alerts.c.uid, alerts.c.at, func.count().label("less"))
        .join(alert_signals)
        .where(theirs)
        .group_by(alerts.c.id, alerts.c.uid, alerts.c.at)
    ).all()
    connection.execute(delete(alert_signals).where(theirs))
    for row in counted:
        left = select(func.max(alert_signals.c.found_at)).where(alert_signals.c.alert_id == row.id)
        last_at = connection.execute(left).scalar_one()
        newest = row.at if last_at is None else max(row.at, last_at)
        change(connection, row.uid, {"signals": alerts.c.signals - row.less, "last_at": newest}, now)
    return len(told) + len(counted)
