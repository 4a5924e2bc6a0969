"""Server time of every page over a store: the whole answer, from request to last byte, in this process.

    uv run python -m benchmarks.page_times --store pages.sqlite pages.toml # what benchmarks.pages filled
    uv run python -m benchmarks.page_times --store demo.sqlite shop.toml   # the demo, with its site files

The first request of a page is printed apart: as in the server it finds texts and templates ready, and nothing else.
Bytes are those on the wire, compressed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

from rich.console import Console
from rich.table import Table
from starlette.testclient import TestClient

from mien.privacy.roles import Grant, Role
from mien.store import Store
from mien.web.access import Visitor
from mien.web.app import create_app
from mien.web.rendering import TABS, make_ready
from mien.web.settings import WebSettings

_SPANS: Final = (7, 30, 92, 365)
"""Days of which the page Flow is asked."""
EVERYBODY: Final = Visitor("benchmark", "Benchmark", tuple(Grant(role) for role in Role))
"""May see everything: whoever sees less asks for less."""


def paths_of(store: Store, known: frozenset[str], counted: str | None) -> list[str]:
    """Addresses to ask for: every page of the navigation, and the wider questions of some."""
    (site, *_) = store.sites.entries() or ("none",)
    named = quote(site)
    flows = []
    if counted is not None:
        _, last = store.rollups.span((counted,)) or (date.min, date.max)
        flows = [
            f"/flow?site={quote(counted)}&first={last - timedelta(days=days - 1)}&last={last}"
            for days in _SPANS
        ]
    return [
        *(tab.path for tab in TABS if tab.path in known),
        "/compare?period=12",
        "/compare?by=month",
        "/compare?by=touchpoint&measure=worsened",
        "/compare?by=shift&period=12&measure=eps",
        f"/visits?site={named}&outcome=worsened",
        f"/visits?site={named}&first=2000-01-01&last=2099-12-31&touchpoint=checkout&score=no",
        *flows,
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path, help="site files")
    parser.add_argument("--store", required=True)
    parser.add_argument("--runs", type=int, default=15)
    wanted = parser.parse_args()
    with Store.open(wanted.store) as store:
        app = create_app(WebSettings(site_files=tuple(wanted.files)), store, identify=lambda _: EVERYBODY)
        make_ready()
        client = TestClient(app, base_url="http://localhost")
        table = Table(title=f"Server time, ms, over {wanted.store}")
        for column in ("page", "first", "median", "least", "processor", "kB"):
            table.add_column(column, justify="left" if column == "page" else "right")
        counted = app.state.sites[0].name if app.state.sites else None
        for path in paths_of(store, app.state.paths, counted):
            took, busy, size = [], [], 0
            for _ in range(wanted.runs + 1):
                began = time.perf_counter(), time.process_time()
                answer = client.get(path, headers={"Accept": "text/html"})
                took.append(1000 * (time.perf_counter() - began[0]))
                busy.append(1000 * (time.process_time() - began[1]))
                size = int(answer.headers.get("content-length", len(answer.content)))
                if answer.status_code != 200:
                    parser.error(f"{path} answered {answer.status_code}")
            later = took[1:]
            table.add_row(
                path,
                *(
                    f"{n:.0f}"
                    for n in (took[0], statistics.median(later), min(later), statistics.median(busy[1:]))
                ),
                f"{size / 1000:.1f}",
            )
        Console(width=120).print(table)


if __name__ == "__main__":
    main()
