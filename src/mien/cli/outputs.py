"""What `mien analyze` writes: report, JSON, overlay and the summary, each whatever becomes of the others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mien.cli.console import as_typed, complain, out, progress_bar, say
from mien.cli.json_out import STDOUT, json_target
from mien.errors import MienError
from mien.report.document import build_document
from mien.report.html import render_report
from mien.report.saving import save_text
from mien.report.terminal import print_summary
from mien.runtime.analysis import empty_report, gather
from mien.runtime.media import write_overlay

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mien.expressions import ScaleName
    from mien.privacy import MediaGrant
    from mien.report.trails import FaceTrails
    from mien.runtime.analysis import Analysis
    from mien.store import Store


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for, beyond how to read.

    Attributes:
        videos: The recordings.
        json: Where the JSON goes; `-` for standard output.
        report: Where the page goes; `None` for a name made from the videos'.
        overlay: Where the overlay goes.
        grant: Leave to show faces in it.
        exclude: Zones that are blacked out in it.
    """

    videos: list[Path]
    json: str | None
    report: Path | None
    overlay: Path | None
    grant: MediaGrant | None
    exclude: tuple[tuple[tuple[float, float], ...], ...]

    @property
    def page(self) -> Path:
        """Where the report goes."""
        if self.report is not None:
            return self.report
        return Path(f"mien-{self.videos[0].stem}.html" if len(self.videos) == 1 else "mien-report.html")

    @property
    def targets(self) -> Mapping[str, Path]:
        """Every file that will be written, by the option that names it."""
        wanted = {
            "--report": self.page,
            **json_target(self.json),
            "--overlay": self.overlay,
        }
        return {option: path for option, path in wanted.items() if path is not None}


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """One recording that was taken in, to its end or to a stop."""

    path: Path
    found: Analysis
    trails: FaceTrails | None


class Outcome(NamedTuple):
    """What became of the outputs.

    Attributes:
        written: Files that were written, by what they are.
        whole: Whether everything could be written; a stop is no failure.
    """

    written: Mapping[str, Path]
    whole: bool


def write_outputs(
    wishes: Wishes,
    done: list[Done],
    *,
    reader: str,
    scale: ScaleName,
    store: Store,
    stop: Callable[[], bool],
) -> Outcome:
    """Write everything that was asked for; what cannot be written is said in one line and keeps nothing else back.

    Where no recording could be read there is no page, but the JSON says so.
    """
    nothing = empty_report(reader=reader, scale=scale)
    report = gather([one.found for one in done], command=as_typed()) if done else nothing
    written: dict[str, Path] = {}
    whole = True

    def text() -> str:
        return build_document(report).to_json(indent=2)

    def attempt(name: str, write: Callable[[], Path | None]) -> None:
        nonlocal whole
        try:
            path = write()
        except MienError as error:
            whole = False
            complain(error)
        else:
            if path is not None:
                written[name] = path

    if done:
        attempt("Report", lambda: render_report(report, wishes.page))
    if wishes.json not in (None, STDOUT):
        place = Path(str(wishes.json))
        attempt("JSON", lambda: save_text(text() + "\n", place, what="JSON", option="--json"))
    if done and wishes.overlay is not None:
        attempt("Overlay", lambda: _write_overlay(wishes, done[0], store, stop))
    if wishes.json == STDOUT:
        say(text())
    elif done:
        print_summary(out, report, written)
    return Outcome(written, whole)


def _write_overlay(wishes: Wishes, one: Done, store: Store, stop: Callable[[], bool]) -> Path | None:
    if wishes.overlay is None or one.trails is None or not one.found.complete or stop():
        return None
    with progress_bar(f"{one.path.name}: overlay") as progress:
        whole = write_overlay(
            one.path,
            wishes.overlay,
            one.found,
            one.trails,
            store=store,
            grant=wishes.grant,
            exclude=wishes.exclude,
            progress=progress,
            stop=stop,
        )
    return wishes.overlay if whole else None
