"""Entrance and exit compared per hour, per day and over a whole time, in aggregate: nobody is followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mien.insight.cameras import cameras_of, shares_of
from mien.insight.gather import gather, one_way, withheld_hours, withheld_in
from mien.insight.means import Mean, Spread, joint_level, mean_of
from mien.insight.types import (
    FEWEST,
    Cell,
    Compared,
    Difference,
    Estimate,
    HourlyComparison,
    SideMean,
    Unit,
    Verdict,
)
from mien.journey.thresholds import THRESHOLDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from mien.insight.allowance import Cameras
    from mien.insight.gather import Bag, Bags
    from mien.insight.types import Key, StateRecord
    from mien.journey.camera_pair import MeasuredPair

DAYS_AS_UNIT: Final = 5
"""Days with a difference from which on the day is the unit of the whole time.

People of one day have its weather, its queues and its light in common. From fewer days an interval by days would be too
wide to say anything; by interactions it speaks of these days only."""
WITHHELD: Final = f"left out, else the average of under {FEWEST} others could be worked out"
"""Reason of a period that has states enough, beside one that has not."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """How far states lie apart at the entrance and at the exit, how wide an interval may be, and the cameras."""

    spreads: tuple[Spread, Spread]
    widest: float
    cameras: Cameras | None


@dataclass(frozen=True, slots=True)
class _Change:
    """Exit minus entrance: as it was read, and what of it is the cameras'."""

    read: Mean
    cameras: Mean

    @property
    def freed(self) -> Mean:
        """Without the offset of the cameras, with its error."""
        return self.read.minus(self.cameras)

    def shown(self, level: float) -> Difference:
        """As it is shown, where verdicts ask for such a level."""
        freed = self.freed
        low, high = self.read.interval()
        offset = self.cameras.value
        alone = low - offset, high - offset
        return Difference(freed.value, *freed.interval(), *freed.interval(level), *alone, offset)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Both sides of a period, each with its mean as it is computed on where that may be shown.

    `shares` holds each camera's share at the exit minus that at the entrance, where both sides have states.
    """

    sides: tuple[SideMean, SideMean]
    means: tuple[Mean | None, Mean | None]
    shares: Mapping[str, float]

    def difference(self, rules: _Rules) -> _Change | str:
        """Exit minus entrance, or why there is none."""
        entrance, exit_ = self.means
        if entrance is None or exit_ is None or rules.cameras is None:
            named = zip(("entrance", "exit"), self.sides, strict=True)
            return "; ".join(f"{name}: {side.reason}" for name, side in named if side.reason)
        found = _Change(exit_.minus(entrance), rules.cameras.part(self.shares))
        return _too_wide(*found.freed.interval(), rules.widest) or found


def compare_hours(
    records: Sequence[StateRecord],
    zone: ZoneInfo,
    entrance: Collection[str],
    pairs: Sequence[MeasuredPair] = (),
    *,
    also: Iterable[datetime] = (),
) -> HourlyComparison:
    """Compare the states of those seen at the entrance with those of those seen at the exit.

    The mean of each side counts interactions alike. An average needs 10 states and an interval narrower than 30 points
    of the Happiness Index (0.60 of valence on `balance`). Where 5 days or more have a difference, that of the whole
    time is the mean of the days; else that of the interactions, which speaks of these days only.

    Differences are freed of the offset of the cameras, with its error, or hold what cameras may differ by
    (`mien.insight.allowance`). That error is one and the same in all periods. Each interval holds with it; and that all
    of them hold together is then more probable than if their errors were independent (Sidak 1967, JASA 62, for any
    correlation), so the verdicts err on the side of `no difference shown`.

    Args:
        records: Interactions at the touchpoints that are compared, in any order.
        zone: Clock of the site.
        entrance: Touchpoints of the entrance; what is at any other is the exit.
        pairs: How cameras differ, as it was measured; those of the reader and scale that are compared count.
        also: Hours, as `mien.insight.gather.hour_of` gives them, that are told of even if nobody was seen in them.

    Returns:
        The comparison; where nothing can be compared, with reasons in place of numbers.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> nothing = compare_hours([], ZoneInfo("Europe/Riga"), {"door"})
        >>> str(nothing.total.verdict), nothing.total.reason
        ('cannot tell', 'entrance: 0 states, an average needs 10; exit: 0 states, an average needs 10')
    """
    way, used, others = one_way(records, zone, entrance)
    found = gather(used, zone, entrance, also)
    within = [Spread.within(bags.sides[side].states for bags in found.hours.values()) for side in (0, 1)]
    widest = THRESHOLDS[way.scale if way is not None else "balance"].hi_width / 50
    cameras = None if way is None else cameras_of(used, entrance, way, pairs)
    rules = _Rules((within[0], within[1]), widest, cameras)
    days = _pairs(found.days, withheld_in(found.days), rules)
    return HourlyComparison(
        way=way,
        cameras=cameras,
        hours=_cells(_pairs(found.hours, withheld_hours(found), rules), rules),
        clock=_cells(_pairs(found.clock, withheld_in(found.clock), rules), rules),
        days=_cells(days, rules),
        total=_total(found.total, list(days.values()), rules),
        others=others,
    )


def _pairs(
    periods: Mapping[Key, Bags], hidden: tuple[Collection[Key], Collection[Key]], rules: _Rules
) -> dict[Key, _Pair]:
    return {
        key: _pair(periods[key], rules, hidden=(key in hidden[0], key in hidden[1]))
        for key in sorted(periods)
    }


def _pair(bags: Bags, rules: _Rules, *, hidden: tuple[bool, bool] = (False, False)) -> _Pair:
    (entrance, came), (exit_, went) = (
        _side(bag, spread, rules.widest, hidden=kept_back)
        for bag, spread, kept_back in zip(bags.sides, rules.spreads, hidden, strict=True)
    )
    there = all(bag.states for bag in bags.sides)
    return _Pair(
        (entrance, exit_), (came, went), shares_of(*(bag.cameras for bag in bags.sides)) if there else {}
    )


def _side(bag: Bag, spread: Spread, widest: float, *, hidden: bool) -> tuple[SideMean, Mean | None]:
    n = len(bag.states)
    if n < FEWEST:
        reason = f"{n} state{'s' * (n != 1)}, an average needs {FEWEST}"
        return SideMean(bag.seen, n, bag.covered, None, reason), None
    if hidden:
        return SideMean(bag.seen, n, bag.covered, None, WITHHELD), None
    mean = mean_of(bag.states, spread)
    estimate, too_wide = _shown(mean, widest)
    return SideMean(bag.seen, n, bag.covered, estimate, too_wide), None if estimate is None else mean


def _cells(pairs: Mapping[Key, _Pair], rules: _Rules) -> tuple[Cell[Key], ...]:
    differences = {key: pair.difference(rules) for key, pair in pairs.items()}
    told = sum(isinstance(one, _Change) for one in differences.values())
    level = joint_level(max(told, 1))
    return tuple(Cell(key, _compared(pair, differences[key], level)) for key, pair in pairs.items())


def _compared(pair: _Pair, difference: _Change | str, level: float) -> Compared:
    if isinstance(difference, str):
        return Compared(*pair.sides, None, difference, Verdict.UNKNOWN)
    found = difference.shown(level)
    return Compared(*pair.sides, found, None, _verdict(found))


def _total(bags: Bags, days: Sequence[_Pair], rules: _Rules) -> Compared:
    pair = _pair(bags, rules)
    whole = [
        (came.value, went.value, day.shares)
        for day in days
        for came, went in [day.means]
        if came is not None and went is not None
    ]
    cameras = rules.cameras
    if len(whole) < DAYS_AS_UNIT or cameras is None:
        return _compared(pair, pair.difference(rules), joint_level(1))
    entrance, exit_ = (
        SideMean(side.seen, side.states, side.covered, *_shown(mean_of(values), rules.widest))
        for side, values in zip(
            pair.sides, ([day[0] for day in whole], [day[1] for day in whole]), strict=True
        )
    )
    change = _of_days(whole, cameras)
    reason = _too_wide(*change.freed.interval(), rules.widest)
    found = None if reason is not None else change.shown(joint_level(1))
    verdict = Verdict.UNKNOWN if found is None else _verdict(found)
    return Compared(entrance, exit_, found, reason, verdict, Unit.DAY, len(whole))


def _of_days(days: Sequence[tuple[float, float, Mapping[str, float]]], cameras: Cameras) -> _Change:
    """The mean of the differences of days, which count alike.

    By pairs: what a day has in common on both sides is not in its difference. Each day is freed of the offset of the
    cameras that saw its people, so that days are not told to differ because cameras do; the error of the offset is one
    for all days, and more days do not make it smaller.
    """
    shares = {name: sum(day[2].get(name, 0.0) for day in days) / len(days) for name in _names(days)}
    part = cameras.part(shares)
    freed = mean_of([went - came - cameras.part(each).value for came, went, each in days])
    return _Change(Mean(freed.value + part.value, freed.variance, freed.df), part)


def _names(days: Sequence[tuple[float, float, Mapping[str, float]]]) -> set[str]:
    return {name for *_, shares in days for name in shares}


def _shown(mean: Mean, widest: float) -> tuple[Estimate | None, str | None]:
    """A mean with its interval, or why it is not shown."""
    low, high = mean.interval()
    reason = _too_wide(low, high, widest)
    return (Estimate(mean.value, max(low, -1.0), min(high, 1.0)), None) if reason is None else (None, reason)


def _too_wide(low: float, high: float, widest: float) -> str | None:
    """Why a mean with this interval is not shown (design 3.8); `None` where it is."""
    if high - low < widest:
        return None
    return f"known to {50 * (high - low):.0f} points only, shown under {50 * widest:.0f}"


def _verdict(found: Difference) -> Verdict:
    if found.joint_low > 0:
        return Verdict.HIGHER
    return Verdict.LOWER if found.joint_high < 0 else Verdict.NONE
