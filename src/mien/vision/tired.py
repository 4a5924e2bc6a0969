"""What lids and head of a track show over time, and whether its face looks tired.

Causal, in constant memory, and JSON can hold what is remembered. A face *looks* tired here when an observer would
say so of it; whether somebody is tired no camera can tell.

Blinks: an eye counts as shut once it is more than `_SHUTS` of the way from the same person's open eye to a shut one,
and as open again below `_OPENS`. What ends within `BLINK_S` was a blink, what lasts longer a long closure. The share
of time with lids at least `_NEARLY` shut is that of Wierwille et al. 1994, "Research on vehicle-based driver
status/performance monitoring" (DOT HS 808 247), over the time for which the face was watched.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field
from scipy import stats

from mien.vision.cues import OPEN, closure
from mien.vision.memory import TrackMemory
from mien.vision.types import TiredLook, Untold

if TYPE_CHECKING:
    from mien.vision.types import FaceCues

BLINK_S: Final = 0.5
"""Lids shut for longer are no blink."""

RATE_AFTER_S: Final = 20.0
"""Seconds of lids before a blink rate is told: people blink 10 to 20 times a minute."""

LEAST_RATE: Final = 12.0
"""Readings a second below which too many blinks fall between two of them (docs/cues.md)."""

LOOK_AFTER_S: Final = 2.0
"""Seconds of lids before it is told whether a face looks tired."""

START_S: Final = 5.0
"""Seconds of lids that are the start."""

_SHUTS: Final = 0.5
_OPENS: Final = 0.35
_NEARLY: Final = 0.8
_GAP_S: Final = 0.5  # what happened between readings further apart is not known
_FIRST_S: Final = 0.1  # what a reading after a gap stands for
_OPENING_S: Final = 0.7  # a person's open eye: learnt fast when the lids go up
_LOWERING_S: Final = 20.0  # and slowly when they go down

# Logistic regression on time-weighted means of cues (docs/cues.md).
_FULL: Final = (0.0, 0.0, 0.0, 0.0, 0.0)
_BASE: Final = -2.0


class TrackTired(BaseModel):
    """What is remembered of one track; JSON can hold it.

    Attributes:
        t_s: When its lids were last seen, seconds in the stream.
        open: Opening of its open eyes, in widths of an eye.
        readings: Readings with lids, without those after a gap.
        watched_s: Seconds between them.
        shut_since: Since when its lids are shut; `None` where they are open.
        blinks: Blinks seen.
        long_closures: Longer closures seen.
        shut_s: Seconds with lids nearly shut.
        weight_s: Seconds that `sums` stand for.
        sums: Cues times the seconds for which they stand.
        at_start: Whether its face looked tired in its first seconds, once they are over.
        droop_s: Seconds with a head pose.
        droop_sum: Droop times these seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    t_s: float
    open: float = OPEN
    readings: int = 0
    watched_s: float = 0.0
    shut_since: float | None = None
    blinks: int = Field(0, ge=0)
    long_closures: int = Field(0, ge=0)
    shut_s: float = 0.0
    weight_s: float = 0.0
    sums: tuple[float, ...] = (0.0,) * len(_FULL)
    at_start: float | None = None
    droop_s: float = 0.0
    droop_sum: float = 0.0


class TiredMemory(TrackMemory[TrackTired]):
    """Follows lids and head of each track of one camera.

    Example:
        >>> TiredMemory().state()
        {}
    """

    def take(self, track_id: int, t_s: float, cues: FaceCues) -> TiredLook:
        """Take in the cues of one picture of a track.

        Args:
            track_id: Number of the track.
            t_s: Seconds in the stream, not before the track's last reading.
            cues: What its face does.

        Returns:
            What its lids and head have shown by now.
        """
        before = self._tracks.get(track_id)
        now = _moved_on(before if before is not None else TrackTired(t_s=t_s - 2.0 * _GAP_S), t_s, cues)
        self._tracks[track_id] = now
        return told(now)


