"""The cookies of a sign-in: the session, and the mark of a device from which a user signed in before."""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from itsdangerous import BadSignature, Signer

from mien.privacy.tokens import digest
from mien.store.sessions import LONGEST
from mien.web.settings import PORT

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.responses import Response

    from mien.store import Secret
    from mien.web.settings import WebSettings

_YEAR_S: Final = 31_536_000


def session_cookie(settings: WebSettings) -> str:
    """The name of the session's cookie.

    By https it begins with `__Host-`, so that browsers take it from this host and by https only (RFC 6265bis, 4.1.3.2).
    Cookies know no ports: two Miens on one machine would sign each other out, so another port has another name.
    """
    other = "" if settings.port == PORT else f"-{settings.port}"
    return f"{'__Host-' if settings.secure else ''}mien-session{other}"


def give_session(response: Response, settings: WebSettings, session: Secret) -> None:
    """Have the browser keep a session: out of reach of scripts, not sent along from other sites' forms."""
    _set(response, settings, session_cookie(settings), session.token, int(LONGEST.total_seconds()))


def drop_session(response: Response, settings: WebSettings) -> None:
    """Have the browser forget it, and what a tablet kept (W3C Clear Site Data; browsers heed it by https)."""
    response.headers["Clear-Site-Data"] = '"storage"'
    response.delete_cookie(
        session_cookie(settings), path="/", secure=settings.secure, httponly=True, samesite="lax"
    )


def give_device(response: Response, settings: WebSettings, name: str, hashed: str) -> None:
    """Mark the device, so that guessing from elsewhere never holds up who signs in from here.

    The mark is signed with the hash of the user's password, which nobody outside knows, and which changes with it.

    Args:
        response: The answer.
        settings: How the pages are served.
        name: Of the user.
        hashed: The hash of their password.
    """
    mark = _signer(hashed).sign(secrets.token_urlsafe(12)).decode()
    _set(response, settings, _device_cookie(settings, name), mark, _YEAR_S)


def device_of(connection: HTTPConnection, settings: WebSettings, name: str, hashed: str | None) -> str | None:
    """What marks the device of a request; `None` where this user never signed in from it."""
    mark = connection.cookies.get(_device_cookie(settings, name))
    if mark is None or hashed is None:
        return None
    try:
        return _signer(hashed).unsign(mark).decode()
    except BadSignature:
        return None


def _device_cookie(settings: WebSettings, name: str) -> str:
    return f"{'__Host-' if settings.secure else ''}mien-device-{digest(name)[:12]}"


def _signer(hashed: str) -> Signer:
    return Signer(hashed, salt="mien.device", digest_method=sha256)


def _set(response: Response, settings: WebSettings, name: str, value: str, age_s: int) -> None:
    response.set_cookie(name, value, age_s, path="/", secure=settings.secure, httponly=True, samesite="lax")
