"""Self-checks of counts: whoever came in must have gone out. They are shown beside the numbers and correct nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mien.journey.flow.doors import DoorPeriods


@dataclass(frozen=True, slots=True)
class Balance:
    """How well what was counted at all doors of a place fits together.

    Attributes:
        came_in: Who came in.
        went_out: Who went out.
        unclear: Tracks of which it cannot be told whether they crossed a line.
        net: In minus out.
        lowest: The lowest that in minus out was at the end of a period, 0 at most. Below 0, more had gone out than
            were ever seen to come in.
        wrong: Crossings that at least must be wrong, where the place was empty before and after: a count that ends
            at 3 took three people too many for coming in or missed three who went out; one that was at -2 in between
            had missed two who came in. `None` where it is not known to have been empty. The true number of errors is
            larger, since those that cancel out cannot be seen.
        share: `wrong` over all crossings; `None` likewise, or where there were none.
        gap_s: Seconds, of all cameras, that were not seen; who crossed then is missing.
        gaps: How many periods have such a gap, or were seen only in part.
        periods: How many periods there are.
    """

    came_in: int
    went_out: int
    unclear: int
    net: int
    lowest: int
    wrong: int | None
    share: float | None
    gap_s: float
    gaps: int
    periods: int


def balance(periods: DoorPeriods, *, empty: bool) -> Balance:
    """Check counts against each other.

    Args:
        periods: Those of all cameras with door lines of a place.
        empty: Whether nobody was inside before the first and after the last: from before opening to after closing.
    """
    begins, where = np.unique(periods.begin_s, return_inverse=True)
    nets = np.bincount(where, weights=periods.came_in - periods.went_out, minlength=begins.size)
    came_in, went_out = int(periods.came_in.sum()), int(periods.went_out.sum())
    net = came_in - went_out
    lowest = min(0, int(nets.cumsum().min(initial=0)))
    wrong = net - 2 * lowest if empty else None
    crossings = came_in + went_out
    return Balance(
        came_in=came_in,
        went_out=went_out,
        unclear=int(periods.unclear.sum()),
        net=net,
        lowest=lowest,
        wrong=wrong,
        share=wrong / crossings if wrong is not None and crossings else None,
        gap_s=float(periods.gap_s.sum()),
        gaps=int(np.count_nonzero(np.bincount(where[~periods.whole], minlength=begins.size))),
        periods=begins.size,
    )
