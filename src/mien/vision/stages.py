"""What each stage of the chain costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import process_time


@dataclass(slots=True)
class StageClock:
    """Processor seconds of this process spent in each stage, for benchmarks; never a time in the stream.

    Attributes:
        seconds: By stage: exclude, detect, landmarks, track, quality, read.
        ticks: Pictures taken in.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    ticks: int = 0
    _last: float = 0.0

    def begin(self) -> None:
        """A picture comes in."""
        self.ticks += 1
        self._last = process_time()

    def lap(self, stage: str) -> None:
        """What was spent since the last call goes to `stage`."""
        now = process_time()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now
