"""Addresses on this machine and its local network, the only ones that pictures of faces may be sent to."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from mien.errors import SettingError

Address = IPv4Address | IPv6Address

LOCAL_NETWORKS: Final = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8", "::1/128",  # this machine
        "169.254.0.0/16", "fe80::/10",  # link-local: RFC 3927, RFC 4291
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7",  # private: RFC 1918, RFC 4193
    )
)  # fmt: skip
"""Networks that nobody outside reaches this machine by."""


def is_local(address: Address) -> bool:
    """Whether an address belongs to this machine, its link or a private network.

    Example:
        >>> [is_local(ip_address(text)) for text in ("192.168.1.20", "8.8.8.8", "::ffff:8.8.8.8", "::ffff:10.0.0.1")]
        [True, False, False, True]
    """
    inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return any((inner or address) in network for network in LOCAL_NETWORKS)


def local_address(host: str, port: int) -> str:
    """The address of a host, of which every address is local.

    The caller connects to this address and asks no name server again, which might then answer otherwise.

    Args:
        host: Name or address.
        port: Port to be reached.

    Raises:
        SettingError: The name is not known, or one of its addresses is not local.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise SettingError(f"The engine's host '{host}' is not known ({why}); check engine.url.") from error
    addresses = [str(place[0]) for *_, place in found]
    for address in addresses:
        if not is_local(ip_address(address)):
            raise SettingError(
                f"The engine's host '{host}' is at {address}, outside the local network; pictures of faces go only to "
                "this machine or to private addresses (10., 172.16. to 172.31., 192.168., fc00::/7, link-local)."
            )
    return addresses[0]
