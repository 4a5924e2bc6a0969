"""How two cameras differ, measured with testers who stood alone before both of them (design 3.6).

A tester walks from one camera to the other and back. The state at the second camera minus the state at the first,
whichever came first, is the difference of the cameras for this person in this passage; the mean over both orders is
free of whatever changes evenly with time, such as a face that tires.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import stats
from scipy.optimize import brentq

from mien.errors import InputError
from mien.journey.camera_pair import CameraPair
from mien.journey.thresholds import MIN_STATE_READINGS, MIN_STATE_S, one_way

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from mien.expressions import ScaleName
    from mien.journey.types import Interaction

    Array = NDArray[np.float64]

FEWEST_WALKED: Final = 6
"""Testers who must have walked both cameras in both orders. With fewer the interval of a visit, which must allow for
how little is known of people, is wider than without a calibration: the t factor of 4 testers is 3.2, of 6 2.6."""
LONGEST_S: Final = 1800.0
"""From one camera to the next at most: after longer, it is another state."""

_CAUTION: Final = 0.60
"""Confidence with which the recorded variance is not too small. At the median (0.5) the intervals of visits hold 94 to
96 % in simulations with 6 to 20 testers, at 0.6 at least 95 %."""
_SURE: Final = 0.95
_LEAST_VARIANCE: Final = 1e-6
_MOST_VARIANCE: Final = 1e4


@dataclass(frozen=True, slots=True)
class Stand:
    """One tester alone before one camera.

    Attributes:
        tester: Who, by a code.
        camera: Name of the camera.
        began_at: When, with zone.
        state: Mean valence there, -1..1.
        variance: Of its error; > 0.
        scale: The valence scale.
        reader: Name and version of the expression reader.
    """

    tester: str
    camera: str
    began_at: datetime
    state: float
    variance: float
    scale: ScaleName
    reader: str


@dataclass(frozen=True, slots=True)
class Walked:
    """How two cameras differ, and how well that is known.

    Attributes:
        pair: What is recorded of the two. Its variance leans upwards: it is too small with a probability of 0.4 only.
        offset_low: Lower end of the 95 % interval of the offset.
        offset_high: Upper end.
        sd_low: Lower end of the 95 % interval of the standard deviation from passage to passage.
        sd_high: Upper end.
        passages: Walks from one camera to the other, both orders together.
        one_order: Testers who walked in one order only, and are not among those of `pair`.
        scale: The valence scale.
        reader: Name and version of the expression reader.
    """

    pair: CameraPair
    offset_low: float
    offset_high: float
    sd_low: float
    sd_high: float
    passages: int
    one_order: int
    scale: ScaleName
    reader: str

    @property
    def visit_reach(self) -> float:
        """By how many points at most (95 %) the two cameras falsify the EPS of a visit that is else known exactly."""
        return 100 * self._factor * math.sqrt(self.pair.variance + self.pair.offset_variance)

    @property
    def mean_reach(self) -> float:
        """The same for the mean of very many visits."""
        return 100 * self._factor * math.sqrt(self.pair.offset_variance)

    @property
    def _factor(self) -> float:
        return float(stats.t.ppf((1 + _SURE) / 2, self.pair.testers - 1))


@dataclass(frozen=True, slots=True)
class _Passage:
    tester: str
    forth: bool
    difference: float
    variance: float


def stand_of(tester: str, camera: str, began_at: datetime, interaction: Interaction) -> Stand:
    """What an interaction of a tester says.

    Args:
        tester: Who, by a code.
        camera: Name of the camera.
        began_at: When it began, with zone.
        interaction: The one of this tester.

    Raises:
        InputError: It has no state, or was not read from the whole face throughout; one clause.
    """
    score = interaction.score
    state = score.state
    if state is None:
        raise InputError(
            f"no state there: {score.n} usable readings over {score.usable_s:.1f} s, and {MIN_STATE_READINGS} over "
            f"{MIN_STATE_S:g} s are needed"
        )
    if one_way(interaction.by_eyes, score.n) is not False:
        raise InputError(
            f"{interaction.by_eyes} of {score.n} readings are of a covered face; testers keep the whole face bare"
        )
    return Stand(
        tester,
        camera,
        began_at,
        state[0],
        max(state[1] ** 2, _LEAST_VARIANCE),
        interaction.scale,
        interaction.reader,
    )


def compare_cameras(stands: Iterable[Stand], first: str, second: str) -> Walked:
    """Measure how a camera differs from another.

    A passage is a tester's standing before one of the two and then, within half an hour, before the other. The offset
    is the mean over testers of the mean of each one's two orders; its variance is that of a mean of independent
    testers, whatever makes them differ. The variance from passage to passage is what the differences vary by, around
    the mean of their order, beyond the errors of their states: the value at which the generalised Q statistic, averaged
    over both orders, is the 0.4 quantile of chi-square with testers - 1 degrees of freedom, and at the 0.975 and the
    0.025 quantile for the ends of its interval (Q profile, Viechtbauer 2007, Statistics in Medicine 26: 37-52;
    Paule & Mandel 1982). It holds what people differ by and what one person differs by from time to time.

    Args:
        stands: Of all testers, at these and other cameras.
        first: Name of a camera.
        second: Name of another.

    Returns:
        How `second` differs from `first`.

    Raises:
        InputError: Fewer than six testers walked in both orders, or they were read by several readers or on several
            scales.
    """
    here = [stand for stand in stands if stand.camera in {first, second}]
    ways = {(stand.scale, stand.reader) for stand in here}
    if len(ways) > 1:
        told = ", ".join(sorted(f"{reader} on {scale}" for scale, reader in ways))
        raise InputError(
            f"Testers were read in {len(ways)} ways ({told}) at '{first}' and '{second}'; use walks of one reader and "
            "scale."
        )
    passages = _passages(here, first)
    walked = {one.tester for one in passages}
    both = {tester for tester in walked if len({one.forth for one in passages if one.tester == tester}) == 2}
    if len(both) < FEWEST_WALKED:
        raise InputError(
            f"{len(both)} of {len(walked)} testers walked between '{first}' and '{second}' in both orders; let "
            f"{FEWEST_WALKED} or more do so."
        )
    kept = [one for one in passages if one.tester in both]
    variance, low, high = (
        _variance(kept, share) for share in (1 - _CAUTION, (1 + _SURE) / 2, (1 - _SURE) / 2)
    )
    own = np.array([_mean_of(kept, tester) for tester in sorted(both)])
    offset, error = float(own.mean()), float(own.std(ddof=1) / math.sqrt(own.size))
    reach = float(stats.t.ppf((1 + _SURE) / 2, own.size - 1)) * error
    [(scale, reader)] = ways
    return Walked(
        CameraPair(offset, variance, error**2, len(both)),
        offset - reach,
        offset + reach,
        math.sqrt(low),
        math.sqrt(high),
        len(kept),
        len(walked - both),
        scale,
        reader,
    )


def _passages(stands: Sequence[Stand], first: str) -> list[_Passage]:
    by_tester: defaultdict[str, list[Stand]] = defaultdict(list)
    for stand in sorted(stands, key=lambda one: one.began_at):
        by_tester[stand.tester].append(stand)
    return [
        _Passage(
            tester,
            before.camera == first,
            (after.state - before.state) * (1 if before.camera == first else -1),
            before.variance + after.variance,
        )
        for tester, own in by_tester.items()
        for before, after in pairwise(own)
        if before.camera != after.camera and (after.began_at - before.began_at).total_seconds() <= LONGEST_S
    ]


def _mean_of(passages: Sequence[_Passage], tester: str) -> float:
    orders = [
        [one.difference for one in passages if one.tester == tester and one.forth is forth]
        for forth in (True, False)
    ]
    return float(np.mean([np.mean(order) for order in orders]))


def _variance(passages: Sequence[_Passage], share: float) -> float:
    """The variance from passage to passage of which the Q statistic is a quantile of its distribution."""
    orders = [[one for one in passages if one.forth is forth] for forth in (True, False)]
    testers = len({one.tester for one in passages})
    wanted = float(stats.chi2.ppf(share, testers - 1))

    def beyond(variance: float) -> float:
        return sum(_q(order, variance) for order in orders) / len(orders) - wanted

    return float(brentq(beyond, 0.0, _MOST_VARIANCE)) if beyond(0.0) > 0 else 0.0


def _q(order: Sequence[_Passage], variance: float) -> float:
    """Squared differences from their mean, each by its variance; who walked several times counts once."""
    times = np.array([sum(other.tester == one.tester for other in order) for one in order])
    difference = np.array([one.difference for one in order])
    weight = 1 / (times * (variance + np.array([one.variance for one in order])))
    return float(weight @ (difference - weight @ difference / weight.sum()) ** 2)
