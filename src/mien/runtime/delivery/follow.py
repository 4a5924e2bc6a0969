"""The loop that follows the outbox of a site for one channel: in order, nothing lost, whatever the other side does."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

from tenacity import Retrying, retry_if_exception_type, wait_exponential_jitter

from mien.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenacity import RetryCallState

    from mien.runtime.delivery.protocol import Channel
    from mien.store import Outbox

PAGE: Final = 50
"""Events between two notes of how far the channel has come: at most so many go out twice after a kill."""

POLL_S: Final = 0.5
"""Seconds between two looks into an outbox that had nothing more."""

LONGEST_WAIT_S: Final = 60.0
"""Seconds between two attempts at most."""

_GLANCE_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one call of `deliver` did.

    Attributes:
        events: Events that the other side confirmed.
        waiting: Events that still wait.
    """

    events: int
    waiting: int


def deliver(
    outbox: Outbox,
    site: str,
    channel: Channel,
    *,
    once: bool = False,
    stop: Callable[[], bool] = lambda: False,
    told: Callable[[str, bool], None] = lambda _, __: None,
    first_wait_s: float = 1.0,
) -> Delivered:
    """Follow the outbox and hand each event of a site to a channel, in order, at least once.

    How far the channel has come is noted only after the other side confirmed. Where it does not, the same event is
    tried again, at first after about a second, then after twice as long each time, at most a minute.

    Args:
        outbox: Of an open store.
        site: Name of the site.
        channel: Where to; closed at the end.
        once: End when nothing waits any more, and at the first failure.
        stop: Asked between events and while waiting; what is confirmed by then is noted.
        told: Given a sentence and `True` when delivery fails, and one and `False` when it goes on.
        first_wait_s: Seconds before the second attempt, about.

    Returns:
        What was done.

    Raises:
        DeliveryError: With `once`, the channel did not take an event; it and the later ones wait.
        BusyError: Another process delivers by this channel, too.
        StoreError: The store says no.
    """
    follower = _Follower(outbox, site, channel, stop)

    def failed(attempt: RetryCallState) -> None:
        error = None if attempt.outcome is None else attempt.outcome.exception()
        waiting = outbox.waiting(site, channel.name)
        again = 0.0 if attempt.next_action is None else attempt.next_action.sleep
        told(f"{error} Trying again in {again:.0f} s; events waiting: {waiting}.", True)
        follower.failing = True

    attempts = Retrying(
        retry=retry_if_exception_type(DeliveryError),
        stop=lambda _: once or stop(),
        wait=wait_exponential_jitter(multiplier=first_wait_s, max=LONGEST_WAIT_S, jitter=first_wait_s),
        sleep=lambda seconds: _pause(seconds, stop),
        before_sleep=failed,
        reraise=True,
    )
    with closing(channel):
        while not stop():
            try:
                sent = attempts(follower.page)
            except DeliveryError:
                if once or not stop():
                    raise
                break
            if sent and follower.failing:
                told(f"Events go out to {channel.shown} again.", False)
                follower.failing = False
            if not sent and once:
                break
            if not sent:
                _pause(POLL_S, stop)
    return Delivered(follower.sent, outbox.waiting(site, channel.name))


class _Follower:
    """How far one call has come.

    Attributes:
        sent: Events that were confirmed.
        failing: Whether the last attempt failed.
    """

    def __init__(self, outbox: Outbox, site: str, channel: Channel, stop: Callable[[], bool]) -> None:
        self.sent = 0
        self.failing = False
        self._outbox, self._site, self._channel, self._stop = outbox, site, channel, stop

    def page(self) -> int:
        """Hand over the next events and note how far that came; how many there were."""
        since = self._outbox.reached(self._site, self._channel.name)
        last, sent = since, 0
        try:
            for entry in self._outbox.after(since, site=self._site, limit=PAGE):
                if self._stop():
                    break
                self._channel.send(entry)
                last, sent = entry.number, sent + 1
        finally:
            self.sent += sent
            if last > since:
                self._outbox.move(self._site, self._channel.name, since=since, to=last)
        return sent


def _pause(seconds: float, stop: Callable[[], bool]) -> None:
    end = monotonic() + seconds
    while not stop() and (left := end - monotonic()) > 0:
        sleep(min(left, _GLANCE_S))
