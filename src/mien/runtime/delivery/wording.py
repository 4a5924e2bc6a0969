"""What people are told of alerts, tasks and days by message: which ones, and in which words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from babel.dates import format_date, format_time

from mien.action import AlertState
from mien.action.tasks import TITLE
from mien.action.words import TITLES
from mien.crm.texts import fit
from mien.marking import N_
from mien.runtime.delivery.report_words import Words, report_words
from mien.spoken import language
from mien.store import Wanted
from mien.store.events.alert import ALERT_CHANGED, ALERT_RAISED, TASK_OPENED, AlertTold
from mien.store.events.report import DAY_REPORTED, DayReport

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from mien.action import Alert, Task
    from mien.site import Site
    from mien.site.delivery import TellsPeople
    from mien.spoken import Language
    from mien.store import OutboxEntry, Store

_LONGEST_TITLE: Final = 150
_REPORT_PAGES: Final = ("compare", "tasks", "alerts")


_WHERE: Final = N_("Where: %(where)s")
_SINCE: Final = N_("Since: %(when)s")
_SURE: Final = N_("How sure: %(percent)s %%")
_DUE: Final = N_("Due: %(when)s")
_UNSEEN: Final = N_("Nobody has acknowledged this yet.")
_NOT_ACKNOWLEDGED: Final = N_("Not acknowledged: %(what)s, %(where)s")


class Teller:
    """Which events people are told of, and how.

    Args:
        settings: The table of the site file.
        site: The site.
        store: The open store.
        reports: Whether people are sent the report of each day.
    """

    def __init__(self, settings: TellsPeople, site: Site, store: Store, *, reports: bool = False) -> None:
        self._settings, self._site, self._store = settings, site, store
        self._reports, self._spoken = reports, language(settings.language)

    def wants(self, entry: OutboxEntry) -> Wanted | None:
        """Alerts that are raised or escalated, tasks and reports, as far as the site file asks for them."""
        kind, told = entry.event.type, entry.event.data
        record = Wanted(entry.event.record)
        if kind == TASK_OPENED:
            return record if self._settings.tasks else None
        if kind == DAY_REPORTED:
            return record if self._reports else None
        if kind == ALERT_RAISED:
            return record if told["rule"] in self._settings.raised else None
        if kind == ALERT_CHANGED and told["escalated"] and told["state"] == AlertState.OPEN.value:
            return record if told["rule"] in self._settings.escalated else None
        return None

    def words(self, entry: OutboxEntry) -> Words | None:
        """What is said of an event; `None` where nobody needs to be told any more.

        An alert that is over is for nobody, however it came to be late, and one that stays unacknowledged is told of
        as such once. What was erased meanwhile is for nobody either.
        """
        subject = entry.event.subject
        if entry.event.type == DAY_REPORTED:
            report = DayReport.model_validate(entry.event.data)
            url = self._settings.pages_url
            pages = {} if url is None else {one: _page_of(url, one, report.site) for one in _REPORT_PAGES}
            return report_words(report, self._spoken, pages)
        if entry.event.type == TASK_OPENED:
            task = self._store.tasks.get(subject)
            return None if task is None else self._task(task)
        alert = self._store.alerts.of(subject)
        told = AlertTold.model_validate(entry.event.data)
        over = told.expires_at <= self._store.dispatches.now()
        if alert is None or over or (told.escalated and self._escalated(entry)):
            return None
        return self._alert(alert, escalated=told.escalated)

    def _escalated(self, entry: OutboxEntry) -> bool:
        """Whether an earlier event told of the same alert that nobody acknowledged it."""
        earlier = self._store.outbox.of_subject(entry.event.subject, before=entry.number)
        return any(one.event.type == ALERT_CHANGED and one.event.data.get("escalated") for one in earlier)

    def _alert(self, alert: Alert, *, escalated: bool) -> Words:
        said, found = self._spoken.text, alert.signal
        where = _places(alert.site, found.touchpoint, found.service_point)
        lines = [
            self._spoken.told(found.text, found.values),
            "",
            said(_WHERE, where=where),
            said(_SINCE, when=clock_time(found.since, self._site.zone, self._spoken)),
        ]
        if found.probability is not None:
            lines.append(said(_SURE, percent=round(100 * found.probability)))
        if escalated:
            lines.append(said(_UNSEEN))
        title = said(TITLES[found.situation])
        title = said(_NOT_ACKNOWLEDGED, what=title, where=where) if escalated else f"{title}, {where}"
        return Words(fit(title, _LONGEST_TITLE), "\n".join([*lines, *self._page("alerts")]))

    def _task(self, task: Task) -> Words:
        said, words = self._spoken.text, task_words(task, self._spoken)
        lines = [
            words.text,
            "",
            said(_WHERE, where=_places(task.site, task.touchpoint)),
            said(_DUE, when=clock_time(task.due_at, self._site.zone, self._spoken)),
        ]
        url = self._settings.pages_url
        link = [] if url is None else ["", task_page(url, task)]
        return Words(fit(words.title, _LONGEST_TITLE), "\n".join([*lines, *link]))

    def _page(self, name: str) -> list[str]:
        url = self._settings.pages_url
        return [] if url is None else ["", _page_of(url, name, self._site.name)]


def task_words(task: Task, spoken: Language) -> Words:
    """What is to be done, and why, a line for each thing that shows it, in a language."""
    title = spoken.told(TITLE, task.titled)
    return Words(title, "\n".join(spoken.told(one.text, one.values) for one in task.about))


def task_page(pages_url: str, task: Task) -> str:
    """The address at which a task is in sight.

    Args:
        pages_url: The address of the pages, without a slash at its end.
        task: The task.
    """
    query = urlencode({"site": task.site, "task": task.uid})
    return f"{pages_url}/tasks?{query}#task-{task.uid}"


def clock_time(moment: datetime, zone: ZoneInfo, spoken: Language) -> str:
    """A moment as messages write it: day and time of day on the clock of the site, in a language."""
    at = moment.astimezone(zone)
    day = format_date(at.date(), format="medium", locale=spoken.locale)
    return f"{day}, {format_time(at, 'HH:mm', locale=spoken.locale)}"


def _page_of(url: str, name: str, site: str) -> str:
    return f"{url}/{name}?{urlencode({'site': site})}"


def _places(*names: str | None) -> str:
    return ", ".join(one for one in names if one)
