"""A real Chromium for the tests of pages."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

CHROMIUM: Final = Path("/usr/bin/chromium")
SWITCHES: Final = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
AXE: Final = Path(__file__).with_name("vendor") / "axe.min.js"


@contextmanager
def launched() -> Iterator[Browser]:
    """The browser while the block lasts."""
    assert CHROMIUM.exists(), (
        f"{CHROMIUM} is missing; install Debian's package 'chromium' to run the browser tests."
    )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield chromium
        chromium.close()
