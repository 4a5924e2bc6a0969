"""What every channel can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mien.store import OutboxEntry


class Channel(Protocol):
    """A way out for events. It remembers nothing: the outbox holds what is still to go, and how far it came."""

    @property
    def name(self) -> str:
        """Its name in the site file and in the store, at most 40 characters."""

    @property
    def shown(self) -> str:
        """Where it leads, for people to read; without credentials."""

    def send(self, entry: OutboxEntry) -> None:
        """Hand one event over. It opens what it needs, and opens it anew after an error.

        Args:
            entry: The event. The same one may come again, after an error or a kill.

        Raises:
            DeliveryError: The other side has not confirmed it, so it must be sent again.
        """

    def close(self) -> None:
        """End the connection, if there is one. `send` may be called again."""
