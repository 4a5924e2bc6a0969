"""A served store with the tablet of its tills, and somebody who is signed in on it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mien.privacy.roles import Grant, Role
from mien.store import NewUser, Store
from mien.web.app import create_app
from mien.web.settings import WebSettings
from mien.web.signin.cookies import session_cookie
from support.new_store import ready_made
from support.sites import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from mien.action import Alert


SITE = f"""\
{HEAD.replace("Lyon 2", "North")}
[touchpoints.tills]
role = "checkout"

[cameras.till]
touchpoint = "tills"
url = "rtsp://192.0.2.1/cam"
"""


class Counter:
    """The tills of a shop.

    Attributes:
        store: The open store.
        app: What is served.
        root: Where it is served, with a slash at its end.
        url: The page of the tills.
        context: The browser of the tablet; `till.one` is signed in.
    """

    def __init__(self, store: Store, site: Path, context: BrowserContext, port: int) -> None:
        self.store = store
        self.context = context
        self.settings = WebSettings(port=port, site_files=(site,))
        self.app = create_app(self.settings, store)
        self.root = f"http://localhost:{port}/"
        self.url = f"{self.root}tablet?site=North&touchpoint=tills"

    def sign_in(self, name: str) -> None:
        """Begin a session of somebody, who is made if need be."""
        if not any(one.name == name for one in self.store.accounts.entries()):
            self.store.accounts.add(NewUser(name, grants=(Grant(Role.STAFF),)), by="tests")
        token = self.store.sessions.begin(self.store.accounts.get(name).id).token
        self.context.add_cookies([{"name": session_cookie(self.settings), "value": token, "url": self.root}])

    def tablet(self) -> Page:
        """The page as it is before the shift."""
        page = self.context.new_page()
        page.goto(self.url)
        return page

    def known(self, alert: Alert) -> Alert:
        """An alert as it is now."""
        found = self.store.alerts.of(alert.uid)
        assert found is not None
        return found


@contextmanager
def counter_of(folder: Path, browser: Browser, port: int, *, worker: bool = True) -> Iterator[Counter]:
    """The tills, not served yet.

    Args:
        folder: For the store.
        browser: Its tablet is a context of it.
        port: Where it is to be served.
        worker: Whether the browser has service workers, which it has by https and on the machine itself.
    """
    site = folder / "north.toml"
    site.write_text(SITE)
    with Store.open(ready_made(folder / "s.sqlite")) as store:
        context = browser.new_context(
            viewport={"width": 1024, "height": 768},
            locale="en-GB",
            service_workers="allow" if worker else "block",
        )
        counter = Counter(store, site, context, port)
        counter.sign_in("till.one")
        try:
            yield counter
        finally:
            context.close()
