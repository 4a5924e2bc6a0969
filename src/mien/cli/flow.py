"""`mien flow`: who comes and goes, stays and waits, in a recording or as `mien run` counted it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import out, progress_bar, say, warn
from mien.cli.interrupt import STOPPED, until_ctrl_c
from mien.cli.json_out import STDOUT, json_target, save_json
from mien.cli.options import StoreOption, parse_date, parse_time
from mien.cli.targets import check_targets
from mien.errors import SettingError
from mien.report.flow_stored import StoredFlow
from mien.report.flow_stored_terminal import print_stored_flow
from mien.report.flow_terminal import print_flow
from mien.runtime.flow import RATE, flow_of_recording
from mien.runtime.flow_stored import stored_flow
from mien.site import load_site
from mien.store import Store

if TYPE_CHECKING:
    from mien.report.flow import FlowReport
    from mien.site import Site


def flow_command(
    site_file: Annotated[Path, typer.Option(metavar="FILE.toml", help="The site file.", show_default=False)],
    video: Annotated[
        Path | None,
        typer.Argument(
            help="Video file to count in; left out, what mien run counted is told.", show_default=False
        ),
    ] = None,
    camera: Annotated[
        str | None,
        typer.Option(help="The camera of it that recorded the video; of what is stored, only this one."),
    ] = None,
    recorded_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When the recording began, 2026-05-04T09:30+02:00.")
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(
            help=f"Pictures per second of the video that are looked at, 0.5 to 5. [default: {RATE:g}]"
        ),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            metavar="DAY", help="Of what is stored: the day, 2026-05-04. [default: today at the site]"
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Of what is stored: the last day. [default: that of --on]"),
    ] = None,
    json: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write the counts as JSON; - for standard output.")
    ] = None,
    store: StoreOption = None,
) -> int:
    """Count people over door lines, in zones and in queues, with self-checks beside the numbers. No face is read."""
    _fits(
        video,
        {"--recorded-at": recorded_at, "--rate": rate},
        {"--on": on, "--until": until, "--store": store},
    )
    site = load_site(site_file)
    targets = json_target(json)
    if video is None:
        check_targets(targets, {"the site file": [site_file], "the store": list(Store.files(store))})
        _write(_stored(site, camera, (on, until), store, periods=json is not None), json)
        return 0
    if camera is None:
        raise SettingError(
            f"A video needs --camera, the camera that recorded it; there are {', '.join(site.cameras)}."
        )
    check_targets(targets, {"the video": [video], "the site file": [site_file]})
    begins = parse_time(recorded_at, "--recorded-at") if recorded_at is not None else None
    with until_ctrl_c() as stop, progress_bar(video.name) as progress:
        report = flow_of_recording(
            video,
            site,
            camera,
            recorded_at=begins,
            rate=RATE if rate is None else rate,
            progress=progress,
            stop=stop,
        )
    _write(report, json)
    if not report.complete:
        warn(f"Stopped at {report.clock(report.length_s)}; what was counted until then is told.")
        return STOPPED
    return 0


def _fits(video: Path | None, of_video: dict[str, object], of_store: dict[str, object]) -> None:
    """Refuse options that would change nothing."""
    for option, value in (of_video if video is None else of_store).items():
        if value is None:
            continue
        if video is None:
            raise SettingError(f"{option} belongs to a video; name one, or leave {option} out.")
        raise SettingError(f"{option} belongs to what is stored; leave out {option}, or the video {video}.")


def _stored(
    site: Site, camera: str | None, days: tuple[str | None, str | None], store: str | None, *, periods: bool
) -> StoredFlow:
    on, until = days
    first = parse_date(on, "--on") if on is not None else site.day(datetime.now(UTC))
    last = parse_date(until, "--until") if until is not None else first
    with Store.open(store, create=False) as opened:
        flow = stored_flow(opened, site, first, last, camera=camera, periods=periods or first == last)
    if not flow.cameras and (flow.visits is None or not flow.visits.visits):
        where = f"camera '{camera}' of site '{site.name}'" if camera is not None else f"site '{site.name}'"
        warn(
            f"Nothing was counted at {where} from {first} to {last}; mien run counts where there is something to."
        )
    return flow


def _write(report: FlowReport | StoredFlow, json: str | None) -> None:
    if json == STDOUT:
        say(report.to_json())
        return
    if isinstance(report, StoredFlow):
        print_stored_flow(out, report)
    else:
        print_flow(out, report)
    save_json(report.to_json(), json)
