"""Flow beside the reading of faces: which pictures are shown to it, and what goes to the writer."""

from __future__ import annotations

import math
from collections import deque
from statistics import median
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from mien.journey.flow import Crossing
from mien.runtime.flow import RATE, CameraFlow
from mien.vision.people.watch import PeopleWatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.journey.flow import FlowPlan, FlowQuarter
    from mien.runtime.live.plan import CameraPlan
    from mien.video.types import Frame

_STEPS: Final = (1.0 / RATE, 2.0 / RATE, 4.0 / RATE)
"""Seconds between two pictures, from what is wanted to the longest at which people are still followed."""
_MOST_BUSY: Final = 0.8
"""Share of the time that reading and counting may take together; the rest is for what comes at once."""
_REMEMBERED: Final = 51
"""Pictures over whose costs the middle is taken: five seconds at ten a second, so that one hiccup decides nothing."""


def is_due(t_s: float, last_s: float | None, step_s: float) -> bool:
    """Whether a picture is the first in its stretch of the stream.

    It depends on the time of the picture before alone, so that who goes on with a stream takes the same pictures.

    Args:
        t_s: Its time, seconds in the stream.
        last_s: That of the picture that was taken before; `None` where there is none.
        step_s: Length of a stretch, seconds.

    Example:
        >>> [is_due(t_s, 0.4, 0.5) for t_s in (0.45, 0.5, 0.9)]
        [False, True, True]
    """
    # A thousandth of a second, since times that stand for tenths are a hair off.
    return last_s is None or math.floor((t_s + 1e-3) / step_s) > math.floor((last_s + 1e-3) / step_s)


class Room:
    """How much time reading the faces of a live camera leaves to counting.

    Faces come first: where both together would take more than four fifths of the time, people are looked for less
    often, down to every other second, and where that is too much still, not at all until there is room again.
    """

    def __init__(self) -> None:
        self._reading: deque[float] = deque(maxlen=_REMEMBERED)
        self._apart: deque[float] = deque(maxlen=_REMEMBERED)
        self._counting: deque[float] = deque(maxlen=_REMEMBERED // 5)

    def read(self, spent_s: float, apart_s: float | None) -> None:
        """Faces of a picture were read.

        Args:
            spent_s: For how long, seconds.
            apart_s: Seconds of the stream since the picture before; `None` for the first.
        """
        self._reading.append(spent_s)
        if apart_s is not None:
            self._apart.append(apart_s)

    def counted(self, spent_s: float) -> None:
        """People in a picture were counted, for so many seconds."""
        self._counting.append(spent_s)

    @property
    def step_s(self) -> float | None:
        """Seconds between two pictures in which people are counted; `None` where there is no room."""
        if not self._counting or not self._apart:
            return _STEPS[0]
        busy = median(self._reading) / median(self._apart)
        cost_s = median(self._counting)
        return next((step_s for step_s in _STEPS if busy + cost_s / step_s <= _MOST_BUSY), None)


class FlowCount:
    """Counts the people of one camera while its faces are read.

    Args:
        plan: The camera.
        counted: What is counted at it.

    Raises:
        ModelError: Weights are missing or altered.
    """

    def __init__(self, plan: CameraPlan, counted: FlowPlan) -> None:
        self._plan, self._counted = plan, counted
        # Loaded before the first picture comes: weights that are missing are told at once.
        self._watch = PeopleWatch(exclude=plan.view.exclude)
        self._room = Room() if plan.pace == "live" else None
        self._flow: CameraFlow | None = None
        self._size: tuple[int, int] | None = None
        self._frame_s: float | None = None
        self._left_out = 0
        self._net = 0

    def take(self, frame: Frame, reading_s: float) -> list[FlowQuarter]:
        """Count in a picture where it is one to count in.

        Args:
            frame: The picture, after its faces were read.
            reading_s: How long that took, seconds.

        Returns:
            The periods that are over by it.
        """
        apart_s = None if self._frame_s is None else frame.t_s - self._frame_s
        self._frame_s = frame.t_s
        step_s = _STEPS[0]
        if self._room is not None:
            self._room.read(reading_s, apart_s)
            step_s = self._room.step_s or math.inf
        last_s = None if self._flow is None else self._flow.book.last_s
        if last_s is not None and frame.t_s <= last_s:
            return []
        if not is_due(frame.t_s, last_s, step_s):
            self._left_out += apart_s is not None and is_due(frame.t_s, frame.t_s - apart_s, _STEPS[0])
            return []
        began_s = monotonic()
        height, width = frame.image.shape[:2]
        flow = self._flow or self._begin((width, height))
        crossed = [event.direction for event in flow.take(frame) if isinstance(event, Crossing)]
        if self._is_new(frame.t_s, last_s):
            self._net = 0
        else:
            self._net += crossed.count("in") - crossed.count("out")
        if self._room is not None:
            self._room.counted(monotonic() - began_s)
        return flow.book.closed()

    @property
    def net(self) -> int | None:
        """In minus out over the door lines since the site opened, or the day began; `None` where there are none."""
        return self._net if self._counted.lines else None

    def finish(self) -> list[FlowQuarter]:
        """The stream ended: the periods that are still open, as far as they were seen."""
        if self._flow is None:
            return []
        self._flow.finish()
        return self._flow.book.quarters()

    def state(self) -> dict[str, Any] | None:
        """What another worker would go on from; `None` before the first picture. JSON can hold it."""
        if self._flow is None:
            return None
        return {"size": self._size, "net": self._net, **self._flow.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where another worker stopped.

        Raises:
            MienError: It is no state of this camera.
        """
        width, height = state["size"]
        self._begin((width, height)).restore(state)
        self._net = state.get("net", 0)  # what an older Mien left has none

    @property
    def warnings(self) -> list[str]:
        """What must be known of the counts, one sentence each."""
        if not self._left_out:
            return []
        return [
            f"People were looked for in {self._left_out} pictures less than wanted, since reading faces needed the "
            "processor; a lower rate in the site file leaves more room."
        ]

    def _is_new(self, t_s: float, last_s: float | None) -> bool:
        """Whether nobody is inside yet: the site is closed, or the day is another than it was."""
        return self._plan.closed_at(t_s) or (
            last_s is not None and self._plan.day_at(t_s) != self._plan.day_at(last_s)
        )

    def _begin(self, size: tuple[int, int]) -> CameraFlow:
        self._size = size
        self._flow = CameraFlow(
            self._counted,
            size=size,
            exclude=self._plan.view.exclude,
            begins=self._plan.begins.utc,
            watch=self._watch,
        )
        return self._flow
