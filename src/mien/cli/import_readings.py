"""`mien import-readings`: the log of another tool in, a measure of experience out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.console import progress_bar, warn
from mien.cli.interrupt import STOPPED, until_ctrl_c
from mien.cli.json_out import STDOUT
from mien.cli.options import (
    KeepDaysOption,
    ProtocolOption,
    ResultsOption,
    ServicePointOption,
    ShiftOption,
    SiteOption,
    StoreOption,
    TouchpointOption,
    TypeOption,
    expire_told,
    keep_days_of,
    parse_time,
)
from mien.cli.outputs import Done, Wishes, write_outputs
from mien.cli.targets import check_targets
from mien.journey.types import Context
from mien.logs import BUNDLED, load_map
from mien.runtime.imports import import_readings
from mien.store import Store


def import_command(
    log: Annotated[Path, typer.Argument(help="The log, a CSV or tab-separated file.", show_default=False)],
    log_map: Annotated[
        str,
        typer.Option(
            "--map",
            metavar="NAME|MAP.toml",
            help=f"What its columns mean: {', '.join(BUNDLED)}, or a map of your own.",
            show_default=False,
        ),
    ],
    fps: Annotated[
        float | None,
        typer.Option(help="Pictures per second of the video, for logs that count pictures (py-feat)."),
    ] = None,
    scale: Annotated[
        str | None,
        typer.Option(
            help="Valence scale: balance, circumplex or strongest. [default: as the map says, else balance]"
        ),
    ] = None,
    site: SiteOption = None,
    touchpoint: TouchpointOption = None,
    kind: TypeOption = None,
    service_point: ServicePointOption = None,
    shift: ShiftOption = None,
    protocol: ProtocolOption = None,
    recorded_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When second 0 of the log was, 2026-05-04T09:30+02:00.")
    ] = None,
    json: ResultsOption = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="HTML report. [default: mien-LOG.html here]")
    ] = None,
    keep_days: KeepDaysOption = None,
    store: StoreOption = None,
) -> int:
    """Take in the log of another tool (py-feat, OpenFace, FaceReader, iMotions ...) and score what its faces show."""
    wishes = Wishes([log], json, report, None, None, ())
    chosen = load_map(log_map)
    maps = [Path(log_map)] if log_map not in BUNDLED else []
    check_targets(wishes.targets, {"the store": Store.files(store), "the log": [log], "the map": maps})
    context = Context(site, touchpoint, kind, service_point, shift, protocol)
    began = parse_time(recorded_at, "--recorded-at") if recorded_at is not None else None
    keep = keep_days_of(keep_days, site)
    with Store.open(store) as opened:
        expire_told(opened)
        with until_ctrl_c() as stop, progress_bar(f"{log.name}, MB", counted=True) as progress:
            found = import_readings(
                log,
                chosen,
                context=context,
                store=opened,
                recorded_at=began,
                scale=scale,
                fps=fps,
                keep=keep,
                progress=progress,
                stop=stop,
            )
        if found is None:
            warn("Stopped before the log was read; nothing of it is stored. The same command begins anew.")
            return STOPPED
        if json == STDOUT:  # else they stand in the summary
            for warning in found.warnings:
                warn(f"{log}: {warning}")
        made = write_outputs(
            wishes,
            [Done(log, found, None)],
            reader=found.reader,
            scale=found.scale,
            store=opened,
            stop=lambda: False,
        )
    return 0 if made.whole else 2
