"""What lids and head of a track show over time, and whether its face looks tired.

Causal, in constant memory, and JSON can hold what is remembered. A face *looks* tired here when an observer would
say so of it; whether somebody is tired no camera can tell.

Blinks: an eye counts as shut once it is more than `_SHUTS` of the way from the same person's open eye to a shut one,
and as open again below `_OPENS`. What ends within `BLINK_S` was a blink; a long closure is nearly shut for longer.
The share of time with lids at least `_NEARLY` shut is that of Wierwille et al. 1994, "Research on vehicle-based
driver status/performance monitoring" (DOT HS 808 247), over the time for which the face was watched.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field
from scipy.special import gammaincinv

from mien.expressions import EXPRESSIONS
from mien.vision.memory import TrackMemory
from mien.vision.types import TiredLook, Untold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mien.vision.types import FaceCues

BLINK_S: Final = 0.5
"""Lids shut for longer are no blink."""

RATE_AFTER_S: Final = 20.0
"""Seconds of lids before a blink rate is told: people blink 10 to 20 times a minute."""

LEAST_RATE: Final = 20.0
"""Readings a second below which too many blinks fall between two of them (docs/cues.md)."""

LOOK_AFTER_S: Final = 2.0
"""Seconds of lids before it is told whether a face looks tired."""

START_S: Final = 5.0
"""Seconds of lids that are the start."""

_SHUTS: Final = 0.4
_OPENS: Final = 0.3
_NEARLY: Final = 0.8
_GAP_S: Final = 0.5  # what happened between readings further apart is not known
_LEAST: Final = 1e-6
_FIRST_S: Final = 0.1  # what a reading after a gap stands for
_OPENING_S: Final = 0.7  # a person's open eye: learnt fast when the lids go up
_LOWERING_S: Final = 20.0  # and slowly when they go down
_FIRST_OPEN: Final = 0.3  # at first nobody's open eye is taken to be further shut

# Logistic regression on means of lids lowered other than by happiness, and of what the reader says of happiness and
# sadness. Fitted to what one observer said of 200 press photographs (docs/cues.md).
_LOWERED: Final = 3.80
_HAPPINESS: Final = -1.65
_SADNESS: Final = 2.69
_BASE: Final = -1.25
_MOST: Final = 0.7  # nothing bears out more: where more was said the observer agreed no more often

_HAPPY, _SAD = EXPRESSIONS.index("happiness"), EXPRESSIONS.index("sadness")


class TrackTired(BaseModel):
    """What is remembered of one track; JSON can hold it.

    Attributes:
        t_s: When its lids were last seen, seconds in the stream.
        open: Lid closure of its open eyes.
        readings: Readings with lids, without those after a gap.
        watched_s: Seconds between them.
        shut_since: Since when its lids are lowered; `None` where they are open.
        nearly_s: Seconds of that for which they were nearly shut.
        blinks: Blinks seen.
        long_closures: Longer closures seen.
        shut_s: Seconds with lids nearly shut.
        look_s: Seconds for which lids were seen, blinks left out.
        lowered: Lids lowered other than by happiness, times these seconds.
        happiness: Share of happiness times these seconds.
        sadness: Share of sadness times these seconds.
        at_start: Whether its face looked tired in its first seconds, once they are over.
        droop_s: Seconds with a head pose.
        droop_sum: Droop times these seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    t_s: float
    open: float = Field(ge=0.0, le=1.0)
    readings: int = 0
    watched_s: float = 0.0
    shut_since: float | None = None
    nearly_s: float = 0.0
    blinks: int = Field(0, ge=0)
    long_closures: int = Field(0, ge=0)
    shut_s: float = 0.0
    look_s: float = Field(0.0, ge=0.0)
    lowered: float = 0.0
    happiness: float = 0.0
    sadness: float = 0.0
    at_start: float | None = None
    droop_s: float = 0.0
    droop_sum: float = 0.0


class TiredMemory(TrackMemory[TrackTired]):
    """Follows lids and head of each track of one camera.

    Example:
        >>> TiredMemory().state()
        {}
    """

    def take(
        self, track_id: int, t_s: float, cues: FaceCues, probabilities: NDArray[np.float64]
    ) -> TiredLook:
        """Take in what one picture of a track shows.

        Args:
            track_id: Number of the track.
            t_s: Seconds in the stream, not before the track's last reading.
            cues: What its face does.
            probabilities: (8,) its expression shares, in the order of `mien.expressions.EXPRESSIONS`.

        Returns:
            What its lids and head have shown by now.
        """
        before = self._tracks.get(track_id)
        if before is None:
            before = TrackTired(t_s=t_s - 2.0 * _GAP_S, open=min(cues.lid_closure or 0.0, _FIRST_OPEN))
        now = _moved_on(before, t_s, cues, probabilities)
        self._tracks[track_id] = now
        return told(now)


