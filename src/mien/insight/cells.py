"""Interactions counted into cells by segment, and which of these may be kept.

Whoever has the store knows every interaction of a place and a day with its scores, only not whom it shows. A cell must
not tell of a single one of them in which segment it is. So

- a cell holds at least k interactions, and as many of the same place, day and scoring are in none or in another;
- those in no cell are none or at least k, so that what is left of the whole is no smaller group than a cell;
- cells do not overlap, and no interaction is ever counted in two of them, so that none is the difference of others;
- the sum of a cell is kept with noise, drawn once. Exact sums would give a cell away: of all choices of ten among
  twenty interactions with known scores hardly one adds up to them. The noise hides a whole smile, too, if everybody
  else's segment is known from elsewhere;
- how far scores lie apart is kept of the whole, not of a cell: it says nothing of segments.

That is k-anonymity (Sweeney 2002, IJUFKS 10) with complementary suppression (Cox 1980, JASA 75) within groups that are
alike in what is known of them, and noise against sums that single ones dominate. It is not differential privacy: the
numbers of interactions are exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.insight.types import FEWEST
from mien.journey.thresholds import ONE_WAY
from mien.segments import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.journey.types import Interaction

NOISE: Final = 1.0
"""Standard deviation of what is added to a sum of valences. A face that shows all the happiness there is adds 1."""

_DIGITS: Final = 2
_SD_STEP: Final = 0.02
"""Standard deviations are kept upwards in these steps: finer ones would tell the score of who was erased since."""


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
class Sum:
    """The sum over a cell.

    Attributes:
        total: Sum of valence, with noise where it is kept.
        sd: Standard deviation of single interactions, in all cells and in none.
    """

    total: float
    sd: float


@dataclass(frozen=True, slots=True)
class SegmentCell:
    """Interactions of one segment that have the same scores.

    Attributes:
        segment: What they were taken for; only a gender where ages are too few apart.
        scored: What they have.
        interactions: How many they are.
        change: Of EPS / 100; `None` where they have none.
        state: Of mean valence; `None` where they have none.
    """

    segment: Segment
    scored: Scored
    interactions: int
    change: Sum | None = None
    state: Sum | None = None


@dataclass(slots=True)
class _Tally:
    """Interactions of one segment and kind, and the sums of their changes and states."""

    segment: Segment
    n: int = 0
    change: float = 0.0
    state: float = 0.0

    def add(self, other: _Tally) -> None:
        self.n += other.n
        self.change += other.change
        self.state += other.state


@dataclass(slots=True)
class _Whole:
    """All interactions of one kind: how many, and mean and squared deviations of changes and states (Welford)."""

    n: int = 0
    mean: tuple[float, float] = (0.0, 0.0)
    square: tuple[float, float] = (0.0, 0.0)

    def add(self, *values: float) -> None:
        self.n += 1
        off = [value - mean for value, mean in zip(values, self.mean, strict=True)]
        mean = [old + one / self.n for old, one in zip(self.mean, off, strict=True)]
        more = [one * (value - new) for one, value, new in zip(off, values, mean, strict=True)]
        self.mean = mean[0], mean[1]
        self.square = self.square[0] + more[0], self.square[1] + more[1]

    def sd(self, which: int) -> float:
        sd = math.sqrt(self.square[which] / max(self.n - 1, 1))
        return round(_SD_STEP * max(math.ceil(sd / _SD_STEP), 1), _DIGITS)


class Tallies:
    """Counts interactions into cells, in memory. It knows no single one of them any more."""

    def __init__(self) -> None:
        self._cells: dict[tuple[Scored, Segment], _Tally] = {}
        self._wholes: dict[Scored, _Whole] = {}

    def add(self, segment: Segment, values: Values) -> None:
        """Count one interaction."""
        kind, change, state = values.scored, values.change or 0.0, values.state or 0.0
        self._cells.setdefault((kind, segment), _Tally(segment)).add(_Tally(segment, 1, change, state))
        self._wholes.setdefault(kind, _Whole()).add(change, state)

    @property
    def seen(self) -> dict[Scored, int]:
        """How many interactions have what, in a cell or not."""
        return {kind: self._wholes[kind].n for kind in Scored if kind in self._wholes}

    def kept(self, rng: np.random.Generator | None = None) -> tuple[SegmentCell, ...]:
        """What may be kept. To be asked once: who gets the mean of several answers gets rid of the noise.

        Args:
            rng: Draws the noise; one that nobody can foresee where left out.
        """
        draws = rng or np.random.default_rng()
        found = []
        for kind, whole in self._wholes.items():
            cells = [replace(cell) for (one, _), cell in self._cells.items() if one is kind]
            for cell in _kept(cells):
                change, state = (
                    Sum(round(total + float(draws.normal(0.0, NOISE)), _DIGITS), whole.sd(which))
                    for which, total in enumerate((cell.change, cell.state))
                )
                found.append(
                    SegmentCell(
                        cell.segment,
                        kind,
                        cell.n,
                        change if kind is Scored.EPS else None,
                        None if kind is Scored.NONE else state,
                    )
                )
        return tuple(found)


def _kept(cells: list[_Tally]) -> list[_Tally]:
    """Cells of one kind of score that may be kept, the largest first; what is in none of them is not told apart."""
    seen = sum(cell.n for cell in cells)
    fine = [cell for cell in cells if cell.segment.age is not None and cell.n >= FEWEST]
    # Whoever's age is shared by too few still counts for the gender.
    wide = _by_gender(cell for cell in cells if cell not in fine)
    found = [*fine, *(cell for cell in wide if cell.n >= FEWEST)]
    found.sort(key=lambda cell: (-cell.n, str(cell.segment)))
    while found and 0 < seen - sum(cell.n for cell in found) < FEWEST:
        found.pop()
    # One alone that is the whole would tell the segment of each.
    return [] if len(found) == 1 and found[0].n == seen else found


def _by_gender(cells: Iterable[_Tally]) -> Iterable[_Tally]:
    found: dict[Segment, _Tally] = {}
    for cell in cells:
        if cell.segment.gender is not None:
            wide = Segment(None, cell.segment.gender)
            found.setdefault(wide, _Tally(wide)).add(cell)
    return found.values()
