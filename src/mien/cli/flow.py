"""`mien flow`: who comes and goes, stays and waits in a recording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import out, progress_bar, say, warn
from mien.cli.interrupt import STOPPED, until_ctrl_c
from mien.cli.options import parse_time
from mien.cli.targets import check_targets
from mien.report.flow_terminal import print_flow
from mien.report.saving import save_text
from mien.runtime.flow import RATE, flow_of_recording
from mien.site import load_site

if TYPE_CHECKING:
    from mien.report.flow import FlowReport

_STDOUT = "-"


def flow_command(
    video: Annotated[Path, typer.Argument(help="Video file, any format FFmpeg reads.", show_default=False)],
    site_file: Annotated[Path, typer.Option(metavar="FILE.toml", help="The site file.", show_default=False)],
    camera: Annotated[
        str, typer.Option(help="The camera of it that recorded the video.", show_default=False)
    ],
    recorded_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When the recording began, 2026-05-04T09:30+02:00.")
    ] = None,
    rate: Annotated[float, typer.Option(help="Pictures per second that are looked at, 0.5 to 5.")] = RATE,
    json: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write the counts as JSON; - for standard output.")
    ] = None,
) -> int:
    """Count people over door lines, in zones and in queues, with self-checks beside the numbers. No face is read."""
    site = load_site(site_file)
    targets = {"--json": Path(json)} if json is not None and json != _STDOUT else {}
    check_targets(targets, {"the video": [video], "the site file": [site_file]})
    begins = parse_time(recorded_at, "--recorded-at") if recorded_at is not None else None
    with until_ctrl_c() as stop, progress_bar(video.name) as progress:
        report = flow_of_recording(
            video, site, camera, recorded_at=begins, rate=rate, progress=progress, stop=stop
        )
    _write(report, json)
    if not report.complete:
        warn(f"Stopped at {report.clock(report.length_s)}; what was counted until then is told.")
        return STOPPED
    return 0


def _write(report: FlowReport, json: str | None) -> None:
    if json == _STDOUT:
        say(report.to_json())
        return
    print_flow(out, report)
    if json is not None:
        say(f"JSON: {save_text(report.to_json() + chr(10), Path(json), what='JSON', option='--json')}")
