"""Visits -> answers: what many interactions say together, each number with its interval and its counts."""

from mien.insight.hours import compare_hours
from mien.insight.types import (
    Cell,
    Compared,
    Difference,
    Estimate,
    HourlyComparison,
    OtherWay,
    SideMean,
    StateRecord,
    Unit,
    Verdict,
    Way,
)

__all__ = [
    "Cell",
    "Compared",
    "Difference",
    "Estimate",
    "HourlyComparison",
    "OtherWay",
    "SideMean",
    "StateRecord",
    "Unit",
    "Verdict",
    "Way",
    "compare_hours",
]
