"""`mien hours` where cameras were measured, or were not read all the time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import jsonschema
import numpy as np
import pytest

from mien.insight.allowance import Allowance
from mien.journey.camera_pair import CameraPair
from mien.runtime.hours import hours_of_site
from mien.site import load_site
from mien.store import MeasuredPair, Store
from support.shop import NAME, READER, SITE, TOUCHPOINTS, read_live, record, seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.command import Ran

NINE = datetime(2026, 5, 4, 9, tzinfo=ZoneInfo("Europe/Paris"))
MONDAY = date(2026, 5, 4)
OPEN = """
[opening_hours]
monday = ["09:00-12:00"]
tuesday = ["09:00-12:00"]
"""
ONE_DOOR = SITE.replace('[cameras.side]\ntouchpoint = "side door"\nwebcam = 1\n', "").replace(
    '[touchpoints."side door"]\nrole = "entrance"\n', ""
)


def some(camera, minutes, mean=0.1, n=12):
    """So many people in each of these minutes' quarter hours."""
    values = mean + np.linspace(-0.2, 0.2, n)
    return [
        replace(seen(k, TOUCHPOINTS[camera], 60 * minute + 5.0 * k, float(v)), id=f"{camera} {minute} {k}",
                track_id=100 * minute + k)
        for minute in minutes
        for k, v in enumerate(values)
    ]  # fmt: skip


@pytest.fixture
def opened(store: Path) -> Iterator[Store]:
    with Store.open(store) as found:
        yield found


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "shop.toml").write_text(ONE_DOOR + OPEN, encoding="utf-8")
    return tmp_path / "shop.toml"


def told(opened, site, *, days=(MONDAY, MONDAY), now=None):
    return hours_of_site(opened, load_site(site), first=days[0], last=days[1], now=now).watched


def by_hour(watched, camera):
    return {
        hour: round(one.missing_s / 60)
        for hour, those in watched.missed.clock.items()
        for one in those
        if one.camera == camera
    }


