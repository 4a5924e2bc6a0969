"""What `mien.journey` takes and gives: readings, scores, moments, interactions."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from mien.journey.thresholds import is_state

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from mien.expressions import ScaleName


class Outcome(StrEnum):
    """What became of the customer's state (design 3.9)."""

    IMPROVED = "improved"
    WORSENED = "worsened"
    UNCHANGED = "unchanged"
    UNCLEAR = "unclear"


class MomentKind(StrEnum):
    """Direction of a sustained change (design 3.10). A fall is a critical moment."""

    RISE = "rise"
    FALL = "fall"


@dataclass(frozen=True, slots=True)
class Moment:
    """A sustained change of valence inside an interaction.

    Attributes:
        t_s: When, seconds on the clock of the readings.
        kind: Rise or fall; a fall is critical.
        change: Mean valence of the 2 s after minus the mean of the 2 s before, posterior mean, -2..2.
        probability: P(|change| >= 0.20), above 0.95 for every moment listed.
    """

    t_s: float
    kind: MomentKind
    change: float
    probability: float


@dataclass(frozen=True, slots=True)
class Score:
    """The measure of one interaction. A number that cannot be shown is `None`, and `reason` says why.

    Attributes:
        eps: Emotional Performance Score, points -200..200: 100 x (final - initial valence).
        eps_low: Lower end of its 95 % interval.
        eps_high: Upper end.
        initial_valence: Mean valence of the first window, -1..1.
        final_valence: Mean valence of the last window, -1..1.
        happiness_index: 0..100, 50 is neutral.
        hi_low: Lower end of its 95 % interval.
        hi_high: Upper end.
        outcome: improved, worsened, unchanged or unclear.
        usable_s: Seconds covered by usable readings.
        n: Usable readings.
        reason: Why a number is missing, one clause in plain words; `None` where all are there.
        eps_mean: Posterior mean of the EPS whether shown or not; `None` only where it is undefined.
        eps_sd: Its posterior standard deviation, points.
        hi_mean: Posterior mean of the Happiness Index whether shown or not.
        hi_sd: Its posterior standard deviation.
        moments: Sustained changes, in order of time.
        window_s: Width W of the first and the last window, seconds from the first and back from the last usable
            reading; `None` where there was no room for two.
    """

    eps: float | None
    eps_low: float | None
    eps_high: float | None
    initial_valence: float | None
    final_valence: float | None
    happiness_index: float | None
    hi_low: float | None
    hi_high: float | None
    outcome: Outcome
    usable_s: float
    n: int
    reason: str | None
    eps_mean: float | None = None
    eps_sd: float | None = None
    hi_mean: float | None = None
    hi_sd: float | None = None
    moments: tuple[Moment, ...] = ()
    window_s: float | None = None

    @property
    def state(self) -> tuple[float, float] | None:
        """Mean valence and its standard deviation, shown or not; `None` where it is no state (design 3.6)."""
        if self.hi_mean is None or self.hi_sd is None or not is_state(self.n, self.usable_s):
            return None
        return self.hi_mean / 50 - 1, self.hi_sd / 50


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Valence over time with its 95 % band, as the smoother sees it.

    Attributes:
        t_s: (K,) float64 seconds on the clock of the readings, increasing; K at most 240, steps of at least 0.2 s.
        valence: (K,) float64 posterior mean, -1..1; NaN inside gaps of more than 2 s.
        low: (K,) float64 lower end of the pointwise 95 % interval.
        high: (K,) float64 upper end.
    """

    t_s: NDArray[np.float64]
    valence: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SecondRecord:
    """One second of an interaction, the compact form that is stored.

    Attributes:
        t_s: Start of the second, seconds in the stream (whole numbers).
        n: Usable readings in it.
        expressions: Mean shares of the 8 classes; `None` where n is 0, or where the reader tells no classes.
        valence: Mean valence of the readings (not smoothed); `None` where n is 0.
        variance: Variance of that mean as predicted by the reader; `None` where n is 0.
        left_out: Readings left out, by reason.
    """

    t_s: int
    n: int
    expressions: tuple[float, ...] | None
    valence: float | None
    variance: float | None
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """Where and how an interaction took place; every interaction carries all six.

    Attributes:
        site: Shop, branch or centre; `None` for a file of one's own.
        touchpoint: Place in the journey.
        type: What it was about (a sale, an enquiry, paying a tax ...).
        service_point: Till or desk.
        shift: Shift of the staff.
        protocol: Way of serving under test.
    """

    site: str | None = None
    touchpoint: str | None = None
    type: str | None = None
    service_point: str | None = None
    shift: str | None = None
    protocol: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Interaction:
    """One customer's continuous presence at one touchpoint, scored.

    Attributes:
        id: uuid5 made from the recording, the context and the start, so that a re-run names it alike.
        track_id: Number of the face track it came from.
        context: Where and how it took place.
        start_s: First time the face was seen, seconds in the stream.
        end_s: Last time.
        readings: Readings, usable or not.
        left_out: Readings left out, by reason.
        expressions: (8,) time-weighted mean shares over usable readings, order of `EXPRESSIONS`; `None` without any,
            or where the reader tells no classes.
        score: EPS, Happiness Index, outcome, moments.
        curve: Smoothed valence with its band; `None` where there is no usable reading.
        seconds: The stored 1 Hz records.
        scale: Valence scale of every number here.
        reader: Name and version of the expression reader.
        interrupted: Whether the recording ended or was stopped while the face was still there.
        by_eyes: Usable readings made from the eyes alone, because the lower face was covered.
        receipt: Number of the receipt that was joined to it; `None` where there is none.
    """

    id: str
    track_id: int
    context: Context
    start_s: float
    end_s: float
    readings: int
    left_out: Mapping[str, int]
    expressions: tuple[float, ...] | None
    score: Score
    curve: Curve | None
    seconds: tuple[SecondRecord, ...]
    scale: ScaleName
    reader: str
    interrupted: bool = False
    by_eyes: int = 0
    receipt: str | None = None

    @property
    def eps(self) -> float | None:
        """Emotional Performance Score, points; `None` where it cannot be shown (`score.reason` says why)."""
        return self.score.eps

    @property
    def eps_low(self) -> float | None:
        """Lower end of its 95 % interval."""
        return self.score.eps_low

    @property
    def eps_high(self) -> float | None:
        """Upper end of its 95 % interval."""
        return self.score.eps_high

    @property
    def happiness_index(self) -> float | None:
        """Happiness Index, 0..100; `None` where it cannot be shown."""
        return self.score.happiness_index

    @property
    def outcome(self) -> Outcome:
        """improved, worsened, unchanged or unclear."""
        return self.score.outcome

    @property
    def moments(self) -> tuple[Moment, ...]:
        """Sustained changes, in order of time."""
        return self.score.moments
