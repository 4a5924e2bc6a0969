"""Whom a connection of a channel trusts."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from mien.errors import SettingError

if TYPE_CHECKING:
    from pathlib import Path


def trusted(ca_file: Path | None, channel: str, whose: str) -> ssl.SSLContext:
    """TLS with a server whose certificate an authority signed that this machine knows, or that a file names.

    Args:
        ca_file: The certificate of that authority, PEM; `None` for those that the machine knows.
        channel: Name of the channel, for the message.
        whose: Whose certificate it signed, for the message, such as `the broker's`.

    Raises:
        SettingError: The file cannot be used.
    """
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        why = "holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise SettingError(
            f"The file '{ca_file}' under delivery.{channel}.ca_file cannot be used: {why}; give the certificate of the "
            f"authority that signed {whose}, as PEM."
        ) from error
