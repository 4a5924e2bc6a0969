"""`mien analyze`: recordings in, a measure of experience out."""

from __future__ import annotations

import shlex
import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from mien.cli.console import complain, errors, out, say, warn
from mien.cli.options import StoreOption, parse_date, parse_time, today
from mien.errors import InputError, PermissionRequired, SettingError
from mien.expressions import check_scale
from mien.journey.types import Context
from mien.privacy import MediaGrant
from mien.report.document import build_document
from mien.report.html import render_report
from mien.report.terminal import print_summary
from mien.report.trails import FaceTrails
from mien.runtime.analysis import Analysis, analyze, gather
from mien.runtime.media import delete_expired, write_overlay
from mien.store import Store
from mien.vision.exclude import parse_polygon
from mien.vision.gate import ROLES, check_role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from mien.report.model import Report

STOPPED = 130
"""Exit code after Ctrl-C, as shells have it."""


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What was asked for, beyond how to read."""

    videos: list[Path]
    json: str | None
    report: Path | None
    overlay: Path | None
    grant: MediaGrant | None
    exclude: tuple[tuple[tuple[float, float], ...], ...]


def analyze_command(
    videos: Annotated[
        list[Path], typer.Argument(help="Video files, any format FFmpeg reads.", show_default=False)
    ],
    site: Annotated[
        str | None, typer.Option(help="Site it was recorded at; needs a recorded notice.")
    ] = None,
    touchpoint: Annotated[
        str | None, typer.Option(help="Place in the journey, for example: checkout.")
    ] = None,
    role: Annotated[
        str | None, typer.Option(help=f"Role of the touchpoint: {', '.join(ROLES)}. [default: by its name]")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--type", help="What it was about: a sale, an enquiry ...")
    ] = None,
    service_point: Annotated[str | None, typer.Option(help="Till or desk.")] = None,
    shift: Annotated[str | None, typer.Option(help="Shift of the staff.")] = None,
    protocol: Annotated[str | None, typer.Option(help="Way of serving under test.")] = None,
    recorded_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When the recording began, 2026-05-04T09:30+02:00.")
    ] = None,
    rate: Annotated[float, typer.Option(help="Readings per second, independent of the frame rate.")] = 10.0,
    scale: Annotated[str, typer.Option(help="Valence scale: balance, circumplex or strongest.")] = "balance",
    detector: Annotated[str, typer.Option(help="Face detector: yunet or retinaface.")] = "yunet",
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="POLYGON", help="Zone to black out, 'x,y x,y x,y' in 0-1; may be repeated."),
    ] = None,
    json: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write the results as JSON; - for standard output.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="HTML report. [default: mien-VIDEO.html here]")
    ] = None,
    overlay: Annotated[
        Path | None,
        typer.Option(metavar="FILE.mp4", help="Write the video with boxes, curve and score; faces blurred."),
    ] = None,
    show_faces: Annotated[
        bool,
        typer.Option("--show-faces", help="Leave faces visible in the overlay; needs --purpose and --until."),
    ] = False,
    purpose: Annotated[str | None, typer.Option(help="What the visible faces are for.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day the file may exist.")] = None,
    store: StoreOption = None,
) -> int:
    """Read recordings and score what the faces in them show, from arrival to leaving."""
    zones = tuple(tuple(parse_polygon(text)) for text in exclude or ())
    wishes = _Wishes(videos, json, report, overlay, _grant(overlay, show_faces, purpose, until), zones)
    _check_targets(wishes)
    context = Context(site, touchpoint, kind, service_point, shift, protocol)
    settings: dict[str, object] = {
        "rate": rate,
        "scale": check_scale(scale),
        "detector": detector,
        "role": check_role(role) if role is not None else touchpoint if touchpoint in ROLES else None,
        "exclude": zones,
    }
    began = parse_time(recorded_at, "--recorded-at") if recorded_at is not None else None
    with Store.open(store) as opened:
        for path in delete_expired(opened, today()):
            warn(f"{path} was deleted: the time for which faces could be shown in it is over.")
        return _run(wishes, context, settings, began, opened)


def _run(
    wishes: _Wishes, context: Context, settings: dict[str, object], began: datetime | None, store: Store
) -> int:
    done: list[tuple[Path, Analysis, FaceTrails | None]] = []
    failed = False
    with _until_ctrl_c() as stop:
        for path in wishes.videos:
            trails = FaceTrails() if wishes.overlay is not None else None
            try:
                with _progress(path.name) as progress:
                    found = analyze(
                        path,
                        context=context,
                        store=store,
                        recorded_at=began,
                        progress=progress,
                        stop=stop.is_set,
                        witness=trails.add if trails is not None else None,
                        **settings,
                    )
            except InputError as error:
                failed = True
                complain(error)
                continue
            done.append((path, found, trails))
            for warning in found.warnings:
                warn(f"{path}: {warning}")
            if stop.is_set():
                break
        if done:
            _write(wishes, done, store, stop.is_set)
    if stop.is_set():
        warn("Stopped; what was done is kept. The same command goes on from here.")
        return STOPPED
    return 2 if failed else 0


def _write(
    wishes: _Wishes,
    done: list[tuple[Path, Analysis, FaceTrails | None]],
    store: Store,
    stop: Callable[[], bool],
) -> None:
    """Everything that was asked for, from what was found."""
    report = gather([found for _, found, _ in done], command=_as_typed())
    written: dict[str, Path] = {
        "Report": render_report(report, wishes.report or _default_report(wishes.videos))
    }
    if wishes.overlay is not None and not stop():
        path, found, trails = done[0]
        if found.complete and trails is not None:
            with _progress(f"{path.name}: overlay") as progress:
                whole = write_overlay(
                    path,
                    wishes.overlay,
                    found,
                    trails,
                    store=store,
                    grant=wishes.grant,
                    exclude=wishes.exclude,
                    progress=progress,
                    stop=stop,
                )
            if whole:
                written["Overlay"] = wishes.overlay
    if wishes.json == "-":
        say(build_document(report).to_json(indent=2))
        return
    if wishes.json is not None:
        written["JSON"] = _write_json(report, Path(wishes.json))
    print_summary(out, report, written)


def _write_json(report: Report, path: Path) -> Path:
    try:
        path.write_text(build_document(report).to_json(indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"The JSON cannot be written to '{path}' ({error.strerror}); give another place."
        ) from error
    return path


def _grant(
    overlay: Path | None, show_faces: bool, purpose: str | None, until: str | None
) -> MediaGrant | None:
    """Leave to show faces, if that was asked for and may be had."""
    if not show_faces:
        if purpose is not None or until is not None:
            raise SettingError(
                "--purpose and --until belong to --show-faces; without it faces are blurred anyway."
            )
        return None
    if overlay is None:
        raise SettingError("--show-faces belongs to --overlay FILE.mp4; nothing else can show a face.")
    if purpose is None or until is None:
        raise PermissionRequired(
            "Faces are shown only for a stated purpose and a limited time: add --purpose TEXT and --until YYYY-MM-DD."
        )
    return MediaGrant(purpose, parse_date(until, "--until"))


def _check_targets(wishes: _Wishes) -> None:
    """Refuse what would fail at the end, before hours are spent."""
    if wishes.overlay is not None and len(wishes.videos) > 1:
        raise SettingError(f"--overlay takes one video at a time, not {len(wishes.videos)}.")
    if wishes.overlay is not None and wishes.overlay.suffix.lower() != ".mp4":
        raise SettingError(f"The overlay is an MP4 file; '{wishes.overlay}' does not end in .mp4.")
    targets = [wishes.report, wishes.overlay, Path(wishes.json) if wishes.json not in (None, "-") else None]
    for target in targets:
        if target is None:
            continue
        if target.is_dir() or not target.absolute().parent.is_dir():
            raise InputError(f"'{target}' cannot be written: it is a folder, or its folder does not exist.")
        if any(target.absolute() == video.absolute() for video in wishes.videos):
            raise InputError(f"'{target}' is the video itself and would be lost; choose another name.")


def _default_report(videos: list[Path]) -> Path:
    return Path(f"mien-{videos[0].stem}.html" if len(videos) == 1 else "mien-report.html")


def _as_typed() -> str:
    return shlex.join(["mien", *sys.argv[1:]])


@contextmanager
def _progress(name: str) -> Iterator[Callable[[float, float | None], None]]:
    """A bar with the time left on standard error; nothing where that is no terminal."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:.0f} s"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(name, total=None)
        yield lambda position_s, length_s: bar.update(task, completed=position_s, total=length_s)


@contextmanager
def _until_ctrl_c() -> Iterator[Event]:
    """The first Ctrl-C asks for an orderly stop, the second ends the process."""
    stop = Event()

    def ask(_number: int, _frame: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
