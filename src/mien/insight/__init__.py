"""Visits -> answers: what many interactions say together, each number with its interval and its counts."""

from mien.insight.cells import Scored, SegmentCell, Sum, Tallies, Values
from mien.insight.compare import compare, compare_trend, thirds
from mien.insight.compare_types import (
    Against,
    Change,
    Comparison,
    Group,
    Row,
    Standing,
    Trend,
    TrendRow,
)
from mien.insight.disclosure import undisclosed
from mien.insight.hours import compare_hours
from mien.insight.measures import COLUMNS, THIRDS_FELL, Columns, DayPart, Grouping, Measure
from mien.insight.ranking import Ranked, rank
from mien.insight.segments import By, SegmentMean, SegmentRow, SegmentVerdict, compare_segments
from mien.insight.series import series
from mien.insight.totals import TOTALS, Facts, LeftOut, Totals, third_of
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
from mien.insight.visit_days import Passage, VisitDay
from mien.insight.visit_flow import visit_flow
from mien.insight.visit_flow_types import Dwell, JoinedPart, Leaving, Path, Step, VisitFlow

__all__ = [
    "COLUMNS",
    "THIRDS_FELL",
    "TOTALS",
    "Against",
    "By",
    "Cell",
    "Change",
    "Columns",
    "Compared",
    "Comparison",
    "DayPart",
    "Difference",
    "Dwell",
    "Estimate",
    "Facts",
    "Group",
    "Grouping",
    "HourlyComparison",
    "JoinedPart",
    "Leaving",
    "LeftOut",
    "Measure",
    "OtherWay",
    "Passage",
    "Path",
    "Ranked",
    "Row",
    "Scored",
    "SegmentCell",
    "SegmentMean",
    "SegmentRow",
    "SegmentVerdict",
    "SideMean",
    "Standing",
    "StateRecord",
    "Step",
    "Sum",
    "Tallies",
    "Totals",
    "Trend",
    "TrendRow",
    "Unit",
    "Values",
    "Verdict",
    "VisitDay",
    "VisitFlow",
    "Way",
    "compare",
    "compare_hours",
    "compare_segments",
    "compare_trend",
    "rank",
    "series",
    "third_of",
    "thirds",
    "undisclosed",
    "visit_flow",
]
