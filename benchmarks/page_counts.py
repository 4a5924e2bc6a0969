"""People counted in the simulated year that `benchmarks.pages` fills: four cameras of one store, and its site file."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sqlalchemy import insert, select

from mien.journey.flow import Durations, FlowCounts, FlowSettings, LineCounts, QueueCounts, ZoneCounts
from mien.store.flow_tables import flow_quarters
from mien.store.tables import cameras, recordings, runs, sites

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy import Connection

CAMERAS: Final = {"door": "entrance", "way out": "exit", "shelves": "department", "tills": "checkout"}
"""Cameras that count, and their touchpoints."""
OPEN: Final = 8, 19
"""Hours between which people come, UTC."""
_CELLS: Final = FlowSettings().rows * FlowSettings().columns
_STOOD: Final = 120
"""Cells of the heat map in which somebody stood in a quarter of an hour."""
_DOOR: Final = """
[cameras."{0}".door_lines.sill]
ends = [[0.2, 0.7], [0.9, 0.7]]
inside = [0.5, 0.95]
"""
_ZONE: Final = """
[cameras."{0}".zones."{1}"]
kind = "{2}"
corners = [[0.05, 0.1], [0.6, 0.1], [0.6, 0.95], [0.05, 0.95]]
"""


def fill_counts(connection: Connection, name: str, first: date, days: int, rng: np.random.Generator) -> None:
    """Write a year of quarters of an hour of one store; `mien.store.flow_sums.rebuild` adds them up.

    Args:
        connection: In a write transaction.
        name: The store.
        first: First day.
        days: How many.
        rng: Where chance comes from.
    """
    site = connection.execute(select(sites.c.id).where(sites.c.name == name)).scalar_one()
    begun = datetime(first.year, first.month, first.day, OPEN[0], tzinfo=UTC)
    for number, camera in enumerate(CAMERAS):
        row = {"site_id": site, "name": camera, "created_at": begun}
        camera_id = connection.execute(insert(cameras).values(row).returning(cameras.c.id)).scalar_one()
        row = {
            "key": f"{site}-{number}-counted", "fingerprint": f"simulated {camera}", "site_id": site,
            "camera_id": camera_id, "source": "simulated", "recorded_at": begun,
        }  # fmt: skip
        recording = connection.execute(insert(recordings).values(row).returning(recordings.c.id)).scalar_one()
        row = {
            "recording_id": recording, "generation": 1, "visible": True, "settings_digest": "",
            "reader": "simulated", "started_at": begun, "finished_at": begun, "position_s": 86400.0 * days,
            "counters": {},
        }  # fmt: skip
        run = connection.execute(insert(runs).values(row).returning(runs.c.id)).scalar_one()
        same = {"run_id": run, "site_id": site, "camera_id": camera_id}
        for day in range(days):
            connection.execute(
                insert(flow_quarters),
                [same | one for one in _day(begun + timedelta(days=day), CAMERAS[camera], rng)],
            )


def site_file(name: str) -> str:
    """The site file of that store, in TOML."""
    lines = [
        f'name = "{name}"',
        'time_zone = "Europe/Riga"',
        'interaction_types = ["sale", "return", "advice"]',
    ]
    lines += [f'\n[touchpoints.{place}]\nrole = "{place}"' for place in CAMERAS.values()]
    for camera, place in CAMERAS.items():
        lines.append(
            f'\n[cameras."{camera}"]\ntouchpoint = "{place}"\nurl = "rtsp://simulated.invalid/{place}"'
        )
        if place in ("entrance", "exit"):
            lines.append(_DOOR.format(camera))
        else:
            kind = "queue" if place == "checkout" else "shelf"
            lines.append(_ZONE.format(camera, "waiting" if kind == "queue" else "shelf", kind))
    hours = (f'{calendar.day_name[day].lower()} = ["10:00-22:00"]' for day in range(7))
    return "\n".join([*lines, "\n[opening_hours]", *hours, ""])


def _day(begun: datetime, place: str, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    for number in range(4 * (OPEN[1] - OPEN[0])):
        begins_at = begun + timedelta(minutes=15 * number)
        yield {
            "begins_at": begins_at,
            "ends_at": begins_at + timedelta(minutes=15),
            "watched_s": 900.0,
            "counts": _counts(place, rng).model_dump(mode="json"),
        }


def _counts(place: str, rng: np.random.Generator) -> FlowCounts:
    people = int(rng.poisson(12))
    seen = FlowCounts(watched_s=900.0, people=people)
    if place in ("entrance", "exit"):
        inward, outward = rng.poisson((11, 1) if place == "entrance" else (1, 11))
        line = LineCounts(came_in=int(inward), went_out=int(outward), unclear=int(rng.poisson(0.3)))
        return seen.model_copy(update={"lines": {"sill": line}})
    waits = Durations.of(rng.lognormal(4.0, 0.8, people).tolist(), cut=[20.0])
    name = "waiting" if place == "checkout" else "shelf"
    cells = rng.choice(_CELLS, _STOOD, replace=False)
    more: dict[str, Any] = {
        "zones": {name: ZoneCounts(stays=waits, person_s=float(people * 60))},
        "paths": {name: {"elsewhere": people}},
        "heat": {
            int(cell): float(s) for cell, s in zip(cells, rng.exponential(4.0, _STOOD).round(2), strict=True)
        },
    }
    if place == "checkout":
        length_s = {n: float(s) for n, s in enumerate((900 * rng.dirichlet(np.ones(5))).round(2))}
        more["queues"] = {name: QueueCounts(joined=people, left=waits, length_s=length_s)}
    return seen.model_copy(update=more)
