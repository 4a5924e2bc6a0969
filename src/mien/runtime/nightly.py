"""The service-quality report of a day: written once, after the day is over on the clock of the site, however late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from mien.insight import Grouping, Measure
from mien.runtime.compare import groups_stored, trend_whole
from mien.runtime.coverage import watched_cameras
from mien.store import Chosen
from mien.store.events.report import (
    AgainstPart,
    DayReport,
    FigurePart,
    PlacePart,
    RulePart,
    report_event,
    report_id,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from mien.insight import Change, Estimate, Group
    from mien.site import Site
    from mien.store import Store

NOTHING: Final = "nothing to compare with"
"""Why a day is not compared with a time of which nothing is stored."""

CATCH_UP: Final = timedelta(days=14)
"""How far back a day may lie whose report is still written."""

_BEFORE: Final = {"day": timedelta(days=1), "week": timedelta(days=7)}
"""With what a day is compared: the time of this length that ends where it begins."""

_SHARES: Final = frozenset({Measure.IMPROVED, Measure.WORSENED})
_MEASURES: Final = (Measure.INDEX, Measure.EPS, Measure.IMPROVED, Measure.WORSENED)


class Nightly:
    """Writes the report of each day at a site.

    Args:
        site: The site.
        store: The open store.
        clock: The time of day, UTC.
    """

    def __init__(
        self, site: Site, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._site, self._store, self._clock = site, store, clock
        self._done: date | None = None

    def write_due(self) -> list[DayReport]:
        """Write the reports of the days that are over and have none yet, the oldest first.

        Those are the days on which something was seen, up to `CATCH_UP` back, since the site is in the store: whoever
        switches this off for a while finds them when it is on again. Each is there once, whoever writes it.

        Returns:
            The reports that were written.

        Raises:
            StoreError: The database says no; what was not written is written the next time.
        """
        now = self._clock()
        today = self._site.day(now)
        if today == self._done:
            return []
        written = []
        for day in self._days(today):
            report = day_report(self._store, self._site, day, now)
            if report is not None and self._store.outbox.tell(self._site.name, report_event(report, now)):
                written.append(report)
        self._done = today
        return written

    def _days(self, today: date) -> list[date]:
        """The days that may lack a report: none of which the report was removed with its time."""
        begun = self._store.sites.entered(self._site.name)
        if begun is None:
            return []
        back = min(CATCH_UP, self._store.outbox.kept_for(self._site.name))
        first = max(today - back, self._site.day(begun))
        days = [first + timedelta(days=number) for number in range((today - first).days)]
        return [day for day in days if not self._store.outbox.holds(report_id(self._site.name, day))]


def day_report(store: Store, site: Site, day: date, now: datetime) -> DayReport | None:
    """How a day was; `None` where nothing was seen on it.

    Args:
        store: The open store.
        site: The site.
        day: The day, on its clock.
        now: The moment, with zone.

    Raises:
        StoreError: The database says no.
    """
    which = Chosen((site.name,), day, day)
    if not store.rollups.seen(which):
        return None
    whole: list[FigurePart] = []
    places: dict[str | None, list[FigurePart]] = {}
    for measure in _MEASURES:
        found = groups_stored(store, which, Grouping.TOUCHPOINT, measure)
        if found.whole is not None:
            whole.append(_figure(measure, found.whole))
        for row in found.rows:
            places.setdefault(row.label, []).append(_figure(measure, row.found))
    begin, end = site.midnight(day), site.midnight(day + timedelta(days=1))
    rules = store.alerts.answers(site.name, begin, end)
    tasks = store.tasks.counted(site.name, begin, end, now)
    # All cameras on one side: nothing is compared between two here.
    missed = watched_cameras(store, site, {"entrance": tuple(site.touchpoints)}, (day, day), now).missed
    return DayReport(
        site=site.name,
        day=day,
        simulated=site.name in store.sites.simulated(),
        figures=whole,
        places=[PlacePart(touchpoint=name, figures=figures) for name, figures in places.items()],
        against=[_against(store, which, measure, name) for measure in _MEASURES for name in _BEFORE],
        rules=[
            RulePart(rule=rule.value, raised=one.raised, right=one.right, wrong=one.wrong)
            for rule, one in rules.items()
        ],
        tasks_opened=tasks.opened,
        tasks_closed=tasks.closed,
        tasks_open=tasks.open,
        tasks_overdue=tasks.overdue,
        unread_hours={one.camera: round(one.missing_s / 3600, 2) for one in missed.total},
        written_at=now,
    )


def _against(store: Store, which: Chosen, measure: Measure, name: str) -> AgainstPart:
    before = which.first - _BEFORE[name], which.first - timedelta(days=1)
    rows = trend_whole(store, which, before, measure).rows
    row = rows[0] if rows and rows[0].before.interactions else None
    change = None if row is None else row.change
    return AgainstPart(
        of=measure.value,
        before=name,
        **_ends(measure, "change", change),
        counted=0 if row is None else row.now.counted,
        counted_before=0 if row is None else row.before.counted,
        reason=NOTHING if row is None else row.reason,
    )


def _figure(measure: Measure, found: Group) -> FigurePart:
    return FigurePart(
        of=measure.value,
        interactions=found.interactions,
        counted=found.counted,
        **_ends(measure, "mean", found.mean),
        reason=found.reason,
    )


def _ends(measure: Measure, name: str, found: Estimate | Change | None) -> dict[str, float | None]:
    """A number with its interval, under its name; shares, which are compared in percent, as 0..1."""
    if found is None:
        return dict.fromkeys((name, "low", "high"))
    scale = 0.01 if measure in _SHARES else 1.0
    return {
        name: round(scale * found.value, 4),
        "low": round(scale * found.low, 4),
        "high": round(scale * found.high, 4),
    }
