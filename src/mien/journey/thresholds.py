"""Every limit that decides what is said about an interaction, per valence scale, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.expressions import ScaleName

WINDOW_S: Final = 5.0
"""Longest first and last window of an EPS; a third of the track where that is shorter."""
MIN_WINDOW_S: Final = 1.0
"""Usable time needed in each window."""
MIN_USABLE_S: Final = 3.0
"""Usable time needed for an EPS."""
MIN_STATE_S: Final = 1.0
"""Usable time needed for a Happiness Index (a state, design 3.6)."""
MIN_STATE_READINGS: Final = 8
"""Readings needed for a Happiness Index."""
ROUNDING_S: Final = 1e-6
"""What sums of times may lack by rounding."""
CHANGED: Final = 0.95
"""Probability asked of `improved` and `worsened`."""
SAME: Final = 0.80
"""Probability asked of `unchanged`."""
MOMENT_PROBABILITY: Final = 0.95
"""Probability asked of a moment."""
MOMENT_WINDOW_S: Final = 2.0
"""Seconds compared before and after a moment, and the least distance of two moments."""
ONE_WAY: Final = 0.9
"""Least share of the readings of a state that were made in one way, by the eyes alone or from the whole face: a hand
that passes before the mouth is no covered face, and if the two differ by .3 the rest moves a state by .03 at most."""
UNCALIBRATED_SD: Final = 0.11
"""Standard deviation of what two cameras differ by in valence, on `balance`, where nobody measured it: between two
simulated cameras 0.083 (0.057 to 0.104), of which the upper end is taken, since real ones may differ more
(`benchmarks/camera_pair.py`)."""
UNCALIBRATED_SHARED_SD: Final = 0.07
"""What of it is the same for all people, which a mean of many keeps: 0.021 (0.009 to 0.067), the upper end likewise."""


def one_way(by_eyes: int, n: int) -> bool | None:
    """Whether readings were made by the eyes alone; `None` where neither way makes nine tenths of them.

    Args:
        by_eyes: Of them by the eyes alone.
        n: All, above 0.

    Example:
        >>> one_way(4, 40), one_way(36, 40), one_way(5, 40)
        (False, True, None)
    """
    if by_eyes >= ONE_WAY * n:
        return True
    return False if n - by_eyes >= ONE_WAY * n else None


def is_state(n: int, usable_s: float) -> bool:
    """Whether so many usable readings over so many usable seconds are a state (design 3.6).

    Example:
        >>> is_state(8, 1.0), is_state(7, 5.0), is_state(30, 0.9)
        (True, False, False)
    """
    return n >= MIN_STATE_READINGS and usable_s >= MIN_STATE_S - ROUNDING_S


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits in the units of one scale.

    Attributes:
        eps_width: An EPS is shown if its 95 % interval is narrower, points.
        hi_width: A Happiness Index is shown if its 95 % interval is narrower, points.
        changed: An EPS beyond this is a change, points.
        same: An EPS within this is none, points.
        moment: Least change of mean valence at a moment.
        resting: Valence under which one in twenty resting faces is read (`docs/rules.md`).
        uncalibrated_sd: Standard deviation of what two cameras differ by in valence where nobody measured it.
        uncalibrated_shared_sd: What of it is the same for all people.
    """

    eps_width: float
    hi_width: float
    changed: float
    same: float
    moment: float
    resting: float
    uncalibrated_sd: float
    uncalibrated_shared_sd: float


def _scaled(factor: float) -> Thresholds:
    return Thresholds(
        eps_width=60 * factor,
        hi_width=30 * factor,
        changed=10 * factor,
        same=20 * factor,
        moment=0.20 * factor,
        resting=-0.60 * factor,
        uncalibrated_sd=UNCALIBRATED_SD * factor,
        uncalibrated_shared_sd=UNCALIBRATED_SHARED_SD * factor,
    )


THRESHOLDS: Final[Mapping[ScaleName, Thresholds]] = {
    "balance": _scaled(1.0),
    "circumplex": _scaled(0.7),
    "strongest": _scaled(0.95),
}
"""Limits per scale: design 3.8-3.10 for `balance`, the others in proportion to their spread. Over the vote
distributions of FER+ (Barsoum et al. 2016; pictures with at least 8 votes for an expression) valence has standard
deviation .64 on `balance`, .46 on `circumplex` (ratio .71) and .60 on `strongest` (ratio .94)."""
