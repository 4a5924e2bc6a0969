"""`mien deliver`: what the outbox holds, to whom the site file says."""

from __future__ import annotations

from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated, Final

import typer

from mien.cli.console import complain, say, warn
from mien.cli.interrupt import STOPPED, until_ctrl_c
from mien.cli.options import StoreOption
from mien.errors import DeliveryError, SettingError
from mien.runtime.delivery import Carriers, asked_for, deliver, names_for, open_sender
from mien.site import load_site
from mien.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from mien.site import Site

_GLANCE_S: Final = 0.1


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
    """Deliver events, alerts and tasks of a site to whom its file names; what fails is tried again."""
    site = load_site(site_file)
    names = names_for(site)
    # Where it goes on, it may well be there before the first interaction.
    with Store.open(store, create=not once) as opened, until_ctrl_c() as stop:
        fine = _once(site, opened, names, stop) if once else _on_and_on(site, opened, names, stop)
        stopped = stop()
    return STOPPED if stopped else 0 if fine else 2


def _once(site: Site, store: Store, names: tuple[str, ...], stop: Callable[[], bool]) -> bool:
    """Hand over what is there, one sender after the other; whether none failed."""
    fine = True
    for name in names:
        try:
            sender = open_sender(name, site, store)
            done = deliver(
                store,
                site.name,
                sender,
                once=True,
                stop=stop,
                told=lambda text, failing: None if failing else warn(text),
            )
        except (DeliveryError, SettingError) as error:
            complain(error)
            fine = False
        else:
            say(_said(sender.shown, done.events, done.waiting, done.parked))
    return fine


def _on_and_on(site: Site, store: Store, names: tuple[str, ...], stop: Callable[[], bool]) -> bool:
    """Hand over what comes until a stop is asked for."""
    shown = ", ".join(str(getattr(table, "shown", name)) for name, table in asked_for(site).items())
    say(f"Events of '{site.name}' go to {shown} until this is stopped.")
    with Carriers(names, site, store, warn) as carriers:
        while not stop():
            sleep(_GLANCE_S)
    for one, queue in zip(carriers.members, store.dispatches.queues(site.name, names), strict=False):
        say(_said(one.to, one.sent, queue.waiting + queue.unseen, queue.parked))
    return True


def _said(shown: str, sent: int, waiting: int, parked: int) -> str:
    more = f", {parked} parked: see 'mien outbox show'" if parked else ""
    return f"{sent} delivered to {shown}, {waiting} waiting{more}."
