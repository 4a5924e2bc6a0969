"""Rules about several people in view together: a queue that turns sour, and tension."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from mien.action.resting import FALL, UNPLEASANT
from mien.action.types import RuleName, Signal, Situation
from mien.action.watching import FRESH_S, Moment, Stretch, Sustained, rounded
from mien.journey.thresholds import THRESHOLDS
from mien.marking import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mien.journey.first_seconds import FirstState
    from mien.journey.live_face import Level
    from mien.site.rules import Queue, Tension

HOSTILE: Final = 0.5
"""Share of anger and fear from which on a face counts for tension."""

_SHARED_SD: Final = THRESHOLDS["balance"].uncalibrated_shared_sd
_QUEUE: Final = N_(
    "%(people)s faces in view show something unpleasant together: mean valence %(mean)s. It has been so for "
    "%(seconds)s s."
)
_TENSION: Final = N_("%(people)s faces in view show anger or fear. It has been so for %(seconds)s s.")


class _Crowd:
    """What both have in common: one stretch for the camera, signalled once."""

    def __init__(self) -> None:
        self._held = Sustained()

    def left(self, track: int, moment: Moment) -> list[Signal]:  # noqa: ARG002
        """See `mien.action.watching.Watch`: it is about those who are there."""
        return []

    def forget(self, track: int) -> None:
        """See `mien.action.watching.Watch`: nothing is kept of single ones."""

    def state(self) -> dict[str, Any]:
        """See `mien.action.watching.Watch`."""
        return self._held.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """See `mien.action.watching.Watch`."""
        self._held.restore(state)

    def _sustained(
        self, moment: Moment, sure: float | None, bound: float, sustained_s: float
    ) -> Stretch | None:
        held = self._held.take("", moment.t_s, sure, bound)
        if held is None or held.told or held.held_s < sustained_s:
            return None
        held.told = True
        return held


class QueueWatch(_Crowd):
    """Looks at who waits.

    Of at least `people` faces that are being read and were seen without a smile before, the mean level of valence must
    lie by more than .10 under that of their own first seconds, and under -.20, both with the probability of the rule,
    for `sustained_s`: a resting face that looks stern is no other than it was. The errors of faces are taken to be
    independent but for what a camera adds to the level of all of them alike (standard deviation .07,
    `mien.journey.thresholds`); in the fall it falls out.

    Args:
        rule: The settings.
    """

    def __init__(self, rule: Queue) -> None:
        super().__init__()
        self._rule = rule

    def look(self, moment: Moment) -> list[Signal]:
        """See `mien.action.watching.Watch`."""
        rule = self._rule
        known = [
            (level, one.seen.even)
            for one in moment.people
            if (level := one.level(moment.t_s)) is not None and one.seen.even is not None
        ]
        levels = [level for level, _ in known]
        sure: float | None = 0.0
        if len(levels) >= rule.people:
            sure = min(_mean_fallen(known, FALL), _mean_below(levels, UNPLEASANT))
        elif len(moment.people) >= rule.people:
            sure = None
        held = self._sustained(moment, sure, rule.probability, rule.sustained_s)
        if held is None:
            return []
        mean = sum(level.mean for level in levels) / len(levels)
        values = {"people": len(levels), "mean": rounded(mean)}
        return [_signal(RuleName.QUEUE, Situation.QUEUE_SOUR, _QUEUE, moment, held, values)]


class TensionWatch(_Crowd):
    """Looks for anger and fear of several people; it names the touchpoint alone.

    The share of anger and fear of a face is averaged over its last three seconds; with the standard error of that mean
    it follows how likely the share is above .5. The probability that it is so of at least `people` faces must be at
    least that of the rule, for `sustained_s`.

    Args:
        rule: The settings.
    """

    def __init__(self, rule: Tension) -> None:
        super().__init__()
        self._rule = rule

    def look(self, moment: Moment) -> list[Signal]:
        """See `mien.action.watching.Watch`."""
        rule = self._rule
        each = [
            one.seen.hostile.above(HOSTILE)
            for one in moment.people
            if one.seen.hostile is not None and moment.t_s - one.seen.seen_s <= FRESH_S
        ]
        held = self._sustained(moment, at_least(rule.people, each), rule.probability, rule.sustained_s)
        if held is None:
            return []
        values = {"people": sum(sure > HOSTILE for sure in each)}
        return [_signal(RuleName.TENSION, Situation.TENSION, _TENSION, moment, held, values)]


def at_least(count: int, probabilities: Sequence[float]) -> float:
    """Probability that at least so many of some independent things are so, each with its own probability.

    Example:
        >>> at_least(1, [0.5, 0.5]), at_least(2, [0.5, 0.5]), at_least(1, [])
        (0.75, 0.25, 0.0)
    """
    fewer = [1.0] + [0.0] * (count - 1)  # probability of exactly 0, 1 ... count - 1
    for sure in probabilities:
        for k in range(count - 1, -1, -1):
            fewer[k] = fewer[k] * (1.0 - sure) + (fewer[k - 1] * sure if k else 0.0)
    return max(0.0, 1.0 - sum(fewer))


def _mean_fallen(known: Sequence[tuple[Level, FirstState]], by: float) -> float:
    """Probability that the mean of some levels lies more than `by` below that of their own first seconds."""
    fall = sum(even.mean - float(level.known.mean) for level, even in known) / len(known)
    variance = sum(float(level.known.sd) ** 2 + even.sd**2 for level, even in known) / len(known) ** 2
    return 0.5 * math.erfc((by - fall) / math.sqrt(2.0 * variance))


def _mean_below(levels: Sequence[Level], valence: float) -> float:
    """Probability that the mean of some levels is below a valence."""
    mean = sum(float(level.known.mean) for level in levels) / len(levels)
    variance = sum(float(level.known.sd) ** 2 for level in levels) / len(levels) ** 2 + _SHARED_SD**2
    return 0.5 * math.erfc((mean - valence) / math.sqrt(2.0 * variance))


def _signal(
    rule: RuleName,
    situation: Situation,
    text: str,
    moment: Moment,
    held: Stretch,
    values: Mapping[str, Any],
) -> Signal:
    return Signal(
        rule=rule,
        situation=situation,
        touchpoint=moment.touchpoint,
        subject=f"{rule.value}:{moment.touchpoint}:{moment.stamp(held.since_s)}",
        since=moment.utc(held.since_s),
        at=moment.utc(moment.t_s),
        text=text,
        values={**values, "seconds": round(moment.t_s - held.since_s)},
        probability=round(held.least, 3),
        n=values["people"],
    )
