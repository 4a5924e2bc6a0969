"""Who asks, and whether they may: every route declares the right that it needs, by `needs`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from mien.errors import MienError
from mien.privacy.roles import RIGHTS, Grant, Right, may
from mien.web.problems import Forbidden, NotSignedIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.types import ASGIApp, Receive, Scope, Send

CHECK_S: Final = 3.0
"""Seconds after which an open line or stream asks again whether its visitor may still have it."""
PUBLIC: Final = "public"
"""The tag of routes that anybody may ask for; all others declare a right."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks.

    Attributes:
        name: As the log of looks names them.
        shown: As pages name them.
        grants: What they were given.
        key: The name of the API key that they ask by; `None` in a browser.
        scopes: Rights that the key is held to; `None` for all that the grants carry.
    """

    name: str
    shown: str
    grants: tuple[Grant, ...]
    key: str | None = None
    scopes: frozenset[Right] | None = None

    def may(self, right: Right, site: str | None) -> bool:
        """Whether they have a right at a site; `None` for what belongs to no site."""
        return self._scoped(right) and may(self.grants, right, site)

    def anywhere(self, right: Right) -> bool:
        """Whether they have a right at any site at all."""
        return self._scoped(right) and any(right in RIGHTS[grant.role] for grant in self.grants)

    def sites(self, right: Right, known: Iterable[str]) -> tuple[str, ...]:
        """Of the sites that there are, those at which they have a right."""
        return tuple(site for site in known if self.may(right, site))

    def check(self, right: Right, site: str | None) -> None:
        """Say no where they have not the right.

        Raises:
            Forbidden: They have not.
        """
        if not self.may(right, site):
            raise Forbidden(right, site)

    def _scoped(self, right: Right) -> bool:
        return self.scopes is None or right in self.scopes


def visitor_of(connection: HTTPConnection) -> Visitor | None:
    """Who makes a request, as `mien.web.signin` found out; `None` where nobody is signed in."""
    found: Visitor | None = getattr(connection.state, "visitor", None)
    return found


async def visitor_now(connection: HTTPConnection) -> Visitor | None:
    """Who makes a request by what holds now: to be asked again while a line or a stream stays open.

    What was true when it was opened may have ended since: a session, a key, a role. Where the store cannot say, it is
    as it was.
    """
    try:
        found: Visitor | None = await run_in_threadpool(connection.app.state.identify, connection)
    except MienError:
        return visitor_of(connection)
    return found


def needs(right: Right) -> Callable[[Request], Visitor]:
    """The dependency of a route that asks for a right at any site at least; what belongs to one site asks `check` too.

    Args:
        right: The right.

    Returns:
        What FastAPI calls; it gives the visitor.
    """

    def visitor(request: Request) -> Visitor:
        found = visitor_of(request)
        if found is None:
            raise NotSignedIn
        if not found.anywhere(right):
            raise Forbidden(right, None)
        return found

    visitor.right = right  # type: ignore[attr-defined]  # for the test that walks all routes
    return visitor


def signed_in(request: Request) -> Visitor:
    """The dependency of a route that everybody who is signed in may ask for.

    Raises:
        NotSignedIn: Nobody is.
    """
    found = visitor_of(request)
    if found is None:
        raise NotSignedIn
    return found


SignedIn = Depends(signed_in)


class Identified:
    """Finds out who makes each request, and keeps it with the request for `visitor_of`.

    Args:
        app: What answers.
        identify: Who makes a request; `None` where nobody is signed in.
    """

    def __init__(self, app: ASGIApp, *, identify: Callable[[HTTPConnection], Visitor | None]) -> None:
        self._app, self._identify = app, identify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find out, then answer."""
        if scope["type"] in {"http", "websocket"}:
            connection = HTTPConnection(scope)
            connection.state.visitor = await run_in_threadpool(self._identify, connection)
        await self._app(scope, receive, send)
