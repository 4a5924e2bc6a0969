"""The subcommands of `mien`, and the one place where errors become exit codes."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mien import __version__
from mien.cli import (
    analyze,
    badges,
    calibrate,
    consent,
    deliver,
    doctor,
    evaluate,
    flow,
    hours,
    import_readings,
    keep,
    models,
    moods,
    notice,
    reader,
    receipts,
    run_site,
    segments,
    show,
    site,
    train,
    visits,
)
from mien.cli.console import complain, say, warn
from mien.cli.interrupt import STOPPED
from mien.errors import MienError


class _Commands(TyperGroup):
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


app.command("analyze")(analyze.analyze_command)
app.command("run")(run_site.run_command)
app.command("import-readings")(import_readings.import_command)
app.command("show")(show.show_command)
app.command("visits")(visits.visits_command)
app.command("doctor")(doctor.doctor_command)
app.command("models")(models.models_command)
app.command("train")(train.train_command)
app.command("evaluate")(evaluate.evaluate_command)
app.command("deliver")(deliver.deliver_command)
app.command("badges")(badges.badges_command)
app.command("moods")(moods.moods_command)
app.command("flow")(flow.flow_command)
app.command("hours")(hours.hours_command)
app.command("segments")(segments.segments_command)
app.command("expire")(keep.expire_command)
app.command("export")(keep.export_command)
app.command("erase")(keep.erase_command)
site.app.command("calibrate")(calibrate.calibrate_command)
app.add_typer(consent.app, name="consent")
app.add_typer(receipts.app, name="receipts")
app.add_typer(notice.app, name="notice")
app.add_typer(reader.app, name="reader")
app.add_typer(site.app, name="site")


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
