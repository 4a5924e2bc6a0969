"""EPS of a visit: the state at its last touchpoint minus the state at its first (design 3.6).

Two touchpoints are seen by two cameras, from other angles and in other light, so the difference carries an error that
no number of readings makes smaller. Where the two cameras were measured with testers that error is known, and what
they differ by on average is taken away; elsewhere it is assumed and the visit counts as uncalibrated.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from math import ceil, inf, sqrt
from typing import TYPE_CHECKING, Final

from scipy.special import ndtri, stdtr, stdtrit

from mien.errors import InputError
from mien.journey.score import CHANGED_VISIBILITY, outcome
from mien.journey.thresholds import MIN_STATE_READINGS, MIN_STATE_S, THRESHOLDS, one_way
from mien.journey.types import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.expressions import ScaleName
    from mien.journey.camera_pair import CameraPair
    from mien.journey.thresholds import Thresholds
    from mien.journey.types import Interaction

ONE_TOUCHPOINT: Final = "seen at one touchpoint only"
"""Reason of a visit that was not joined to anything elsewhere."""
NOT_CALIBRATED: Final = "the two cameras are not calibrated"
"""Part of the reason where an EPS is too uncertain to be shown."""

_SURE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Stop:
    """A touchpoint on the way, and the state there: the mean valence of who stood there.

    Interactions that follow each other at one touchpoint are one stop, say because a track broke: of those that have a
    state of their own it is the mean, weighted by usable time, as it would be of one unbroken track.

    Attributes:
        touchpoint: Place in the journey.
        interactions: Their ids, in order of time.
        valence: The state, -1..1; `None` where it cannot be shown.
        low: Lower end of its 95 % interval.
        high: Upper end.
        reason: Why it is missing; `None` where it is there.
        mean: The state whether shown or not; `None` where there is none.
        sd: Its standard deviation.
        by_eyes: Whether it was read by the eyes alone (at least nine tenths of it); `None` where it is mixed.
    """

    touchpoint: str | None
    interactions: tuple[str, ...]
    valence: float | None
    low: float | None
    high: float | None
    reason: str | None
    mean: float | None = None
    sd: float | None = None
    by_eyes: bool | None = None


@dataclass(frozen=True, slots=True)
class VisitScore:
    """The measure of one visit. A number that cannot be shown is `None`, and `reason` says why.

    Attributes:
        eps: Emotional Performance Score, points -200..200: 100 x (last - first state).
        eps_low: Lower end of its 95 % interval.
        eps_high: Upper end.
        outcome: improved, worsened, unchanged or unclear, by the rules of interactions.
        reason: Why there is no EPS, one clause in plain words.
        calibrated: Whether the two cameras were measured, so that the visit may be compared with those elsewhere.
        stops: The touchpoints on the way, in order of time, with the state at each.
        eps_mean: The EPS whether shown or not; `None` only where it is undefined.
        eps_sd: Its standard deviation, points.
        eps_shared_sd: What of it all visits between the same two cameras have in common, points: it does not become
            smaller in their mean.
        scale: Valence scale of all numbers; `None` where interactions are on several.
        reader: Name and version of the expression reader; `None` where there are several.
    """

    eps: float | None
    eps_low: float | None
    eps_high: float | None
    outcome: Outcome
    reason: str | None
    calibrated: bool
    stops: tuple[Stop, ...]
    eps_mean: float | None = None
    eps_sd: float | None = None
    eps_shared_sd: float | None = None
    scale: ScaleName | None = None
    reader: str | None = None


@dataclass(frozen=True, slots=True)
class _CameraError:
    """What two cameras add to the error of a difference, valence."""

    offset: float
    variance: float
    shared_variance: float
    freedom: float
    calibrated: bool


def score_visit(members: Sequence[Interaction], pair: CameraPair | None) -> VisitScore:
    """Score one visit from its interactions.

    A pair holds for whole faces, with which it was measured: a visit that was read by the eyes alone is uncalibrated.
    With few testers the variance of a pair is itself uncertain; the interval is then one of Student's t with the
    degrees of freedom of Welch and Satterthwaite (Welch 1947, Biometrika 34).

    Args:
        members: Its interactions in order of time; curves are not looked at.
        pair: How the camera at the last touchpoint differs from that at the first; `None` where it was not measured.

    Returns:
        The score. Ends must be at different touchpoints, each with a state, both of whole faces or both by the eyes;
        all interactions must be read by one reader on one scale.

    Raises:
        InputError: There is no interaction.
    """
    if not members:
        raise InputError("A visit without interactions cannot be scored; give at least one.")
    scales, readers = {one.scale for one in members}, {one.reader for one in members}
    scale = members[0].scale if len(scales) == 1 else None
    reader = members[0].reader if len(readers) == 1 else None
    stops = tuple(
        _stop(touchpoint, list(those))
        for touchpoint, those in groupby(members, lambda one: one.context.touchpoint)
    )
    first, last = stops[0], stops[-1]
    missing = _missing(stops, scale, reader)
    if missing is not None or first.mean is None or last.mean is None or first.sd is None or last.sd is None:
        return VisitScore(
            None, None, None, Outcome.UNCLEAR, missing, False, stops, scale=scale, reader=reader
        )
    limits = THRESHOLDS[scale or "balance"]
    cameras = _camera_error(None if first.by_eyes else pair, limits)
    read_variance = first.sd**2 + last.sd**2
    mean = last.mean - first.mean - cameras.offset
    sd = sqrt(read_variance + cameras.variance)
    freedom = inf if cameras.variance == 0 else cameras.freedom * (sd**2 / cameras.variance) ** 2
    reach = float(stdtrit(freedom, (1 + _SURE) / 2)) * sd
    low, high = (100 * min(max(end, -2.0), 2.0) for end in (mean - reach, mean + reach))
    shown = high - low < limits.eps_width
    why = f"EPS known to {ceil(high - low)} points only, shown under {limits.eps_width:g}"
    eps = 100 * min(max(mean, -2.0), 2.0)
    return VisitScore(
        eps=eps if shown else None,
        eps_low=low if shown else None,
        eps_high=high if shown else None,
        outcome=outcome(lambda change: stdtr(freedom, (change - mean) / sd), limits),
        reason=None if shown else why if cameras.calibrated else f"{why}; {NOT_CALIBRATED}",
        calibrated=cameras.calibrated,
        stops=stops,
        eps_mean=eps,
        eps_sd=100 * sd,
        eps_shared_sd=100 * sqrt(cameras.shared_variance),
        scale=scale,
        reader=reader,
    )


def _stop(touchpoint: str | None, members: list[Interaction]) -> Stop:
    ids = tuple(one.id for one in members)
    known = [(one, state) for one in members if (state := one.score.state) is not None]
    several = len({(one.scale, one.reader) for one in members}) > 1
    if not known or several:
        why = f"a state needs {MIN_STATE_READINGS} usable readings over {MIN_STATE_S:g} s"
        return Stop(touchpoint, ids, None, None, None, "read in several ways" if several else why)
    total = sum(one.score.usable_s for one, _ in known)
    mean = sum(one.score.usable_s * state for one, (state, _) in known) / total
    sd = sqrt(sum((one.score.usable_s * error) ** 2 for one, (_, error) in known)) / total
    reach = float(ndtri((1 + _SURE) / 2)) * sd
    low, high = max(mean - reach, -1.0), min(mean + reach, 1.0)
    limit = THRESHOLDS[members[0].scale].hi_width / 50
    by_eyes = one_way(sum(one.by_eyes for one, _ in known), sum(one.score.n for one, _ in known))
    if high - low >= limit:
        why = f"state known to {high - low:.2f} only, shown under {limit:.2f}"
        return Stop(touchpoint, ids, None, None, None, why, mean, sd, by_eyes)
    return Stop(touchpoint, ids, mean, low, high, None, mean, sd, by_eyes)


def _missing(stops: tuple[Stop, ...], scale: str | None, reader: str | None) -> str | None:
    """Why a visit has no EPS, if it has none."""
    first, last = stops[0], stops[-1]
    nowhere = [where for where, stop in (("first", first), ("last", last)) if stop.mean is None]
    checks = (
        (len(stops) == 1, ONE_TOUCHPOINT),
        (first.touchpoint == last.touchpoint, "begins and ends at the same touchpoint"),
        (scale is None, "read on several scales"),
        (reader is None, "read by several readers"),
        (bool(nowhere), f"no state at the {' and the '.join(nowhere)} touchpoint"),
        (first.by_eyes is None or first.by_eyes is not last.by_eyes, CHANGED_VISIBILITY),
    )
    return next((why for fails, why in checks if fails), None)


def _camera_error(pair: CameraPair | None, limits: Thresholds) -> _CameraError:
    if pair is None:
        assumed, shared = limits.uncalibrated_sd**2, limits.uncalibrated_shared_sd**2
        return _CameraError(0.0, assumed, shared, inf, calibrated=False)
    both = pair.variance + pair.offset_variance
    return _CameraError(pair.offset, both, pair.offset_variance, pair.testers - 1, calibrated=True)
