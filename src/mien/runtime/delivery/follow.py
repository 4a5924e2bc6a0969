"""The loop that follows the outbox of a site for one sender: nothing lost, whatever the other side does."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

from mien.errors import DeliveryError
from mien.runtime.delivery.courier import Courier

if TYPE_CHECKING:
    from collections.abc import Callable

    from mien.runtime.delivery.protocol import Sender
    from mien.store import Store

_GLANCE_S: Final = 0.1
_SOON_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one call of `deliver` did.

    Attributes:
        events: Events that the other side confirmed.
        waiting: Events that still wait.
        parked: Events that it refused for good, so that somebody must look at them.
    """

    events: int
    waiting: int
    parked: int


def deliver(
    store: Store,
    site: str,
    sender: Sender,
    *,
    once: bool = False,
    stop: Callable[[], bool] = lambda: False,
    told: Callable[[str, bool], None] = lambda _, __: None,
    first_wait_s: float = 1.0,
) -> Delivered:
    """Follow the outbox and hand each event of a site that a sender wants to it, at least once.

    An event leaves the queue only after the other side confirmed it. Where it does not, it is tried again; how, is
    said in `Courier`.

    Args:
        store: An open store.
        site: Name of the site.
        sender: Where to; closed at the end.
        once: End when nothing is due any more, and at the first failure.
        stop: Asked between events and while waiting.
        told: Given a sentence and `True` when delivery fails, and one and `False` when it goes on or parks something.
        first_wait_s: Seconds before the second attempt, about.

    Returns:
        What was done.

    Raises:
        DeliveryError: With `once`, the other side did not take an event; it waits.
        BusyError: Another process delivers by this channel, too.
        StoreError: The store says no.
    """
    with closing(sender):
        courier = Courier(store, site, sender, told=told, stop=stop, first_wait_s=first_wait_s)
        while not stop():
            wait_s = courier.step()
            sender.read_back()
            if once and wait_s and (courier.failures or not courier.due_within(_SOON_S)):
                break
            _pause(wait_s, stop)
        if once and courier.refusal is not None:
            raise DeliveryError(f"{courier.refusal.reason} Events waiting: {courier.waiting}.")
        if once and (until := courier.paused_until) is not None and courier.waiting:
            raise DeliveryError(
                f"{sender.shown} is left alone until {until:%Y-%m-%d %H:%M:%S} UTC after what it answered last; 'mien "
                f"outbox retry' tries it at once. Events waiting: {courier.waiting}."
            )
        return Delivered(courier.sent, courier.waiting, courier.parked)


def _pause(seconds: float, stop: Callable[[], bool]) -> None:
    end = monotonic() + seconds
    while not stop() and (left := end - monotonic()) > 0:
        sleep(min(left, _GLANCE_S))
