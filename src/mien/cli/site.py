"""`mien site`: the site file, from a first draft to what Mien understands of it."""

from __future__ import annotations

import os
import shlex
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from mien.cli.calibrate import calibrate_command
from mien.cli.console import add_row, complain, out, say, table_of, warn
from mien.cli.options import SiteFile, parse_date
from mien.cli.targets import check_targets
from mien.errors import NoticeError, SettingError
from mien.report.saving import save_text
from mien.runtime.delivery.mqtt import topic_level
from mien.runtime.tension_lock import if_unlocked
from mien.site import Site, check_site, check_text, template

if TYPE_CHECKING:
    from mien.site import Checked

app = typer.Typer(
    name="site",
    help="The site file: cameras, touchpoints, zones, hours, shifts and notices of a shop, branch or centre.",
    no_args_is_help=True,
)

Day = Annotated[
    str | None, typer.Option("--on", help="As of this day, YYYY-MM-DD; else today, on the clock of the site.")
]

_LOCALTIME: Final = Path("/etc/localtime")

app.command("calibrate")(calibrate_command)


@app.command("new")
def new_command(
    file: SiteFile,
    name: Annotated[str, typer.Option(help="Name of the site.")] = "My shop",
    time_zone: Annotated[
        str | None, typer.Option(help="Its time zone, such as Europe/Paris. [default: this machine's]")
    ] = None,
) -> None:
    """Write a site file to begin with, in which every part is explained."""
    if file.exists():
        raise SettingError(f"'{file}' exists already and is not replaced; give another name.")
    check_targets({"FILE.toml": file}, {})
    zone = time_zone or _own_zone()
    text = template(name, zone)
    if problems := check_text(text, file).problems:
        raise SettingError(f"{problems[0].text}.")
    save_text(text, file, what="site file", option="FILE.toml")
    say(
        f"{file} is written, with the time zone {zone}. Fill in your cameras and the notice, then try it: mien site "
        f"check {shlex.quote(str(file))}"
    )


@app.command("check")
def check_command(file: SiteFile, on: Day = None) -> None:
    """Tell everything that is wrong in a site file, each with its line and with what is allowed."""
    checked, site, day = _read(file, on)
    _without_problems(if_unlocked(checked))
    remarks = checked.remarks(day)
    for remark in remarks:
        warn(str(remark))
    read = [name for name in site.cameras if _notice_state(site, name, day)[0]]
    zones = sum(len(camera.zones) + len(camera.door_lines) for camera in site.cameras.values())
    counts = [
        _count(len(site.cameras), "camera"),
        _count(len(site.touchpoints), "touchpoint"),
        _count(zones, "zone"),
        *([_count(len(site.service_points), "service point")] if site.service_points else []),
        *([_count(len(site.shifts), "shift")] if site.shifts else []),
        *([_count(len(checked.roster.entries), "row") + " of roster"] if site.roster else []),
    ]
    say(f"{file} is fine: site '{site.name}' with {', '.join(counts)}.")
    if site.segments.enabled:
        say(f"Segments are {_segments(site)}. Guesses are held in memory; tell people so in the notice.")
    say(f"On {day} {len(read)} of {_count(len(site.cameras), 'camera')} would be read.")
    say(f"What Mien understood: mien site show {shlex.quote(str(file))}")


@app.command("show")
def show_command(file: SiteFile, on: Day = None) -> None:
    """Print what Mien understands of a site file; credentials are never shown."""
    checked, site, day = _read(file, on)
    out.print(Text(site.name, style="bold"))
    out.print(_facts(site, day), _cameras(site, day))
    for title, table in (
        ("Zones", _zones(site)),
        ("Service points", _service_points(site)),
        (f"Shifts on {day}", _shifts(checked, site, day)),
        ("Notices", _notices(site)),
    ):
        if table.row_count:
            table.title = title
            table.title_justify = "left"
            out.print(table)
    for remark in checked.remarks(day):
        warn(str(remark))


def _read(file: Path, on: str | None) -> tuple[Checked, Site, date]:
    """The file, or its problems and the end of the command."""
    wanted = parse_date(on, "--on") if on is not None else None
    checked = check_site(file)
    site = _without_problems(checked)
    return checked, site, wanted or site.day(datetime.now(UTC))


def _without_problems(checked: Checked) -> Site:
    """What the file says, or its problems and the end of the command."""
    if checked.site is None:
        for problem in checked.problems:
            complain(problem)
        raise typer.Exit(2)
    return checked.site


