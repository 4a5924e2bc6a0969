"""The site files of the simulated stores, with roster and receipts, as somebody could have written them."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from mien.report.saving import save_text
from mien.runtime.demo.alerts import RULES_TEXT
from mien.runtime.demo.day import ZONE, plan_day
from mien.runtime.demo.story import OPEN, PLACES, PROTOCOLS, SHIFTS, SUNDAY, TIME_ZONE

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from mien.runtime.demo.bank import Bank
    from mien.runtime.demo.story import DemoSite, Story

RECEIPT_DAYS: Final = 30
READINGS_DAYS: Final = 30
"""Days for which curves and seconds are kept; older ones are not made."""
_TILLS: Final = {"till 1": "POS-01", "till 2": "POS-02"}
_CLOCKS_S: Final = {"till 1": 6.0, "till 2": -4.0}
"""By how much the clocks of the tills are off."""
_RETURNS: Final = 0.04
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday")

_DOOR_LINE: Final = '[cameras."{camera}".door_lines.sill]\nends = {ends}\ninside = {inside}\n'
_ZONE: Final = '[cameras.{camera}.zones.{name}]\nkind = "{kind}"\ncorners = {corners}\n'


def _box(left: float, right: float) -> str:
    return f"[[{left}, 0.1], [{right}, 0.1], [{right}, 0.95], [{left}, 0.95]]"


_ZONES: Final = {
    "door": _DOOR_LINE.format(camera="door", ends="[[0.2, 0.7], [0.9, 0.7]]", inside="[0.5, 0.95]"),
    "way out": _DOOR_LINE.format(camera="way out", ends="[[0.1, 0.6], [0.8, 0.6]]", inside="[0.4, 0.2]"),
    "clothing": _ZONE.format(camera="clothing", name="shelf", kind="shelf", corners=_box(0.05, 0.6)),
    "desk": "\n".join(
        _ZONE.format(camera="desk", name=name, kind="read", corners=_box(*sides))
        for name, sides in (("left", (0.05, 0.45)), ("right", (0.55, 0.95)))
    ),
    "tills": "\n".join(
        (
            _ZONE.format(camera="tills", name="left", kind="read", corners=_box(0.05, 0.3)),
            _ZONE.format(camera="tills", name="right", kind="read", corners=_box(0.35, 0.6)),
            _ZONE.format(camera="tills", name="waiting", kind="queue", corners=_box(0.65, 0.98))
            + 'service_points = ["till 1", "till 2"]\n',
        )
    ),
}


def write_files(story: Story, site: DemoSite, bank: Bank, folder: Path, now: datetime) -> Path:
    """Write site file, roster and receipts of a store; what is there is written anew.

    Args:
        story: What is simulated.
        site: Which store.
        bank: Which its days are drawn from.
        folder: Where; it is there.
        now: With zone; receipts older than they are kept are not written.

    Returns:
        The site file.

    Raises:
        OutputError: A file cannot be written.
    """
    path = folder / site.file_name
    for name, text in (
        (_roster_name(site), _roster(story, site)),
        (_receipts_name(site), _receipts(story, site, bank, now)),
        (path.name, _site_file(story, site)),
    ):
        save_text(text, folder / name, what="The demo", option="--store")
    return path


def _roster_name(site: DemoSite) -> str:
    return site.file_name.replace(".toml", "-roster.csv")


def _receipts_name(site: DemoSite) -> str:
    return site.file_name.replace(".toml", "-receipts.csv")


def _site_file(story: Story, site: DemoSite) -> str:
    told = story.first_day - timedelta(days=7)
    parts = [
        "# Simulated: this store does not exist, and none of its cameras is ever opened. mien demo writes this file.\n",
        f'name = "{site.name}"\ntime_zone = "{TIME_ZONE}"\ninteraction_types = ["purchase", "advice", "return"]\n',
        f'[[notices]]\nshown_on = {told}\ntext_version = "simulated 1"\nput_up_by = "nobody, it is simulated"\n',
    ]
    for place in PLACES:
        kind = "" if place.kind is None else f'\ninteraction_type = "{place.kind}"'
        parts.append(f'[touchpoints."{place.name}"]\nrole = "{place.role}"{kind}\n')
    for place in PLACES:
        address = f"rtsp://simulated.invalid/{place.camera.replace(' ', '-')}"
        parts.append(f'[cameras."{place.camera}"]\ntouchpoint = "{place.name}"\nurl = "{address}"\n')
        parts.append(_ZONES[place.camera])
    for place in PLACES:
        for point, zone in zip(place.points, ("left", "right"), strict=False):
            till = f'\ntill = "{_TILLS[point]}"' if point in _TILLS else ""
            parts.append(f'[service_points."{point}"]\ncamera = "{place.camera}"\nzone = "{zone}"{till}\n')
    open_ = [f'{day} = ["{_clock(*OPEN)}"]' for day in _WEEKDAYS]
    open_ += [f'sunday = ["{_clock(*SUNDAY)}"]'] if site.sundays else []
    parts.append("\n".join(["[opening_hours]", *open_, ""]))
    parts += [f'[shifts.{name}]\nhours = "{_clock(*hours)}"\n' for name, hours in SHIFTS.items()]
    parts.append(f'[roster]\nfile = "{_roster_name(site)}"\n')
    for name, text in PROTOCOLS.items():
        parts.append(f'[protocols."{name}"]\ndescription = "{text}"\ntouchpoints = ["service desk"]\n')
    parts.append(
        '[matching]\nenabled = true\nlegal_basis = "none is needed: nobody is followed, it is simulated"\n'
        f'decided_on = {told}\ndecided_by = "nobody, it is simulated"\n'
    )
    parts.append(
        f'[receipts]\nfile = "{_receipts_name(site)}"\ncolumns = {{ receipt = "receipt", time = "time", '
        'till = "till", type = "type" }\n'
    )
    parts.append(
        f"[retention]\nreadings_days = {READINGS_DAYS}\ninteractions_days = 400\nreceipts_days = {RECEIPT_DAYS}\n"
    )
    parts.append(RULES_TEXT)
    return "\n".join(parts)


def _clock(begin: float, end: float) -> str:
    return "-".join(f"{int(hour):02d}:{round(60 * (hour % 1)):02d}" for hour in (begin, end))


def _roster(story: Story, site: DemoSite) -> str:
    rows: list[tuple[object, ...]] = [("date", "shift", "person", "service_point", "protocol")]
    for day in reversed(story.days_back()):
        for number, shift in enumerate(SHIFTS):
            protocol = story.protocol(site, day, shift)
            for place in PLACES:
                for k, point in enumerate(place.points):
                    kept = protocol if place.role == "counter" else ""
                    rows.append(
                        (day, shift, 10 * number + 2 * (place.role == "checkout") + k + 1, point, kept)
                    )
    return _table(rows)


def _receipts(story: Story, site: DemoSite, bank: Bank, now: datetime) -> str:
    rows: list[tuple[object, ...]] = [("receipt", "time", "till", "type")]
    oldest = now.astimezone(ZONE).date() - timedelta(days=RECEIPT_DAYS)
    for date in reversed(story.days_back()):
        if date <= oldest or (day := plan_day(story, site, date, bank)) is None:
            continue
        rng = story.chance(site, date, 3)
        found = []
        for one in day.visitors:
            if one.till is None or one.paid_s is None:
                continue
            at = day.at(one.paid_s + _CLOCKS_S[one.till]).astimezone(ZONE)
            found.append((at, _TILLS[one.till], "return" if rng.random() < _RETURNS else "purchase"))
        rows += [
            (f"{date:%y%m%d}-{number:03d}", f"{at:%Y-%m-%d %H:%M:%S}", till, kind)
            for number, (at, till, kind) in enumerate(sorted(found), start=1)
        ]
    return _table(rows)


def _table(rows: list[tuple[object, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
