"""`mien serve`: the pages and the API, and with a site file its cameras."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated

import typer
from platformdirs import user_data_path
from pydantic import ValidationError

from mien.cli.console import say, warn
from mien.cli.interrupt import STOPPED, until_ctrl_c
from mien.cli.options import StoreOption
from mien.errors import NoticeError, SettingError
from mien.runtime.daily import removing_daily
from mien.runtime.live import Reading
from mien.runtime.tls import names_in
from mien.store import Store
from mien.web.app import create_app
from mien.web.serving import serving
from mien.web.settings import PORT, WebSettings
from mien.web.signin.provider_file import load_provider

if TYPE_CHECKING:
    from collections.abc import Callable

    from mien.runtime.live import Board
    from mien.web.serving import Server

_LOOK_S = 0.2


def serve_command(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE.toml]", help="The site file whose cameras are read.", show_default=False
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 for the network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at; 0 for any that is free.")] = PORT,
    name: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST",
            help="Name by which browsers reach this machine, may be repeated; else those in the certificate.",
        ),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE.pem", help="Certificate for https, for example of mien tls.")
    ] = None,
    key: Annotated[Path | None, typer.Option(metavar="FILE.pem", help="Its private key.")] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Serve a network without https: a proxy in front of this does it.")
    ] = False,
    provider: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.toml", help="An identity provider (OIDC) by which users may sign in, too."
        ),
    ] = None,
    cameras: Annotated[
        bool,
        typer.Option("--cameras/--no-cameras", help="Whether the cameras of the site file are read here."),
    ] = True,
    sites: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder of site files that the pages show, where new ones go. [default: sites, beside the store]",
            show_default=False,
        ),
    ] = None,
    store: StoreOption = None,
) -> int:
    """Serve the pages and the API until Ctrl-C, and read the cameras of a site file beside them."""
    settings = _settings(
        host=host,
        port=port,
        names=tuple(name or (names_in(certificate) if certificate is not None else ())),
        certificate=certificate,
        key=key,
        plain=plain,
        site_files=() if file is None else (file,),
        sites=sites or _sites(store),
        provider=None if provider is None else load_provider(provider),
    )
    with ExitStack() as stack:
        opened = stack.enter_context(Store.open(store))
        reading = Reading(store) if cameras else None
        if reading is not None and file is not None:
            try:
                reading.begin(file.resolve())
            except NoticeError as error:
                # The pages are where one can be put into the file.
                warn(str(error))
        app = create_app(settings, opened, reading=reading)
        stack.enter_context(removing_daily(opened, say))
        server = stack.enter_context(serving(app, settings))
        stop = stack.enter_context(until_ctrl_c())
        say(f"Pages: {server.url}")
        if not opened.accounts.any_admin():
            say(f"Make the first admin, within a day: {server.url}link/{opened.links.make_first().token}")
        say("Ctrl-C ends.")
        return _until(stop, server, reading)


def _settings(**given: object) -> WebSettings:
    try:
        return WebSettings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        what = str(first["msg"]).removeprefix("Value error, ")
        raise SettingError(f"{f'--{where}: ' if where else ''}{what[:1].upper()}{what[1:]}.") from None


def _sites(store: str | None) -> Path:
    """The folder for site files: beside the store, or in the user's data folder where that is on a server."""
    files = Store.files(store)
    folder = files[0].parent if files else user_data_path("mien", appauthor=False)
    return folder / "sites"


def _until(stop: Callable[[], bool], server: Server, reading: Reading | None) -> int:
    """Serve, and read what is asked for, until a stop is asked for."""
    if reading is not None:
        told: dict[str, str] = {}
        reading.run(lambda: stop() or not server.alive, lambda board: _tell(board, told), warn)
    while not stop() and server.alive:
        sleep(_LOOK_S)
    return STOPPED if stop() else 1


def _tell(board: Board, told: dict[str, str]) -> None:
    """Say what changes with a camera, a line each."""
    for row in board.rows:
        phase = "" if row.status is None else row.status.phase
        state = row.ended or ("done" if row.done else phase)
        if state and told.get(row.camera) != state:
            told[row.camera] = state
            warn(f"{row.camera}: {state}")
