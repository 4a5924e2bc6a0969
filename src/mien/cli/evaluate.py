"""`mien evaluate`: how good a reader is on a set of labelled faces."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien import __version__
from mien.cli.console import as_typed, errors, out, progress_bar, say, warn
from mien.cli.interrupt import STOPPED
from mien.cli.options import ReaderOption, told_reader
from mien.cli.targets import check_targets
from mien.evaluation.bootstrap import RESAMPLES
from mien.evaluation.document import build_document
from mien.evaluation.groups import check_columns
from mien.evaluation.measured import FEWEST_MEASURED, as_toml
from mien.evaluation.names import NUMBERS, check_numbers, wanted_classes
from mien.evaluation.page import Made, write_page
from mien.evaluation.results import Wishes
from mien.evaluation.run import evaluate
from mien.evaluation.seen import known_to, load_fingerprints
from mien.evaluation.sets import check_split, open_set, select
from mien.evaluation.table import Columns
from mien.evaluation.terminal import print_evaluation
from mien.expressions import check_scale
from mien.report.saving import save_text
from mien.runtime.readers import remarks_on, terms_of

if TYPE_CHECKING:
    from mien.evaluation.results import Evaluation


def evaluate_command(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="SET",
            help="Folder with one sub-folder per class, a CSV of paths and labels or votes, or an .npz of crops.",
            show_default=False,
        ),
    ],
    reader: ReaderOption = "mien",
    numbers: Annotated[
        str | None,
        typer.Option(metavar="ORDER", help=f"What class numbers mean: {', '.join(NUMBERS)}."),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(help="train, validation, test or all, of a set with splits. [default: validation]"),
    ] = None,
    classes: Annotated[
        str | None,
        typer.Option(metavar="NAME,NAME", help="Only pictures of these expressions. [default: all]"),
    ] = None,
    groups: Annotated[
        str | None, typer.Option(metavar="COLUMN,COLUMN", help="Compare the groups that these columns name.")
    ] = None,
    person: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Who is shown, if the column is not called person.")
    ] = None,
    path: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Picture file in a CSV, if it is not called path.")
    ] = None,
    label: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Expression in a CSV, if it is not called label.")
    ] = None,
    scale: Annotated[str, typer.Option(help="Valence scale: balance, circumplex or strongest.")] = "balance",
    limit: Annotated[
        int | None, typer.Option(min=20, metavar="N", help="Read a random sample of N pictures only.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the sample and of the intervals.")] = 0,
    resamples: Annotated[
        int, typer.Option(min=200, max=100_000, help="Draws for the intervals.")
    ] = RESAMPLES,
    seen: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Fingerprints of the pictures the model learned from."),
    ] = None,
    json: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write the figures as JSON; - for standard output.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the figures as an HTML page.")
    ] = None,
) -> int:
    """Measure a reader on labelled faces: accuracy, calibration, valence, by size, turn and group, with intervals."""
    wanted, part = wanted_classes(classes), check_split(split)
    faces = open_set(data, check_numbers(numbers), Columns(path, label, person))
    places = {"--report": report, "--json": Path(json) if json not in (None, "-") else None}
    kept = {
        "the set": [data, *faces.pictures.paths],
        "what was seen before": [seen] if seen is not None else [],
    }
    check_targets({option: place for option, place in places.items() if place is not None}, kept)
    given = load_fingerprints(seen) if seen is not None else None
    columns = check_columns(faces, groups)
    chosen = select(faces, part, wanted, limit, seed)
    chosen_reader = told_reader(reader)
    known = known_to(chosen_reader) if given is None else given
    wishes = Wishes(check_scale(scale), columns, resamples, seed, known)
    for remark in remarks_on(chosen_reader):
        warn(remark)
    if chosen.split == "test":
        warn(
            "A test split is opened once for each released model, after every choice was made; log this run in "
            "docs/experiments.md."
        )
    done = 0
    try:
        with progress_bar(data.name, counted=True) as bar:

            def step(count: int) -> None:
                nonlocal done
                done = count
                bar(count, len(chosen.rows))

            found = evaluate(faces, chosen, chosen_reader, wishes, step)
    except KeyboardInterrupt:
        warn(f"Stopped after {done:,} of {len(chosen.rows):,} pictures; nothing was written.")
        return STOPPED
    _tell(found, report, json)
    if terms_of(chosen_reader) is not None:
        _tell_error(found)
    return 0


def _tell_error(found: Evaluation) -> None:
    """The lines that make a manifest state how far its reader can be trusted, beside the results."""
    if found.measured is None:
        warn(
            f"Fewer than {FEWEST_MEASURED} faces with a label were read, too few to measure the reader's error for its "
            "manifest."
        )
        return
    against = "labels" if found.faces.votes is None else "votes"
    warn("The reader's error on this set, to be written into its manifest:")
    errors.print(
        as_toml(found.measured, f"{Path(found.faces.name).name}, {against}"),
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def _tell(found: Evaluation, report: Path | None, json: str | None) -> None:
    made_at = datetime.now(UTC)
    written = {}
    if report is not None:
        written["Report"] = write_page(found, Made(made_at, __version__, as_typed()), report)
    if json is not None:
        text = build_document(found, made_at=made_at, mien_version=__version__).to_json(indent=2)
        if json == "-":
            say(text)
            return
        written["JSON"] = save_text(text + "\n", Path(json), what="JSON", option="--json")
    print_evaluation(out, found, written)
