"""What a simulated day counts at its cameras: who crosses the door lines, waits at the tills, and stands at shelves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.journey.flow import (
    Durations,
    FlowCounts,
    FlowQuarter,
    FlowSettings,
    LineCounts,
    QueueCounts,
    ZoneCounts,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mien.runtime.demo.day import Day, Visitor

_QUARTER_S: Final = 900.0
_LOOK_S: Final = 15.0
_PASSES_S: Final = 4.0
LINE: Final = "sill"
QUEUE: Final = "waiting"
SHELF: Final = "shelf"


def counted(day: Day, camera: str) -> list[FlowQuarter]:
    """What a camera counted in each quarter of an hour of a day; nothing where it has nothing to count at."""
    count = {"door": _door, "way out": _way_out, "tills": _queue, "clothing": _shelf}.get(camera)
    if count is None:
        return []
    edges = np.arange(0.0, day.length_s, _QUARTER_S)
    return [_quarter(day, camera, float(begin_s), count) for begin_s in edges]


def _quarter(
    day: Day, camera: str, begin_s: float, count: Callable[[Sequence[Visitor], float, float], FlowCounts]
) -> FlowQuarter:
    end_s = begin_s + _QUARTER_S
    there = [
        (max(one.begin_s, begin_s), min(one.end_s, end_s))
        for one in day.gaps
        if one.camera == camera and one.begin_s < end_s and begin_s < one.end_s
    ]
    gap_s = sum(end - begin for begin, end in there)
    seen = [
        one for one in day.visitors if not any(begin <= _moment(one, camera) < end for begin, end in there)
    ]
    found = count(seen, begin_s, end_s)
    watched = {
        "watched_s": min(_QUARTER_S, day.length_s - begin_s) - gap_s,
        "gap_s": gap_s,
        "gaps": len(there),
    }
    return FlowQuarter(begin_s=begin_s, end_s=end_s, counts=found.model_copy(update=watched))


def _moment(visitor: Visitor, camera: str) -> float:
    """When a camera counts somebody."""
    return {"door": visitor.came_s, "way out": visitor.left_s}.get(camera, visitor.queued_s or -1.0)


def _door(visitors: Sequence[Visitor], begin_s: float, end_s: float) -> FlowCounts:
    n = sum(begin_s <= one.came_s < end_s for one in visitors)
    return FlowCounts(people=n, lines={LINE: LineCounts(came_in=n)})


def _way_out(visitors: Sequence[Visitor], begin_s: float, end_s: float) -> FlowCounts:
    n = sum(begin_s <= one.left_s < end_s for one in visitors)
    return FlowCounts(people=n, lines={LINE: LineCounts(went_out=n)})


def _queue(visitors: Sequence[Visitor], begin_s: float, end_s: float) -> FlowCounts:
    """Those who wait at the tills; what takes time counts where it ends."""
    waits = [
        (one.queued_s, one.queued_s + one.waited_s, one.gave_up)
        for one in visitors
        if one.queued_s is not None
    ]
    over = [(end - begin, gave_up) for begin, end, gave_up in waits if begin_s <= end < end_s]
    served = [lasted for lasted, gave_up in over if not gave_up]
    left = [lasted for lasted, gave_up in over if gave_up]
    length_s: dict[int, float] = {}
    for at in np.arange(begin_s, end_s, _LOOK_S):
        n = sum(1 for begin, end, _ in waits if begin <= at < end)
        length_s[n] = length_s.get(n, 0.0) + _LOOK_S
    person_s = sum(n * seconds for n, seconds in length_s.items())
    joined = sum(begin_s <= begin < end_s for begin, _, _ in waits)
    queue = QueueCounts(
        joined=joined, served=Durations.of(served), gave_up=Durations.of(left), length_s=length_s
    )
    zone = ZoneCounts(stays=Durations.of([lasted for lasted, _ in over]), person_s=person_s)
    return FlowCounts(people=joined, zones={QUEUE: zone}, queues={QUEUE: queue})


def _shelf(visitors: Sequence[Visitor], begin_s: float, end_s: float) -> FlowCounts:
    """Those who stand in the department, and where in the picture."""
    came = [one.came_s for one in visitors if begin_s <= one.came_s + 60.0 < end_s]
    rng = np.random.default_rng([int(begin_s), len(came), int(sum(came))])
    stays = [float(s) for s in rng.lognormal(np.log(45.0), 0.8, len(came)) if s > _PASSES_S]
    heat: dict[int, float] = {}
    settings = FlowSettings()
    for stay in stays:
        x, y = np.clip(rng.normal((0.34, 0.62), (0.12, 0.1)), 0.02, 0.98)
        cell = int(y * settings.rows) * settings.columns + int(x * settings.columns)
        heat[cell] = heat.get(cell, 0.0) + round(stay, 1)
    zone = ZoneCounts(stays=Durations.of(stays), person_s=sum(stays), turned_s=0.6 * sum(stays))
    return FlowCounts(people=len(came), zones={SHELF: zone}, heat=heat)
