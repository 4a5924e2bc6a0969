"""Every sender by name, and those that a site file asks for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from mien.crm import CONNECTORS
from mien.errors import SettingError
from mien.registry import Registry
from mien.runtime.delivery.crm import CrmSender
from mien.runtime.delivery.mail import EmailSender
from mien.runtime.delivery.mqtt import MqttSender
from mien.runtime.delivery.through_apprise import AppriseSender
from mien.runtime.delivery.webhook import WebhookSender

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.runtime.delivery.protocol import Sender
    from mien.site import Site
    from mien.site.part import Part
    from mien.store import Store

SENDERS: Final[Registry[Sender]] = Registry(
    "sender",
    {
        "mqtt": MqttSender,
        "webhook": WebhookSender,
        "email": EmailSender,
        "apprise": AppriseSender,
        **{f"crm.{name}": partial(CrmSender, name) for name in CONNECTORS.names},
    },
)
"""Senders by the name of their channel: their table under [delivery], or their table [crm.NAME].

Their options are `settings` (that table), `site`, `store` and `environ`.
"""


def asked_for(site: Site) -> dict[str, Part]:
    """The tables of the senders that a site file asks for, by the name of the channel."""
    found = {name: table for name, table in site.delivery if table is not None}
    return found | {f"crm.{name}": table for name, table in site.crm if table is not None}


def names_for(site: Site) -> tuple[str, ...]:
    """The channels of a site.

    Raises:
        SettingError: The site file asks for none.
    """
    found = tuple(asked_for(site))
    if not found:
        raise SettingError(
            f"The site file of '{site.name}' names nobody to tell; add a table [delivery.mqtt] with a host, or another "
            "of [delivery] or [crm]."
        )
    return found


def open_sender(name: str, site: Site, store: Store, environ: Mapping[str, str] | None = None) -> Sender:
    """A sender of a site, not connected yet.

    Args:
        name: Its channel, of `names_for`.
        site: The site.
        store: The open store.
        environ: Environment variables; those of the process where left out.

    Raises:
        SettingError: A password or certificate is not where the site file says.
    """
    return SENDERS.make(name, settings=asked_for(site)[name], site=site, store=store, environ=environ)
