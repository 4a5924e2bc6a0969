"""`mien tls`: certificates for pages in the own network, and how tablets come to trust them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated

import segno
import typer
from platformdirs import user_data_path

from mien.cli.console import add_row, out, say, table_of, warn
from mien.cli.interrupt import until_ctrl_c
from mien.cli.targets import check_targets
from mien.errors import SettingError
from mien.runtime import tls, tls_names
from mien.runtime.tls_sharing import shared
from mien.web.settings import PORT

if TYPE_CHECKING:
    from mien.runtime.tls import Certificates

app = typer.Typer(
    name="tls",
    help="Certificates for pages in the own network: an authority of one's own, and how tablets come to trust it.",
    no_args_is_help=True,
)

Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder", metavar="DIR", help="Where the certificates are. [default: in your own data folder]"
    ),
]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--name", metavar="HOST", help="Name or address by which the pages are reached. May be repeated."
    ),
]
_LOOK_S = 0.2
_QR_KINDS = (".svg", ".png", ".pdf")


@app.command("make")
def make_command(names: Names = None, folder: Folder = None) -> None:
    """Make an authority and a server certificate, for this machine's names and addresses and those given."""
    made = tls.make(_folder(folder), (*tls_names.own_names(), *(names or ())), now=datetime.now(UTC))
    _tell(made)
    say(f"Serve with it: mien serve --certificate {made.server} --key {made.server_key} --host 0.0.0.0")
    say("Have tablets trust it, once each: mien tls share")


@app.command("renew")
def renew_command(names: Names = None, folder: Folder = None) -> None:
    """Make a new server certificate by the same authority: tablets notice nothing. With --name for other names."""
    wanted = (*tls_names.own_names(), *names) if names else ()
    _tell(tls.renew(_folder(folder), wanted, now=datetime.now(UTC)))
    say("Restart mien serve, so that it shows the new one.")


@app.command("show")
def show_command(folder: Folder = None) -> None:
    """Show what there is, for which names, until when."""
    _tell(tls.look(_folder(folder)))


@app.command("share")
def share_command(
    folder: Folder = None,
    host: Annotated[
        str | None, typer.Option(help="Address of this machine that tablets reach. [default: found out]")
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the page for tablets; 0 for any.")
    ] = PORT + 1,
    pages: Annotated[int, typer.Option("--pages-port", min=1, max=65535, help="Port of mien serve.")] = PORT,
    qr: Annotated[
        Path | None, typer.Option("--qr", metavar="FILE", help="Write the QR code too: .svg, .png or .pdf.")
    ] = None,
) -> None:
    """Show a QR code that leads tablets to the certificate, and serve it to them until Ctrl-C."""
    found = tls.look(_folder(folder))
    if qr is not None:
        if qr.suffix.lower() not in _QR_KINDS:
            raise SettingError(f"--qr got '{qr}'; end the name with one of: {', '.join(_QR_KINDS)}.")
        files = (found.authority, found.server, found.server_key)
        check_targets({"--qr": qr}, {"the certificates": files})
    addresses = (host,) if host else tls_names.network_addresses()
    if not addresses:
        raise SettingError(
            "This machine has no address in a private network, so no tablet reaches it; name the one with --host."
        )
    at = addresses[0]
    shown = f"[{at}]" if ":" in at else at
    with (
        until_ctrl_c() as stop,
        shared(found, host=at, port=port, pages=f"https://{shown}:{pages}/") as listening,
    ):
        address = f"http://{shown}:{listening}/"
        code = segno.make(address, error="m", micro=False)
        if qr is not None:
            code.save(str(qr), scale=8, border=4)
            say(f"QR code: {qr}")
        code.terminal(compact=True)
        say(f"On each tablet, in the same network: scan it, or open {address}")
        say(f"Compare the fingerprint there with this one, SHA-256:\n{found.fingerprint}")
        warn("Ctrl-C ends it. Nothing but the certificate is served here.")
        while not stop():
            sleep(_LOOK_S)
        say("No longer served.")


def _folder(folder: Path | None) -> Path:
    return folder if folder is not None else user_data_path("mien", appauthor=False) / "tls"


def _tell(found: Certificates) -> None:
    table = table_of("what", "holds until", "for", "file")
    add_row(table, "server", f"{found.server_until:%Y-%m-%d}", ", ".join(found.names), str(found.server))
    names = ", ".join(name for name in found.allowed if "/" not in name)
    add_row(
        table,
        "authority",
        f"{found.authority_until:%Y-%m-%d}",
        f"private networks, and names that end in: {names}",
        str(found.authority),
    )
    out.print(table)
    say(f"SHA-256 of the authority: {found.fingerprint}")
    if found.server_until - datetime.now(UTC) < tls.SOON:
        warn(f"The server certificate ends on {found.server_until:%Y-%m-%d}; renew it with: mien tls renew")
