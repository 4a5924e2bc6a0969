"""How far the streams of a site have come, all together: before that nothing new is told of."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

from mien.runtime.live.messages import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from mien.runtime.live.plan import CameraPlan

FRESH_S: Final = 10.0
"""A live camera that told nothing for so long is waited for no more, seconds."""


class SiteClock:
    """The slowest of the streams of a site.

    Recordings of a replay are waited for without end, since none of their pictures is dropped; live cameras only while
    they tell something.

    Args:
        cameras: What is read.
        clock: Steady seconds, for live cameras.
    """

    def __init__(self, cameras: Iterable[CameraPlan], clock: Callable[[], float] = monotonic) -> None:
        self._waits = {camera.name: camera.pace == "replay" for camera in cameras}
        self._came: dict[str, tuple[datetime, float]] = {}
        self._over: dict[str, bool] = {}
        self._clock = clock

    def came(self, camera: str, utc: datetime) -> None:
        """A camera has come so far."""
        known = self._came.get(camera)
        if known is None or utc > known[0]:
            self._came[camera] = utc, self._clock()

    def over(self, camera: str, *, whole: bool) -> None:
        """A stream is over, read to its end or not."""
        self._over[camera] = whole

    def now(self) -> Clock:
        """How far all have come that are not over.

        When all are over that is how far the last one came.
        """
        left = [name for name in self._waits if name not in self._over]
        if not left:
            ends = [utc for utc, _ in self._came.values()]
            return Clock(utc=max(ends, default=None), whole=all(self._over.values()))
        if any(self._waits[name] and name not in self._came for name in left):
            return Clock(utc=None)
        known = [(name, *self._came[name]) for name in left if name in self._came]
        fresh = [utc for name, utc, at_s in known if self._waits[name] or self._clock() - at_s <= FRESH_S]
        return Clock(utc=min(fresh, default=None))
