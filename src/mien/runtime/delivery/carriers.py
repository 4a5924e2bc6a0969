"""All senders of a site at once, each in a thread of its own: none waits for another."""

from __future__ import annotations

from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final, Self

from mien.errors import MienError
from mien.journal import logger
from mien.runtime.delivery.follow import deliver
from mien.runtime.delivery.senders import open_sender
from mien.video.backoff import Backoff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from mien.site import Site
    from mien.store import Store

FAREWELL_S: Final = 15.0
"""Seconds for which an answer that is still out is waited for when all shall end; else the event goes out again."""

_log = logger("mien.delivery")


class Carrier:
    """One sender that goes on until it is stopped; where it cannot, it is begun anew after up to a minute.

    Args:
        name: Its channel.
        site: The site.
        store: The open store.
        told: Given a sentence whenever something fails, goes on or is parked.

    Attributes:
        name: Its channel.
        to: Where it leads, for people to read.
        trouble: Why events do not go out, one sentence; `None` where they do.
        sent: Events that were confirmed, once it has been stopped.
    """

    def __init__(self, name: str, site: Site, store: Store, told: Callable[[str], None]) -> None:
        self.name = self.to = name
        self.trouble: str | None = None
        self.sent = 0
        self._site, self._store, self._told = site, store, told

    def carry(self, over: Event) -> None:
        """Deliver until `over` is set."""
        backoff = Backoff(1.0, 60.0)
        while not over.is_set():
            try:
                sender = open_sender(self.name, self._site, self._store)
                self.to = sender.shown
                done = deliver(self._store, self._site.name, sender, stop=over.is_set, told=self._tell)
                self.sent += done.events
            except MienError as error:
                self._tell(str(error), True)
            except Exception as error:
                # One sender must not end the others.
                _log.exception("a sender failed", channel=self.name)
                self._tell(
                    f"The sender {self.name} failed ({type(error).__name__}); please report this.", True
                )
            over.wait(backoff.next_s())

    def _tell(self, sentence: str, failing: bool) -> None:
        self.trouble = sentence if failing else None
        self._told(sentence)


class Carriers:
    """The carriers of a site, at work within a `with` block.

    Args:
        names: Their channels.
        site: The site.
        store: The open store.
        told: Given a sentence whenever something fails, goes on or is parked; from their threads.

    Attributes:
        members: The carriers.
    """

    def __init__(
        self, names: Iterable[str], site: Site, store: Store, told: Callable[[str], None] = lambda _: None
    ) -> None:
        self.members = tuple(Carrier(name, site, store, told) for name in names)
        self._over = Event()
        # A server that never answers does not keep the process from ending.
        self._threads = [
            Thread(target=one.carry, args=(self._over,), name=one.name, daemon=True) for one in self.members
        ]

    def __enter__(self) -> Self:
        for one in self._threads:
            one.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        until = monotonic() + FAREWELL_S
        for one in self._threads:
            one.join(max(0.0, until - monotonic()))
