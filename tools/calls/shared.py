"""A call between two real browsers, whose window is shared with the page Call of a real Mien.

    python -m tools.calls.shared

Two Chromiums talk to each other by WebRTC, each with a bundled clip, or a picture made to move, for a camera. One of
them has windows, on a display that nobody sees (Xvfb, with openbox: Debian's packages `xvfb` and `openbox`): its window
of the call is shared with Mien's page in another window by getDisplayMedia, the person's tile is marked, read live, the
tiles swap, and reading stops. What the page said is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cv2
from playwright.sync_api import sync_playwright
from rich.console import Console

from mien.privacy.roles import Grant, Role
from mien.store import Store
from mien.web.access import Visitor
from mien.web.app import create_app
from mien.web.serving import serving
from mien.web.settings import WebSettings
from tools.calls.people import RATE, cast, room

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright

CHROMIUM: Final = Path("/usr/bin/chromium")
TITLE: Final = "Simulated meeting - Chromium"
"""Of the window; a tab of it is called otherwise, and would be shared in its place."""
ADDRESS: Final = "https://meeting.example/"
SCREEN: Final = (2200, 1000)
MEETING: Final = {"left": 0, "top": 0, "width": 1000, "height": 700}
MIEN: Final = {"left": 1010, "top": 0, "width": 1150, "height": 960}
INSIDE: Final = 0.05
"""By how much the rectangle is drawn inside the tile, of the tile."""
MOST_S: Final = 1.0
"""Within so long reading must stop after the tiles swapped."""
SWITCHES: Final = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-background-networking",
    "--disable-component-update", "--use-fake-device-for-media-stream",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)  # fmt: skip


@dataclass
class Shared:
    """What the page was told.

    Attributes:
        size: Of what is shared, as the page saw it, pixels.
        surface: What the browser says that it is.
        states: States of the call, each with the time of day at which it came.
        pictures: How many pictures left the page, with the time of day of each.
        summary: The summary.
        swapped_s: When the tiles swapped, time of day.
        stopped_s: When the page said that reading stopped.
        said: What it said then.
        complaints: Errors and warnings of the browser.
    """

    size: tuple[int, int] = (0, 0)
    surface: str = ""
    states: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    pictures: list[float] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    swapped_s: float = 0.0
    stopped_s: float = 0.0
    said: str = ""
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Listen to a page and its line."""
        page.on("console", self._complained)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("websocket", self._line)

    def _complained(self, said: ConsoleMessage) -> None:
        # Chromium asks whether the page may use a camera, which it may not, whenever a window is shared.
        if said.type in {"error", "warning"} and "camera is not allowed" not in said.text:
            self.complaints.append(said.text)

    def _line(self, line: Any) -> None:  # noqa: ANN401  (of a library)
        line.on("framereceived", self._heard)
        line.on(
            "framesent", lambda data: self.pictures.append(time.time()) if isinstance(data, bytes) else None
        )

    def _heard(self, data: str | bytes) -> None:
        told = json.loads(data)
        if told["type"] == "state":
            self.states.append((time.time(), told))
        elif told["type"] == "summary":
            self.summary = told