def _moved_on(before: TrackTired, t_s: float, cues: FaceCues) -> TrackTired:
    past_s = t_s - before.t_s
    gap = past_s > _GAP_S
    lasting_s = _FIRST_S if gap else past_s
    update: dict[str, object] = {"t_s": t_s}
    if cues.droop is not None:
        update["droop_s"] = before.droop_s + lasting_s
        update["droop_sum"] = before.droop_sum + cues.droop * lasting_s
    if cues.lid_opening is None:
        return before.model_copy(update=update)
    now = before.model_copy(update=update | {"shut_since": None} if gap else update)
    now = _lids(now, cues.lid_opening, lasting_s, gap=gap)
    if now.shut_since is not None and t_s - now.shut_since <= BLINK_S:
        return now  # what a face does in a blink says nothing of it
    sums = tuple(s + v * lasting_s for s, v in zip(now.sums, _features(cues), strict=True))
    now = now.model_copy(update={"weight_s": now.weight_s + lasting_s, "sums": sums})
    if now.at_start is None and now.weight_s >= START_S:
        now = now.model_copy(update={"at_start": looks_tired(now)})
    return now


def _lids(now: TrackTired, opening: float, lasting_s: float, *, gap: bool) -> TrackTired:
    """Take in how far the lids are open."""
    shut = closure(opening, now.open)
    update: dict[str, object] = {}
    if not gap:
        update = {"readings": now.readings + 1, "watched_s": now.watched_s + lasting_s}
    if shut >= _NEARLY:
        update["shut_s"] = now.shut_s + lasting_s
    if now.shut_since is None and shut > _SHUTS:
        update["shut_since"] = now.t_s
    elif now.shut_since is not None and shut < _OPENS:
        kind = "blinks" if now.t_s - now.shut_since <= BLINK_S else "long_closures"
        update |= {kind: getattr(now, kind) + 1, "shut_since": None}
    # Lids that are shut say nothing of how far they open.
    if shut <= _SHUTS:
        constant_s = _OPENING_S if opening > now.open else _LOWERING_S
        update["open"] = now.open + (opening - now.open) * -math.expm1(-lasting_s / constant_s)
    return now.model_copy(update=update)


def _features(cues: FaceCues) -> tuple[float, ...]:
    """What `looks_tired` is made of."""
    return (cues.lid_closure or 0.0, cues.brow_lowering, cues.brow_raising, cues.squint, cues.smile or 0.0)


def looks_tired(known: TrackTired) -> float:
    """Probability that an observer would call a face tired-looking, 0..1."""
    means = [total / known.weight_s for total in known.sums]
    return 1.0 / (1.0 + math.exp(-_BASE - sum(w * m for w, m in zip(_FULL, means, strict=True))))


def told(known: TrackTired) -> TiredLook:
    """What is told of a track."""
    rate = known.readings / known.watched_s if known.watched_s > 0.0 else 0.0
    untold = blinks_untold = None
    if known.weight_s == 0.0:
        untold = blinks_untold = Untold.NO_LIDS
    elif known.weight_s < LOOK_AFTER_S:
        untold = Untold.TOO_SHORT
    if blinks_untold is None and known.watched_s < RATE_AFTER_S:
        blinks_untold = Untold.TOO_SHORT
    elif blinks_untold is None and rate < LEAST_RATE:
        blinks_untold = Untold.TOO_FEW
    a_minute = 60.0 / known.watched_s if blinks_untold is None else None
    low, high = _poisson(known.blinks)
    return TiredLook(
        watched_s=known.watched_s,
        looks_tired=looks_tired(known) if untold is None else None,
        at_start=known.at_start,
        untold=untold,
        blinks=known.blinks,
        blink_rate=None if a_minute is None else known.blinks * a_minute,
        blink_low=None if a_minute is None else low * a_minute,
        blink_high=None if a_minute is None else high * a_minute,
        blinks_untold=blinks_untold,
        shut_share=known.shut_s / known.watched_s if known.watched_s > 0.0 else None,
        long_closures=known.long_closures,
        droop=known.droop_sum / known.droop_s if known.droop_s > 0.0 else None,
    )


@lru_cache(maxsize=1024)
def _poisson(count: int) -> tuple[float, float]:
    """The 95 % interval of the mean of a count (Garwood 1936, "Fiducial limits for the Poisson distribution")."""
    low = float(stats.chi2.ppf(0.025, 2 * count)) / 2.0 if count else 0.0
    return low, float(stats.chi2.ppf(0.975, 2 * count + 2)) / 2.0
