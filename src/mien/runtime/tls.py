"""Certificates for pages in the own network: an authority of one's own, and server certificates that it signs.

No public authority signs `192.168.1.20` or `till-pc.local`, and tablets give cameras, microphones and cookies
that count to pages by https only. So an authority is made once, tablets come to trust it once, and it signs what the
server shows.

What tablets trust must not be worth stealing: the authority carries *name constraints* (RFC 5280, 4.2.1.10), so that
whatever is signed with its key is accepted for addresses of private networks and for the names given here, not for a
bank. Keys are ECDSA on P-256; key files may be read by their owner only.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mien.errors import SettingError
from mien.runtime.tls_names import check_allowed, general_names, permitted

if TYPE_CHECKING:
    from collections.abc import Sequence

AUTHORITY: Final = "mien-authority.crt"
"""What tablets come to trust. It is no secret."""
AUTHORITY_KEY: Final = "mien-authority.key"
SERVER: Final = "mien-server.crt"
SERVER_KEY: Final = "mien-server.key"

LONGEST: Final = timedelta(days=825)
"""How long a server certificate may hold for iPads and iPhones: Apple, "Requirements for trusted certificates in iOS 13
and macOS 10.15" (support.apple.com/103769). Their limit of 398 days is for public authorities."""
AUTHORITY_HOLDS: Final = timedelta(days=3650)
SOON: Final = timedelta(days=30)
"""So long before its end a server certificate should be renewed."""

_CLOCKS: Final = timedelta(hours=1)
"""Certificates hold from a little before now: clocks of tablets go wrong."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """The certificates of a folder.

    Attributes:
        folder: Where they are.
        names: Host names and addresses that the server certificate is for.
        allowed: Endings of names and networks that the authority may sign for.
        server_until: When the server certificate ends, UTC.
        authority_until: When the authority ends, UTC.
        fingerprint: SHA-256 of the authority, as devices show it.
    """

    folder: Path
    names: tuple[str, ...]
    allowed: tuple[str, ...]
    server_until: datetime
    authority_until: datetime
    fingerprint: str

    @property
    def authority(self) -> Path:
        """What tablets come to trust."""
        return self.folder / AUTHORITY

    @property
    def server(self) -> Path:
        """What the server shows."""
        return self.folder / SERVER

    @property
    def server_key(self) -> Path:
        """Its key."""
        return self.folder / SERVER_KEY


def make(folder: Path, names: Sequence[str], *, now: datetime) -> Certificates:
    """Make an authority and a server certificate.

    Args:
        folder: Where they go; made if need be, for its owner only.
        names: Host names and addresses by which the pages are reached.
        now: The time of day, UTC.

    Raises:
        SettingError: There is an authority already, a name cannot be one, or nothing can be written there.
    """
    if (folder / AUTHORITY).exists() or (folder / AUTHORITY_KEY).exists():
        raise SettingError(
            f"There is an authority in {folder} already, which tablets may trust; renew the server certificate with "
            "mien tls renew, or name another --folder."
        )
    wanted = general_names(names)
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Mien"),
        x509.NameAttribute(NameOID.COMMON_NAME, f"Mien authority of {socket.gethostname()}"[:64]),
    ])  # fmt: skip
    certificate = (
        _begun(called, called, key.public_key(), now, AUTHORITY_HOLDS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.NameConstraints(permitted(wanted), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            f"The folder {folder} cannot be made ({error.strerror}); name another --folder."
        ) from error
    _write(folder / AUTHORITY_KEY, _pem(key), secret=True)
    _write(folder / AUTHORITY, certificate.public_bytes(serialization.Encoding.PEM))
    return renew(folder, names, now=now)


def renew(folder: Path, names: Sequence[str] = (), *, now: datetime) -> Certificates:
    """Make a new server certificate, with a new key, signed by the authority that is there.

    Args:
        folder: Where the authority is.
        names: Host names and addresses; none for those of the certificate before.
        now: The time of day, UTC.

    Raises:
        SettingError: There is no authority, it has ended or may not sign for a name, or nothing can be written.
    """
    authority = _certificate(folder / AUTHORITY)
    signer = _key(folder / AUTHORITY_KEY)
    until = authority.not_valid_after_utc
    if until <= now:
        raise SettingError(
            f"The authority in {folder} ended on {until:%Y-%m-%d}; make a new one in another --folder, and have "
            "tablets trust it."
        )
    wanted = general_names(names) if names else _names_of(_certificate(folder / SERVER))
    check_allowed(authority, wanted)
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(wanted[0].value)[:64])])
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _begun(called, authority.subject, key.public_key(), now, min(LONGEST, until - now))
        .add_extension(x509.SubjectAlternativeName(wanted), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    _write(folder / SERVER_KEY, _pem(key), secret=True)
    _write(folder / SERVER, certificate.public_bytes(serialization.Encoding.PEM))
    return look(folder)


def names_in(certificate: Path) -> tuple[str, ...]:
    """Host names and addresses that a server certificate is for; none where it says none.

    Raises:
        SettingError: It cannot be read.
    """
    try:
        return tuple(str(name.value) for name in _names_of(_certificate(certificate)))
    except x509.ExtensionNotFound:
        return ()


def look(folder: Path) -> Certificates:
    """The certificates of a folder.

    Raises:
        SettingError: There are none, or they cannot be read.
    """
    authority, server = _certificate(folder / AUTHORITY), _certificate(folder / SERVER)
    allowed = (
        authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or ()
    )
    return Certificates(
        folder=folder,
        names=tuple(str(name.value) for name in _names_of(server)),
        allowed=tuple(str(name.value) for name in allowed),
        server_until=server.not_valid_after_utc,
        authority_until=authority.not_valid_after_utc,
        fingerprint=authority.fingerprint(hashes.SHA256()).hex(":").upper(),
    )


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, holds: timedelta
) -> x509.CertificateBuilder:
    begins = now - _CLOCKS
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        # Both ends belong to the time (RFC 5280, 4.1.2.5).
        .not_valid_after(begins + holds - timedelta(seconds=1))
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _names_of(certificate: x509.Certificate) -> list[x509.GeneralName]:
    return list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except FileNotFoundError as error:
        raise SettingError(f"There is no certificate {path}; make one with: mien tls make") from error
    except (OSError, ValueError) as error:
        raise SettingError(
            f"The certificate {path} cannot be read ({error}); make others in another --folder."
        ) from error


def _key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise SettingError(
            f"The authority's key {path} cannot be read ({error}); without it nothing is signed."
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SettingError(f"The key {path} is none of mien tls; name the --folder in which its files are.")
    return key


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, *, secret: bool = False) -> None:
    """Put a file in its place whole, never readable by others in between where it is secret."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.unlink(missing_ok=True)
        mode = 0o600 if secret else 0o644
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise SettingError(f"{path} cannot be written ({error.strerror}); name another --folder.") from error
