"""A customer in view, as rules look at them."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.expressions import EXPRESSIONS
from mien.journey.prior import TYPICAL_TAU_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.journey.first_seconds import FirstState
    from mien.journey.live_face import Level
    from mien.vision.types import TiredLook

MOVES_HEIGHTS: Final = 1.0
"""Face heights in a second from which on somebody is under way: who walks makes 4 to 6, who stands half a one."""
MOVES_NEARER: Final = 1.2
"""Change of the height of a face in a second, as a factor, from which on somebody comes or goes."""
_MOTION_S: Final = 1.0
GAPES: Final = 0.3
"""`jaw_open` from which on a mouth is wide open: smiles have .02, a rendered yawn .35."""
GAPES_S: Final = 1.0
"""Seconds after which a mouth that was wide open no longer counts so."""
LATELY_S: Final = 3.0
"""Seconds over which the share of anger and fear is averaged."""
_LEAST_LATELY: Final = 3
_LEAST_SD: Final = 0.02

_HOSTILE: Final = (EXPRESSIONS.index("anger"), EXPRESSIONS.index("fear"))


@dataclass(frozen=True, slots=True)
class Share:
    """A share of expressions over the last seconds.

    Attributes:
        mean: 0..1.
        sd: Standard deviation of its error.
    """

    mean: float
    sd: float

    def above(self, bound: float) -> float:
        """Probability that it is above a bound."""
        return 0.5 * math.erfc((bound - self.mean) / (self.sd * math.sqrt(2.0)))


@dataclass(frozen=True, slots=True)
class Watched:
    """One customer in view.

    Attributes:
        track_id: Number of the track.
        since_s: First time the face was seen, seconds in the stream.
        seen_s: Last time.
        first_read_s: First usable reading; `None` without one.
        read_s: Last usable reading that the level rests on; `None` without one.
        level: The level of valence now, however wide its band: rules ask how likely something is, and that it is known
            badly is in the answer; or why there is none.
        first: What the face showed in its first seconds, read in the way in which it is read now; `None` before they
            are over.
        even: The same of its first seconds without a smile; `None` before there were any.
        n: Usable readings that the level rests on.
        mood: Key of the mood that the eyes show, where the face is covered and one may be told.
        tired: Whether the face looks tired; `None` where nothing was made out.
        hostile: Share of anger and fear in the last seconds; `None` where too little was read.
        moving: Whether the person is under way.
        gapes_s: When the mouth was last seen wide open, as in a yawn, seconds; `None` where it was not.
    """

    track_id: int
    since_s: float
    seen_s: float
    first_read_s: float | None
    read_s: float | None
    level: Level | str
    first: FirstState | None = None
    even: FirstState | None = None
    n: int = 0
    mood: str | None = None
    tired: TiredLook | None = None
    hostile: Share | None = None
    moving: bool = False
    gapes_s: float | None = None


class Motion:
    """Where a face was in the last second."""

    def __init__(self) -> None:
        self._places: deque[tuple[float, float, float, float]] = deque()

    def take(self, t_s: float, box: Sequence[float]) -> None:
        """Take a box, x1, y1, x2, y2 in pixels."""
        x1, y1, x2, y2 = (float(side) for side in box)
        self._places.append((t_s, (x1 + x2) / 2, (y1 + y2) / 2, max(y2 - y1, 1.0)))
        while t_s - self._places[0][0] > _MOTION_S:
            self._places.popleft()

    @property
    def moving(self) -> bool:
        """Whether the person is under way: the first and the last third of the second are compared."""
        third = len(self._places) // 3
        if third == 0:
            return False
        places = np.array(self._places)
        then, now = places[:third].mean(axis=0), places[-third:].mean(axis=0)
        past_s = now[0] - then[0]
        if past_s <= 0:
            return False
        heights = np.hypot(now[1] - then[1], now[2] - then[2]) / then[3] / past_s
        nearer = abs(math.log(now[3] / then[3])) / past_s
        return bool(heights > MOVES_HEIGHTS or nearer > math.log(MOVES_NEARER))


class Lately:
    """The share of anger and fear in the last `LATELY_S` of usable readings."""

    def __init__(self) -> None:
        self._shares: deque[tuple[float, float]] = deque()

    def take(self, t_s: float, shares: Sequence[float]) -> None:
        """Take expression shares, (8,) in the order of `mien.expressions.EXPRESSIONS`."""
        self._shares.append((t_s, float(sum(shares[k] for k in _HOSTILE))))
        while t_s - self._shares[0][0] > LATELY_S:
            self._shares.popleft()

    def at(self, t_s: float) -> Share | None:
        """The share at a time; `None` where fewer than three readings are so recent."""
        known = [(then, share) for then, share in self._shares if t_s - then <= LATELY_S]
        if len(known) < _LEAST_LATELY:
            return None
        t, share = np.array(known).T
        together = np.exp(-np.abs(t[:, None] - t) / TYPICAL_TAU_S).sum() / t.size**2
        sd = float(share.std(ddof=1)) * math.sqrt(float(together))
        return Share(float(share.mean()), max(sd, _LEAST_SD))
