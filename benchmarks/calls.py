"""How surely reading of a call stops when its layout changes, and how often it stops although nothing did.

    uv run python -m benchmarks.calls [--changes 20] [--calm 40] [--clips FOLDER] [--browser]

Calls are simulated (`tools.calls`): windows with tiles of real people from the bundled samples, of whom those of the
pictures are made to move and talk. The server's watch sees what the browser would send: the marked tile, at most 480
pixels wide, five times a second. With `--browser` the watch of the page runs too, in Chromium, on a coarse copy of the
window.

A change is *caught* where reading stopped before a reading of another picture than the marked person's could count:
within the second for which readings are held back. A *false stop* is one of a call in which nothing changes; there the
tile is marked again at once. With `--clips` the recordings of a folder take the places of the bundled people.
"""

from __future__ import annotations

import argparse
import base64
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table
from tools.calls.people import Person, clip
from tools.calls.play import CHANGES, Call, calm, change

from mien.runtime.call.limits import CallLimits
from mien.runtime.call.models import CallModels
from mien.runtime.call.stretch import Stretch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "src" / "mien" / "web" / "static" / "call"
SIDE = 480
CALM_S = 45.0
AFTER_S = 2.0
GRID = (160, 90)


class Watch(Protocol):
    """Says of each picture of a window why reading would stop."""

    def mark(self, call: Call) -> None:
        """The tile is marked."""

    def look(self, window: NDArray[np.uint8], t_s: float) -> str | None:
        """Why it would stop; `None` where it goes on."""


class Server:
    """The watch of the server, over the tile."""

    def __init__(self) -> None:
        self._models, self._limits = CallModels.load(), CallLimits()

    def mark(self, call: Call) -> None:
        """The tile is marked."""
        self._stretch, self._tile = Stretch(self._models, self._limits), call.tile

    def look(self, window: NDArray[np.uint8], t_s: float) -> str | None:
        """Why the server would stop."""
        x, y, w, h = self._tile
        tile = np.ascontiguousarray(window[y : y + h, x : x + w])
        scale = min(1.0, SIDE / max(w, h))
        if scale < 1.0:
            tile = np.asarray(
                cv2.resize(tile, (round(w * scale), round(h * scale)), interpolation=cv2.INTER_AREA), np.uint8
            )
        stop = self._stretch.look(tile, t_s).stop
        return None if stop is None else stop.value


class Browser:
    """The watch of the page, over the window."""

    def __init__(self, page: Any) -> None:  # noqa: ANN401  (Playwright's page)
        self._page = page

    def mark(self, call: Call) -> None:
        """The tile is marked."""
        width, height = call.before.size
        x, y, w, h = call.tile
        rect = {"x": x / width, "y": y / height, "width": w / width, "height": h / height}
        self._page.evaluate(
            "([rect, size]) => { window.watch = new LayoutWatch(rect, size); }", [rect, [width, height]]
        )

    def look(self, window: NDArray[np.uint8], t_s: float) -> str | None:
        """Why the page would stop."""
        small = cv2.cvtColor(cv2.resize(window, GRID, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGBA)
        cells = base64.b64encode(small.tobytes()).decode()
        said: str | None = self._page.evaluate(
            "([cells, size, ms]) => watch.look(Uint8Array.from(atob(cells), (c) => c.charCodeAt(0)), size, ms)",
            [cells, [window.shape[1], window.shape[0]], 1000.0 * t_s],
        )
        return said


@dataclass
class Tally:
    """What one watch did.

    Attributes:
        caught: Changes of which it stopped in time, by kind.
        late_s: Seconds from the change to the stop, of those.
        early: Changes before which it had stopped.
        reasons: Of false stops.
    """

    caught: Counter[str]
    late_s: list[float]
    early: int
    reasons: Counter[str]


def run_changes(watch: Watch, seeds: int) -> Tally:
    """Every kind of change, so many times."""
    tally = Tally(Counter(), [], 0, Counter())
    for what in CHANGES:
        for seed in range(seeds):
            call = change(what, seed)
            assert call.at_s is not None
            watch.mark(call)
            for t_s, window in call.pictures(call.at_s + AFTER_S):
                if watch.look(window, t_s) is None:
                    continue
                late_s = t_s - call.at_s
                if late_s < 0:
                    tally.early += 1
                elif late_s < CallLimits().held_s:
                    tally.caught[what] += 1
                    tally.late_s.append(late_s)
                break
    return tally


def run_calm(watch: Watch, seeds: int, people: list[Person] | None) -> Tally:
    """Calls in which nothing changes."""
    tally = Tally(Counter(), [], 0, Counter())
    for seed in range(seeds):
        call = calm(seed, people)
        watch.mark(call)
        for t_s, window in call.pictures(CALM_S):
            why = watch.look(window, t_s)
            if why is not None:
                tally.reasons[f"{call.people[1].name}: {why}"] += 1
                watch.mark(call)
    return tally


@contextmanager
def browser() -> Iterator[Browser]:
    """The watch of the page in Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only where it is asked for)

    script = (SCRIPTS / "layout.js").read_text(encoding="utf-8").replace("export ", "")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = chromium.new_page()
        page.add_script_tag(content=f"{script}\nwindow.LayoutWatch = LayoutWatch;")
        yield Browser(page)
        chromium.close()


def told(console: Console, name: str, changes: Tally, nothing: Tally, args: argparse.Namespace) -> None:
    """Print what one watch did."""
    table = Table("change", f"stopped in time, of {args.changes}", title=f"{name}: simulated calls")
    for what in CHANGES:
        table.add_row(what, str(changes.caught[what]))
    console.print(table)
    n = len(CHANGES) * args.changes
    late = np.array(changes.late_s or [np.nan])
    console.print(
        f"{sum(changes.caught.values())} of {n} changes caught; stopped {np.nanmedian(late):.2f} s after the change "
        f"(most {np.nanmax(late):.2f} s); stopped before it: {changes.early}."
    )
    hours = args.calm * CALM_S / 3600
    stops = sum(nothing.reasons.values())
    console.print(f"{stops} false stops in {60 * hours:.0f} min of calm calls: {stops / hours:.1f} an hour.")
    for reason, times in nothing.reasons.most_common():
        console.print(f"  {times} x {reason}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--changes", type=int, default=20, help="calls for each kind of change")
    parser.add_argument("--calm", type=int, default=40, help="calls in which nothing changes")
    parser.add_argument(
        "--clips", type=Path, help="folder of recordings whose people take part in the calm calls"
    )
    parser.add_argument("--browser", action="store_true", help="measure the watch of the page as well")
    args = parser.parse_args()
    people = None
    if args.clips is not None:
        people = [Person(path.stem, clip(path)) for path in sorted(args.clips.glob("*.mp4"))]
    console = Console(width=100)
    server = Server()
    told(console, "Server", run_changes(server, args.changes), run_calm(server, args.calm, people), args)
    if args.browser:
        with browser() as page:
            told(console, "Page", run_changes(page, args.changes), run_calm(page, args.calm, people), args)


if __name__ == "__main__":
    main()
