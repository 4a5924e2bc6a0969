"""Alerts as rows, and rows as alerts: the only place that knows both."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from mien.action import Alert, AlertState, Answer, RuleName, Signal, Situation
from mien.store.alert_tables import alerts
from mien.store.named import packed, unpacked
from mien.store.tables import sites

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

_NAMESPACE: Final = uuid.UUID("b8c1d2e4-5a0f-5e7d-8a34-90c61b7f2a11")


def uid_of(site: str, signal: Signal) -> str:
    """The id of the alert that a signal becomes, or of its place in another: the same whoever finds it."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join((site, signal.rule.value, signal.subject))))


def selection() -> Any:  # noqa: ANN401  (a Select of all columns)
    """What `alert_of` needs of the tables; the caller adds conditions and order."""
    return select(alerts, sites.c.name.label("site")).join(sites)


def by_uid(connection: Connection, uid: str) -> Row[Any] | None:
    """The row of an alert; `None` where there is none."""
    found: Row[Any] | None = connection.execute(selection().where(alerts.c.uid == uid)).one_or_none()
    return found


def row_of(signal: Signal) -> dict[str, Any]:
    """A signal as columns."""
    return {
        "touchpoint": signal.touchpoint,
        "service_point": signal.service_point,
        "alike": signal.alike,
        "rule": signal.rule.value,
        "situation": signal.situation.value,
        "subject": signal.subject,
        "since_at": signal.since,
        "at": signal.at,
        "last_at": signal.at,
        "text": signal.text,
        "named": packed(signal.values),
        "probability": signal.probability,
        "n": signal.n,
        "mood": signal.mood,
        "signals": 1,
    }


def alert_of(row: Row[Any], now: datetime) -> Alert:
    """The alert of a row, as it is at a moment."""
    signal = Signal(
        rule=RuleName(row.rule),
        situation=Situation(row.situation),
        touchpoint=row.touchpoint,
        subject=row.subject,
        since=row.since_at,
        at=row.at,
        text=row.text,
        values=unpacked(row.named),
        probability=row.probability,
        n=row.n,
        mood=row.mood,
        service_point=row.service_point,
        alike=row.alike,
    )
    state = (
        AlertState.ACKNOWLEDGED
        if row.acknowledged_at is not None
        else AlertState.OVER
        if row.over_at <= now
        else AlertState.OPEN
    )
    return Alert(
        uid=row.uid,
        site=row.site,
        signal=signal,
        count=row.signals,
        state=state,
        raised_at=row.raised_at,
        last_at=row.last_at,
        expires_at=row.over_at,
        escalated_at=row.escalated_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        answer=None if row.answer is None else Answer(row.answer),
        answered_by=row.answered_by,
    )
