"""What many interactions come to: counts, sums and sums of squares, from which means and their variances follow.

Averages take an interaction as the rest of Mien does: a state of a whole face is compared, shown or not (design 3.6 and
3.8), and what was read by the eyes alone for more than a tenth is left out and counted beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import fsum
from typing import TYPE_CHECKING, Final

from mien.journey.thresholds import MIN_USABLE_S, ONE_WAY, ROUNDING_S, is_state
from mien.journey.types import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

THIRDS: Final = 3
"""Parts of equal length that an interaction has: begin, middle and end."""


def third_of(t_s: float, start_s: float, end_s: float) -> int:
    """In which third of an interaction a moment lies: 0 begin, 1 middle, 2 end.

    Args:
        t_s: When, seconds in the stream.
        start_s: Beginning of the interaction.
        end_s: Its end.

    Example:
        >>> third_of(12.0, 10.0, 40.0), third_of(25.0, 10.0, 40.0), third_of(40.0, 10.0, 40.0)
        (0, 1, 2)
    """
    if end_s <= start_s:
        return 0
    return min(max(int(THIRDS * (t_s - start_s) / (end_s - start_s)), 0), THIRDS - 1)


@dataclass(frozen=True, slots=True)
class Facts:
    """What of an interaction is summed; nothing in it tells of whom.

    Attributes:
        n: Usable readings.
        by_eyes: Of these made from the eyes alone.
        usable_s: Seconds covered by usable readings.
        outcome: What became of the customer's state.
        eps_mean: EPS, points, shown or not; `None` where there is none.
        eps_shown: Whether it is known well enough to be shown.
        hi_mean: Happiness Index, shown or not; `None` where there is none.
        initial_valence: Mean valence of the first window, where the EPS is shown.
        final_valence: Mean valence of the last window, likewise.
        turned: Whether it has no EPS because its two ends were read in different ways.
        falls: Critical moments in its first, second and last third.
    """

    n: int
    by_eyes: int
    usable_s: float
    outcome: Outcome
    eps_mean: float | None
    eps_shown: bool
    hi_mean: float | None
    initial_valence: float | None
    final_valence: float | None
    turned: bool = False
    falls: tuple[int, int, int] = (0, 0, 0)

    @property
    def covered(self) -> bool:
        """Whether too much of it was read by the eyes alone to be compared with whole faces."""
        return self.n > 0 and self.n - self.by_eyes < ONE_WAY * self.n

    @property
    def eps(self) -> float | None:
        """The EPS that is compared, points; `None` where there is none or the face was covered."""
        return None if self.covered else self.eps_mean

    @property
    def index(self) -> float | None:
        """The Happiness Index that is compared, 0..100; `None` where it is no state of a whole face."""
        return None if self.covered or not is_state(self.n, self.usable_s) else self.hi_mean

    @property
    def ends(self) -> tuple[float, float] | None:
        """Initial and final valence where both are there and its EPS is compared."""
        if self.eps is None or self.initial_valence is None or self.final_valence is None:
            return None
        return self.initial_valence, self.final_valence


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts and sums over interactions that were read in one way.

    Every interaction is scored (`improved` + `worsened` + `unchanged` + `unclear`) or counted once under why it is not
    (`unread`, `covered`, `short`, `turned`, `unseen`).

    Attributes:
        interactions: How many.
        unread: Without any usable reading.
        covered: Read by the eyes alone for more than a tenth, and so not compared with whole faces.
        short: Of less than 3 s usable.
        turned: With one end read by the eyes alone and the other from the whole face.
        unseen: With less than 1 s usable in the first or the last seconds.
        wide: Of the scored ones, those whose EPS is not known well enough to be shown; they count in averages.
        improved: Scored ones with this outcome.
        worsened: Likewise.
        unchanged: Likewise.
        unclear: Likewise.
        eps_sum: Sum of the EPS of the scored ones, points.
        eps_squares: Sum of its squares.
        index_n: Those with a Happiness Index.
        index_sum: Sum of it, points.
        index_squares: Sum of its squares.
        ends_n: Scored ones whose initial and final valence are shown.
        initial_sum: Sum of the initial valence of these.
        initial_squares: Sum of its squares.
        final_sum: Sum of the final valence.
        final_squares: Sum of its squares.
        falls_begin: Critical moments in the first third of scored ones.
        falls_middle: In the second third.
        falls_end: In the last third.
        fell_begin: Scored ones with at least one critical moment in the first third.
        fell_middle: In the second third.
        fell_end: In the last third.
        usable_s: Seconds covered by usable readings of all interactions.
    """

    interactions: int = 0
    unread: int = 0
    covered: int = 0
    short: int = 0
    turned: int = 0
    unseen: int = 0
    wide: int = 0
    improved: int = 0
    worsened: int = 0
    unchanged: int = 0
    unclear: int = 0
    eps_sum: float = 0.0
    eps_squares: float = 0.0
    index_n: int = 0
    index_sum: float = 0.0
    index_squares: float = 0.0
    ends_n: int = 0
    initial_sum: float = 0.0
    initial_squares: float = 0.0
    final_sum: float = 0.0
    final_squares: float = 0.0
    falls_begin: int = 0
    falls_middle: int = 0
    falls_end: int = 0
    fell_begin: int = 0
    fell_middle: int = 0
    fell_end: int = 0
    usable_s: float = 0.0

    @property
    def eps_n(self) -> int:
        """Scored ones: with an EPS, shown or not."""
        return self.improved + self.worsened + self.unchanged + self.unclear

    @classmethod
    def of(cls, found: Iterable[Facts]) -> Totals:
        """The totals of some interactions, in any order: sums are exact but for the last rounding.

        Example:
            >>> one = Facts(40, 0, 5.0, Outcome.IMPROVED, 20.0, True, 60.0, 0.1, 0.3, falls=(0, 0, 2))
            >>> totals = Totals.of([one, one])
            >>> totals.eps_n, totals.eps_sum, totals.falls_end, totals.fell_end
            (2, 40.0, 4, 2)
        """
        everyone = list(found)
        scored = [one for one in everyone if one.eps is not None]
        eps = [one.eps for one in scored if one.eps is not None]
        index = [one.index for one in everyone if one.index is not None]
        ends = [one.ends for one in everyone if one.ends is not None]
        whys = [_why(one) for one in everyone if one.eps is None]
        outcomes = [one.outcome for one in scored]
        falls = [[one.falls[third] for one in scored] for third in range(THIRDS)]
        return cls(
            interactions=len(everyone),
            unread=whys.count("unread"),
            covered=whys.count("covered"),
            short=whys.count("short"),
            turned=whys.count("turned"),
            unseen=whys.count("unseen"),
            wide=sum(not one.eps_shown for one in scored),
            improved=outcomes.count(Outcome.IMPROVED),
            worsened=outcomes.count(Outcome.WORSENED),
            unchanged=outcomes.count(Outcome.UNCHANGED),
            unclear=outcomes.count(Outcome.UNCLEAR),
            eps_sum=fsum(eps),
            eps_squares=_squares(eps),
            index_n=len(index),
            index_sum=fsum(index),
            index_squares=_squares(index),
            ends_n=len(ends),
            initial_sum=fsum(first for first, _ in ends),
            initial_squares=_squares([first for first, _ in ends]),
            final_sum=fsum(last for _, last in ends),
            final_squares=_squares([last for _, last in ends]),
            falls_begin=sum(falls[0]),
            falls_middle=sum(falls[1]),
            falls_end=sum(falls[2]),
            fell_begin=sum(map(bool, falls[0])),
            fell_middle=sum(map(bool, falls[1])),
            fell_end=sum(map(bool, falls[2])),
            usable_s=fsum(one.usable_s for one in everyone),
        )


TOTALS: Final = tuple(field.name for field in fields(Totals))
"""Names of what is summed, in order."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many interactions have no score, by the reasons of `Totals`, and how many there are in all."""

    interactions: int = 0
    unread: int = 0
    covered: int = 0
    short: int = 0
    turned: int = 0
    unseen: int = 0
    wide: int = 0


def _squares(values: Sequence[float]) -> float:
    return fsum(value * value for value in values)


def _why(one: Facts) -> str:
    """Why an interaction is not scored, as a name of `Totals`."""
    if one.n == 0:
        return "unread"
    if one.covered:
        return "covered"
    if one.usable_s < MIN_USABLE_S - ROUNDING_S:
        return "short"
    return "turned" if one.turned else "unseen"
