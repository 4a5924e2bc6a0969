"""Certificates that a device which trusts the authority takes, and no others; by real handshakes."""

import socket
import ssl
import stat
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mien.errors import SettingError
from mien.runtime import tls, tls_names
from mien.runtime.tls_sharing import CERTIFICATE, shared

NOW = datetime.now(UTC)


@pytest.fixture
def made(tmp_path):
    return tls.make(tmp_path / "tls", ["till-pc.local", "127.0.0.1", "Mien.Example.org"], now=NOW)


def shake(certificate, key, name, trusted):
    """What a client that trusts an authority says to a server: nothing, or why it goes away."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    client = ssl.create_default_context(cafile=trusted)
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    here, there = socket.socketpair()

    def serve():
        try:
            with server.wrap_socket(there, server_side=True) as secure:
                secure.sendall(b"hello")
        except ssl.SSLError:
            there.close()

    with ThreadPoolExecutor(1) as pool:
        served = pool.submit(serve)
        try:
            with client.wrap_socket(here, server_hostname=name) as secure:
                assert secure.recv(5) == b"hello"
                assert secure.version() == "TLSv1.3"
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
        finally:
            here.close()
            served.result(10)
    return None


@pytest.mark.parametrize("name", ["till-pc.local", "127.0.0.1", "mien.example.org"])
def test_a_device_that_trusts_the_authority_takes_the_server(made, name):
    assert shake(made.server, made.server_key, name, made.authority) is None


def test_other_names_and_other_authorities_are_refused(made, tmp_path):
    assert "Hostname mismatch" in shake(made.server, made.server_key, "other.local", made.authority)
    other = tls.make(tmp_path / "other", ["till-pc.local"], now=NOW)
    assert shake(made.server, made.server_key, "till-pc.local", other.authority) is not None


def test_the_server_is_renewed_and_devices_notice_nothing(made):
    before = made.server.read_bytes(), made.server_key.read_bytes()
    trusted = made.authority.read_bytes()
    again = tls.renew(made.folder, now=NOW)
    assert again.names == made.names == tls.names_in(made.server)
    assert made.authority.read_bytes() == trusted
    assert made.server.read_bytes() != before[0]
    assert made.server_key.read_bytes() != before[1]
    assert shake(made.server, made.server_key, "till-pc.local", made.authority) is None
    other = tls.renew(made.folder, ["desk.lan", "10.1.2.3"], now=NOW)
    assert other.names == ("desk.lan", "10.1.2.3")
    assert shake(made.server, made.server_key, "desk.lan", made.authority) is None


def test_what_a_thief_of_the_key_signs_for_others_is_refused(made, tmp_path):
    with pytest.raises(SettingError, match=r"may not sign for 'bank\.example'"):
        tls.renew(made.folder, ["bank.example"], now=NOW)
    signer = serialization.load_pem_private_key((made.folder / tls.AUTHORITY_KEY).read_bytes(), None)
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    for number, names in enumerate((["bank.example"], ["till-pc.local", "bank.example"])):
        forged = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bank")]))
            .issuer_name(authority.subject)
            .public_key(key.public_key())
            .serial_number(number + 1)
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(map(x509.DNSName, names)), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
            )
            .sign(signer, hashes.SHA256())
        )
        certificate, private = tmp_path / "forged.crt", tmp_path / "forged.key"
        certificate.write_bytes(forged.public_bytes(serialization.Encoding.PEM))
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        assert shake(certificate, private, "bank.example", made.authority) == "permitted subtree violation"


def test_tablets_of_every_kind_take_it(made):
    server = x509.load_pem_x509_certificate(made.server.read_bytes())
    # Apple: at most 825 days, both ends counted; a subject alternative name; for servers; not by SHA-1.
    assert server.not_valid_after_utc - server.not_valid_before_utc < timedelta(days=825)
    assert server.not_valid_after_utc > NOW + timedelta(days=820)
    assert (
        x509.ExtendedKeyUsageOID.SERVER_AUTH
        in server.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    )
    assert isinstance(server.signature_hash_algorithm, hashes.SHA256)


def test_keys_are_for_their_owner_only_and_nothing_else_is_left(made):
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in made.folder.iterdir()} == {
        tls.AUTHORITY: 0o644,
        tls.AUTHORITY_KEY: 0o600,
        tls.SERVER: 0o644,
        tls.SERVER_KEY: 0o600,
    }
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700


def test_an_authority_that_tablets_trust_is_not_replaced(made):
    before = {path: path.read_bytes() for path in made.folder.iterdir()}
    with pytest.raises(SettingError, match="There is an authority in"):
        tls.make(made.folder, ["till-pc.local"], now=NOW)
    with pytest.raises(SettingError, match="ended on"):
        tls.renew(made.folder, now=NOW + timedelta(days=3651))
    assert {path: path.read_bytes() for path in made.folder.iterdir()} == before


@pytest.mark.parametrize(
    "name", ["", "https://till", "till:8470", "a b", "*.local", "-till", "x" * 64, "é.local"]
)
def test_what_is_no_name_is_refused_and_nothing_is_made(tmp_path, name):
    with pytest.raises(SettingError, match="is no host name"):
        tls.make(tmp_path / "tls", ["till.local", name], now=NOW)
    assert not (tmp_path / "tls").exists()


def test_the_names_of_this_machine_are_among_its_own():
    own = tls_names.own_names()
    assert {"localhost", "127.0.0.1", "::1"} <= set(own)
    assert all(map(tls_names.is_name, own))


def test_tablets_take_the_certificate_and_nothing_else_from_the_page(made):
    with shared(made, host="127.0.0.1", port=0, pages="https://till-pc.local:8470/") as port:
        base = f"http://127.0.0.1:{port}"
        with urllib.request.urlopen(base + CERTIFICATE) as answer:
            assert answer.read() == made.authority.read_bytes()
            assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
        with urllib.request.urlopen(base) as answer:
            page = answer.read().decode()
        assert made.fingerprint in page
        assert f'href="{CERTIFICATE}"' in page
        for path in (f"/{tls.AUTHORITY_KEY}", f"/../{tls.AUTHORITY_KEY}", "/mien-server.key"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(base + path)
        with (
            pytest.raises(SettingError, match="choose another --port"),
            shared(made, host="127.0.0.1", port=port, pages=""),
        ):
            pass


@pytest.mark.once
def test_the_command_shows_a_code_that_leads_to_the_page(made, tmp_path):
    picture = tmp_path / "code.svg"
    command = [sys.executable, "-m", "mien", "tls", "share", "--folder", made.folder, "--host", "127.0.0.1"]
    with subprocess.Popen(
        [*command, "--port", "0", "--qr", picture], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            said = ""
            while "SHA-256" not in said:
                line = process.stdout.readline()
                assert line, process.stderr.read()
                said += line
            assert process.stdout.readline().strip() == made.fingerprint
            address = said.split("or open ")[1].split()[0]
            with urllib.request.urlopen(address) as answer:
                assert made.fingerprint in answer.read().decode()
            process.send_signal(2)
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0
    assert "█" in said
    assert "<svg" in picture.read_text()
