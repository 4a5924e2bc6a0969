"""`mien demo`: a simulated chain of stores to look at, and a really analysed sample."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from platformdirs import user_data_path

from mien.cli.console import progress_bar, say, warn
from mien.cli.interrupt import STOPPED, until_ctrl_c
from mien.cli.options import parse_date
from mien.errors import StoreError
from mien.runtime.demo import analyse_sample, build_demo, remove_demo, sample_clip
from mien.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from mien.runtime.demo import DemoFilled


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
) -> int:
    """Make a simulated chain of stores to look at: 3 stores, 90 days, and a really analysed sample."""
    day = None if last_day is None else parse_date(last_day, "--last-day")
    address, folder = _place(store)
    if rebuild:
        remove_demo(address)
    with until_ctrl_c() as stop, Store.open(address) as opened:
        with progress_bar("Simulating days of stores", counted=True) as progress:
            filled = build_demo(opened, folder, last_day=day, progress=progress, stop=stop)
        if filled.complete:
            _sample(opened, stop)
        _tell(opened.address, filled)
    if stop():
        warn("Stopped; mien demo goes on where it was.")
        return STOPPED
    return 0


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
    whole = "" if filled.complete else f" ({filled.days} of {filled.of} days of stores so far)"
    say(
        f"Simulated: {len(story.sites)} stores, {story.first_day} to {story.last_day}{whole}. Nobody in it exists."
    )
    say(f"Store: {address}")
    for path in filled.site_files:
        say(f"Site file: {path}")
