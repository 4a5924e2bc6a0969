"""The page of calls in Chromium, with a recording of a simulated meeting whose tiles swap: told, marked, read, stopped.

All that leaves the browser is looked at: no request but for the page's own files, and on the line nothing but what was
asked and pictures of the rectangle, of its size and with its pixels.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect
from tools.calls.__main__ import film
from tools.calls.play import change

from mien.privacy.roles import Grant, Role
from mien.store import Store
from mien.video import open_video
from mien.web.access import Visitor
from mien.web.app import create_app
from mien.web.serving import serving
from mien.web.settings import WebSettings
from support.new_store import ready_made

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
]
SWAP_S = 4.0
INSIDE = 0.006
"""By how much the rectangle is drawn inside the tile, of the window."""


@dataclass
class Sent:
    """What left the browser, and what it complained of."""

    requests: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    pictures: list = field(default_factory=list)
    told: list = field(default_factory=list)
    complaints: list = field(default_factory=list)

    def watch(self, page):
        page.on("request", lambda request: self.requests.append((request.method, request.url)))
        page.on(
            "console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("websocket", self._line)

    def _line(self, line):
        line.on("framesent", self._sent)
        line.on("framereceived", lambda data: self.told.append(json.loads(data)))

    def _sent(self, data):
        if isinstance(data, bytes):
            (ms,) = struct.unpack(">d", data[:8])
            self.pictures.append(
                (ms / 1000, cv2.imdecode(np.frombuffer(data[8:], np.uint8), cv2.IMREAD_COLOR))
            )
        else:
            self.asked.append(json.loads(data))


@pytest.fixture(scope="module")
def meeting(tmp_path_factory):
    """A recording, and the rectangle of the marked tile in parts of the window."""
    path = tmp_path_factory.mktemp("meeting") / "meeting.mp4"
    call = replace(change("two tiles swap", 1), at_s=SWAP_S)
    film(call, path, SWAP_S + 2.0)
    return path, json.loads(path.with_suffix(".json").read_text())["tile"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    settings = WebSettings(port=0)
    with Store.open(ready_made(tmp_path_factory.mktemp("store") / "mien.sqlite")) as store:
        app = create_app(settings, store, identify=lambda _: Visitor("ann", "Ann", (Grant(Role.MANAGER),)))
        with serving(app, settings) as running:
            yield running


@pytest.fixture(scope="module")
def chromium(browser):
    """One of its own, that gives its window away without asking."""
    launched = browser.browser_type.launch(executable_path=CHROMIUM, args=SWITCHES)
    yield launched
    launched.close()


@pytest.fixture
def page(chromium, server):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    opened = context.new_page()
    opened.sent = Sent()
    opened.sent.watch(opened)
    opened.goto(f"{server.url}call")
    yield opened
    context.close()
    assert not opened.sent.complaints


def mark_by_mouse(page, tile):
    x, y, w, h = tile
    box = page.locator("#field").bounding_box()
    corners = [(x + INSIDE, y + INSIDE), (x + w - INSIDE, y + h - INSIDE)]
    (x1, y1), (x2, y2) = [(box["x"] + box["width"] * u, box["y"] + box["height"] * v) for u, v in corners]
    page.mouse.move(x1, y1)
    page.mouse.down()
    page.mouse.move(x2, y2, steps=4)
    page.mouse.up()


def test_only_the_rectangle_leaves_the_browser_and_reading_stops_at_the_swap(page, meeting):
    path, tile = meeting
    sent = page.sent
    expect(page.locator("#share")).to_be_disabled()
    expect(page.locator("#file")).to_be_disabled()
    page.check("#told")
    page.set_input_files("#file", path)
    page.wait_for_selector("#stage:not([hidden])")
    assert sent.asked == [{"type": "begin", "told": True, "language": "en", "recording": True}]
    mark_by_mouse(page, tile)
    assert sent.pictures == []
    page.wait_for_load_state("networkidle")
    before = len(sent.requests)
    page.click("#read")
    page.wait_for_selector("#stage.stopped", timeout=60_000)
    stopped = len(sent.pictures)
    expect(page.locator("#video")).to_have_js_property("paused", True)
    expect(page.locator("#says")).to_contain_text("reading stopped")

    # Every picture is the rectangle: of its size, with its pixels at that time, and from before the swap.
    assert stopped >= 8
    assert [one for one in sent.requests[before:] if not one[1].startswith("blob:")] == []
    assert {method for method, _ in sent.requests} == {"GET"}
    with open_video(path) as video:
        window = {round(frame.t_s, 1): frame.image.copy() for frame in video.frames(rate=None)}
    for t_s, image in sent.pictures:
        assert t_s < SWAP_S
        shot = window[round(t_s, 1)]
        height, width = shot.shape[:2]
        x1, y1 = round((tile[0] + INSIDE) * width), round((tile[1] + INSIDE) * height)
        x2, y2 = round((tile[0] + tile[2] - INSIDE) * width), round((tile[1] + tile[3] - INSIDE) * height)
        part = shot[y1:y2, x1:x2]
        scale = min(1.0, 480 / max(part.shape[:2]))
        assert abs(image.shape[1] - scale * part.shape[1]) <= 2
        assert abs(image.shape[0] - scale * part.shape[0]) <= 2
        same = cv2.resize(part, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_AREA)
        assert np.abs(same.astype(int) - image).mean() < 6

    page.click("#end")
    page.wait_for_selector("#summary:not([hidden])")
    assert len(sent.pictures) == stopped
    summary = sent.told[-1]
    assert summary["type"] == "summary"
    assert summary["kept"] is False
    (person,) = summary["people"]
    assert person["end_s"] <= SWAP_S - person["start_s"]
    expect(page.locator("#remarks")).to_contain_text("Nothing of this call is kept.")
    kept = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie]")
    assert [name for name in kept if name and not name.startswith("htmx-")] == []


def test_the_rectangle_is_marked_with_keys_alone_and_told_again_when_the_text_changes(page, meeting):
    path, _ = meeting
    page.focus("#told")
    page.keyboard.press("Space")
    expect(page.locator("#file")).to_be_enabled()
    page.select_option("#language", "fr")
    expect(page.locator("#told")).not_to_be_checked()
    expect(page.locator("#file")).to_be_disabled()
    page.check("#told")
    page.set_input_files("#file", path)
    page.wait_for_selector("#stage:not([hidden])")
    frame = page.locator("#frame")
    expect(frame).to_be_focused()
    was = frame.bounding_box()
    for keys in ("ArrowLeft", "ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown", "Alt+ArrowDown"):
        page.keyboard.press(keys)
    now, field_ = frame.bounding_box(), page.locator("#field").bounding_box()
    assert now["x"] - was["x"] == pytest.approx(-0.02 * field_["width"], abs=1)
    assert now["y"] - was["y"] == pytest.approx(-0.008 * field_["height"], abs=1)
    assert now["width"] - was["width"] == pytest.approx(0.01 * field_["width"], abs=1)
    page.keyboard.press("Enter")
    expect(page.locator("#pause")).to_be_visible()
    page.click("#pause")
    expect(page.locator("#says")).to_contain_text("Paused")
    left = len(page.sent.pictures)
    page.evaluate("document.getElementById('video').play()")
    page.wait_for_function("() => document.getElementById('video').currentTime > 1")
    assert len(page.sent.pictures) <= left + 1
    assert [ask["type"] for ask in page.sent.asked] == ["begin", "mark", "pause"]


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_its_screen(page, width):
    page.set_viewport_size({"width": width, "height": 844})
    wide = "all => all.filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.tagName)"
    assert page.locator("main *").evaluate_all(wide) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
