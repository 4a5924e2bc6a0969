"""Alerts: what staff were told, each once, and what they said of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from mien.action import (
    Alert,
    Answer,
    Held,
    RuleName,
    Signal,
    Together,
    decide,
)
from mien.errors import StoreError
from mien.store import outbox
from mien.store.alert_answers import Answers, answers_of
from mien.store.alert_rows import alert_of, by_uid, recent_of, row_of, selection, uid_of
from mien.store.alert_tables import alerts
from mien.store.events.alert import ALERT_CHANGED, ALERT_RAISED, alert_event
from mien.store.sites import site_id
from mien.store.tables import sites

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from mien.site.rules import Rule
    from mien.store.database import Database


SEEN_TO: Final = timedelta(minutes=30)
"""For how long after it was over an alert that somebody sees to stays before them."""

_MOST_AT_HAND: Final = 50


@dataclass(frozen=True, slots=True)
class Raised:
    """What became of signals.

    Attributes:
        new: Alerts that were raised.
        together: Alerts that stand for one signal more.
        held: Signals of which nobody is told, by why.
    """

    new: tuple[Alert, ...] = ()
    together: tuple[Alert, ...] = ()
    held: Mapping[Held, int] | None = None


class Alerts:
    """The alerts of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, site: str, signals: Iterable[Signal], rules: Mapping[str, Rule], zone: ZoneInfo) -> Raised:
        """Decide on signals, store what becomes of them, and enter the events that tell of it: all or nothing.

        A signal that was taken before, by whatever process, changes nothing.

        Args:
            site: The site.
            signals: What rules found, in order of time.
            rules: The settings of these rules, by name.
            zone: The clock of the site.

        Raises:
            StoreError: The database says no; nothing is stored.
        """
        found = list(signals)
        if not found:
            return Raised()
        now = self._database.now()
        new, together, held = [], [], Counter[Held]()
        with self._database.write() as connection:
            place = site_id(connection, site, now)
            for signal in found:
                uid = uid_of(site, signal)
                if by_uid(connection, uid) is not None:
                    continue
                day = signal.at.astimezone(zone).date()
                recent = recent_of(connection, place, signal, day)
                decision = decide(signal, rules[signal.rule.value], zone, recent)
                if isinstance(decision, Held):
                    held[decision] += 1
                elif isinstance(decision, Together):
                    change = {"signals": alerts.c.signals + 1, "last_at": signal.at}
                    together.append(_change(connection, decision.uid, change, now))
                else:
                    row = row_of(signal) | {
                        "uid": uid,
                        "site_id": place,
                        "day": day,
                        "raised_at": now,
                        "over_at": decision.expires_at,
                        "expires_at": now + outbox.kept(connection, place),
                    }
                    connection.execute(insert(alerts).values(row))
                    alert = _one(connection, uid, now)
                    outbox.enter(
                        connection, place, signal.touchpoint, [alert_event(ALERT_RAISED, alert)], now=now
                    )
                    new.append(alert)
        return Raised(tuple(new), tuple(together), dict(held))

    def escalate(self, site: str, rules: Mapping[str, Rule]) -> list[Alert]:
        """Note of which open alerts the manager must be told, since nobody acknowledged them in time; once each.

        Args:
            site: The site.
            rules: The settings of the rules, by name.
        """
        now = self._database.now()
        waited = {name: rule.escalate_s for name, rule in rules.items() if rule.escalate_s is not None}
        if not waited:
            return []
        query = (
            select(alerts.c.uid, alerts.c.rule, alerts.c.raised_at)
            .join(sites)
            .where(
                sites.c.name == site,
                alerts.c.rule.in_(waited),
                alerts.c.over_at > now,
                alerts.c.escalated_at.is_(None),
                alerts.c.acknowledged_at.is_(None),
            )
        )
        with self._database.read() as connection:
            due = [
                row.uid
                for row in connection.execute(query)
                if (now - row.raised_at).total_seconds() >= waited[row.rule]
            ]
        if not due:
            return []
        with self._database.write() as connection:
            # Somebody may have acknowledged one meanwhile, or it is gone.
            still = connection.execute(query.where(alerts.c.uid.in_(due))).all()
            return [_change(connection, row.uid, {"escalated_at": now}, now) for row in still]

    def acknowledge(self, uid: str, by: str) -> Alert:
        """Somebody has seen an alert and sees to it; the first one who says so counts.

        Args:
            uid: Which.
            by: Who.

        Raises:
            StoreError: There is no such alert.
        """
        now = self._database.now()
        with self._database.write() as connection:
            known = by_uid(connection, uid)
            if known is not None and known.acknowledged_at is not None:
                return _one(connection, uid, now)
            return _change(connection, uid, {"acknowledged_at": now, "acknowledged_by": by}, now)

    def answer(self, uid: str, answer: Answer, by: str) -> Alert:
        """Somebody says what an alert was worth; the last word counts. It is acknowledged with that.

        Args:
            uid: Which.
            answer: What they say.
            by: Who.

        Raises:
            StoreError: There is no such alert.
        """
        now = self._database.now()
        with self._database.write() as connection:
            known = by_uid(connection, uid)
            said: dict[str, Any] = {"answer": answer.value, "answered_at": now, "answered_by": by}
            if known is not None and known.acknowledged_at is None:
                said |= {"acknowledged_at": now, "acknowledged_by": by}
            return _change(connection, uid, said, now)

    def of(self, uid: str) -> Alert | None:
        """An alert; `None` where there is none of this id."""
        with self._database.read() as connection:
            row = by_uid(connection, uid)
            return None if row is None else alert_of(row, self._database.now())

    def listed(
        self,
        names: Iterable[str],
        *,
        touchpoint: str | None = None,
        rule: RuleName | None = None,
        open_only: bool = False,
        since: datetime | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> list[tuple[int, Alert]]:
        """Alerts of some sites with their numbers, the newest first.

        Args:
            names: Names of the sites.
            touchpoint: Only there.
            rule: Only of this rule.
            open_only: Only those that are shown as open now: neither over nor acknowledged.
            since: Only those raised from then on, with zone.
            before: Only those before the one of this number: the last of the page before.
            limit: At most so many.
        """
        now = self._database.now()
        query = selection().where(sites.c.name.in_(list(names))).order_by(alerts.c.id.desc()).limit(limit)
        if touchpoint is not None:
            query = query.where(alerts.c.touchpoint == touchpoint)
        if rule is not None:
            query = query.where(alerts.c.rule == rule.value)
        if open_only:
            query = query.where(alerts.c.over_at > now, alerts.c.acknowledged_at.is_(None))
        if since is not None:
            query = query.where(alerts.c.raised_at >= since)
        if before is not None:
            query = query.where(alerts.c.id < before)
        with self._database.read() as connection:
            return [(row.id, alert_of(row, now)) for row in connection.execute(query)]

    def at_hand(self, site: str, touchpoint: str) -> list[Alert]:
        """What the staff of a touchpoint have before them, the newest first: what is open and what is seen to.

        What somebody acknowledged stays for `SEEN_TO` after it was over, so that they can say what it was worth. What
        concerns the whole site is before everybody there.

        Args:
            site: Name of the site.
            touchpoint: Where they are.
        """
        now = self._database.now()
        query = (
            selection()
            .where(
                sites.c.name == site,
                (alerts.c.touchpoint == touchpoint) | alerts.c.touchpoint.is_(None),
                alerts.c.answer.is_(None),
                (alerts.c.over_at > now)
                | (alerts.c.acknowledged_at.is_not(None) & (alerts.c.over_at > now - SEEN_TO)),
            )
            .order_by(alerts.c.id.desc())
            .limit(_MOST_AT_HAND)
        )
        with self._database.read() as connection:
            return [alert_of(row, now) for row in connection.execute(query)]

    def touchpoints(self, names: Iterable[str]) -> list[str]:
        """Where staff of some sites were told of something, in alphabetical order.

        Args:
            names: Names of the sites.
        """
        query = select(alerts.c.touchpoint).join(sites).where(sites.c.name.in_(list(names))).distinct()
        with self._database.read() as connection:
            return sorted(one for one in connection.execute(query).scalars() if one is not None)

    def answers(self, site: str, since: datetime, until: datetime | None = None) -> dict[RuleName, Answers]:
        """What staff said of the alerts of a site, by rule; rules that raised none are not in it.

        Args:
            site: Its name.
            since: Of alerts raised from then on, with zone.
            until: Raised before then; until now where left out.
        """
        with self._database.read() as connection:
            return answers_of(connection, site, since, until)


def _one(connection: Connection, uid: str, now: datetime) -> Alert:
    row = by_uid(connection, uid)
    if row is None:
        raise StoreError("There is no such alert any more; load the page anew.")
    return alert_of(row, now)


def _change(connection: Connection, uid: str, values: Mapping[str, Any], now: datetime) -> Alert:
    connection.execute(update(alerts).where(alerts.c.uid == uid).values(**values))
    alert = _one(connection, uid, now)
    place = site_id(connection, alert.site, now)
    outbox.enter(connection, place, alert.signal.touchpoint, [alert_event(ALERT_CHANGED, alert)], now=now)
    return alert
