"""What every sender can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mien.crm import Result
    from mien.store import OutboxEntry, Wanted


class Sender(Protocol):
    """A way out for events. It remembers nothing that matters: the queue in the store holds what is still to go.

    The promises, which `tests/delivery/test_senders.py` holds every sender to:

    - Expected refusals are results. An exception is a mistake of the programme.
    - An event that is sent again, after whatever happened, can be known by the other side as the same: by a key, an id
      or a number that goes with it.
    - No credential is logged or stands in a result.
    """

    @property
    def name(self) -> str:
        """Its channel in the store, and its table in the site file: at most 40 characters."""

    @property
    def shown(self) -> str:
        """Where it leads, for people to read; without credentials."""

    def wants(self, entry: OutboxEntry) -> Wanted | None:
        """Whether it sends an event, and what that is about. It looks at nothing but the event.

        Args:
            entry: The event.
        """

    def send(self, entry: OutboxEntry) -> Result:
        """Hand one event over, wait until the other side has confirmed it, and say what became of it.

        It opens what it needs, and opens it anew after trouble.

        Args:
            entry: An event that it wants. The same one may come again, after trouble or a kill.
        """

    def read_back(self) -> int:
        """Note what became of what was sent, where the other side can tell; how much that was.

        It is called between sendings, at least twice a second, and looks there as seldom as it sees fit.

        Raises:
            StoreError: The store says no.
        """

    def close(self) -> None:
        """End the connection, if there is one. `send` may be called again."""