def _moved_on(
    before: TrackTired, t_s: float, cues: FaceCues, probabilities: NDArray[np.float64]
) -> TrackTired:
    past_s = t_s - before.t_s
    gap = past_s > _GAP_S
    lasting_s = _FIRST_S if gap else past_s
    update: dict[str, object] = {"t_s": t_s}
    if cues.droop is not None:
        update["droop_s"] = before.droop_s + lasting_s
        update["droop_sum"] = before.droop_sum + cues.droop * lasting_s
    if cues.lid_closure is None:
        return before.model_copy(update=update)
    if gap:
        update |= {"shut_since": None, "nearly_s": 0.0}
    now = before.model_copy(update=update)
    both = cues.lid_closure - abs(cues.wink or 0.0) / 2.0  # a wink is no blink
    now = _lids(now, both, lasting_s, gap=gap)
    blinks = now.shut_since is not None and t_s - now.shut_since <= BLINK_S
    if blinks:
        return now
    happiness, sadness = float(probabilities[_HAPPY]), float(probabilities[_SAD])
    update = {
        "look_s": now.look_s + lasting_s,
        "lowered": now.lowered + cues.lid_closure * (1.0 - happiness) * lasting_s,
        "happiness": now.happiness + happiness * lasting_s,
        "sadness": now.sadness + sadness * lasting_s,
    }
    now = now.model_copy(update=update)
    if now.at_start is None and now.look_s >= START_S:
        now = now.model_copy(update={"at_start": _look(now)})
    return now


def _lids(now: TrackTired, closure: float, lasting_s: float, *, gap: bool) -> TrackTired:
    """Take in how far the lids are shut."""
    shut = (closure - now.open) / max(1.0 - now.open, _LEAST)
    update: dict[str, object] = {}
    nearly_s = now.nearly_s
    if not gap:
        update = {"readings": now.readings + 1, "watched_s": now.watched_s + lasting_s}
        if shut >= _NEARLY:
            nearly_s += lasting_s
            update |= {"shut_s": now.shut_s + lasting_s, "nearly_s": nearly_s}
    if now.shut_since is None and shut > _SHUTS:
        update["shut_since"] = now.t_s
    elif now.shut_since is not None and shut < _OPENS:
        update |= {"shut_since": None, "nearly_s": 0.0}
        if now.t_s - now.shut_since <= BLINK_S:
            update["blinks"] = now.blinks + 1
        elif nearly_s > BLINK_S:
            update["long_closures"] = now.long_closures + 1
    # Lids that are shut say nothing of how far they open.
    if shut <= _SHUTS:
        constant_s = _OPENING_S if closure < now.open else _LOWERING_S
        update["open"] = now.open + (closure - now.open) * -math.expm1(-lasting_s / constant_s)
    return now.model_copy(update=update)


def looks_tired(lowered: float, happiness: float, sadness: float) -> float:
    """Probability that an observer would call a face tired-looking, 0 .. 0.7.

    Args:
        lowered: Mean of `lid_closure` times what is left of 1 above happiness, 0..1: a smile narrows eyes, too.
        happiness: Mean share of happiness, 0..1.
        sadness: Mean share of sadness, 0..1.
    """
    score = _BASE + _LOWERED * lowered + _HAPPINESS * happiness + _SADNESS * sadness
    return min(1.0 / (1.0 + math.exp(-score)), _MOST)


def _look(known: TrackTired) -> float:
    return looks_tired(*(total / known.look_s for total in (known.lowered, known.happiness, known.sadness)))


def told(known: TrackTired) -> TiredLook:
    """What is told of a track."""
    rate = known.readings / known.watched_s if known.watched_s > 0.0 else 0.0
    untold = blinks_untold = None
    if known.look_s < LOOK_AFTER_S:
        lids = known.look_s > 0.0 or known.droop_s < LOOK_AFTER_S
        untold = Untold.TOO_SHORT if lids else Untold.NO_LIDS
    if known.watched_s < RATE_AFTER_S:
        blinks_untold = Untold.TOO_SHORT
    elif rate < LEAST_RATE:
        blinks_untold = Untold.TOO_FEW
    a_minute = 60.0 / known.watched_s if blinks_untold is None else None
    low, high = _poisson(known.blinks)
    return TiredLook(
        watched_s=known.watched_s,
        looks_tired=_look(known) if untold is None else None,
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
    """The 95 % interval of the mean of a count (Garwood 1936, "Fiducial limits for the Poisson distribution").

    Half a quantile of chi-square is one of gamma: so cameras need not load all of the statistics.
    """
    low = float(gammaincinv(count, 0.025)) if count else 0.0
    return low, float(gammaincinv(count + 1, 0.975))
