"""Interactions counted into cells by segment, and which of these may be kept.

Whoever has the store knows every interaction of a place and a day with its scores, only not whom it shows. A cell must
not tell of a single one of them in which segment it is. So

- a cell holds at least k interactions, and as many of the same place, day and scoring are in none or in another;
- those in no cell are none or at least k, so that what is left of the whole is no smaller group than a cell;
- cells do not overlap, and no interaction is ever counted in two of them, so that none is the difference of others;
- sums are kept in halves of a point of valence: all choices of k interactions that round to the same sums could be the
  cell, and these are many (`tests/insight/test_cells.py` tries them all).

That is k-anonymity (Sweeney 2002, IJUFKS 10) with complementary suppression (Cox 1980, JASA 75) within groups that are
alike in what is known of them. It is not differential privacy: where everybody else's segment is known from elsewhere,
the last one's may be worked out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mien.insight.types import FEWEST
from mien.journey.thresholds import ONE_WAY
from mien.segments import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.journey.types import Interaction

GRAIN: Final = 0.5
"""Sums are kept to the nearest multiple of it: valence, and valence squared."""


class Scored(StrEnum):
    """What an interaction has. Whoever has the store knows it of each, so each kind is a group of its own."""

    EPS = "eps and index"
    INDEX = "index"
    NONE = "neither"


@dataclass(frozen=True, slots=True)
class Values:
    """What an interaction brings to its cell.

    Attributes:
        change: EPS / 100, shown or not; `None` where there is none.
        state: Mean valence (Happiness Index / 50 - 1), shown or not; `None` where it is no state of a whole face.
    """

    change: float | None = None
    state: float | None = None

    @classmethod
    def of(cls, found: Interaction) -> Values:
        """Those of an interaction; none where too much of it was read by the eyes alone to be compared."""
        score, known = found.score, found.score.state
        if known is None or score.n - found.by_eyes < ONE_WAY * score.n:
            return cls()
        return cls(None if score.eps_mean is None else score.eps_mean / 100, known[0])

    @property
    def scored(self) -> Scored:
        """What it has."""
        if self.state is None:
            return Scored.NONE
        return Scored.INDEX if self.change is None else Scored.EPS


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over the interactions of a cell.

    Attributes:
        total: Sum of valence.
        squares: Sum of squared valence.
    """

    total: float = 0.0
    squares: float = 0.0

    def plus(self, value: float) -> Sums:
        """With one more."""
        return Sums(self.total + value, self.squares + value * value)

    def and_those(self, other: Sums) -> Sums:
        """With those of other interactions."""
        return Sums(self.total + other.total, self.squares + other.squares)

    def rounded(self) -> Sums:
        """As they are kept.

        Example:
            >>> Sums(3.3, 1.2).rounded()
            Sums(total=3.5, squares=1.0)
        """
        return Sums(GRAIN * round(self.total / GRAIN), GRAIN * round(self.squares / GRAIN))


@dataclass(frozen=True, slots=True)
class SegmentCell:
    """Interactions of one segment that have the same scores.

    Attributes:
        segment: What they were taken for; only a gender where ages are too few apart.
        scored: What they have.
        interactions: How many they are.
        change: Sums of EPS / 100; `None` where they have none.
        state: Sums of mean valence; `None` where they have none.
    """

    segment: Segment
    scored: Scored
    interactions: int
    change: Sums | None = None
    state: Sums | None = None

    def with_those(self, other: SegmentCell, segment: Segment) -> SegmentCell:
        """Both together, under a segment that holds both."""
        return SegmentCell(
            segment,
            self.scored,
            self.interactions + other.interactions,
            _added(self.change, other.change),
            _added(self.state, other.state),
        )

    def rounded(self) -> SegmentCell:
        """As it is kept."""
        return SegmentCell(
            self.segment,
            self.scored,
            self.interactions,
            None if self.change is None else self.change.rounded(),
            None if self.state is None else self.state.rounded(),
        )


def _added(one: Sums | None, other: Sums | None) -> Sums | None:
    return None if one is None or other is None else one.and_those(other)


class Tallies:
    """Counts interactions into cells, in memory. It knows no single one of them any more."""

    def __init__(self) -> None:
        self._cells: dict[tuple[Scored, Segment], SegmentCell] = {}

    def add(self, segment: Segment, values: Values) -> None:
        """Count one interaction."""
        key = values.scored, segment
        one = SegmentCell(
            segment,
            values.scored,
            1,
            None if values.scored is not Scored.EPS or values.change is None else Sums().plus(values.change),
            None if values.state is None else Sums().plus(values.state),
        )
        known = self._cells.get(key)
        self._cells[key] = one if known is None else known.with_those(one, segment)

    @property
    def seen(self) -> dict[Scored, int]:
        """How many interactions have what, in a cell or not."""
        return {
            scored: sum(cell.interactions for cell in self._of(scored))
            for scored in Scored
            if self._of(scored)
        }

    def kept(self) -> tuple[SegmentCell, ...]:
        """What may be kept."""
        return tuple(cell.rounded() for scored in Scored for cell in _kept(self._of(scored)))

    def _of(self, scored: Scored) -> list[SegmentCell]:
        return [cell for (kind, _), cell in self._cells.items() if kind is scored]


def _kept(cells: Iterable[SegmentCell]) -> list[SegmentCell]:
    """Cells of one kind of score that may be kept, the largest first; what is in none of them is not told apart."""
    whole = list(cells)
    seen = sum(cell.interactions for cell in whole)
    found = [cell for cell in whole if cell.segment.age is not None and cell.interactions >= FEWEST]
    # Whoever's age is shared by too few still counts for the gender.
    wider = _by_gender(cell for cell in whole if cell not in found)
    found += [cell for cell in wider if cell.interactions >= FEWEST]
    found.sort(key=lambda cell: (-cell.interactions, str(cell.segment)))
    while found and seen - sum(cell.interactions for cell in found) in range(1, FEWEST):
        found.pop()
    # One alone that is the whole would tell the segment of each.
    return [] if len(found) == 1 and found[0].interactions == seen else found


def _by_gender(cells: Iterable[SegmentCell]) -> Iterable[SegmentCell]:
    found: dict[Segment, SegmentCell] = {}
    for cell in cells:
        wide = Segment(None, cell.segment.gender)
        if cell.segment.gender is not None:
            found[wide] = found[wide].with_those(cell, wide) if wide in found else replace(cell, segment=wide)
    return found.values()
