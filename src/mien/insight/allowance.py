"""What the cameras have in the difference of two sides, in common for all people, and how well it is known.

What camera c reads of anybody is higher by o(c) than what the reference camera reads, on average over people. In the
difference of two means this leaves the sum over cameras of k(c) o(c), where k(c) is the share of c in the states at the
exit minus its share in those at the entrance. The k(c) add up to 0, so it does not matter which camera is the
reference, and a camera that has the same share on both sides drops out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from mien.insight.means import Mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.journey.camera_pair import MeasuredPair


class Allowance(StrEnum):
    """How the cameras are allowed for."""

    ONE = "one camera"
    CALIBRATED = "calibrated"
    UNCALIBRATED = "uncalibrated"


@dataclass(frozen=True, slots=True)
class Cameras:
    """The cameras that the states of a comparison come from, and how they are allowed for.

    Attributes:
        allowance: `one camera` serves both sides and there is nothing to allow for; `calibrated`: their offset is
            taken away, and its error is in the intervals; `uncalibrated`: intervals are widened by what cameras may
            differ by.
        entrance: Cameras at the entrance. One that nobody knows stands with its touchpoint, in brackets.
        exit: Cameras at the exit.
        reference: To which states are brought; `None` where not calibrated.
        measured: From the reference to each other camera, where calibrated.
        unmeasured: Pairs that would have to be measured, where uncalibrated; none of cameras that nobody knows.
        assumed_sd: What is assumed that two cameras differ by where uncalibrated, a standard deviation of valence;
            else 0.
    """

    allowance: Allowance
    entrance: tuple[str, ...]
    exit: tuple[str, ...]
    reference: str | None = None
    measured: tuple[MeasuredPair, ...] = ()
    unmeasured: tuple[tuple[str, str], ...] = ()
    assumed_sd: float = field(default=0.0, kw_only=True)

    @property
    def unknown(self) -> bool:
        """Whether of some states nobody knows which camera they are from."""
        return any(name.startswith("(") for name in (*self.entrance, *self.exit))

    def part(self, shares: Mapping[str, float]) -> Mean:
        """What the cameras have in a difference, with its error.

        The errors of measured pairs are taken to be independent, each of testers - 1 degrees of freedom. Where nothing
        is measured, cameras are taken to be off independently and alike, so that the variance of the difference of two
        is that which is assumed of two.

        Args:
            shares: Share of each camera in the states at the exit minus that at the entrance.

        Returns:
            It, valence; to be taken away. Where nothing is measured its value is 0.
        """
        if self.allowance is Allowance.CALIBRATED:
            terms = [(shares.get(one.to_camera, 0.0), one.pair) for one in self.measured]
            value = sum(share * pair.offset for share, pair in terms)
            variances = [(share**2 * pair.offset_variance, pair.testers - 1) for share, pair in terms]
            variance = sum(part for part, _ in variances)
            inverse = sum(part**2 / df for part, df in variances)
            return Mean(value, variance, variance**2 / inverse if inverse else math.inf)
        squares = sum(share**2 for share in shares.values())
        return Mean(0.0, self.assumed_sd**2 / 2 * squares, math.inf)
