"""`mien analyze`: recordings in, a measure of experience out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import complain, progress_bar, warn
from mien.cli.interrupt import STOPPED, until_ctrl_c
from mien.cli.options import (
    KeepDaysOption,
    ProtocolOption,
    ReaderOption,
    ResultsOption,
    ServicePointOption,
    ShiftOption,
    SiteOption,
    StoreOption,
    TouchpointOption,
    TypeOption,
    expire_told,
    keep_days_of,
    parse_date,
    parse_time,
    told_reader,
)
from mien.cli.outputs import Done, Wishes, write_outputs
from mien.cli.targets import check_targets
from mien.errors import BusyError, EngineError, InputError, PermissionRequired, SettingError
from mien.expressions import check_scale
from mien.journey.types import Context
from mien.privacy import MediaGrant
from mien.report.trails import FaceTrails
from mien.runtime.analysis import analyze
from mien.runtime.readers import version_of
from mien.runtime.settings import AnalysisSettings
from mien.store import Store
from mien.vision.exclude import parse_polygon
from mien.vision.gate import ROLES, check_role

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mien.privacy import KeepDays


def analyze_command(
    videos: Annotated[
        list[Path], typer.Argument(help="Video files, any format FFmpeg reads.", show_default=False)
    ],
    site: SiteOption = None,
    touchpoint: TouchpointOption = None,
    role: Annotated[
        str | None, typer.Option(help=f"Role of the touchpoint: {', '.join(ROLES)}. [default: by its name]")
    ] = None,
    kind: TypeOption = None,
    service_point: ServicePointOption = None,
    shift: ShiftOption = None,
    protocol: ProtocolOption = None,
    recorded_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When the recording began, 2026-05-04T09:30+02:00.")
    ] = None,
    rate: Annotated[float, typer.Option(help="Readings per second, independent of the frame rate.")] = 10.0,
    scale: Annotated[str, typer.Option(help="Valence scale: balance, circumplex or strongest.")] = "balance",
    detector: Annotated[str, typer.Option(help="Face detector: yunet or retinaface.")] = "yunet",
    reader: ReaderOption = "mien",
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="POLYGON", help="Zone to black out, 'x,y x,y x,y' in 0-1; may be repeated."),
    ] = None,
    json: ResultsOption = None,
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
    keep_days: KeepDaysOption = None,
    store: StoreOption = None,
) -> int:
    """Read recordings and score what the faces in them show, from arrival to leaving."""
    zones = tuple(tuple(parse_polygon(text)) for text in exclude or ())
    wishes = Wishes(videos, json, report, overlay, _grant(overlay, show_faces, purpose, until), zones)
    _check_overlay(wishes)
    kept = {"the store": Store.files(store), "the video": videos}
    check_targets(wishes.targets, kept, beside=("--overlay",))
    context = Context(site, touchpoint, kind, service_point, shift, protocol)
    settings = AnalysisSettings.of(
        rate=rate,
        scale=check_scale(scale),
        detector=detector,
        reader=reader,
        role=check_role(role) if role is not None else touchpoint if touchpoint in ROLES else None,
        exclude=zones,
    )
    began = parse_time(recorded_at, "--recorded-at") if recorded_at is not None else None
    version = version_of(told_reader(reader))
    keep = keep_days_of(keep_days, site)
    with Store.open(store) as opened:
        expire_told(opened)
        return _run(wishes, context, settings, began, opened, version, keep)


def _run(
    wishes: Wishes,
    context: Context,
    settings: AnalysisSettings,
    began: datetime | None,
    store: Store,
    reader: str,
    keep: KeepDays | None,
) -> int:
    done: list[Done] = []
    failed = False
    with until_ctrl_c() as stop:
        for path in wishes.videos:
            trails = FaceTrails() if wishes.overlay is not None else None
            try:
                with progress_bar(path.name) as progress:
                    found = analyze(
                        path,
                        context=context,
                        store=store,
                        recorded_at=began,
                        progress=progress,
                        stop=stop,
                        witness=trails.add if trails is not None else None,
                        keep=keep,
                        **dict(settings),
                    )
            except (InputError, BusyError) as error:
                failed = True
                complain(error)
                continue
            except EngineError as error:
                failed = True
                complain(error)
                break
            done.append(Done(path, found, trails))
            for warning in found.warnings:
                warn(f"{path}: {warning}")
            if stop():
                break
        made = write_outputs(wishes, done, reader=reader, scale=settings.scale, store=store, stop=stop)
    undone = _undone(wishes, done, made.written) if stop() else None
    if undone is not None:
        warn(f"Stopped; what was done is kept{undone}.")
        return STOPPED
    return 2 if failed or not made.whole else 0


def _undone(wishes: Wishes, done: list[Done], written: Mapping[str, Path]) -> str | None:
    """What a stop has left, and how to go on; `None` where it came after everything was done."""
    last = done[-1] if done else None
    if last is not None and not last.found.complete:
        if wishes.overlay is not None:
            return ". Without --overlay the same command goes on from here, with it the video is read anew"
        if len(wishes.videos) > 1:
            return f". Given alone with the same options, '{last.path}' goes on from here"
        return ". The same command goes on from here"
    if wishes.overlay is not None and "Overlay" not in written:
        return ", only the overlay is missing. The same command reads the video anew"
    if last is None or last.path != wishes.videos[-1]:
        return ". The same command reads the videos that were finished anew"
    return None


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


def _check_overlay(wishes: Wishes) -> None:
    if wishes.overlay is not None and len(wishes.videos) > 1:
        raise SettingError(f"--overlay takes one video at a time, not {len(wishes.videos)}.")
    if wishes.overlay is not None and wishes.overlay.suffix.lower() != ".mp4":
        raise SettingError(f"The overlay is an MP4 file; '{wishes.overlay}' does not end in .mp4.")
