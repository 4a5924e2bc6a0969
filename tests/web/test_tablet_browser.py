"""The tablet in a real browser: it rings what is new within two seconds, until somebody sees to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mien.action import AlertState, Answer, Situation
from mien.web.serving import serving
from support.alerts import raised
from support.chromium import AXE
from support.tablet import Counter, counter_of
from support.waiting import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

MOST_MS = 2000
"""From the capture of the picture to the ring."""


@pytest.fixture
def counter(tmp_path: Path, browser: Browser) -> Iterator[Counter]:
    with (
        counter_of(tmp_path, browser, free_port()) as made,
        serving(made.app, made.settings),
    ):
        yield made


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
