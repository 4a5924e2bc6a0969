"""Flow: who comes and goes, stays and waits, counted from where people stand. Numbers only."""

from mien.journey.flow.balance import Balance, balance
from mien.journey.flow.book import FlowBook
from mien.journey.flow.counts import FlowCounts, FlowQuarter, LineCounts, QueueCounts, Share, ZoneCounts
from mien.journey.flow.crossing import Crossing, Direction
from mien.journey.flow.doors import DoorPeriods
from mien.journey.flow.durations import Durations, Quantile
from mien.journey.flow.plan import FlowLine, FlowPlan, FlowSettings, FlowZone, Sighting
from mien.journey.flow.state import left_open
from mien.journey.flow.stays import Outcome, Stay
from mien.journey.flow.sums import FlowSum
from mien.journey.flow.turning import FaceTurn

__all__ = [
    "Balance",
    "Crossing",
    "Direction",
    "DoorPeriods",
    "Durations",
    "FaceTurn",
    "FlowBook",
    "FlowCounts",
    "FlowLine",
    "FlowPlan",
    "FlowQuarter",
    "FlowSettings",
    "FlowSum",
    "FlowZone",
    "LineCounts",
    "Outcome",
    "Quantile",
    "QueueCounts",
    "Share",
    "Sighting",
    "Stay",
    "ZoneCounts",
    "balance",
    "left_open",
]
