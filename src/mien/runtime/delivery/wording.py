"""What people are told of alerts and tasks by message: which ones, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from mien.action import AlertState
from mien.crm.texts import fit
from mien.store import Wanted
from mien.store.events.alert import (
    ALERT_CHANGED,
    ALERT_RAISED,
    TASK_OPENED,
    AlertTold,
    TaskTold,
)

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from mien.site import Site
    from mien.site.delivery import TellsPeople
    from mien.store import OutboxEntry, Store

_LONGEST_TITLE: Final = 150


@dataclass(frozen=True, slots=True)
class Words:
    """A message to people.

    Attributes:
        title: One line.
        text: The rest, plain.
    """

    title: str
    text: str


class Teller:
    """Which events people are told of, and how.

    Args:
        settings: The table of the site file.
        site: The site.
        store: The open store.
    """

    def __init__(self, settings: TellsPeople, site: Site, store: Store) -> None:
        self._settings, self._site, self._store = settings, site, store

    def wants(self, entry: OutboxEntry) -> Wanted | None:
        """Alerts that are raised or escalated, and tasks that are opened, as far as the site file asks for them."""
        kind, told = entry.event.type, entry.event.data
        record = Wanted(f"{entry.event.thing}:{entry.event.subject}"[:200])
        if kind == TASK_OPENED:
            return record if self._settings.tasks else None
        if kind == ALERT_RAISED:
            return record if told["rule"] in self._settings.raised else None
        if kind == ALERT_CHANGED and told["escalated"] and told["state"] == AlertState.OPEN.value:
            return record if told["rule"] in self._settings.escalated else None
        return None

    def words(self, entry: OutboxEntry) -> Words | None:
        """What is said of an event; `None` where nobody needs to be told any more.

        An alert that is over is for nobody, however it came to be late, and one that stays unacknowledged is told of
        as such once.
        """
        if entry.event.type == TASK_OPENED:
            return self._task(TaskTold.model_validate(entry.event.data))
        told = AlertTold.model_validate(entry.event.data)
        if told.expires_at <= self._store.dispatches.now() or (told.escalated and self._escalated(entry)):
            return None
        return self._alert(told)

    def _escalated(self, entry: OutboxEntry) -> bool:
        """Whether an earlier event told of the same alert that nobody acknowledged it."""
        earlier = self._store.outbox.of_subject(entry.event.subject, before=entry.number)
        return any(one.event.type == ALERT_CHANGED and one.event.data.get("escalated") for one in earlier)

    def _alert(self, told: AlertTold) -> Words:
        where = ", ".join(one for one in (told.site, told.touchpoint, told.service_point) if one)
        what = _WHAT[told.rule.value]
        lines = [
            f"{told.why}",
            "",
            f"Where: {where}",
            f"Since: {_clock(told.since, self._site.zone)}",
        ]
        if told.probability is not None:
            lines.append(f"How sure: {told.probability:.0%}")
        if told.escalated:
            lines.append("Nobody has acknowledged this yet.")
        page = self._page("alerts")
        return Words(
            fit(f"{'Not acknowledged: ' if told.escalated else ''}{what}, {where}", _LONGEST_TITLE),
            "\n".join([*lines, *page]),
        )

    def _task(self, told: TaskTold) -> Words:
        lines = [
            told.evidence,
            "",
            f"Where: {', '.join(one for one in (told.site, told.touchpoint) if one)}",
            f"Due: {_clock(told.due_at, self._site.zone)}",
        ]
        page = self._page("alerts")
        return Words(fit(told.subject, _LONGEST_TITLE), "\n".join([*lines, *page]))

    def _page(self, name: str) -> list[str]:
        url = self._settings.pages_url
        return [] if url is None else ["", f"{url}/{name}?{urlencode({'site': self._site.name})}"]


_WHAT: Final = {
    "arrival": "A customer has come in",
    "checkout": "A face is falling at the till",
    "queue": "The queue is turning sour",
    "left_unhappy": "A customer has left unhappy",
    "delight": "Praise for the team",
    "health": "A camera or a part of Mien does not work",
    "tension": "Tense faces",
}


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
