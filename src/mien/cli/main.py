"""The `mien` command: its subcommands, and the one place where errors become exit codes.

Exit codes: 0 done, 1 a check of `mien doctor` failed, 2 the input or an option cannot be used, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mien import __version__
from mien.cli import analyze, doctor, evaluate, models, notice, show, train
from mien.cli.console import complain, say
from mien.errors import MienError

app = typer.Typer(
    name="mien",
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


app.command("analyze")(analyze.analyze_command)
app.command("show")(show.show_command)
app.command("doctor")(doctor.doctor_command)
app.command("models")(models.models_command)
app.command("evaluate")(evaluate.evaluate_command)
app.command("train")(train.train_command)
app.add_typer(notice.app, name="notice")


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit: bad input ends with one clear line on standard error and code 2, never a traceback."""
    try:
        code = app(args=arguments, prog_name="mien", standalone_mode=False)
    except typer.Abort:
        code = 130
    except typer.TyperException as error:
        complain(error.format_message())
        code = 2
    except MienError as error:
        complain(error)
        code = 2
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    raise SystemExit(code if isinstance(code, int) else 0)
