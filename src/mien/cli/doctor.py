"""`mien doctor`: what is installed, which weights and terms, and a self-test on a bundled face."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING

import av
import typer
from rich.table import Table

from mien import __version__
from mien.cli.console import out
from mien.cli.models import networks_table
from mien.cli.options import StoreOption
from mien.cli.reader import told_portrait
from mien.errors import MienError, MissingStoreError
from mien.store import Store
from mien.vision.models import manifest, session, verified_path

if TYPE_CHECKING:
    from collections.abc import Callable

_PARTS = ("av", "opencv-python-headless", "onnxruntime", "numpy", "scipy", "sqlalchemy", "altair", "pyarrow")


def _python() -> str:
    return f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"


def _libraries() -> str:
    return ", ".join(f"{name} {metadata.version(name)}" for name in _PARTS)


def _codecs() -> str:
    wanted = ("h264", "hevc", "vp9", "av1", "mpeg4")
    have = [name for name in wanted if name in av.codecs_available]
    return f"FFmpeg decodes {', '.join(have)} and {len(av.codecs_available) - len(have)} more"


def _weights() -> str:
    for model in manifest().values():
        # Opening a network compares its hash first.
        if model.file.endswith(".onnx"):
            session(model.name)
        else:
            verified_path(model)
    return f"{len(manifest())} files match their sha256 and load; the table below says on whose terms"


def _store(address: str | None) -> str:
    try:
        with Store.open(address, create=False) as store:
            found = sum(store.recordings.outcomes().values())
            return f"{store.address} opens and holds {found} interactions"
    except MissingStoreError:
        return "not made yet; the first mien analyze makes it"


def _face() -> str:
    return told_portrait()


def _extras() -> str:
    return "torch is installed" if find_spec("torch") else "torch is not installed (only mien train needs it)"


def doctor_command(store: StoreOption = None) -> None:
    """Check this installation: libraries, weights and their terms, the store, and a self-test on a bundled face."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("python", _python),
        ("libraries", _libraries),
        ("video", _codecs),
        ("weights", _weights),
        ("store", lambda: _store(store)),
        ("self-test", _face),
        ("training", _extras),
    ]
    table = Table(
        title=f"mien {__version__}", title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0)
    )
    failed = False
    for name, check in checks:
        try:
            table.add_row("[green]ok[/]", name, check())
        except MienError as error:
            failed = True
            table.add_row("[bold red]no[/]", name, str(error))
    out.print(table)
    out.print()
    out.print(networks_table())
    out.print(f"[dim]{sys.executable}[/]", highlight=False)
    if failed:
        raise typer.Exit(1)
