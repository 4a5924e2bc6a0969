"""`mien deliver`: what the outbox holds, to whom the site file says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.console import say, warn
from mien.cli.interrupt import STOPPED, until_ctrl_c
from mien.cli.options import StoreOption
from mien.runtime.delivery import deliver, open_channels
from mien.site import load_site
from mien.store import Store


def deliver_command(
    site_file: Annotated[
        Path, typer.Argument(metavar="SITE.toml", help="The site file.", show_default=False)
    ],
    once: Annotated[
        bool,
        typer.Option("--once", help="Deliver what is there and end; else it goes on until it is stopped."),
    ] = False,
    store: StoreOption = None,
) -> int:
    """Deliver events about interactions of a site to its broker, in order; what fails is tried again."""
    site = load_site(site_file)
    (channel,) = open_channels(site)
    # Where it goes on, it may well be there before the first interaction.
    with Store.open(store, create=not once) as opened, until_ctrl_c() as stop:
        if not once:
            say(f"Events of '{site.name}' go to {channel.shown} until this is stopped.")
        done = deliver(
            opened.outbox, site.name, channel, once=once, stop=stop, told=lambda text, _: warn(text)
        )
        stopped = stop()
    say(f"{done.events} delivered to {channel.shown}, {done.waiting} waiting.")
    return STOPPED if stopped else 0
