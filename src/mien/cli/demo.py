"""`mien demo`: a simulated chain of stores to look at, and a really analysed sample."""

from __future__ import annotations

import os
import sys
import webbrowser
from contextlib import ExitStack
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated, Final

import typer
from platformdirs import user_data_path

from mien.cli.console import progress_bar, say, warn
from mien.cli.interrupt import STOPPED, until_ctrl_c
from mien.cli.options import parse_date
from mien.errors import StoreError
from mien.privacy.roles import Grant, Role
from mien.runtime.daily import removing_daily
from mien.runtime.demo import analyse_sample, build_demo, passing, remove_demo, sample_clip
from mien.store import Store
from mien.web.access import Visitor
from mien.web.app import Filling, create_app
from mien.web.serving import serving
from mien.web.settings import PORT, WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from mien.runtime.demo import DemoFilled
    from mien.web.serving import Server

_AT_ONCE: Final = 2
"""Days that are there before the pages open; the others come while one looks."""
_LOOK_S: Final = 0.2
_VISITOR: Final = Visitor(
    "demo", "Demo", tuple(Grant(role) for role in (Role.STAFF, Role.MANAGER, Role.ANALYST, Role.OFFICER))
)
"""Who looks at the demo: nobody signs in where nothing is real. Users and settings are for real stores."""


def demo_command(
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            metavar="URL",
            help="Where it is kept: a file or a database address. [default: demo/demo.sqlite in your own data folder]",
            show_default=False,
        ),
    ] = None,
    last_day: Annotated[
        str | None,
        typer.Option("--last-day", metavar="DATE", help="The last day, YYYY-MM-DD. [default: yesterday]"),
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Remove the demo store that is there, and make it anew.")
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen at; 0 for any that is free.")
    ] = PORT,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Whether the pages are opened in a browser.")
    ] = True,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Whether pages are served, or the store is only made.")
    ] = True,
) -> int:
    """Look at a simulated chain: 3 stores, 90 days, and a really analysed sample, in the browser until Ctrl-C."""
    day = None if last_day is None else parse_date(last_day, "--last-day")
    address, folder = _place(store)
    if rebuild:
        remove_demo(address)
    with ExitStack() as stack:
        stop = stack.enter_context(until_ctrl_c())
        opened = stack.enter_context(Store.open(address))
        server, filling = None, Filling()

        def fill(first: int | None) -> DemoFilled:
            with progress_bar("Simulating days of stores", counted=True) as shown:

                def progress(done: float, of: float | None) -> None:
                    filling.done, filling.of = int(done), int(of or 0)
                    shown(done, of)

                return build_demo(opened, folder, last_day=day, first=first, progress=progress, stop=stop)

        filled = fill(_AT_ONCE if serve else None)
        if serve and not stop():
            settings = WebSettings(port=port, site_files=filled.site_files)
            app = create_app(settings, opened, identify=lambda _: _VISITOR, filling=filling)
            server = stack.enter_context(serving(app, settings))
            stack.enter_context(passing(opened, filled.story, warn))
            say(f"Pages: {server.url}")
            if browser and _has_screen():
                webbrowser.open(server.url)
            filled = fill(None)
        if filled.complete and not stop():
            _sample(opened, stop)
        if server is not None:
            stack.enter_context(removing_daily(opened, say))
        _tell(opened.address, filled)
        return _until(stop, server, filled)


def _until(stop: Callable[[], bool], server: Server | None, filled: DemoFilled) -> int:
    """Serve until a stop is asked for."""
    if server is not None and not stop():
        say("Ctrl-C ends.")
        while server.alive and not stop():
            sleep(_LOOK_S)
    if not filled.complete:
        warn("Stopped; mien demo goes on where it was.")
    return STOPPED if stop() else 0


def _has_screen() -> bool:
    """Whether a browser can open a window here; else one for terminals would take this one."""
    return not sys.platform.startswith("linux") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def _place(store: str | None) -> tuple[str, Path]:
    """The address of the store, and the folder for the site files: beside it, or in the data folder."""
    own = user_data_path("mien", appauthor=False) / "demo"
    files = () if store is None else Store.files(store)
    folder = files[0].parent if files else own
    if folder == own:
        try:
            own.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The folder {own} for the demo cannot be made ({error.strerror}); choose another place with --store."
            ) from error
    return store or str(own / "demo.sqlite"), folder


def _sample(store: Store, stop: Callable[[], bool]) -> None:
    """Analyse the sample, if it is here and was not analysed yet."""
    clip = sample_clip()
    if clip is None:
        warn("The sample clip is not part of this installation; only what is simulated is shown.")
        return
    known = [one for one in store.recordings.list_recordings() if one.key.site is None]
    if any(one.complete and one.source.name == clip.name for one in known):
        return
    with progress_bar(f"Analysing {clip.name}") as progress:
        analyse_sample(store, clip, progress=progress, stop=stop)


def _tell(address: str, filled: DemoFilled) -> None:
    story = filled.story
    whole = "" if filled.complete else " (not all of these days yet)"
    say(
        f"Simulated: {len(story.sites)} stores, {story.first_day} to {story.last_day}{whole}. Nobody in it exists."
    )
    say(f"Store: {address}")
    for path in filled.site_files:
        say(f"Site file: {path}")
