"""`mien models`: which networks ship with Mien, on what terms, and their cards."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markdown import Markdown
from rich.table import Table

from mien.cli.console import out, say
from mien.vision.models import WEIGHTS, entry, manifest


def networks_table() -> Table:
    """Every network that ships with Mien: whose it is, on what terms, and where it comes from."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("name", "version", "terms"):
        table.add_column(heading, no_wrap=True)
    for heading in ("whose", "taken from"):
        table.add_column(heading, overflow="fold")
    for model in manifest().values():
        table.add_row(model.name, model.version, model.licence, model.copyright, model.origin)
    return table


def models_command(
    name: Annotated[str | None, typer.Argument(help="Show this network's entry and its model card.")] = None,
) -> None:
    """List the networks that ship with Mien, or show one with its model card."""
    if name is None:
        out.print(networks_table())
        say(
            "mien models NAME shows what was measured of one, its known failures and what it must not be used for."
        )
        return
    model = entry(name)
    facts = Table(show_header=False, box=None)
    for field, value in model.model_dump().items():
        shown = ", ".join(map(str, value)) if isinstance(value, tuple) else value
        if shown not in (None, ""):
            facts.add_row(field, str(shown))
    out.print(facts)
    if model.card:
        out.print(Markdown((WEIGHTS / model.card).read_text(encoding="utf-8")))
