"""Every page in a real browser, as people see it: in two languages, light and dark, at a desk and on a telephone.

What must hold everywhere: nothing is broken or blocked, nothing is wider than the screen, axe finds nothing serious
(WCAG 2.2 AA), and a first load stays under 300 KB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from mien.privacy.roles import Grant, Role
from mien.runtime.demo import build_demo
from mien.store import NewUser, Store
from mien.web.app import create_app
from mien.web.rendering import TABS
from mien.web.serving import serving
from mien.web.settings import WebSettings
from mien.web.signin.cookies import session_cookie
from support.chromium import AXE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, ViewportSize

pytestmark = pytest.mark.browser

DESK: ViewportSize = {"width": 1280, "height": 900}
TELEPHONE: ViewportSize = {"width": 320, "height": 640}
WAYS = [("en", "light", DESK), ("fr", "dark", DESK), ("fr", "light", TELEPHONE), ("en", "dark", TELEPHONE)]
MOST_BYTES = 300_000
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Shop:
    """A served demo of one store, with somebody who may see everything."""

    def __init__(self, url: str, cookie: str, token: str, pages: list[str]) -> None:
        self.url, self.cookie, self.token, self.pages = url, cookie, token, pages


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("walk")
    with Store.open(folder / "demo.sqlite") as store:
        filled = build_demo(store, folder, sites=1, days=2, per_role=25)
        settings = WebSettings(port=0, site_files=filled.site_files)
        store.accounts.add(NewUser("anna", grants=tuple(Grant(role) for role in Role)), by="test")
        token = store.sessions.begin(store.accounts.get("anna").id).token
        app = create_app(settings, store)
        with serving(app, settings) as server:
            single = store.recordings.interactions()[0].id
            site = quote(filled.story.sites[0].name)
            pages = [tab.path for tab in TABS if tab.path in app.state.paths]
            pages += [
                "/moods/quiz",
                "/sample",
                "/account",
                "/settings/users",
                f"/settings/{site}",
                f"/settings/{site}/rules",
                "/playbook",
                "/tasks",
                f"/settings/{site}/zones/{quote(next(iter(app.state.sites[0].cameras)))}",
                f"/about/{site}",
                f"/visits/{single}",
                "/nothing",
            ]
            pages += [f"/tablet?site={site}&touchpoint=checkout"]
            yield Shop(server.url.rstrip("/"), session_cookie(settings), token, pages)


@pytest.mark.parametrize(("spoken", "scheme", "screen"), WAYS)
def test_every_page_is_whole_and_open_to_everybody(
    browser: Browser, shop: Shop, spoken: str, scheme: str, screen: ViewportSize
) -> None:
    context = browser.new_context(viewport=screen, color_scheme=scheme, locale=spoken)  # type: ignore[arg-type]
    context.add_cookies([{"name": shop.cookie, "value": shop.token, "url": shop.url}])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    wrong: dict[str, object] = {}
    for path in shop.pages:
        said.clear()
        answer = page.goto(f"{shop.url}{path}", wait_until="load")
        assert answer is not None
        found: list[object] = [one for one in said if path != "/nothing" or "404" not in one]
        if answer.status != (404 if path == "/nothing" else 200):
            found.append(f"status {answer.status}")
        if page.evaluate("document.documentElement.lang") != spoken:
            found.append("another language")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{wide} pixels wider than the screen")
        if page.locator("h1").count() != 1:
            found.append(f"{page.locator('h1').count()} main headings")
        found += _axe(page)
        if found:
            wrong[path] = found
    context.close()
    assert not wrong, "\n".join(f"{path}: {what}" for path, what in wrong.items())


def _axe(page: Page) -> list[str]:
    """What axe finds serious or worse."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", RULES)
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("spoken", ["en", "fr", "ru"])
def test_the_names_of_all_pages_are_in_sight(browser: Browser, shop: Shop, spoken: str) -> None:
    context = browser.new_context(viewport=DESK, locale=spoken)
    context.add_cookies([{"name": shop.cookie, "value": shop.token, "url": shop.url}])
    page = context.new_page()
    page.goto(f"{shop.url}/moods")
    beyond = "document.querySelector('.tabs').scrollWidth - document.querySelector('.tabs').clientWidth"
    for width in (1000, 1280, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(beyond) == 0, width
    context.close()


BEYOND = """() => {
  const right = document.body.getBoundingClientRect().right, foot = document.documentElement.clientHeight;
  const beyond = [];
  const all = [...document.querySelectorAll("main [data-tip]:not(.cells)")].filter((one) => one.checkVisibility());
  for (const one of all) {
    one.scrollIntoView({block: "center"});
    one.click();
    const tip = one.querySelector(".tip"), at = tip.getBoundingClientRect();
    const seen = getComputedStyle(tip).visibility === "visible" && at.width && tip.textContent.trim();
    if (!seen || at.left < 0 || at.right > right || at.top < 0 || at.bottom > foot)
      beyond.push(`${one.textContent.trim()}: ${at.left} to ${at.right}`);
  }
  return [all.length, beyond];
}"""
UNTOLD = """() => [...document.querySelectorAll("main td.num, main dd, main b")]
  .filter((one) => /\\d/.test(one.textContent) && !one.querySelector("[data-tip], .cannot"))
  .filter((one) => !one.closest("[data-tip]"))
  .map((one) => one.textContent.trim())"""


@pytest.mark.parametrize("width", [390, 1280])
def test_what_a_figure_says_of_itself_is_in_the_window(browser: Browser, shop: Shop, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="fr")
    context.add_cookies([{"name": shop.cookie, "value": shop.token, "url": shop.url}])
    page = context.new_page()
    for path, least in (("/flow", 20), ("/visits", 10), ("/compare?by=shift", 2)):
        page.goto(f"{shop.url}{path}")
        found, beyond = page.evaluate(BEYOND)
        assert found >= least, path
        assert beyond == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.goto(f"{shop.url}/flow")
    assert page.evaluate(UNTOLD) == []
    figure = page.locator(".sheet .figure").first
    figure.hover()
    assert figure.locator(".tip").is_visible()
    cell = page.locator(".heat rect").last
    cell.click()
    assert page.locator(".cells .tip").first.inner_text() == cell.locator("title").text_content()
    context.close()


def test_names_in_the_charts_of_a_report_are_no_headlines(browser: Browser, shop: Shop) -> None:
    context = browser.new_context(viewport=DESK)
    context.add_cookies([{"name": shop.cookie, "value": shop.token, "url": shop.url}])
    page = context.new_page()
    page.goto(f"{shop.url}/reports")
    sizes = page.locator(".lane .name").evaluate_all(
        "all => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert sizes
    assert max(sizes) <= 16
    context.close()


def test_a_first_load_is_small(browser: Browser, shop: Shop) -> None:
    for path in shop.pages:
        context = browser.new_context(viewport=DESK)
        context.add_cookies([{"name": shop.cookie, "value": shop.token, "url": shop.url}])
        page = context.new_page()
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        sizes: list[float] = []
        line.on("Network.loadingFinished", lambda told, sizes=sizes: sizes.append(told["encodedDataLength"]))
        page.goto(f"{shop.url}{path}", wait_until="load")
        context.close()
        assert sum(sizes) < MOST_BYTES, path
        assert len(sizes) >= 3
