"""The page in a real Chromium: it opens without a network, fits a telephone, and obeys the keyboard."""

from __future__ import annotations

import pytest

from support.contrast import FAINT

pytestmark = pytest.mark.browser

# Names of faces stand on a chart and flags on pictures, whose ground is not their own.
APART = ".name, .flag, script"


@pytest.fixture(scope="module")
def written(pages, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    files = {name: folder / f"{name}.html" for name in pages}
    for name, file in files.items():
        file.write_text(pages[name], encoding="utf-8")
    return files


@pytest.fixture
def open_page(browser, written):
    """Open reports in one window; other requests and complaints of the browser fail the test."""
    complaints = []
    context = browser.new_context(
        viewport={"width": 1200, "height": 844}, color_scheme="light", reduced_motion="reduce", offline=True
    )
    page = context.new_page()
    page.on("request", lambda r: complaints.append(r.url) if not r.url.startswith("file:") else None)
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))

    def opened(name):
        page.goto(written[name].as_uri())
        return page

    yield opened
    context.close()
    assert complaints == []


def test_every_report_opens_offline_and_fits_a_desk_and_a_telephone(open_page, reports):
    for name in reports:
        page = open_page(name)
        assert page.locator("h1").count() == 1, name
        assert page.locator("footer").is_visible(), name
        for width in (1200, 390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)


def test_every_text_can_be_read_in_light_and_dark(open_page):
    for name in ("several", "one", "left_out", "worsened"):
        page = open_page(name)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(FAINT, APART) == [], (name, scheme)


def test_dark_is_dark_and_the_curve_follows(open_page):
    page = open_page("one")

    def look(scheme):
        page.emulate_media(color_scheme=scheme)
        return page.evaluate(
            """() => [getComputedStyle(document.body).backgroundColor,
                      getComputedStyle(document.querySelector('#i1-curve path:last-child')).stroke]"""
        )

    (light_ground, light_curve), (dark_ground, dark_curve) = look("light"), look("dark")
    assert light_ground == "rgb(247, 244, 238)"
    assert dark_ground == "rgb(20, 23, 28)"
    assert light_curve != dark_curve


def test_a_definition_opens_and_closes_by_keyboard(open_page):
    page = open_page("one")
    term = page.locator(".card .term", has_text="EPS")
    definition = page.locator("#def-eps")
    assert not definition.is_visible()
    term.focus()
    page.keyboard.press("Enter")
    assert definition.is_visible()
    box = definition.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1200
    page.keyboard.press("Escape")
    assert not definition.is_visible()


def test_the_table_of_figures_opens_by_keyboard(open_page):
    page = open_page("one")
    cell = page.locator("details table").first
    assert not cell.is_visible()
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    assert cell.is_visible()


def test_pointing_at_a_chart_tells_its_values(open_page):
    page = open_page("one")
    readout = page.locator(".readout")
    area = page.locator(".plot.curve .area")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    area.hover(position={"x": box["width"] * 0.95, "y": 60})
    assert "valence +0.3" in readout.inner_text()
    assert "(+0." in readout.inner_text()
    area.hover(position={"x": box["width"] * 0.66, "y": 60})
    assert "turned away" in readout.inner_text()
    assert "valence —" in readout.inner_text()


def test_the_curve_is_read_by_keyboard_too(open_page):
    page = open_page("one")
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    assert float(slider.get_attribute("aria-valuenow")) == pytest.approx(2.0, abs=0.05)
    page.keyboard.press("PageUp")
    assert "valence −0.6" in slider.get_attribute("aria-valuetext")
    page.keyboard.press("End")
    assert float(slider.get_attribute("aria-valuenow")) == pytest.approx(42.0, abs=0.05)


def test_every_chart_and_control_has_a_name(open_page):
    page = open_page("several")
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button, a, summary, [role], [tabindex="0"], section, article')]
            .filter(e => !e.ariaLabel && !e.getAttribute('aria-labelledby') && !e.textContent.trim())
            .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert unnamed == []
    assert (
        page.locator(".spark svg[role=img]").first.get_attribute("aria-label").startswith("Valence over time")
    )


def test_on_paper_every_word_is_explained_and_the_ground_is_white(open_page):
    page = open_page("one")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("#def-eps").is_visible()
    assert not page.locator(".readout").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
