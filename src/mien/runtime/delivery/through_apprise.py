"""Alerts and tasks by whatever Apprise can speak to: chats, phones, pagers.

Apprise (https://github.com/caronc/apprise) says of a message only whether it went out, so that one that did not is
tried again until it does, or the alert is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mien.crm import Again, Done
from mien.errors import SettingError
from mien.runtime.delivery.wording import Teller

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.crm import Result
    from mien.site import Site
    from mien.site.delivery import AppriseDelivery
    from mien.store import OutboxEntry, Store, Wanted


class AppriseSender:
    """Delivery through Apprise, which is an extra of the installation.

    Args:
        settings: The table of the site file.
        site: The site.
        store: The open store.
        environ: Environment variables for the addresses; those of the process where left out.

    Raises:
        SettingError: Apprise is not installed, or an address is not where the site file says, or is none.
    """

    name: Final = "apprise"

    def __init__(
        self,
        settings: AppriseDelivery,
        environ: Mapping[str, str] | None = None,
        *,
        site: Site,
        store: Store,
    ) -> None:
        self._teller = Teller(settings, site, store)
        self._services = [_service(secret.reveal(environ), str(secret.place)) for secret in settings.urls]
        self._taken: tuple[str, set[int]] = ("", set())

    @property
    def shown(self) -> str:
        """Where it leads, for people to read: which services, without their addresses, which are secrets."""
        return ", ".join(str(one.service_name) for one in self._services)

    def wants(self, entry: OutboxEntry) -> Wanted | None:
        """Alerts and tasks, as far as the site file asks for them."""
        return self._teller.wants(entry)

    def send(self, entry: OutboxEntry) -> Result:
        """Tell every service that has not taken this event yet."""
        words = self._teller.words(entry)
        if words is None:
            return Done()
        if self._taken[0] != entry.event.id:
            self._taken = (entry.event.id, set())
        taken = self._taken[1]
        for number, service in enumerate(self._services):
            if number not in taken and service.notify(title=words.title, body=words.text):
                taken.add(number)
        missing = [str(one.service_name) for number, one in enumerate(self._services) if number not in taken]
        if not missing:
            return Done()
        return Again("%(where)s did not take the message.", {"where": ", ".join(missing)})

    def read_back(self) -> int:
        """Nothing: messages go one way."""
        return 0

    def close(self) -> None:
        """Nothing: no connection stays open between messages."""


def _service(url: str, place: str) -> Any:  # noqa: ANN401  (of a library without types)
    try:
        import apprise  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError:
        raise SettingError(
            "[delivery.apprise] needs Apprise, which is not installed; install Mien with its extra: "
            "pip install 'mien[apprise]'."
        ) from None
    service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if service is None:
        # Never repeated: it holds a password.
        raise SettingError(
            f"An address of [delivery.apprise] ({place}) is none that Apprise knows; see its list of services at "
            "https://github.com/caronc/apprise/wiki."
        )
    return service
