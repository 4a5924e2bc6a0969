"""The subcommands of `mien`: where each is, and its help, so that nothing but the one that is called is loaded.

All of them together take seconds to load, for the statistics and the networks behind them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Sequence


class Place(NamedTuple):
    """Where a command is: a module of this package, a function or a group in it, and the first line of its help."""

    module: str
    name: str
    help: str


PLACES: Final[dict[str, Place]] = {
    "analyze": Place(
        "analyze",
        "analyze_command",
        "Read recordings and score what the faces in them show, from arrival to leaving.",
    ),
    "import-readings": Place(
        "import_readings",
        "import_command",
        "Take in the log of another tool (py-feat, OpenFace, FaceReader, iMotions ...) and score what its faces show.",
    ),
    "run": Place(
        "run_site",
        "run_command",
        "Read the cameras of a site until Ctrl-C, with one process for each, and store the interactions they see.",
    ),
    "serve": Place(
        "serve",
        "serve_command",
        "Serve the pages and the API until Ctrl-C, and read the cameras of a site file beside them.",
    ),
    "demo": Place(
        "demo",
        "demo_command",
        "Look at a simulated chain: 3 stores, 90 days, and a really analysed sample, in the browser until Ctrl-C.",
    ),
    "show": Place("show", "show_command", "Show what is stored: recordings, or the interactions of one."),
    "visits": Place(
        "visits",
        "visits_command",
        "Show visits: the states on the way, the EPS from the first touchpoint to the last, and their mean.",
    ),
    "report": Place(
        "report",
        "report_command",
        "Write the report of a month, of a store or of a chain, as HTML or PDF, in five languages.",
    ),
    "tables": Place(
        "tables",
        "app",
        "Write tables for analysts, as CSV or Parquet: groups by day, and single interactions.",
    ),
    "hours": Place(
        "hours",
        "hours_command",
        "Compare what faces show at the entrance and at the exit, hour by hour, in aggregate. Nobody is followed.",
    ),
    "segments": Place(
        "segments",
        "segments_command",
        "Compare apparent age bands and genders, unadjusted, from counts and sums of at least 10 interactions.",
    ),
    "flow": Place(
        "flow",
        "flow_command",
        "Count people over door lines, in zones and in queues, with self-checks beside the numbers. No face is read.",
    ),
    "moods": Place(
        "moods",
        "moods_command",
        "Show the eyes chart: 32 moods above a mask in green, amber and red, and what helps.",
    ),
    "doctor": Place(
        "doctor",
        "doctor_command",
        "Check this installation: libraries, weights and their terms, the store, and a self-test on a bundled face.",
    ),
    "models": Place(
        "models", "models_command", "List the networks that ship with Mien, or show one with its model card."
    ),
    "train": Place(
        "train", "train_command", "Train, calibrate and export the reader: whole faces, eyes alone, covers."
    ),
    "evaluate": Place(
        "evaluate",
        "evaluate_command",
        "Measure a reader on labelled faces: accuracy, calibration, valence, by size, turn and group, with intervals.",
    ),
    "deliver": Place(
        "deliver",
        "deliver_command",
        "Deliver events, alerts and tasks of a site to whom its file names; what fails is tried again.",
    ),
    "outbox": Place(
        "outbox",
        "app",
        "What is still to be sent to whom: show it, retry what is parked, discard it.",
    ),
    "rules": Place(
        "rules",
        "app",
        "When staff are told of something: what is on, and what it would have told on a recorded day.",
    ),
    "crm": Place(
        "crm",
        "app",
        "The customer systems that a site file names: check them, and make in them what is missing.",
    ),
    "badges": Place(
        "badges", "badges_command", "Write A4 sheets of badge markers, 10 cm wide, to print from a browser."
    ),
    "expire": Place(
        "keep",
        "expire_command",
        "Remove what is stored and whose time is over: curves, interactions, receipts, consents, files with faces.",
    ),
    "export": Place(
        "keep", "export_command", "Write all that is stored about the person of a reference as JSON."
    ),
    "erase": Place(
        "keep",
        "erase_command",
        "Remove all that is joined to a reference, for good: consents, receipts, interactions with scores and curves.",
    ),
    "consent": Place(
        "consent",
        "app",
        "Record who agreed to be known by a loyalty or CRM reference. Without it no reference is stored.",
    ),
    "receipts": Place(
        "receipts",
        "app",
        "Receipts of the till system, joined to the interactions at that till at that time.",
    ),
    "notice": Place(
        "notice",
        "app",
        "Record the notices that hang at a site. Without one, no recording from that site is read.",
    ),
    "user": Place(
        "user",
        "app",
        "Who may sign in to the pages, as what, at which sites; one-time links, and keys of programs.",
    ),
    "tls": Place(
        "tls",
        "app",
        "Certificates for pages in the own network: an authority of one's own, and how tablets come to trust it.",
    ),
    "reader": Place(
        "reader", "app", "Bring an expression network of your own: write its manifest, and try it."
    ),
    "site": Place(
        "site",
        "app",
        "The site file: cameras, touchpoints, zones, hours, shifts and notices of a shop, branch or centre.",
    ),
}
"""Every subcommand by its name, in the order of the help."""

_loaded: dict[str, Any] = {}


def load(name: str) -> Any:  # noqa: ANN401  (a command or group of a library inside typer)
    """The command of a name, whole."""
    if name not in _loaded:
        place = PLACES[name]
        found = getattr(import_module(f"mien.cli.{place.module}"), place.name)
        if isinstance(found, typer.Typer):
            _loaded[name] = typer.main.get_group(found)
        else:
            alone = typer.Typer(add_completion=False)
            alone.command(name)(found)
            _loaded[name] = typer.main.get_command(alone)
    return _loaded[name]


def load_for(arguments: Sequence[str]) -> None:
    """Load the command that these arguments call, if they call one: the first that is no option."""
    wanted = next((argument for argument in arguments if not argument.startswith("-")), None)
    if wanted in PLACES:
        load(wanted)


class Deferred(TyperCommand):
    """A command that is known by its name and help until it is called."""

    def __init__(self, name: str) -> None:
        super().__init__(name, help=PLACES[name].help)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:  # noqa: ANN401  (of a library inside typer)
        """Of the command itself, which then runs in it."""
        return load(str(self.name)).make_context(info_name, args, parent, **extra)


class Commands(TyperGroup):
    """The group of all subcommands, none of which is loaded before it is called."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401  (likewise)
        super().__init__(**attributes)
        self.commands = {name: Deferred(name) for name in PLACES}
