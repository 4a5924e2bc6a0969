"""`mien flow` without a video: what `mien run` counted, by camera, and whether it fits together at all doors."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mien.journey.flow import Durations, FlowCounts, FlowQuarter, LineCounts, QueueCounts, ZoneCounts
from mien.runtime.flow_stored import stored_flow
from mien.site import load_site
from mien.store import RecordingKey, Source, Store
from support.new_store import ready_made
from support.shop import SITE as SHOP
from support.sites import HEAD
from support.visits import shop_day

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.command import Ran

MIDNIGHT = datetime(2026, 5, 3, 22, tzinfo=UTC)
"""Of Monday the 4th, on the clock of the site."""
LATER = MIDNIGHT + timedelta(days=2)
LINE = """
[cameras.{0}.door_lines.sill]
ends = [[0.5, 0.3], [0.5, 1.0]]
inside = [0.9, 0.7]
"""
SITE = (
    HEAD
    + """\
[touchpoints.entrance]
role = "entrance"

[touchpoints."back door"]
role = "exit"

[touchpoints.tills]
role = "checkout"

[cameras.front]
touchpoint = "entrance"
webcam = 0

[cameras.back]
touchpoint = "back door"
webcam = 1

[cameras.tills]
touchpoint = "tills"
webcam = 2

[cameras.tills.zones.waiting]
kind = "queue"
corners = [[0, 0], [1, 0], [1, 1], [0, 1]]

