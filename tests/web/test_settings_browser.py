"""The page of a site file and its zones in a real browser, as its owner uses them."""

from __future__ import annotations

import tomllib
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from mien.privacy.roles import Grant, Role
from mien.store import NewUser, Store
from mien.web.app import create_app
from mien.web.serving import serving
from mien.web.settings import WebSettings
from mien.web.signin.cookies import session_cookie
from support.new_store import ready_made
from support.site_editing import SAMPLES, SITE, comments_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


class Owner:
    """A served store with one site file, and its owner's cookie."""

    def __init__(self, url: str, cookie: str, token: str, file: Path) -> None:
        self.url, self.cookie, self.token, self.file = url, cookie, token, file
        self.before = file.read_text()

    @contextmanager
    def page(self, browser: Browser, path: str) -> Iterator[Page]:
        """A page of theirs; it must not complain of anything."""
        context = browser.new_context(viewport={"width": 1280, "height": 900}, has_touch=True)
        context.add_cookies([{"name": self.cookie, "value": self.token, "url": self.url}])
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{self.url}{path}")
        yield page
        context.close()
        assert not said

    def zones(self, camera: str) -> dict[str, object]:
        return tomllib.loads(self.file.read_text())["cameras"][camera].get("zones", {})


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    folder = tmp_path_factory.mktemp("owner")
    file = folder / "shop.toml"
    file.write_text(SITE.replace("FILM", str(SAMPLES / "neutral_to_smiling.mp4")))
    with Store.open(ready_made(folder / "s.sqlite")) as store:
        settings = WebSettings(port=0, site_files=(file,))
        store.accounts.add(NewUser("anna", grants=(Grant(Role.ADMIN),)), by="test")
        token = store.sessions.begin(store.accounts.get("anna").id).token
        with serving(create_app(settings, store), settings) as server:
            yield Owner(server.url.rstrip("/"), session_cookie(settings), token, file)


@pytest.fixture
def owner(served: Owner) -> Owner:
    served.file.write_text(served.before)
    return served


def test_a_zone_drawn_by_mouse_and_one_by_keys_are_in_the_file_and_its_remarks_too(
    browser: Browser, owner: Owner
) -> None:
    with owner.page(browser, "/settings/Lyon%202/zones/door") as page:
        page.get_by_role("button", name="Take a still").click()
        page.get_by_text("Blurred in memory").wait_for()
        box = page.locator("#stage").bounding_box()
        assert box is not None

        page.get_by_role("button", name="Add a zone").click()
        for x, y in ((0.1, 0.1), (0.4, 0.1), (0.4, 0.9), (0.1, 0.9), (0.1, 0.1)):
            page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        page.keyboard.type("counter")

        page.get_by_role("button", name="Add a zone").focus()
        page.keyboard.press("Enter")
        for keys in (["Shift+ArrowRight"] * 2, ["Shift+ArrowRight"] * 4, ["Shift+ArrowDown"] * 4):
            for key in keys:
                page.keyboard.press(key)
            page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.keyboard.type("queue")
        page.locator("#drawn li").last.get_by_label("Kind").select_option("queue")
        page.locator("#drawn li").last.get_by_label("till 1").check()
        corner = page.get_by_role("button", name="corner 1 of queue")
        corner.focus()
        page.keyboard.press("ArrowUp")
        page.get_by_role("button", name="Save zones").click()
        page.get_by_text("Saved.").wait_for()

    drawn = owner.zones("door")
    assert drawn["counter"]["kind"] == "staff"
    wanted = [[0.1, 0.1], [0.4, 0.1], [0.4, 0.9], [0.1, 0.9]]
    assert drawn["counter"]["corners"] == [[pytest.approx(x, abs=0.003) for x in one] for one in wanted]
    assert drawn["queue"] == {
        "kind": "queue",
        "corners": [[0.6, 0.49], [0.8, 0.5], [0.8, 0.7]],
        "service_points": ["till 1"],
    }
    text = owner.file.read_text()
    assert comments_of(text) == comments_of(owner.before)
    assert not [line for line in owner.before.splitlines() if line not in text.splitlines()]


def test_corners_move_by_a_drag_and_a_finger_and_go_by_delete(browser: Browser, owner: Owner) -> None:
    with owner.page(browser, "/settings/Lyon%202/zones/tills") as page:
        box = page.locator("#stage").bounding_box()
        assert box is not None
        wide, high = box["width"], box["height"]
        page.mouse.move(box["x"] + 0.3 * wide, box["y"] + 0.1 * high)
        page.mouse.down()
        page.mouse.move(box["x"] + 0.35 * wide, box["y"] + 0.2 * high, steps=3)
        page.mouse.up()
        finger = page.context.new_cdp_session(page)
        for kind, x, y in (("Start", 0.6, 0.1), ("Move", 0.65, 0.1), ("Move", 0.7, 0.2), ("End", 0, 0)):
            at = [{"x": box["x"] + x * wide, "y": box["y"] + y * high}] if kind != "End" else []
            finger.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": at})
        page.get_by_role("button", name="a corner more on customer 1").first.tap()
        page.get_by_role("button", name="corner 5 of customer 1").wait_for()
        page.get_by_role("button", name="corner 3 of customer 1").focus()
        page.keyboard.press("Delete")
        page.get_by_role("button", name="Delete: desk").click()
        page.get_by_role("button", name="Save zones").click()
        page.get_by_text("Saved.").wait_for()
    drawn = owner.zones("tills")
    assert set(drawn) == {"customer 1"}
    assert drawn["customer 1"]["corners"] == [
        [pytest.approx(0.35, abs=0.003), pytest.approx(0.2, abs=0.003)],
        [pytest.approx(0.525, abs=0.003), pytest.approx(0.2, abs=0.003)],
        [0.6, 0.9],
        [0.3, 0.9],
    ]
    assert "# where Maria stands" in owner.file.read_text()


def test_a_problem_leads_to_its_line_and_keys_save(browser: Browser, owner: Owner) -> None:
    with owner.page(browser, "/settings/Lyon%202") as page:
        text = page.get_by_label("Text of the site file")
        assert "geheim" not in page.content()
        text.fill(text.input_value().replace('role = "checkout"', 'role = "till"'))
        text.press("Control+Enter")
        page.locator("#found").get_by_text("1 problem stands against it").wait_for()
        page.locator("#found [data-line]").first.click()
        chosen = "[document.activeElement.id, getSelection().toString()]"
        assert page.evaluate(chosen) == ["text", 'role = "till"']
        page.keyboard.type('role = "checkout"')
        text.evaluate(
            "one => one.setSelectionRange(one.value.indexOf('# rate'), one.value.indexOf('# rate'))"
        )
        page.keyboard.press("Control+/")
        page.keyboard.press("Control+s")
        page.get_by_text("Saved.").wait_for()
    assert owner.file.read_text() == owner.before.replace("# rate = 5", "rate = 5")
