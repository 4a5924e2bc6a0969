"""What guests are told by, on its way from the cameras to the pages: in memory for two minutes, and nowhere else.

It is no part of an interaction, of an alert, of an event, of a checkpoint or of a log. The pages of `mien serve` have
it from the reading in their own process; `mien run` has no pages, and there nobody sees it.
"""

from __future__ import annotations

from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from mien.guests import HELD_S, MADE_S, ArrivalLook
from mien.runtime.live.seen import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mien.runtime.live.messages import Hello, Looked


class HeldGuest(Message):
    """A guest whom staff may be told of now.

    Attributes:
        subject: The id that the interaction will have, which alerts name as their subject.
        look: What they are told by.
        until_s: Until when it is held, by the clock of the machine that all its processes share (`time.monotonic`).
    """

    subject: str
    look: ArrivalLook
    until_s: float


class GuestBook:
    """What the writer holds of guests.

    Args:
        clock: Seconds that pass.

    Attributes:
        changed: Whether there is news since `held` was last asked.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.changed = False
        self._clock = clock
        self._held: dict[tuple[str, int], HeldGuest] = {}

    def take(self, hello: Hello, subject: str, looked: Looked) -> None:
        """Hold what a guest is told by.

        Args:
            hello: The stream in which the guest is.
            subject: The id that the interaction will have.
            looked: What was told.
        """
        seen_at = hello.recorded_at + timedelta(seconds=looked.first_s)
        look = ArrivalLook(hello.touchpoint, seen_at, looked.guest)
        self._held[hello.stream, looked.track_id] = HeldGuest(
            subject=subject, look=look, until_s=self._clock() + HELD_S - MADE_S
        )
        self.changed = True

    def drop(self, hello: Hello, tracks: Iterable[int]) -> None:
        """Forget tracks of a stream, as of staff and of posters."""
        gone = [self._held.pop((hello.stream, track), None) for track in tracks]
        self.changed |= any(one is not None for one in gone)

    def held(self) -> tuple[HeldGuest, ...]:
        """What is held; what is two minutes old is forgotten."""
        now_s = self._clock()
        self._held = {key: one for key, one in self._held.items() if still_held([one], now_s)}
        self.changed = False
        return tuple(self._held.values())


def still_held(held: Iterable[HeldGuest], now_s: float) -> tuple[HeldGuest, ...]:
    """Those whose time is not up.

    Args:
        held: Guests.
        now_s: By the clock of `HeldGuest.until_s`.
    """
    return tuple(one for one in held if now_s < one.until_s)