def camera(path: Path, number: int, seconds: float = 20.0) -> Path:
    """What a browser takes for its camera: somebody of the bundled samples, as Motion JPEG, played over and over."""
    person, behind = cast()[number], room(number)
    with path.open("wb") as file:
        for n in range(int(seconds * RATE)):
            shot = person.picture(n / RATE, behind, seed=number)
            file.write(cv2.imencode(".jpg", shot, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes())
    return path


@contextmanager
def display() -> Iterator[str]:
    """A screen that nobody sees, with windows on it; its name."""
    for program in ("Xvfb", "openbox"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is missing; install Debian's packages xvfb and openbox.")
    read, write = os.pipe()
    screen = f"{SCREEN[0]}x{SCREEN[1]}x24"
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", screen, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as told:
        name = f":{told.readline().strip()}"
    environment = {**os.environ, "DISPLAY": name}
    manager = subprocess.Popen(
        ["openbox"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield name
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait(10)


def browser_of(playwright: Playwright, film: Path, name: str | None) -> Browser:
    """A Chromium with a film for a camera, with windows on a display or without any."""
    own = [*SWITCHES, f"--use-file-for-fake-video-capture={film}"]
    if name is None:
        return playwright.chromium.launch(executable_path=CHROMIUM, args=own)
    own += [f"--auto-select-desktop-capture-source={TITLE}", "--ozone-platform=x11"]
    return playwright.chromium.launch(
        executable_path=CHROMIUM, args=own, headless=False, env={**os.environ, "DISPLAY": name}
    )


def window(browser: Browser, bounds: dict[str, int]) -> Page:
    """A window at its place on the display."""
    page = browser.new_context(no_viewport=True).new_page()
    line = page.context.new_cdp_session(page)
    number = line.send("Browser.getWindowForTarget")["windowId"]
    line.send("Browser.setWindowBounds", {"windowId": number, "bounds": bounds})
    return page


def meet(own: Page, other: Page) -> None:
    """Have two pages talk to each other."""
    html = Path(__file__).with_name("program.html").read_text(encoding="utf-8")
    for page in (own, other):
        page.route(ADDRESS, lambda route: route.fulfill(body=html, content_type="text/html"))
        page.context.grant_permissions(["camera"], origin=ADDRESS)
        page.goto(ADDRESS)
        page.evaluate("begin()")
    offer = other.evaluate("offer()")
    answer = own.evaluate("theirs => answer(theirs)", offer)
    other.evaluate("theirs => accept(theirs)", answer)
    own.wait_for_function("() => theirs.videoWidth > 0 && theirs.currentTime > 0.5", timeout=30_000)


def tile_of(page: Page) -> tuple[float, float, float, float]:
    """Left, top, width and height of the other side's tile, in parts of the window with its frame."""
    x, y, w, h = page.evaluate(
        """() => {
            const box = theirs.getBoundingClientRect(), bar = outerHeight - innerHeight;
            return [box.x / outerWidth, (box.y + bar) / outerHeight, box.width / outerWidth, box.height / outerHeight];
        }"""
    )
    return x + INSIDE * w, y + INSIDE * h, w * (1 - 2 * INSIDE), h * (1 - 2 * INSIDE)


def mark(page: Page, tile: tuple[float, float, float, float]) -> None:
    """Draw the rectangle with the mouse."""
    box = page.locator("#field").bounding_box()
    assert box is not None
    x, y, w, h = tile
    places = [
        (box["x"] + box["width"] * u, box["y"] + box["height"] * v) for u, v in ((x, y), (x + w, y + h))
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=4)
    page.mouse.up()


def share(mien: str, meeting: Page, page: Page, *, seconds: float, shot: Path | None = None) -> Shared:
    """Go the whole way: tell, share the window, mark, read, swap the tiles, end.

    Args:
        mien: Address of the page Call.
        meeting: The window of the call, in which somebody is.
        page: The window for Mien.
        seconds: For how long states are told before the tiles swap.
        shot: Where a picture of the page goes while it reads; nowhere where left out.
    """
    found = Shared()
    found.watch(page)
    page.goto(mien)
    page.check("#told")
    page.click("#share")
    page.wait_for_selector("#stage:not([hidden])", timeout=20_000)
    page.wait_for_function("() => video.videoWidth > 0")
    found.size = tuple(page.evaluate("[video.videoWidth, video.videoHeight]"))
    found.surface = page.evaluate("video.srcObject.getVideoTracks()[0].getSettings().displaySurface")
    mark(page, tile_of(meeting))
    page.click("#read")
    until = time.time() + 60.0
    told: list[float] = []
    while not told or told[-1] - told[0] < seconds:
        page.wait_for_timeout(100)
        told = [at for at, state in found.states if state["valence"] is not None]
        if time.time() > until or page.locator("#stage.stopped").count():
            break
    if shot is not None:
        page.screenshot(path=shot)
    found.swapped_s = meeting.evaluate("swap()") / 1000
    page.wait_for_selector("#stage.stopped", timeout=20_000)
    found.stopped_s = time.time()
    found.said = page.locator("#says").inner_text()
    page.click("#end")
    page.wait_for_selector("#summary:not([hidden])", timeout=20_000)
    return found


def tried(place: Path, seconds: float, shot: Path | None) -> Shared:
    """The whole way, with everything that it takes.

    Args:
        place: A folder for films and store.
        seconds: For how long states are told before the tiles swap.
        shot: Where a picture of the page goes while it reads; nowhere where left out.
    """
    films = [camera(place / f"{number}.mjpeg", number) for number in (1, 7)]
    settings = WebSettings(port=0)
    with display() as name, sync_playwright() as playwright, Store.open(place / "mien.sqlite") as store:
        app = create_app(settings, store, identify=lambda _: Visitor("ann", "Ann", (Grant(Role.MANAGER),)))
        with serving(app, settings) as server:
            theirs, own = browser_of(playwright, films[0], None), browser_of(playwright, films[1], name)
            meeting, other = window(own, MEETING), theirs.new_page()
            meet(meeting, other)
            found = share(f"{server.url}call", meeting, window(own, MIEN), seconds=seconds, shot=shot)
            theirs.close()
            own.close()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=8.0, help="of numbers before the tiles swap")
    parser.add_argument("--shot", type=Path, help="a picture of the page while it reads")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = tried(Path(folder), wanted.seconds, wanted.shot)
    told = [state for _, state in found.states if state["valence"] is not None]
    late = [at for at in found.pictures if at > found.stopped_s]
    out = Console(soft_wrap=True)
    out.print(f"Shared: a {found.surface} of {found.size[0]} x {found.size[1]} pixels.")
    out.print(
        f"{len(found.pictures)} pictures left the page, and {len(told)} states with a number were told."
    )
    out.print(
        f"Reading stopped {found.stopped_s - found.swapped_s:.2f} s after the tiles swapped: {found.said}"
    )
    out.print(f"Pictures that left afterwards: {len(late)}.")
    for person in found.summary["people"]:
        out.print(f"Summary: {person['n']} readings, Happiness Index {person['index']}, EPS {person['eps']}.")
    for complaint in found.complaints:
        out.print(f"The browser complained: {complaint}")
    return int(
        not told or bool(late) or found.stopped_s - found.swapped_s > MOST_S or found.surface != "window"
    )


if __name__ == "__main__":
    sys.exit(main())
