"""Every event as a signed message to an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.crm.http import ANSWER_S
from mien.crm.signing import Hook
from mien.store import Wanted
from mien.store.events.envelope import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.crm import Result
    from mien.site import Site
    from mien.site.delivery import WebhookDelivery
    from mien.store import OutboxEntry, Store


class WebhookSender:
    """Delivery of every event, whole, to an address; `webhook-id` is the id of the event.

    Args:
        settings: The table of the site file.
        environ: Environment variables for the secret; those of the process where left out.
        site: Not used; every event says of which site it is.
        store: Not used; every event says all.
        answer_s: Seconds for which an answer is waited for.

    Raises:
        SettingError: The secret or certificate is not where the site file says, or is none.
    """

    name: Final = "webhook"

    def __init__(
        self,
        settings: WebhookDelivery,
        environ: Mapping[str, str] | None = None,
        *,
        site: Site | None = None,  # noqa: ARG002  (as every sender is made)
        store: Store | None = None,  # noqa: ARG002  (likewise)
        answer_s: float = ANSWER_S,
    ) -> None:
        self._hook = Hook(settings, "delivery.webhook", environ, answer_s=answer_s)

    @property
    def shown(self) -> str:
        """Where it leads, for people to read."""
        return self._hook.shown

    def wants(self, entry: OutboxEntry) -> Wanted:
        """Every event; the order is kept of each thing that is told of."""
        return Wanted(entry.event.record)

    def send(self, entry: OutboxEntry) -> Result:
        """Send one event and wait until it is taken."""
        return self._hook.post(entry.event.id, entry.event.to_json().encode(), CONTENT_TYPE)

    def read_back(self) -> int:
        """Nothing: messages go one way."""
        return 0

    def close(self) -> None:
        """End the connection, if there is one."""
        self._hook.close()
