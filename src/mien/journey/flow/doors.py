"""What periods say of doors, in arrays: the checks of a year are made in no time."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from mien.journey.flow.counts import LineCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from mien.journey.flow.counts import FlowQuarter

_KINDS: Final = {"begin_s": np.float64, "whole": np.bool_, "gap_s": np.float64}
"""Of arrays that are not of whole numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class DoorPeriods:
    """Periods at the doors of one camera or of several, on one time line, in any order. All arrays are (n,).

    Attributes:
        begin_s: When each began, seconds from any zero, float64.
        came_in: Who came in, int64.
        went_out: Who went out, int64.
        unclear: Tracks of which it cannot be told, int64.
        whole: Whether the camera saw (nearly) all of the period, bool.
        gap_s: Seconds of it that it did not see between others that it did, float64.
    """

    begin_s: NDArray[np.float64]
    came_in: NDArray[np.int64]
    went_out: NDArray[np.int64]
    unclear: NDArray[np.int64]
    whole: NDArray[np.bool_]
    gap_s: NDArray[np.float64]

    @classmethod
    def of(cls, quarters: Iterable[FlowQuarter]) -> Self:
        """What periods say of doors."""
        rows = []
        for one in quarters:
            doors = LineCounts.total(list(one.counts.lines.values()))
            seen = doors.came_in, doors.went_out, doors.unclear
            rows.append((one.begin_s, *seen, one.whole, one.counts.gap_s))
        return cls.from_json(list(zip(*rows, strict=True)) if rows else [()] * len(fields(cls)))

    @classmethod
    def from_json(cls, columns: Sequence[Sequence[float]]) -> Self:
        """Read what `as_json` has said."""
        return cls(
            *(
                np.array(column, dtype=_KINDS.get(field.name, np.int64))
                for field, column in zip(fields(cls), columns, strict=True)
            )
        )

    def as_json(self) -> list[list[float]]:
        """The columns in the order of the attributes, as JSON can say them."""
        return [column.astype(np.int64).tolist() if column.dtype == np.bool_ else column.tolist()
                for column in self._columns]  # fmt: skip

    @classmethod
    def together(cls, those: Sequence[Self]) -> Self:
        """Those of several cameras, or of several days."""
        if not those:
            return cls.of(())
        return cls(*(np.concatenate(same) for same in zip(*(one._columns for one in those), strict=True)))

    def between(self, from_s: float, to_s: float) -> Self:
        """Those that began in [from_s, to_s)."""
        kept = (self.begin_s >= from_s) & (self.begin_s < to_s)
        if kept.all():
            return self
        return type(self)(*(column[kept] for column in self._columns))

    def filled(self, from_s: float, to_s: float, length_s: float) -> Self:
        """These, and empty ones for the times in which nobody looked.

        Args:
            from_s: Where the first should begin, or in its midst.
            to_s: Where the last should end, or in its midst.
            length_s: Length of a period, seconds; periods begin at multiples of it.
        """
        wanted = np.arange(from_s // length_s, -(-to_s // length_s))
        missing = np.ones(wanted.size, dtype=np.bool_)
        if wanted.size:
            at = self.begin_s // length_s - wanted[0]
            missing[at[(at >= 0) & (at < wanted.size)].astype(np.intp)] = False
        if not missing.any():
            return self
        begin_s = wanted[missing] * length_s
        none = np.zeros(begin_s.size, dtype=np.int64)
        unseen = type(self)(begin_s, none, none, none, none.astype(np.bool_), none.astype(np.float64))
        return self.together([self, unseen])

    @property
    def _columns(self) -> tuple[NDArray[Any], ...]:
        return self.begin_s, self.came_in, self.went_out, self.unclear, self.whole, self.gap_s
