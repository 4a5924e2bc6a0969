"""Visits -> answers: what many interactions say together, each number with its interval and its counts."""

from mien.insight.cells import Scored, SegmentCell, Sum, Tallies, Values
from mien.insight.hours import compare_hours
from mien.insight.segments import By, SegmentMean, SegmentRow, SegmentVerdict, compare_segments
from mien.insight.totals import TOTALS, Facts, Totals, third_of
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
    "TOTALS",
    "By",
    "Cell",
    "Compared",
    "Difference",
    "Estimate",
    "Facts",
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
    "Totals",
    "Unit",
    "Values",
    "Verdict",
    "Way",
    "compare_hours",
    "compare_segments",
    "third_of",
]