[opening_hours]
monday = ["09:00-12:00"]
tuesday = ["22:00-02:00"]
"""
    + LINE.format("front")
    + LINE.format("back")
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "shop.toml"
    path.write_text(SITE, encoding="utf-8")
    return path


def door(came_in: int = 0, went_out: int = 0, watched_s: float = 900.0) -> FlowCounts:
    return FlowCounts(
        watched_s=watched_s, lines={"sill": LineCounts(came_in=came_in, went_out=went_out)}, heat={40: 3.0}
    )


def add(
    store: Path, camera: str, counted: dict[str, FlowCounts], *, stream: str = "live", hours: float = 24.0
) -> None:
    """Store periods of Monday by the times at which they begin, as a stream since the first of them saw them."""
    begins = [timedelta(hours=int(at[:2]), minutes=int(at[3:])) for at in counted]
    source = Source(camera, recorded_at=MIDNIGHT + min(begins), camera=camera)
    key = RecordingKey(f"{stream}:{camera}", "Lyon 2", camera)
    with (
        Store.open(ready_made(store)) as opened,
        opened.recordings.begin(key, "s", reader="r", source=source) as run,
    ):
        quarters = [
            FlowQuarter(begin_s=s, end_s=s + 900.0, counts=counts)
            for s, counts in zip(
                ((one - min(begins)).total_seconds() for one in begins), counted.values(), strict=True
            )
        ]
        run.commit([], {}, hours * 3600.0, {}, counted=quarters)
        run.finish({})


def morning(**special: FlowCounts) -> dict[str, FlowCounts]:
    """A door that was watched from before nine until after twelve; `h0900` and so on say where something was."""
    times = [f"{hour:02}:{minute:02}" for hour in range(8, 13) for minute in (0, 15, 30, 45)]
    return {at: special.get(f"h{at.replace(':', '')}", door()) for at in times}


def test_in_minus_out_is_judged_over_all_doors_together(
    mien: Callable[..., Ran], store: Path, site: Path
) -> None:
    add(store, "front", morning(h0900=door(5), h1145=door(1, 1)))
    add(store, "back", morning(h1030=door(0, 3), h1200=door(0, 1)))
    ran = mien("flow", "--site-file", site, "--on", "2026-05-04", "--json", "flow.json")
    assert ran.code == 0, ran.err
    said = " ".join(ran.out.split())
    # Each door alone would be wrong by 5 and 4.
    assert "In minus out is +1, and should be 0 from opening to closing: at least 1 of 11 crossings" in said
    assert "all doors: front, back" in said
    document = json.loads((site.parent / "flow.json").read_text(encoding="utf-8"))
    [day] = document["days"]
    assert (day["closed_at"], day["inside_at_closing"]) == ("2026-05-04T12:00:00+02:00", 2)
    assert day["balance"]["wrong"] == 1
    front = document["cameras"][1]
    assert (front["camera"], front["total"]["lines"]["sill"]["came_in"]) == ("front", 6)
    assert front["periods"][4]["begins_at"] == "2026-05-04T09:00:00+02:00"
    assert front["heat_map"]["seconds"][1][8] == pytest.approx(60.0)


def test_what_was_not_seen_is_said_and_not_filled_in(
    mien: Callable[..., Ran], store: Path, site: Path
) -> None:
    part = {at: counts for at, counts in morning(h0900=door(2)).items() if at < "11:00"}
    add(store, "front", part | {"10:45": door(0, 1, watched_s=450.0)}, hours=2.875)
    add(store, "back", morning())
    ran = mien("flow", "--site-file", site, "--on", "2026-05-04")
    said = " ".join(ran.out.split())
    assert "10:45 0 1 50%" in said
    assert "Seen in part only: 1 of 12 periods." in said
    # From 10:45 to 12:00 the front door was not seen as a whole.
    assert "Not seen as a whole: 5 of 20 periods. Who crossed unseen is missing." in said
    assert "In minus out is +1, and should be 0" in said


def test_two_streams_of_one_camera_add_up_unless_they_saw_the_same_time(store: Path, site: Path) -> None:
    add(store, "front", {"09:00": door(2, watched_s=400.0)}, hours=400 / 3600)
    # Begun when the first had ended, and one that was played over both.
    with Store.open(ready_made(store)) as opened:
        source = Source("front", recorded_at=MIDNIGHT + timedelta(hours=9, seconds=450), camera="front")
        key = RecordingKey("second", "Lyon 2", "front")
        with opened.recordings.begin(key, "s", reader="r", source=source) as run:
            counts = FlowQuarter(begin_s=-450.0, end_s=450.0, counts=door(1, watched_s=450.0))
            run.commit([], {}, 450.0, {}, counted=[counts])
            run.finish({})
        flow = stored_flow(opened, load_site(site), *[datetime(2026, 5, 4).date()] * 2, now=LATER)
        [front] = flow.cameras
        assert (front.total.lines["sill"].came_in, front.total.watched_s, front.summed.twice) == (3, 850.0, 0)
    add(store, "front", {"09:00": door(3, watched_s=900.0)}, stream="replayed", hours=0.25)
    with Store.open(ready_made(store)) as opened:
        flow = stored_flow(opened, load_site(site), *[datetime(2026, 5, 4).date()] * 2, now=LATER)
    [front] = flow.cameras
    assert (front.total.lines["sill"].came_in, front.summed.twice) == (3, 1)


@pytest.mark.parametrize(
    ("change", "day", "now", "why"),
    [
        ((), 4, LATER, ""),
        ((), 4, MIDNIGHT + timedelta(hours=11), "has not closed yet"),
        ((), 5, LATER, "is open when the day ends"),
        ((), 6, LATER + timedelta(days=2), "is open when the day begins"),
        (("monday = [", "thursday = ["), 4, LATER, ""),
        (
            (SITE[SITE.index("[opening_hours]") : SITE.index(LINE.format("front"))], ""),
            4,
            LATER,
            "no [opening_hours]",
        ),
        ((LINE.format("back"), ""), 4, LATER, "at 'back door' nobody is counted"),
        (("webcam = 1", "webcam = 1\nflow = false"), 4, LATER, "at 'back door' nobody is counted"),
    ],
)
def test_errors_are_told_only_where_the_place_was_empty_before_and_after(
    store: Path, site: Path, change: tuple[str, ...], day: int, now: datetime, why: str
) -> None:
    if change:
        site.write_text(SITE.replace(*change), encoding="utf-8")
    for camera in ("front", "back"):
        add(store, camera, morning(h0900=door(1)), stream=camera)
    with Store.open(ready_made(store)) as opened:
        first = datetime(2026, 5, 4).date()
        flow = stored_flow(opened, load_site(site), first, datetime(2026, 5, day).date(), now=now)
    one = flow.days[-1]
    assert why in one.unjudged
    assert (one.balance.wrong is None) == bool(why)


def test_queues_are_told_and_a_zone_that_is_gone_from_the_site_file_still_is(
    mien: Callable[..., Ran], store: Path, site: Path
) -> None:
    waits = Durations.of([60.0] * 6)
    counts = FlowCounts(
        watched_s=900.0,
        zones={name: ZoneCounts(stays=waits, person_s=360.0) for name in ("waiting", "old")},
        queues={name: QueueCounts(joined=6, left=waits, length_s={1: 360.0}) for name in ("waiting", "old")},
    )
    add(store, "tills", {"09:00": counts})
    ran = mien("flow", "--site-file", site, "--on", "2026-05-04", "--camera", "tills")
    said = " ".join(ran.out.split())
    assert "waiting 6 1:01 min (1:01 min to ?) not told apart" in said
    assert "old not in the site file 6" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--rate", "2"), "--rate belongs to a video"),
        (("--recorded-at", "2026-05-04T09:00+02:00"), "--recorded-at belongs to a video"),
        (("film.mp4",), "A video needs --camera"),
        (("film.mp4", "--camera", "front", "--on", "2026-05-04"), "--on belongs to what is stored"),
        (("--on", "monday"), "write a day as YYYY-MM-DD"),
        (("--on", "9999-12-31"), "The day 9999-12-31 is not in the years 1970 to 2199"),
        (("--on", "0001-01-01"), "The day 0001-01-01 is not in the years 1970 to 2199"),
        (("--on", "2026-05-04", "--until", "2026-05-03"), "a last day that is not before the first"),
        (("--camera", "frnt"), "it has front, back, tills"),
        (("--json", "shop.toml"), "only one of them would be left"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    mien: Callable[..., Ran], store: Path, site: Path, options: tuple[str, ...], said: str
) -> None:
    Store.open(ready_made(store)).close()
    ran = mien("flow", *options, "--site-file", site)
    assert ran.code == 2
    assert said in ran.complaint
    assert ran.out == ""


def test_a_day_without_counts_is_said(mien: Callable[..., Ran], store: Path, site: Path) -> None:
    Store.open(ready_made(store)).close()
    ran = mien("flow", "--site-file", site, "--on", "2026-05-04")
    assert ran.code == 0
    assert "Nothing was counted at site 'Lyon 2' from 2026-05-04 to 2026-05-04" in ran.complaint


def test_joined_visits_stand_beneath_the_counts(mien: Callable[..., Ran], tmp_path: Path) -> None:
    shop = tmp_path / "shop.toml"
    shop.write_text(SHOP, encoding="utf-8")
    shop_day(tmp_path / "s.sqlite", [0.1] * 11 + [None])
    asked = ("flow", "--site-file", shop, "--on", "2026-05-04", "--store", tmp_path / "s.sqlite")
    ran = mien(*asked)
    assert ran.code == 0
    assert "Joined from two touchpoints or more: 11 of 12 visits" in ran.out
    assert "door → out" in ran.out
    assert "selected sample" in ran.out
    one_camera = json.loads(mien(*asked, "--camera", "front", "--json", "-").out)
    assert one_camera["visits"] is None
