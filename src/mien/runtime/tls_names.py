"""The names in certificates: those of this machine, and those that an authority may sign for."""

from __future__ import annotations

import re
import socket
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

from cryptography import x509

from mien.errors import SettingError
from mien.runtime.local_address import LOCAL_NETWORKS, is_local

if TYPE_CHECKING:
    from collections.abc import Iterable

_ENDINGS: Final = ("localhost", "local", "lan", "internal", "home.arpa")
"""Endings of names in private networks: RFC 6761, RFC 6762, RFC 8375, and what routers use (`internal` is ICANN's)."""

_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def own_names() -> tuple[str, ...]:
    """Names and private addresses of this machine, by which others in its network reach it."""
    host = socket.gethostname().lower()
    short = host.partition(".")[0]
    found = dict.fromkeys(("localhost", host, f"{short}.local", "127.0.0.1", "::1", *network_addresses()))
    return tuple(name for name in found if is_name(name))


def network_addresses() -> tuple[str, ...]:
    """Private addresses of this machine in the networks that it sends to; no packet is sent to find out."""
    found = []
    # Addresses for documentation (RFC 5737, RFC 3849): connecting a datagram socket only asks for the way.
    for family, target in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((target, 9))
                address = ip_address(probe.getsockname()[0].split("%", 1)[0])
        except OSError:
            continue
        if is_local(address) and not address.is_loopback:
            found.append(str(address))
    return tuple(found)


def is_name(name: str) -> bool:
    """Whether a text is a host name (RFC 1123, section 2.1) or an address.

    Example:
        >>> [is_name(text) for text in ("till-pc.local", "192.168.1.20", "fe80::1", "https://till", "-a", "two words")]
        [True, True, True, False, False, False]
    """
    return _is_address(name) or (len(name) <= 253 and all(map(_LABEL.fullmatch, name.split("."))))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def general_names(names: Iterable[str]) -> list[x509.GeneralName]:
    """Names and addresses in the form of certificates, each once.

    Raises:
        SettingError: One is neither, or there is none.
    """
    found: list[x509.GeneralName] = []
    for name in dict.fromkeys(name.strip().lower().rstrip(".") for name in names):
        if not is_name(name):
            raise SettingError(
                f"'{name}' is no host name and no address; write it as till-pc.local or 192.168.1.20, without https:// "
                "and port."
            )
        found.append(x509.IPAddress(ip_address(name)) if _is_address(name) else x509.DNSName(name))
    if not found:
        raise SettingError("A server certificate needs at least one name; give one with --name.")
    return found


def permitted(names: Iterable[x509.GeneralName]) -> list[x509.GeneralName]:
    """What an authority may sign for: private networks, names that exist in these only, and the names given."""
    endings = dict.fromkeys(_ENDINGS)
    networks = dict.fromkeys(LOCAL_NETWORKS)
    for name in names:
        if isinstance(name, x509.DNSName):
            if not _ends_in(name.value, endings):
                endings[name.value] = None
        elif isinstance(name, x509.IPAddress) and not any(name.value in network for network in networks):
            networks[ip_network(str(name.value))] = None
    return [*map(x509.DNSName, endings), *map(x509.IPAddress, networks)]


def check_allowed(authority: x509.Certificate, names: Iterable[x509.GeneralName]) -> None:
    """Refuse a name that an authority may not sign for.

    Raises:
        SettingError: Devices would refuse the certificate.
    """
    allowed = (
        authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or ()
    )
    endings = [one.value for one in allowed if isinstance(one, x509.DNSName)]
    networks = [ip_network(str(one.value)) for one in allowed if isinstance(one, x509.IPAddress)]
    for name in names:
        fits = (
            _ends_in(str(name.value), endings)
            if isinstance(name, x509.DNSName)
            else (any(name.value in network for network in networks))
        )
        if not fits:
            raise SettingError(
                f"The authority may not sign for '{name.value}', so that tablets would refuse it; make another with "
                "this --name in another --folder, and have tablets trust that."
            )


def _ends_in(name: str, endings: Iterable[str]) -> bool:
    return any(name == ending or name.endswith(f".{ending}") for ending in endings)
