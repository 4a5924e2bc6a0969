"""Who makes a request: a key in a header, or a session in a cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.privacy.roles import Grant, Role
from mien.web.access import Visitor
from mien.web.signin.cookies import session_cookie
from mien.web.signin.forgery import token_for

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from mien.store import ApiKey, Session, Store
    from mien.web.settings import WebSettings

_OF_NOBODY: Final = ("/static/", "/colours.css")


class Identify:
    """Finds out who makes a request.

    Beside the visitor it leaves with the request what forms need: `state.session`, `state.session_token`, `state.csrf`.

    Args:
        settings: How the pages are served.
        store: The open store.
    """

    def __init__(self, settings: WebSettings, store: Store) -> None:
        self._store = store
        self._cookie = session_cookie(settings)

    def __call__(self, connection: HTTPConnection) -> Visitor | None:
        """Who it is; `None` where nobody is signed in. A key that opens nothing is nobody, whatever cookies say."""
        if connection.url.path.startswith(_OF_NOBODY):
            return None
        authorization = connection.headers.get("authorization")
        if authorization is not None:
            scheme, _, token = authorization.partition(" ")
            key = self._store.keys.find(token.strip()) if scheme.lower() == "bearer" else None
            return None if key is None else visitor_of_key(key)
        token = connection.cookies.get(self._cookie, "")
        session = self._store.sessions.find(token) if token else None
        if session is None:
            return None
        connection.state.session = session
        connection.state.session_token = token
        connection.state.csrf = token_for(token)
        return visitor_of_session(session)


def visitor_of_session(session: Session) -> Visitor:
    """Who is signed in."""
    user = session.user
    return Visitor(user.name, user.shown_name, user.grants)


def visitor_of_key(key: ApiKey) -> Visitor:
    """A program: every role at its site, held to the rights of its key."""
    return Visitor(
        name=f"key {key.name}",
        shown=key.name,
        grants=tuple(Grant(role, key.site) for role in Role),
        key=key.name,
        scopes=key.rights,
    )
