"""The subcommands of `mien`, and the one place where errors become exit codes."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from mien import __version__
from mien.cli.commands import Commands
from mien.cli.console import complain, say, warn
from mien.cli.interrupt import STOPPED
from mien.errors import MienError


class _Commands(Commands):
    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  (of a library inside typer)
        """Run a command; a Ctrl-C that it does not take is said in one line."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            warn("Stopped.")
            return STOPPED


app = typer.Typer(
    name="mien",
    cls=_Commands,
    help="Measure customer experience from what faces show, with an error bar.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        say(f"mien {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    _version_option: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Measure customer experience from what faces show, with an error bar."""


def run(arguments: list[str] | None = None) -> int:
    """Run a command and tell its exit code.

    Args:
        arguments: Without the program's name; `None` takes those of the process.
    """
    try:
        code = app(args=arguments, prog_name="mien", standalone_mode=False)
    except typer.Abort:
        return STOPPED
    except typer.TyperException as error:
        complain(error.format_message())
        return 2
    except MienError as error:
        complain(error)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return code if isinstance(code, int) else 0
