"""`mien crm`: whether a customer system can be written to, and making in it what is missing."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import complain, out, say
from mien.crm import SETUP_S, Again, Parked, open_connectors
from mien.site import load_site

if TYPE_CHECKING:
    from mien.crm import Connector, Step

app = typer.Typer(
    name="crm",
    help="The customer systems that a site file names: check them, and make in them what is missing.",
    no_args_is_help=True,
)

SiteFile = Annotated[Path, typer.Argument(metavar="SITE.toml", help="The site file.", show_default=False)]


@app.command("check")
def check_command(site_file: SiteFile) -> int:
    """Prove credentials, permissions, tables and keys, one line each. Nothing is written."""
    site = load_site(site_file)
    failed = False
    with ExitStack() as opened:
        for connector in open_connectors(site):
            opened.enter_context(closing(connector))
            say(f"{connector.name}: {connector.shown}")
            for finding in connector.check():
                failed = failed or not finding.fine
                out.print(
                    f"{'ok' if finding.fine else 'no'}  {finding.what}: {finding.said}",
                    style=None if finding.fine else "bold red",
                    markup=False,
                    highlight=False,
                    soft_wrap=True,
                )
    return 1 if failed else 0


@app.command("setup")
def setup_command(
    site_file: SiteFile,
    yes: Annotated[bool, typer.Option("--yes", help="Make it; else it is only shown.")] = False,
) -> int:
    """Show what is missing in the customer systems and, with --yes, make it. What is there is left as it is."""
    site = load_site(site_file)
    failed = False
    with ExitStack() as opened:
        for connector in open_connectors(site, answer_s=SETUP_S):
            opened.enter_context(closing(connector))
            failed = not _set_up(connector, yes=yes) or failed
    return 1 if failed else 0


def _set_up(connector: Connector, *, yes: bool) -> bool:
    """Show what is missing and, if so wished, make it; whether nothing went wrong."""
    steps = connector.missing()
    if isinstance(steps, Parked | Again):
        complain(steps.reason)
        return False
    if not steps:
        say(f"{connector.name}: nothing is missing in {connector.shown}.")
        return True
    say(f"{connector.name}: {'making' if yes else 'missing'} in {connector.shown}:")
    for step in steps:
        if not yes:
            say(f"  {step.text}")
        elif not _made(connector, step):
            return False
    if not yes:
        say("Make it with --yes.")
    return True


def _made(connector: Connector, step: Step) -> bool:
    result = connector.make(step)
    if isinstance(result, Parked | Again):
        complain(f"{step.text} is not made: {result.reason} The steps before stay; give the command again.")
        return False
    say(f"  {step.text}: made")
    return True
