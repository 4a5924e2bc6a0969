"""Against requests that another site makes in the name of somebody who is signed in here.

Every request that changes something must come from these pages: the browser says so (`Sec-Fetch-Site`, else `Origin`),
and the form shows a token that is bound to the session. Programs with a key are exempt: no browser adds a key by
itself.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from fastapi import Depends
from itsdangerous import BadSignature, URLSafeSerializer
from starlette.exceptions import WebSocketException
from starlette.requests import HTTPConnection, Request
from starlette.status import WS_1008_POLICY_VIOLATION

from mien.web.access import visitor_of
from mien.web.problems import WebError

if TYPE_CHECKING:
    from mien.web.access import Visitor

HEADER: Final = "X-CSRF-Token"
FIELD: Final = "csrf_token"

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class Forged(WebError):  # noqa: N818  (named for what is the case)
    """A request that did not come from these pages."""

    status = HTTPStatus.FORBIDDEN


def token_for(session_token: str) -> str:
    """A token for the forms of a session: another on each page, so that compression tells nothing of it (BREACH)."""
    return _serializer(session_token).dumps(secrets.token_hex(8))


async def unforged(connection: HTTPConnection) -> None:
    """Refuse what another site has a browser ask for. A dependency of every route.

    Raises:
        Forged: It did not come from these pages.
        WebSocketException: Likewise, for a live channel.
    """
    visitor: Visitor | None = visitor_of(connection)
    by_key = visitor is not None and visitor.key is not None
    if not isinstance(connection, Request):
        if not by_key and not _from_here(connection):
            raise WebSocketException(WS_1008_POLICY_VIOLATION, "This comes from another site.")
        return
    if connection.method in _SAFE or by_key:
        return
    if not _from_here(connection):
        raise Forged(
            "This request comes from another site, so it was not done; do it on the pages themselves."
        )
    session_token: str | None = getattr(connection.state, "session_token", None)
    if session_token is None:
        return
    shown = connection.headers.get(HEADER) or await _in_form(connection)
    try:
        _serializer(session_token).loads(shown)
    except BadSignature as error:
        raise Forged("This page is from before you signed in; load it again and do it once more.") from error


Unforged: Final[Any] = Depends(unforged)


def _from_here(connection: HTTPConnection) -> bool:
    """Whether a browser says that its own page asks; programs say nothing.

    The scheme is not compared: behind a proxy it is another (as in Go's `http.CrossOriginProtection`).
    """
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host", "")


async def _in_form(request: Request) -> str:
    if not request.headers.get("content-type", "").startswith(_FORMS):
        return ""
    found = (await request.form()).get(FIELD)
    return found if isinstance(found, str) else ""


def _serializer(session_token: str) -> URLSafeSerializer:
    return URLSafeSerializer(session_token, salt="mien.csrf", signer_kwargs={"digest_method": sha256})