def test_what_a_camera_missed_stands_in_the_terminal_the_page_and_the_document(
    mien: Callable[..., Ran], opened: Store, site: Path, tmp_path: Path
) -> None:
    read_live(
        opened, "front", NINE, 180, some("front", (5, 65)), troubles=[("lost", 70, 100), ("moved", 0, 180)]
    )
    read_live(opened, "back", NINE, 110, some("back", (5, 65)))
    ran = mien(
        "hours", site, "--to", "2026-05-04", "--from", "2026-05-04", "--json", "hours.json", "--out", "h.html"
    )
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert "10:00* not read: front 30 of 60 min (lost); back 10 of 60 min (not running)." in " ".join(lines)
    assert "09:00*" not in ran.out
    assert "11:00*" in ran.out  # nobody was seen then, and it stands there all the same
    assert "Nothing is filled in" in " ".join(lines)
    assert all(len(line) <= 80 for line in lines if "*  " in line)
    document = json.loads((tmp_path / "hours.json").read_text(encoding="utf-8"))
    published = json.loads(files("mien.report").joinpath("hours.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(published).validate(document)
    nine, ten, eleven = document["clock"]
    assert nine["gaps"] == []
    assert ten["gaps"][0] == {
        "camera": "front", "side": "entrance", "missing_min": 30.0, "open_min": 60.0, "reasons": ["lost"],
    }  # fmt: skip
    assert eleven["gaps"][0]["camera"] == "back"
    assert eleven["entrance"]["seen"] == 0
    assert [one["missing_min"] for one in document["total"]["gaps"]] == [30.0, 70.0]
    assert document["days"][0]["gaps"] == document["total"]["gaps"]
    assert document["watched"] == {
        "by": "opening hours", "entrance": ["front"], "exit": ["back"], "recordings": 0, "unnamed": 0,
    }  # fmt: skip
    page = (tmp_path / "h.html").read_text(encoding="utf-8")
    assert "front 30 of 60 min (lost)" in page
    assert "Not read all the time:" in page


def test_a_run_that_was_not_started_is_missing_on_days_with_opening_hours(opened: Store, site: Path) -> None:
    for camera in ("front", "back"):
        read_live(opened, camera, NINE, 180, some(camera, (5,)))
    # Nobody was seen on Tuesday: that nothing ran is what there is to tell of it.
    watched = told(opened, site, days=(MONDAY - timedelta(days=7), MONDAY + timedelta(days=1)))
    assert list(watched.missed.days) == [date(2026, 5, 5)]
    assert watched.missed.total[0].expected_s == 2 * 3 * 3600
    assert watched.missed.total[0].reasons == ("not running",)


def test_without_opening_hours_only_the_time_between_the_first_and_the_last_stream_is_looked_at(
    opened: Store, site: Path
) -> None:
    site.write_text(ONE_DOOR, encoding="utf-8")
    read_live(opened, "front", NINE, 120, some("front", (5,)))
    read_live(opened, "back", NINE + timedelta(minutes=20), 60, some("back", (5,)))
    watched = told(opened, site, days=(MONDAY, MONDAY + timedelta(days=1)))
    assert not watched.opening_hours
    assert by_hour(watched, "back") == {9: 20, 10: 40}
    assert by_hour(watched, "front") == {}


@pytest.mark.parametrize("what", ["lost", "stalled", "worker ended", "black", "covered", "frozen"])
def test_each_trouble_in_which_nobody_can_be_read_counts(opened: Store, site: Path, what: str) -> None:
    read_live(opened, "front", NINE, 180, some("front", (5,)), troubles=[(what, 20, 30)])
    read_live(opened, "back", NINE, 180, some("back", (5,)))
    (missing,) = told(opened, site).missed.total
    assert (missing.missing_s, missing.reasons) == (600, (what,))


def test_a_camera_that_was_turned_or_is_out_of_focus_was_read(opened: Store, site: Path) -> None:
    troubles = [("moved", 20, 30), ("out of focus", 20, None), ("machine's clock set", 1, 100)]
    for camera in ("front", "back"):
        read_live(opened, camera, NINE, 180, some(camera, (5,)), troubles=troubles)
    watched = told(opened, site)
    assert watched.missed.total == ()
    assert watched.missed.cameras == (("front", "entrance"), ("back", "exit"))


@pytest.mark.parametrize("ended", [True, False])
def test_a_camera_lost_to_the_end_is_told_as_lost_not_as_not_running(
    opened: Store, site: Path, *, ended: bool
) -> None:
    until = 60 if ended else None
    read_live(opened, "front", NINE, 60, some("front", (5,)), troubles=[("lost", 60, until)], ended=ended)
    read_live(opened, "back", NINE, 180, some("back", (5,)))
    (missing,) = told(opened, site).missed.total
    assert (missing.missing_s, missing.reasons) == (7200, ("lost",))


def test_streams_of_several_runs_are_one_camera_and_what_is_to_come_is_not_missing(
    opened: Store, site: Path
) -> None:
    read_live(opened, "front", NINE, 50, some("front", (5,)))
    read_live(opened, "front", NINE + timedelta(minutes=55), 20, ended=False)
    read_live(opened, "back", NINE, 75, some("back", (5,)), ended=False)
    watched = told(opened, site, now=NINE + timedelta(minutes=75))
    assert by_hour(watched, "front") == {9: 5}
    assert by_hour(watched, "back") == {}


def test_recordings_tell_when_they_ran_and_no_more(
    mien: Callable[..., Ran], opened: Store, site: Path
) -> None:
    record(opened, "door", NINE, [seen(k, "door", 5.0 * k, 0.1) for k in range(12)])
    record(opened, "out", NINE, [seen(k, "out", 5.0 * k, 0.1) for k in range(12)])
    watched = told(opened, site)
    assert (watched.recordings, watched.unnamed) == (2, 2)
    assert by_hour(watched, "front") == {10: 60, 11: 60}
    assert watched.missed.total[0].reasons == ("no recording",)
    ran = mien("hours", site, "--from", "2026-05-04", "--to", "2026-05-04")
    text = " ".join(ran.out.split())
    assert (
        "nobody watched whether their picture was black, covered or frozen. Of 2 nobody knows the camera"
        in text
    )
    assert "do not say which camera took them" in text


def test_a_camera_that_left_the_site_file_is_looked_at_on_the_days_on_which_it_was_read(
    opened: Store, site: Path
) -> None:
    for camera in ("front", "back"):
        read_live(opened, camera, NINE, 180, some(camera, (5,)))
        read_live(opened, camera, NINE + timedelta(days=1), 180)
    site.write_text(
        site.read_text(encoding="utf-8").replace("[cameras.front]", "[cameras.gate]"), encoding="utf-8"
    )
    watched = told(opened, site, days=(MONDAY, MONDAY + timedelta(days=1)))
    assert [(one.camera, one.missing_s) for one in watched.missed.total] == [("gate", 6 * 3600)]
    assert ("front", "entrance") in watched.missed.cameras


def test_measured_cameras_are_told_with_day_and_testers_and_without_them_by_how_much_it_is_wider(
    mien: Callable[..., Ran], opened: Store, site: Path, tmp_path: Path
) -> None:
    for camera, mean in (("front", 0.1), ("back", 0.3)):
        read_live(opened, camera, NINE, 180, some(camera, (5, 15, 25, 65), mean))
    ran = mien("hours", site, "--json", "before.json", "--out", "h.html")
    before = json.loads((tmp_path / "before.json").read_text(encoding="utf-8"))
    assert (before["calibrated"], before["cameras"]["allowance"]) == (False, "uncalibrated")
    assert before["cameras"]["unmeasured"] == [["front", "back"]]
    assert before["total"]["difference"]["points_widened"] > 1
    text = " ".join(ran.out.split())
    assert "Cameras uncalibrated: intervals of differences hold what two may differ by, ±7 points." in text
    assert f"{before['total']['difference']['points_widened']:.1f} points longer at each end" in text
    assert "Cameras uncalibrated:" in (tmp_path / "h.html").read_text(encoding="utf-8")
    pair = CameraPair(0.2, 0.01, 0.03**2, 9)
    opened.pairs.record(
        MeasuredPair(NAME, "front", "back", "balance", READER, pair, datetime(2026, 5, 1, tzinfo=UTC))
    )
    ran = mien("hours", site, "--json", "after.json", "--out", "h.html")
    after = json.loads((tmp_path / "after.json").read_text(encoding="utf-8"))
    assert (after["calibrated"], after["cameras"]["allowance"]) == (True, str(Allowance.CALIBRATED))
    (measured,) = after["cameras"]["measured"]
    assert (measured["testers"], measured["measured_at"][:10]) == (9, "2026-05-01")
    assert after["total"]["difference"]["points"] == pytest.approx(0.0, abs=0.01)
    assert after["total"]["difference"]["points_offset"] == pytest.approx(10.0)
    assert after["total"]["exit"]["mean"] == before["total"]["exit"]["mean"]
    text = " ".join(ran.out.split())
    assert "9 testers, 2026-05-01; their +10.0 points are taken away" in text
    assert "means of each side stay as they were read" in text
    page = (tmp_path / "h.html").read_text(encoding="utf-8")
    assert "9 testers, 2026-05-01" in page
    assert "as read +10.0, of it +10.0 the cameras" in page
