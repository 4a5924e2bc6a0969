"""Others who are told by the senders of a site: a receiver of webhooks, a mail server, a service behind Apprise."""

from __future__ import annotations

import json
import ssl
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from mien.runtime import tls
from support.dataverse import served
from support.waiting import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.requests import Request

HOOK_SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjU"
MAIL_PASSWORD: Final = "hunter2-Mail"


class Taker:
    """Takes messages at an address; verified by the convention's own library where they are signed.

    Attributes:
        port: Where it listens.
        got: What was taken, by `webhook-id`, or by number where there is none.
        heard: How many requests came.
        answers: What is answered to the next requests instead of taking them.
    """

    def __init__(self) -> None:
        self.port = 0
        self.got: dict[str, Any] = {}
        self.heard = 0
        self.answers: list[Response] = []
        self.app = Starlette(routes=[Route("/{path:path}", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        body = (await request.body()).decode()
        self.heard += 1
        uid = request.headers.get("webhook-id")
        if uid is not None:
            Webhook(HOOK_SECRET).verify(body, dict(request.headers))
        if self.answers:
            return self.answers.pop(0)
        self.got.setdefault(uid or str(self.heard), json.loads(body))
        return Response(status_code=204)


@contextmanager
def taking() -> Iterator[Taker]:
    made = Taker()
    with served(made.app) as made.port:
        yield made


class _Box:
    """What the mail server does with mails."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], str]] = []
        self.replies: list[str] = []
        self.unknown: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802  (of aiosmtpd)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.unknown:
            return self.unknown[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.replies:
            return self.replies.pop(0)
        self.mails.append((list(envelope.rcpt_tos), envelope.content.decode()))
        return "250 OK"


class MailServer:
    """An SMTP server that asks for TLS and a password.

    Attributes:
        port: Where it listens.
        box: What it took, and what it says next.
        ca_file: The certificate of the authority that signed its own.
        password: Which one it takes.
    """

    def __init__(self, box: _Box, port: int, ca_file: Path) -> None:
        self.box, self.port, self.ca_file, self.password = box, port, ca_file, MAIL_PASSWORD

    def known(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=given.password.decode() == self.password, handled=False)


@contextmanager
def mailing(folder: Path) -> Iterator[MailServer]:
    """A mail server that speaks to nobody without TLS.

    Args:
        folder: Where certificates are made.
    """
    made = tls.make(folder, ("localhost", "127.0.0.1"), now=datetime.now(UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.server, made.server_key)
    server = MailServer(_Box(), free_port(), made.authority)
    controller = Controller(
        server.box,
        hostname="127.0.0.1",
        port=server.port,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=server.known,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
