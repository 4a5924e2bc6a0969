"""Visits -> answers: what many interactions say together, each number with its interval and its counts."""

from mien.insight.cells import Scored, SegmentCell, Sum, Tallies, Values
from mien.insight.hours import compare_hours
from mien.insight.segments import By, SegmentMean, SegmentRow, SegmentVerdict, compare_segments
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
    "By",
    "Cell",
    "Compared",
    "Difference",
    "Estimate",
    "HourlyComparison",
    "OtherWay",
    "Scored",
    "SegmentCell",
    "SegmentMean",
    "SegmentRow",
    "SegmentVerdict",
    "SideMean",
    "StateRecord",
    "Sum",
    "Tallies",
    "Unit",
    "Values",
    "Verdict",
    "Way",
    "compare_hours",
    "compare_segments",
]
