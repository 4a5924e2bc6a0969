"""An app over a store, and browsers and programs that ask it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from starlette.testclient import TestClient

from mien.privacy.roles import Grant, Role
from mien.store import NewUser
from mien.web.app import create_app
from mien.web.settings import WebSettings
from mien.web.signin.cookies import session_cookie

if TYPE_CHECKING:
    from collections.abc import Collection

    from httpx2 import Response

    from mien.privacy.roles import Right
    from mien.store import Store

HOST = "localhost:8470"
PASSWORD = "three grey herons"


class Place:
    """An app over a store, with those who come to it."""

    def __init__(self, store: Store, **settings: Any) -> None:
        self.store = store
        self.settings = WebSettings(**settings)
        self.app = create_app(self.settings, store)

    def browser(self, *, address: str = "10.0.0.1", https: bool = False) -> TestClient:
        """A browser of nobody yet, which goes where it is sent only when it is told."""
        return TestClient(
            self.app,
            base_url=f"http{'s' if https else ''}://{HOST}",
            headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"},
            follow_redirects=False,
            client=(address, 50000),
        )

    def user(self, name: str, *grants: Grant, password: str | None = None) -> None:
        """Make a user, who has a password where one is given."""
        self.store.accounts.add(NewUser(name, grants=grants), by="test")
        if password is not None:
            self.store.accounts.set_password(name, password, by="test")

    def signed_in(self, role: Role, site: str | None) -> TestClient:
        """A browser of a user with one role, made and signed in without a password."""
        name = f"{role}-{site or 'all'}".lower()
        self.user(name, Grant(role, site))
        return self.browser_of(name)

    def browser_of(self, name: str) -> TestClient:
        """A browser of a user, signed in."""
        client = self.browser()
        token = self.store.sessions.begin(self.store.accounts.get(name).id).token
        client.cookies.set(session_cookie(self.settings), token)
        return client

    def program(self, rights: Collection[Right], site: str | None, name: str = "program") -> TestClient:
        """A program with a key."""
        key = self.store.keys.make(name, rights, by="test", site=site)
        return TestClient(
            self.app, base_url=f"http://{HOST}", headers={"Authorization": f"Bearer {key.token}"}
        )


def token_in(page: Response) -> str:
    """The token in the forms of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, "the page has no form with a token"
    return found[1]
