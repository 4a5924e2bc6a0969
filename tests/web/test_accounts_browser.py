"""Signing in and the pages of users and of privacy in a real Chromium: keys alone, small, dark, and by axe."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mien.privacy import KeepDays, Notice
from mien.privacy.roles import Grant, Right, Role
from mien.store import NewUser, Store
from mien.web.app import create_app
from mien.web.serving import Server
from mien.web.settings import WebSettings
from support.new_store import ready_made
from support.web_people import PASSWORD

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parents[1] / "support" / "vendor" / "axe.min.js").read_text()
PAGES = ("/account", "/settings/users", "/privacy", "/sign-in")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(ready_made(tmp_path_factory.mktemp("browser") / "mien.sqlite")) as opened:
        today = datetime.now(UTC).date()
        opened.notices.record(Notice("North", "door", today, "2026-03", "A. Ozola"))
        opened.retention.record("North", KeepDays(30, 400, 90))
        opened.retention.expire(datetime.now(UTC))
        opened.accounts.add(
            NewUser(
                "boss", "A Rather Long Name Of Somebody", grants=(Grant(Role.ADMIN), Grant(Role.OFFICER))
            ),
            by="test",
        )
        opened.accounts.add(NewUser("anna", grants=(Grant(Role.MANAGER, "North"),)), by="boss")
        opened.keys.make("a till system with a long name", {Right.SALES}, by="boss")
        yield opened


@pytest.fixture(scope="module")
def address(store):
    settings = WebSettings(port=0)
    server = Server(create_app(settings, store), settings)
    server.start()
    yield server.url.rstrip("/")
    server.stop()


@pytest.fixture
def opened(browser):
    """Open a page; complaints of the browser fail the test."""
    contexts, complaints = [], []

    def made(**options):
        context = browser.new_context(reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        return page

    yield made
    for context in contexts:
        context.close()
    assert not complaints


def test_a_new_user_comes_in_by_a_link_with_keys_alone(store, address, opened):
    page = opened()
    page.goto(f"{address}/link/{store.links.make('anna', by='boss').token}")
    page.get_by_label("Password").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/account")
    assert "Manager" in page.locator("main").inner_text()
    page.locator("details.menu > summary").press("Enter")
    page.get_by_role("button", name="Sign out", exact=True).press("Enter")
    page.wait_for_url(f"{address}/sign-in")
    page.wait_for_function("document.activeElement.name === 'name'")
    page.keyboard.type("Anna")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")


def test_an_administrator_hands_out_a_link_that_opens(store, address, opened):
    page = opened()
    page.goto(f"{address}/link/{store.links.make('boss', by='test').token}")
    for label in ("Password", "The same once more"):
        page.get_by_label(label).fill(PASSWORD)
    page.get_by_role("button", name="Keep it and sign in").click()
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/settings/users")
    page.get_by_text("New user").press("Enter")
    page.get_by_label("Name for sign-in").fill("bo")
    page.get_by_role("button", name="Make the user and a link").click()
    link = page.locator("code.secret").inner_text()
    assert page.get_by_alt_text("The same link as a QR code").evaluate("one => one.naturalWidth") > 100
    theirs = opened()
    theirs.goto(link)
    assert "Welcome, bo" in theirs.locator("h1").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_fit_and_axe_finds_nothing(store, address, opened, scheme, width):
    page = opened(viewport={"width": width, "height": 800}, color_scheme=scheme)
    token = store.sessions.begin(store.accounts.get("boss").id).token
    for path in PAGES:
        if path == "/sign-in":
            page.context.clear_cookies()
        else:
            page.context.add_cookies([{"name": "mien-session-0", "value": token, "url": address}])
        page.goto(address + path)
        for summary in page.locator("main summary").all():
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
        page.evaluate(AXE)
        found = page.evaluate(
            "axe.run().then(found => found.violations.map(one => [one.id, one.nodes.map(n => n.html)]))"
        )
        assert found == [], (path, scheme, width)
