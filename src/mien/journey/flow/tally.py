"""The counts of a period that is still open."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mien.journey.flow.counts import FlowCounts, LineCounts, QueueCounts, ZoneCounts
from mien.journey.flow.durations import Durations
from mien.journey.flow.stays import Outcome, Stay

if TYPE_CHECKING:
    from mien.journey.flow.crossing import Crossing
    from mien.journey.flow.plan import FlowPlan


@dataclass(slots=True)
class Tally:
    """Adds up what happens; `counts` gives it as a result.

    Attributes:
        plan: Lines and zones; each is in the result, also where nothing happened.
        before: What was counted before a restart.
        seconds: By what and where.
        numbers: By what and where.
        lengths: Seconds, by queue and how many waited.
        paths: By place and next place.
        heat: Seconds by cell.
        stays: Stays and waits that ended in the period.
    """

    plan: FlowPlan
    before: FlowCounts = field(default_factory=FlowCounts)
    seconds: defaultdict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    numbers: Counter[tuple[str, str]] = field(default_factory=Counter)
    lengths: defaultdict[tuple[str, int], float] = field(default_factory=lambda: defaultdict(float))
    paths: Counter[tuple[str, str]] = field(default_factory=Counter)
    heat: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    stays: list[Stay] = field(default_factory=list)

    def add(self, event: Crossing | Stay) -> None:
        """Count a crossing or a stay that ended."""
        if isinstance(event, Stay):
            self.stays.append(event)
        else:
            self.numbers[event.direction, event.line] += 1

    def counts(self) -> FlowCounts:
        """What was counted so far."""
        return self.before + FlowCounts(
            watched_s=self.seconds["watched", ""],
            gap_s=self.seconds["gap", ""],
            gaps=self.numbers["gap", ""],
            people=self.numbers["people", ""],
            excluded=self.numbers["excluded", ""],
            faces_s=self.seconds["faces", ""],
            facing_s=self.seconds["facing", ""],
            lines={line.name: self._line(line.name) for line in self.plan.lines},
            zones={zone.name: self._zone(zone.name) for zone in self.plan.zones},
            queues={zone.name: self._queue(zone.name) for zone in self.plan.zones if zone.kind == "queue"},
            paths=self._paths(),
            heat=dict(sorted(self.heat.items())),
        )

    def _line(self, name: str) -> LineCounts:
        n = self.numbers
        return LineCounts(came_in=n["in", name], went_out=n["out", name], unclear=n["unclear", name])

    def _zone(self, name: str) -> ZoneCounts:
        return ZoneCounts(
            stays=self._durations(name, *(one for one in Outcome if one is not Outcome.CUT), cut=True),
            person_s=self.seconds["person", name],
            feetless_s=self.seconds["feetless", name],
            turned_s=self.seconds["turned", name],
        )

    def _queue(self, name: str) -> QueueCounts:
        told = any(zone.leads_to for zone in self.plan.zones if zone.name == name)
        return QueueCounts(
            joined=self.numbers["joined", name],
            served=self._durations(name, Outcome.SERVED, cut=told),
            gave_up=self._durations(name, Outcome.GAVE_UP),
            left=self._durations(name, Outcome.LEFT, cut=not told),
            length_s={n: s for (queue, n), s in sorted(self.lengths.items()) if queue == name},
        )

    def _durations(self, zone: str, *ended: Outcome, cut: bool = False) -> Durations:
        here = [stay for stay in self.stays if stay.zone == zone]
        return Durations.of(
            [stay.length_s for stay in here if stay.outcome in ended],
            cut=[stay.length_s for stay in here if cut and stay.outcome is Outcome.CUT],
        )

    def _paths(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for (place, following), n in self.paths.items():
            found.setdefault(place, {})[following] = n
        return found
