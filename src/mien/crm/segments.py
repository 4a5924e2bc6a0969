"""To which segment a customer belongs: by what became of the last visit, and of the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.crm.records import Segment
from mien.journey.types import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

_BY_OUTCOME: Final = {
    Outcome.IMPROVED: Segment.HAPPIER,
    Outcome.UNCHANGED: Segment.UNCHANGED,
    Outcome.WORSENED: Segment.UNHAPPIER,
    Outcome.UNCLEAR: Segment.UNCLEAR,
}


def segment_of(outcomes: Sequence[Outcome]) -> Segment | None:
    """The segment of a customer.

    Who came again after a visit that had worsened, and did not leave unhappier again, has returned after a bad visit.

    Args:
        outcomes: What became of their visits, in order of time.

    Returns:
        The segment; `None` where there is no visit.

    Example:
        >>> segment_of([Outcome.WORSENED, Outcome.UNCLEAR])
        <Segment.RETURNED: 'returned after a bad visit'>
    """
    if not outcomes:
        return None
    *_, before, last = (None, *outcomes)
    if before is Outcome.WORSENED and last is not Outcome.WORSENED:
        return Segment.RETURNED
    return _BY_OUTCOME[last]
