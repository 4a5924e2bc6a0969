"""How what two cameras see of the same people differs: angle, height and light change what a reader says."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mien.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from mien.expressions import ScaleName

FEWEST_TESTERS: Final = 2
"""Of one person alone nobody knows how much people differ."""


@dataclass(frozen=True, slots=True)
class CameraPair:
    """How the valence that is read at one camera differs from that of the same people, alike, at another.

    Measured with testers who agreed to it and walk by both cameras in both orders (design 3.6).

    Attributes:
        offset: Mean valence at the second camera minus that at the first, -2..2.
        variance: Of that difference from passage to passage, around the mean; >= 0.
        offset_variance: Squared standard error of the mean; >= 0. All visits between the two cameras share this error.
        testers: How many people were measured, at least 2.

    Raises:
        InputError: A number is not finite or out of its range.
    """

    offset: float
    variance: float
    offset_variance: float
    testers: int

    def __post_init__(self) -> None:
        if not (math.isfinite(self.offset) and abs(self.offset) <= 2.0):
            raise InputError(
                f"The offset of a pair of cameras is {self.offset:g}; valences differ by -2 to 2."
            )
        for what, value in (("variance", self.variance), ("variance of the offset", self.offset_variance)):
            if not (math.isfinite(value) and value >= 0.0):
                raise InputError(f"The {what} of a pair of cameras is {value:g}; give 0 or more.")
        if self.testers < FEWEST_TESTERS:
            raise InputError(
                f"A pair of cameras was measured with {self.testers} tester; {FEWEST_TESTERS} or more are needed to "
                "know how much people differ."
            )

    def reversed(self) -> CameraPair:
        """The same for people who pass the second camera first."""
        return replace(self, offset=-self.offset)


@dataclass(frozen=True, slots=True)
class MeasuredPair:
    """How two cameras of a site differ, as it was measured at one time.

    Attributes:
        site: The site.
        from_camera: The camera that people pass first.
        to_camera: The camera that they pass later.
        scale: Valence scale of all numbers.
        reader: Name and version of the expression reader, for which alone it holds.
        pair: The difference.
        measured_at: When, with zone.
    """

    site: str
    from_camera: str
    to_camera: str
    scale: ScaleName
    reader: str
    pair: CameraPair
    measured_at: datetime

    def reversed(self) -> MeasuredPair:
        """The same in the other direction."""
        return replace(
            self, from_camera=self.to_camera, to_camera=self.from_camera, pair=self.pair.reversed()
        )
