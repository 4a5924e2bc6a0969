"""A page in the own network from which tablets take the certificate that they are to trust, and nothing else.

It goes by http, since tablets trust nothing of ours yet; so people compare the fingerprint with the one in the
terminal.
"""

from __future__ import annotations

from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Final

from mien.errors import SettingError
from mien.templating import templates_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mien.runtime.tls import Certificates

CERTIFICATE: Final = "/mien-authority.crt"
"""Where the certificate is."""


@contextmanager
def shared(certificates: Certificates, *, host: str, port: int, pages: str) -> Iterator[int]:
    """Serve the page and the certificate while the block lasts.

    Args:
        certificates: Whose authority.
        host: Address to listen at.
        port: Port; 0 for any that is free.
        pages: Where the pages of Mien are, to go on to.

    Yields:
        The port.

    Raises:
        SettingError: The port is taken, or the address is none of this machine.
    """
    content = certificates.authority.read_bytes()
    page = _page(certificates, pages).encode()

    class Handler(_Handler):
        answers = {  # noqa: RUF012  (of this one server)
            "/": ("text/html; charset=utf-8", page),
            CERTIFICATE: ("application/x-x509-ca-cert", content),
        }

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or error
        raise SettingError(
            f"The page for tablets cannot be served at {host}:{port} ({why}); choose another --port."
        ) from error
    thread = Thread(target=server.serve_forever, name="tls-sharing", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    answers: dict[str, tuple[str, bytes]]

    def do_GET(self) -> None:
        """Answer."""
        found = self.answers.get(self.path.partition("?")[0])
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        kind, content = found
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if kind != "text/html; charset=utf-8":
            self.send_header("Content-Disposition", 'attachment; filename="mien-authority.crt"')
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: who takes a certificate is nobody's business."""


def _page(certificates: Certificates, pages: str) -> str:
    return (
        templates_of("mien.runtime")
        .get_template("trust.html.j2")
        .render(certificates=certificates, address=CERTIFICATE, pages=pages)
    )
