"""The quiz in a real Chromium: it asks for every mood once, tells right from wrong, and begins again."""

from __future__ import annotations

import pytest

from mien.journey.moods import chart
from mien.report.moods.pages import chart_page, quiz_page
from mien.report.moods.texts import words

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(browser, tmp_path):
    """Open a page without a network; complaints of the browser fail the test."""
    complaints = []
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, offline=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))

    def open_(text):
        (tmp_path / "page.html").write_text(text, encoding="utf-8")
        page.goto((tmp_path / "page.html").as_uri())
        return page

    yield open_
    context.close()
    assert not complaints


def test_the_quiz_asks_for_every_mood_once_and_counts_what_is_right(opened):
    said, names = words("es"), {mood.key: mood.names["es"] for mood in chart()}
    page = opened(quiz_page("es"))
    asked, right = [], 0
    for n in range(32):
        buttons = page.locator("[data-names] button")
        keys = buttons.evaluate_all("all => all.map(one => one.dataset.key)")
        assert len(set(keys)) == 4
        assert buttons.all_inner_texts() == [names[key] for key in keys]
        buttons.nth(n % 4).press("Enter")
        mood = page.locator("[data-names] button.yes").get_attribute("data-key")
        good = keys[n % 4] == mood
        told = page.locator("[data-told]").inner_text()
        assert (said.right in told) is good
        assert (names[mood] in told) is not good
        assert page.locator("[data-names] button.no").count() == (not good)
        asked.append(mood)
        right += good
        assert page.locator("[data-tally]").inner_text().startswith(f"{right} / {n + 1} ")
        page.keyboard.press("Enter")  # the focus is on "next"
    assert sorted(asked) == sorted(names)
    assert page.locator("[data-tally]").inner_text().startswith("0 / 0 ")


@pytest.mark.parametrize("page", [chart_page, quiz_page])
def test_a_page_fits_a_telephone(opened, page):
    shown = opened(page("fr"))
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