def _facts(site: Site, day: date) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    hours = site.opening_hours
    if hours is None:
        open_ = "not given"
    else:
        open_ = ", ".join(map(str, hours.hours(day))) or "closed"
        names = [one.name for one in hours.special if one.date == day and one.name]
        open_ += f" ({names[0]})" if names else ""
    badges, kept = site.badges, site.retention
    protocols = "; ".join(f"{name}: {one.description}" for name, one in site.protocols.items())
    markers = _count(len(badges.staff), "marker") if badges.staff else "all markers"
    rows = {
        "time zone": site.time_zone,
        f"open on {day:%a} {day}": open_,
        "interaction types": ", ".join(site.interaction_types) or "none",
        "protocols": protocols or "none",
        "joining of visits": site.matching.decision,
        "segments": _segments(site),
        "staff badges": f"{badges.family}, {markers}" if badges.enabled else "none",
        "receipts": str(site.receipts.file) if site.receipts is not None else "none",
        "events go to": _broker(site),
        "kept": f"readings {kept.readings_days}, interactions {kept.interactions_days}, receipts "
        f"{kept.receipts_days} days",
    }
    for key, value in rows.items():
        table.add_row(Text(key, style="dim"), Text(value))
    return table


def _segments(site: Site) -> str:
    of = f"apparent {' and '.join(site.segments.attributes)}, " if site.segments.enabled else ""
    return of + site.segments.decision


def _broker(site: Site) -> str:
    broker = site.delivery.mqtt
    if broker is None:
        return "nobody"
    secrets = (("user", broker.user), ("password", broker.password))
    kept = ", ".join(f"{what} {secret.place}" for what, secret in secrets if secret is not None)
    return f"{broker.shown} ({kept or 'no credentials'}), topics {broker.topic_prefix}/{topic_level(site.name)}/..."


def _cameras(site: Site, day: date) -> Table:
    table = table_of("camera", "source", "credentials", "touchpoint", "read?")
    table.title, table.title_justify = "Cameras", "left"
    for name, camera in site.cameras.items():
        secrets = (("user", camera.user), ("password", camera.password))
        kept = [f"{what} {secret.place}" for what, secret in secrets if secret is not None]
        inside = camera.url is not None and camera.url.holds_user
        read, why = _notice_state(site, name, day)
        add_row(
            table,
            name,
            camera.shown,
            ", ".join(kept) or ("in the url" if inside else "none"),
            camera.touchpoint + (f" ({role})" if (role := site.role(name)) != camera.touchpoint else ""),
            why,
            style=None if read else "yellow",
        )
    return table


def _notice_state(site: Site, camera: str, day: date) -> tuple[bool, str]:
    """Whether a camera is read on a day, and why."""
    if not site.cameras[camera].enabled:
        return False, "no: enabled is false"
    try:
        notice = site.notice_for(camera, day)
    except NoticeError:
        return False, "no: no notice"
    return True, f"yes: text {notice.text_version} since {notice.shown_on}"


def _zones(site: Site) -> Table:
    table = table_of("camera", "zone", "kind", "where")
    for name, camera in site.cameras.items():
        for zone_name, zone in camera.zones.items():
            leads = f" to {', '.join(zone.service_points)}" if zone.service_points else ""
            add_row(table, name, zone_name, zone.kind + leads, _points(zone.corners))
        for line_name, line in camera.door_lines.items():
            add_row(
                table, name, line_name, "door line", f"{_points(line.ends)}, inside {_points([line.inside])}"
            )
        if camera.zones and not any(zone.kind == "read" for zone in camera.zones.values()):
            add_row(table, name, "", "read", "all that is not blacked out")
    return table


def _service_points(site: Site) -> Table:
    table = table_of("service point", "camera", "zone", "till")
    for name, point in site.service_points.items():
        add_row(table, name, point.camera, point.zone or "the whole picture", point.till or "none")
    return table


def _shifts(checked: Checked, site: Site, day: date) -> Table:
    table = table_of("shift", "hours", "on duty")
    for name, shift in site.shifts.items():
        if shift.span(day, site.zone) is None:
            continue
        duty = [
            entry.person + (f" at {entry.service_point}" if entry.service_point else "")
            for entry in checked.roster.on(day)
            if entry.shift == name
        ]
        add_row(table, name, str(shift.hours), ", ".join(duty) or ("nobody" if site.roster else "no roster"))
    return table


def _notices(site: Site) -> Table:
    table = table_of("text", "speaks of", "since", "withdrawn", "put up by")
    for entry in site.notices:
        add_row(
            table,
            entry.text_version,
            entry.camera or "the whole site",
            str(entry.shown_on),
            str(entry.withdrawn_on or ""),
            entry.put_up_by,
        )
    return table


def _points(points: tuple[tuple[float, float], ...] | list[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _own_zone() -> str:
    """The time zone of this machine by its name; UTC where it has none."""
    named = os.environ.get("TZ", "").lstrip(":")
    linked = str(_LOCALTIME.resolve()).partition("/zoneinfo/")[2]
    for name in filter(None, (named, linked)):
        try:
            return ZoneInfo(name).key
        except (ValueError, OSError, KeyError):
            continue
    return "UTC"
