"""Segments compared from the sums of their cells: unadjusted, each against all others together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal

from mien.insight.cells import NOISE, SegmentCell, Sum
from mien.insight.means import LEAST_VARIANCE, LEVEL, Mean, joint_level
from mien.insight.types import FEWEST, Estimate
from mien.journey.thresholds import THRESHOLDS
from mien.segments import Age, Gender, Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mien.expressions import ScaleName

By = Literal["age", "gender", "both"]
"""What segments are told apart by."""

_POINTS: Final = {"eps": 100.0, "index": 50.0}
"""Points of a whole valence."""


class SegmentVerdict(StrEnum):
    """What the interval of a difference, a segment minus all others together, carries."""

    HIGHER = "higher than the others"
    LOWER = "lower than the others"
    NONE = "no difference shown"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True, slots=True)
class SegmentMean:
    """The mean EPS or Happiness Index of a segment.

    Attributes:
        interactions: Over how many.
        mean: In points, with its 95 % interval; `None` where it cannot be shown.
        reason: Why there is none, one clause; `None` where there is one.
        difference: The segment minus all others together, points, with its 95 % interval; `None` where there is none.
        verdict: What the difference says, by wider intervals that hold together for all segments.
    """

    interactions: int
    mean: Estimate | None
    reason: str | None
    difference: Estimate | None
    verdict: SegmentVerdict


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """What is known of a segment.

    Attributes:
        segment: Which.
        interactions: Interactions in its cells, scored or not.
        eps: Its EPS.
        index: Its Happiness Index.
    """

    segment: Segment
    interactions: int
    eps: SegmentMean
    index: SegmentMean


def compare_segments(cells: Sequence[SegmentCell], by: By, scale: ScaleName) -> tuple[SegmentRow, ...]:
    """Compare segments, nothing held equal.

    Interactions count alike, as in `mien.insight.means`. How far they lie apart is taken from all of the same place and
    day, in a segment or not, and the noise of the kept sums is added to the error of each mean.

    Args:
        cells: Of one reader and scale; they may be of any days and places, since none overlaps another.
        by: What segments are told apart by; cells that do not know it are left out.
        scale: The valence scale, which says how narrow an interval must be to be shown.

    Returns:
        A row for each segment that has cells, the young and women first.
    """
    groups: dict[Segment, list[SegmentCell]] = {}
    for cell in cells:
        if (segment := _segment(cell.segment, by)) is not None:
            groups.setdefault(segment, []).append(cell)
    limits = THRESHOLDS[scale]
    parts = {segment: groups[segment] for segment in sorted(groups, key=_place)}
    eps = _means(
        {segment: _Part.of(those, lambda cell: cell.change) for segment, those in parts.items()},
        _POINTS["eps"],
        0.0,
        limits.eps_width,
    )
    index = _means(
        {segment: _Part.of(those, lambda cell: cell.state) for segment, those in parts.items()},
        _POINTS["index"],
        50.0,
        limits.hi_width,
    )
    return tuple(
        SegmentRow(s, sum(cell.interactions for cell in those), eps[s], index[s])
        for s, those in parts.items()
    )


def _segment(segment: Segment, by: By) -> Segment | None:
    """What a cell is by some attributes; `None` where it does not know one of them."""
    if (by != "gender" and segment.age is None) or (by != "age" and segment.gender is None):
        return None
    return Segment(
        None if by == "gender" else segment.age,
        None if by == "age" else segment.gender,
    )


def _place(segment: Segment) -> tuple[int, int]:
    return (
        list(Age).index(segment.age) if segment.age is not None else -1,
        list(Gender).index(segment.gender) if segment.gender is not None else -1,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """The cells of a segment that have a score.

    Attributes:
        n: Interactions.
        cells: Cells.
        total: Sum of valence, with the noise of each cell.
        squares: Sum of the variances of its interactions, valence squared.
    """

    n: int = 0
    cells: int = 0
    total: float = 0.0
    squares: float = 0.0

    @classmethod
    def of(cls, cells: Iterable[SegmentCell], score: Callable[[SegmentCell], Sum | None]) -> _Part:
        part = cls()
        for cell in cells:
            if (one := score(cell)) is not None:
                n = cell.interactions
                part = part.and_those(cls(n, 1, one.total, n * max(one.sd**2, LEAST_VARIANCE)))
        return part

    def and_those(self, other: _Part) -> _Part:
        return _Part(
            self.n + other.n,
            self.cells + other.cells,
            self.total + other.total,
            self.squares + other.squares,
        )

    @property
    def mean(self) -> Mean:
        variance = (self.squares + self.cells * NOISE**2) / self.n**2
        return Mean(self.total / self.n, variance, self.n - 1)


def _means(
    parts: dict[Segment, _Part], points: float, zero: float, widest: float
) -> dict[Segment, SegmentMean]:
    known = {segment: part for segment, part in parts.items() if part.n >= FEWEST}
    level = joint_level(max(len(known), 1))
    limit = 1.0 if zero else 2.0
    found = {}
    for segment, part in parts.items():
        if segment not in known:
            reason = f"{part.n} of them have one, an average needs {FEWEST}"
            found[segment] = SegmentMean(part.n, None, reason, None, SegmentVerdict.UNKNOWN)
            continue
        mean = part.mean
        low, high = mean.interval()
        if points * (high - low) >= widest:
            reason = f"known to {points * (high - low):.0f} points only, shown under {widest:.0f}"
            found[segment] = SegmentMean(part.n, None, reason, None, SegmentVerdict.UNKNOWN)
            continue
        # Noise may carry a mean beyond what there is.
        shown = Estimate(*(zero + points * min(max(end, -limit), limit) for end in (mean.value, low, high)))
        others = [other for name, other in known.items() if name != segment]
        if not others:
            found[segment] = SegmentMean(part.n, shown, None, None, SegmentVerdict.UNKNOWN)
            continue
        rest = others[0]
        for other in others[1:]:
            rest = rest.and_those(other)
        change = mean.minus(rest.mean)
        ends = [points * end for end in change.interval(LEVEL)]
        found[segment] = SegmentMean(
            part.n,
            shown,
            None,
            Estimate(points * change.value, ends[0], ends[1]),
            _verdict(change.interval(level)),
        )
    return found


def _verdict(ends: tuple[float, float]) -> SegmentVerdict:
    if ends[0] > 0:
        return SegmentVerdict.HIGHER
    return SegmentVerdict.LOWER if ends[1] < 0 else SegmentVerdict.NONE
