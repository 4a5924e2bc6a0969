"""The tablet in a real browser: it rings what is new within two seconds, until somebody sees to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mien.action import AlertState, Answer, Situation
from mien.privacy.roles import Grant, Role
from mien.store import NewUser, Store
from mien.store.live import Now
from mien.web.app import create_app
from mien.web.serving import serving
from mien.web.settings import WebSettings
from mien.web.signin.cookies import session_cookie
from support.alerts import raised
from support.chromium import AXE
from support.new_store import ready_made
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

MOST_MS = 2000
"""From the capture of the picture to the ring."""


class Counter:
    """A served store with the tablet of its tills."""

    def __init__(self, store: Store, settings: WebSettings, url: str, context: BrowserContext) -> None:
        self.store = store
        self.url = f"{url}tablet?site=North&touchpoint=tills"
        self.context = context
        store.accounts.add(NewUser("till.one", grants=(Grant(Role.STAFF),)), by="tests")
        token = store.sessions.begin(store.accounts.get("till.one").id).token
        context.add_cookies([{"name": session_cookie(settings), "value": token, "url": url}])

    def tablet(self) -> Page:
        """The page as it is before the shift."""
        page = self.context.new_page()
        page.goto(self.url)
        return page


@pytest.fixture
def counter(tmp_path: Path, browser: Browser) -> Iterator[Counter]:
    settings = WebSettings(port=0)
    with (
        Store.open(ready_made(tmp_path / "s.sqlite")) as store,
        serving(create_app(settings, store), settings) as server,
    ):
        store.live.say("North", {"till": Now(touchpoint="tills")})
        context = browser.new_context(viewport={"width": 1024, "height": 768}, locale="en-GB")
        yield Counter(store, settings, server.url, context)
        context.close()


def rang_ms(page: Page, uid: str) -> float:
    """When an alert rang first, ms since 1970; waits for it."""
    page.wait_for_selector(f"#alert-{uid}[data-rang-at]", timeout=10_000)
    return float(page.get_attribute(f"#alert-{uid}", "data-rang-at") or 0)


def test_an_alert_rings_within_two_seconds_until_somebody_sees_to_it(counter: Counter) -> None:
    page = counter.tablet()
    page.get_by_role("button", name="Start shift").click()
    page.get_by_role("button", name="End shift").wait_for()
    alert = raised(counter.store)
    assert rang_ms(page, alert.uid) - alert.signal.at.timestamp() * 1000 < MOST_MS
    card = page.locator(f"#alert-{alert.uid}")
    said = card.inner_text()
    for one in ("A face falls at the till", "The face shows 0.42 less.", "97 % sure", "Pause, look up"):
        assert one in said
    assert "A face falls at the till" in page.locator("#told").inner_text()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa']})")["violations"] == []
    # By keys alone: the button is reached, and its answers take its place under the finger.
    card.get_by_role("button", name="I see to it").focus()
    page.keyboard.press("Enter")
    card.get_by_role("button", name="Right").wait_for()
    known = counter.store.alerts.of(alert.uid)
    assert known is not None
    assert (known.state, known.acknowledged_by) == (AlertState.ACKNOWLEDGED, "till.one")
    assert page.evaluate("document.activeElement.value") == "right"
    card.get_by_role("button", name="Done").click()
    card.wait_for(state="detached")
    known = counter.store.alerts.of(alert.uid)
    assert known is not None
    assert known.answer is Answer.DONE


def test_it_rings_again_until_it_is_acknowledged_and_calm_cards_ring_once(counter: Counter) -> None:
    page = counter.context.new_page()
    page.clock.install()
    page.goto(counter.url)
    page.get_by_role("button", name="Start shift").click()
    loud = raised(counter.store)
    tired = raised(counter.store, Situation.ARRIVAL_TIRED)
    calm = raised(counter.store, Situation.ARRIVAL)
    page.wait_for_selector(f"#alert-{calm.uid}")
    rang_ms(page, loud.uid)
    rang_ms(page, tired.uid)
    page.clock.run_for(21_000)
    page.wait_for_selector(f"#alert-{loud.uid}[data-rang='2']")
    assert page.get_attribute(f"#alert-{tired.uid}", "data-rang") == "1"
    assert page.get_attribute(f"#alert-{calm.uid}", "data-rang") is None


def test_before_the_shift_nothing_rings_and_what_is_open_rings_when_it_starts(counter: Counter) -> None:
    alert = raised(counter.store)
    page = counter.tablet()
    page.wait_for_selector(f"#alert-{alert.uid}")
    assert page.locator("#alerts").get_attribute("data-rings") == "0"
    page.get_by_role("button", name="Start shift").click()
    assert rang_ms(page, alert.uid) > 0


def test_without_a_connection_the_last_state_stays_and_what_came_meanwhile_rings_after(
    counter: Counter,
) -> None:
    page = counter.tablet()
    page.get_by_role("button", name="Start shift").click()
    seen = raised(counter.store)
    rang_ms(page, seen.uid)
    counter.context.set_offline(True)
    page.get_by_text("connection lost since").wait_for(timeout=10_000)
    page.locator(f"#alert-{seen.uid}").get_by_role("button", name="I see to it").click()
    page.get_by_text("That was not sent").wait_for()
    missed = raised(counter.store, Situation.QUEUE_SOUR)
    assert page.locator(".alert").count() == 1
    counter.context.set_offline(False)
    rang_ms(page, missed.uid)
    assert page.locator(f"#alert-{seen.uid}").count() == 1
    until(lambda: page.get_by_text("connection lost since").is_hidden(), "the line is there again")
