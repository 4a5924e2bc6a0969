"""The service-quality report of a day: written once, after the day is over on the clock of the site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from mien.insight import Grouping, Measure
from mien.runtime.compare import groups_stored
from mien.runtime.coverage import watched_cameras
from mien.store import Chosen
from mien.store.events.report import DayReport, FigurePart, PlacePart, RulePart, report_event, report_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from mien.insight import Group
    from mien.site import Site
    from mien.store import Store

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

    def write_due(self) -> DayReport | None:
        """Write the report of yesterday, if nobody has; a day on which nothing was seen has none.

        Returns:
            The report that was written; `None` where there was none to write.

        Raises:
            StoreError: The database says no.
        """
        now = self._clock()
        day = self._site.day(now) - timedelta(days=1)
        if day == self._done:
            return None
        report = None
        if not self._store.outbox.holds(report_id(self._site.name, day)):
            report = day_report(self._store, self._site, day, now)
            if report is not None and not self._store.outbox.tell(self._site.name, report_event(report, now)):
                report = None
        self._done = day
        return report


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
        rules=[
            RulePart(rule=rule.value, raised=one.raised, right=one.right, wrong=one.wrong)
            for rule, one in rules.items()
        ],
        tasks_opened=tasks.opened,
        tasks_open=tasks.open,
        tasks_overdue=tasks.overdue,
        unread_hours={one.camera: round(one.missing_s / 3600, 2) for one in missed.total},
        written_at=now,
    )


def _figure(measure: Measure, found: Group) -> FigurePart:
    mean = found.mean
    return FigurePart(
        of=measure.value,
        interactions=found.interactions,
        counted=found.counted,
        mean=None if mean is None else round(mean.value, 2),
        low=None if mean is None else round(mean.low, 2),
        high=None if mean is None else round(mean.high, 2),
        reason=found.reason,
    )
