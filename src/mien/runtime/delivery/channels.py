"""Every channel by name, and those that a site file asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.errors import SettingError
from mien.registry import Registry
from mien.runtime.delivery.mqtt import MqttChannel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.runtime.delivery.protocol import Channel
    from mien.site import Site

CHANNELS: Final[Registry[Channel]] = Registry("channel", {"mqtt": MqttChannel})
"""Channels by what their table in the site file is called; `settings` (that table) and `environ` are their options."""


def open_channels(site: Site, environ: Mapping[str, str] | None = None) -> list[Channel]:
    """The channels of a site, not connected yet.

    Args:
        site: The site.
        environ: Environment variables; those of the process where left out.

    Raises:
        SettingError: The site file asks for none, or a password or certificate is not where it says.
    """
    wanted = [(name, table) for name, table in site.delivery if table is not None]
    if not wanted:
        raise SettingError(
            f"The site file of '{site.name}' names nobody to tell; add a table [delivery.mqtt] with a host."
        )
    return [CHANNELS.make(name, settings=table, environ=environ) for name, table in wanted]
