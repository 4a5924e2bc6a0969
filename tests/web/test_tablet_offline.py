"""The tablet in a real browser without line, server or session: what rings, what is sent, what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mien.action import AlertState, Answer, Situation
from mien.store.events.alert import ALERT_CHANGED
from mien.web.app import create_app
from mien.web.serving import serving
from support.alerts import raised
from support.tablet import Counter, counter_of
from support.waiting import free_port, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page, Route

    from mien.action import Alert

pytestmark = pytest.mark.browser

LOST = "connection lost since"
UNSENT = "Not sent yet."
KEPT = "caches.keys().then((names) => names.filter((one) => one.startsWith('mien-tablet-')))"


@pytest.fixture
def apart(tmp_path: Path, browser: Browser) -> Iterator[Counter]:
    """The tills, not served yet."""
    with counter_of(tmp_path, browser, free_port()) as made:
        yield made


@pytest.fixture
def counter(apart: Counter) -> Iterator[Counter]:
    with serving(apart.app, apart.settings):
        yield apart


@pytest.fixture
def plain(tmp_path: Path, browser: Browser) -> Iterator[Counter]:
    """The tills, with a tablet whose browser keeps nothing."""
    with (
        counter_of(tmp_path, browser, free_port(), worker=False) as made,
        serving(made.app, made.settings),
    ):
        yield made


def card_of(page: Page, alert: Alert) -> Locator:
    return page.locator(f"#alert-{alert.uid}")


def wait_kept(page: Page, text: str = "") -> str:
    """What is kept of a page; waits for a state in which a text stands."""

    def kept() -> str:
        said: str = page.evaluate("caches.match(location.href).then((one) => one ? one.text() : '')")
        return said if text in said else ""

    return until(kept, "the last state is kept")


def changes(counter: Counter) -> int:
    """How often somebody said something of an alert, by what others are told."""
    return sum(one.event.type == ALERT_CHANGED for one in counter.store.outbox.after(0))


def test_without_a_connection_an_alert_that_is_over_says_so_and_rings_no_more(counter: Counter) -> None:
    page = counter.context.new_page()
    page.clock.install()
    page.goto(counter.url)
    page.get_by_role("button", name="Start shift").click()
    alert = raised(counter.store)
    card = card_of(page, alert)
    page.wait_for_selector(f"#alert-{alert.uid}[data-rang='1']")
    counter.context.set_offline(True)
    page.get_by_text(LOST).wait_for()
    page.clock.fast_forward((alert.expires_at - alert.signal.at).total_seconds() * 1000 - 30_000)
    until(lambda: int(card.get_attribute("data-rang") or 0) > 1, "it rings again")
    assert card.get_by_text("Over since").is_hidden()
    page.clock.fast_forward(31_000)
    card.get_by_text("Over since").wait_for()
    rang = card.get_attribute("data-rang")
    page.clock.run_for(60_000)
    assert card.get_attribute("data-rang") == rang
    assert card.get_by_role("button").count() == 0


def test_what_is_taken_without_a_connection_is_silent_at_once_and_sent_once_even_after_a_reload(
    counter: Counter,
) -> None:
    alert = raised(counter.store)
    page = counter.tablet()
    page.get_by_role("button", name="Start shift").click()
    page.wait_for_selector(f"#alert-{alert.uid}[data-rang='1']")
    wait_kept(page, alert.uid)
    counter.context.set_offline(True)
    page.get_by_text(LOST).wait_for()
    card = card_of(page, alert)
    card.get_by_role("button", name="I see to it").click()
    card.get_by_text(UNSENT).wait_for()
    assert card.get_attribute("data-taken") == ""
    page.reload()
    page.get_by_text(LOST).wait_for()
    card.get_by_text(UNSENT).wait_for()
    assert card.get_attribute("data-taken") == ""
    assert page.get_by_role("navigation").count() == 0
    missed = raised(counter.store, Situation.QUEUE_SOUR)
    counter.context.set_offline(False)
    card.get_by_role("button", name="Right").wait_for()
    card_of(page, missed).wait_for()
    page.get_by_role("navigation").wait_for()
    assert page.get_by_text(LOST).is_hidden()
    assert page.get_by_text(UNSENT).count() == 0
    known = counter.known(alert)
    assert (known.state, known.acknowledged_by) == (AlertState.ACKNOWLEDGED, "till.one")
    assert changes(counter) == 1


def test_a_press_that_gets_no_answer_holds_up_no_other_and_counts_once(plain: Counter) -> None:
    first, other = raised(plain.store), raised(plain.store)
    plain.store.alerts.acknowledge(first.uid, "till.one")
    page = plain.tablet()
    lost: list[Route] = []
    page.route("**/answer", lambda route: lost.append(route), times=1)  # noqa: PLW0108  (it must be a function)
    card_of(page, first).get_by_role("button", name="Wrong").click()
    card_of(page, first).get_by_text(UNSENT).wait_for()
    card_of(page, other).get_by_role("button", name="I see to it").click()
    card_of(page, other).get_by_role("button", name="Done").wait_for()
    assert card_of(page, other).get_by_text(UNSENT).count() == 0
    card_of(page, first).wait_for(state="detached")
    until(lambda: page.evaluate("Object.keys(localStorage).length") == 0, "it is sent again")
    assert len(lost) == 1
    assert plain.known(first).answer is Answer.WRONG
    assert changes(plain) == 3


def test_what_the_server_refuses_is_said_on_the_card(counter: Counter) -> None:
    alert = raised(counter.store)
    page = counter.tablet()
    wait_kept(page)
    page.evaluate("document.querySelector('.press button').formAction = '/alerts/x/answer'")
    card_of(page, alert).get_by_role("button", name="I see to it").click()
    card_of(page, alert).get_by_text("The server did not take it: What was sent cannot be used.").wait_for()
    assert card_of(page, alert).get_attribute("data-taken") is None


def test_what_is_kept_names_nobody_and_gives_way_to_any_answer(counter: Counter) -> None:
    alert = raised(counter.store)
    counter.store.alerts.acknowledge(alert.uid, "till.one")
    page = counter.tablet()
    assert "till.one" in page.content()
    kept = wait_kept(page, alert.uid)
    assert "till.one" not in kept
    assert "csrf" not in kept.lower()
    assert "Sign out" not in kept
    policy = "caches.match(location.href).then((one) => one.headers.get('content-security-policy'))"
    assert "script-src 'self'" in page.evaluate(policy)
    fresh = raised(counter.store)
    page.reload()
    assert page.evaluate("document.documentElement.dataset.kept ?? ''") == ""
    assert card_of(page, fresh).count() == 1
    page.goto(f"{counter.root}alerts")
    counter.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(f"{counter.root}alerts")


def test_after_a_sign_out_nothing_is_kept(counter: Counter) -> None:
    raised(counter.store)
    page = counter.tablet()
    wait_kept(page)
    page.locator("details.menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in**")
    assert page.evaluate(KEPT) == []
    counter.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_"):
        page.goto(counter.url)


@pytest.mark.parametrize(("comes", "sent"), [("till.one", True), ("till.two", False)])
def test_a_session_that_ended_meanwhile_leads_to_the_sign_in_and_sends_only_for_who_pressed(
    counter: Counter, comes: str, sent: bool
) -> None:
    alert = raised(counter.store)
    page = counter.tablet()
    wait_kept(page, alert.uid)
    counter.context.set_offline(True)
    page.get_by_text(LOST).wait_for()
    card_of(page, alert).get_by_role("button", name="I see to it").click()
    card_of(page, alert).get_by_text(UNSENT).wait_for()
    counter.store.sessions.end_all(counter.store.accounts.get("till.one").id)
    counter.context.set_offline(False)
    page.wait_for_url("**/sign-in**")
    until(lambda: page.evaluate(KEPT) == [], "what was kept is gone")
    counter.sign_in(comes)
    page.goto(counter.url)
    until(lambda: page.evaluate("Object.keys(localStorage).length") == 0, "nothing waits any more")
    until(lambda: (counter.known(alert).acknowledged_at is not None) == sent, "it is sent")
    assert counter.known(alert).acknowledged_by == (comes if sent else None)


def test_a_server_that_starts_anew_is_found_again_and_brings_its_own_files(apart: Counter) -> None:
    alert = raised(apart.store)
    with serving(apart.app, apart.settings):
        page = apart.tablet()
        wait_kept(page, alert.uid)
        [before] = page.evaluate(KEPT)
    page.get_by_text(LOST).wait_for()
    page.reload()
    card_of(page, alert).wait_for()
    page.get_by_text(LOST).wait_for()
    newer = create_app(apart.settings, apart.store)
    newer.state.version = "newer"
    with serving(newer, apart.settings):
        page.wait_for_selector("link[href='/static/tablet.css?v=newer']", state="attached")
        until(lambda: page.evaluate(KEPT) == ["mien-tablet-newer"], "what was kept before is gone")
        assert before != "mien-tablet-newer"
        assert page.get_by_text(LOST).is_hidden()


def test_a_page_loaded_again_without_sound_says_so_and_rings_once_touched(counter: Counter) -> None:
    alert = raised(counter.store)
    page = counter.tablet()
    # As a browser does with a page that it threw away: it is loaded again, and nobody has touched it.
    page.evaluate("sessionStorage.setItem('mien-shift', 'on')")
    page.reload()
    page.get_by_text("Silent: the browser holds the sound back.").wait_for()
    page.get_by_role("heading", name="tills").click()
    page.wait_for_selector(f"#alert-{alert.uid}[data-rang='1']")
    assert page.get_by_text("Silent:").is_hidden()
    page.get_by_role("button", name="End shift").wait_for()


def test_the_worker_may_answer_for_the_tablet_only(counter: Counter) -> None:
    answer = counter.context.request.get(f"{counter.root}static/tablet_worker.js")
    assert answer.headers["service-worker-allowed"] == "/tablet"
    assert answer.headers["cache-control"] == "no-cache"
    assert "worker-src 'self'" in answer.headers["content-security-policy"]
    assert (
        "service-worker-allowed" not in counter.context.request.get(f"{counter.root}static/mien.js").headers
    )
