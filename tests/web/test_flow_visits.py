"""The page Flow and the API tell of joined visits, alike and only of ten or more, and of people who were counted."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from mien.journey.flow import FlowCounts, FlowQuarter, LineCounts
from mien.privacy.roles import Grant, Right, Role
from mien.store import RecordingKey, Source, Store
from support.new_store import ready_made
from support.shop import NAME, SITE
from support.sites import HEAD
from support.visits import shop_day
from support.web_people import Place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ZONE = ZoneInfo("Europe/Paris")
DAY = "first=2026-05-04&last=2026-05-04"


@pytest.mark.parametrize("joined", [9, 12])
def test_visits_are_told_from_ten_on(tmp_path: Path, joined: int) -> None:
    (tmp_path / "shop.toml").write_text(SITE)
    shop_day(tmp_path / "s.sqlite", [0.1] * joined + [None] * 3)
    with Store.open(ready_made(tmp_path / "s.sqlite")) as store:
        place = Place(store, site_files=(tmp_path / "shop.toml",))
        place.user("ana", Grant(Role.ANALYST, NAME))
        text = place.browser_of("ana").get(f"/flow?{DAY}").text
        told = place.program({Right.FIGURES}, NAME).get(f"/api/v1/flow?site={NAME}&{DAY}").json()["visits"]
        quiet = place.browser_of("ana").get("/flow?first=2026-05-05&last=2026-05-05").text
    assert f"{joined} of {joined + 3} visits could be joined" in text
    assert (told["visits"], told["joined"]) == (joined + 3, joined)
    through = told["entrance_to_exit"]
    if joined < 10:
        assert through["median_s"] is None
        assert "needs 10" in through["reason"]
        assert told["ways"] == []
        assert '<ol class="ways">' not in text
    else:
        assert (through["median_s"], through["low_s"], through["high_s"]) == (40.0, 40.0, 40.0)
        assert [(one["touchpoints"], one["visits"]) for one in told["ways"]] == [(["door", "out"], 12)]
        shown = re.sub(r"<[^>]+>|\s+", " ", text.partition("of visits</h3>")[2].partition("</ol>")[0])
        assert "door → to out 100 %" in " ".join(shown.split())
    assert "selected sample" in text
    assert "Nothing was counted in these days" in quiet


DOOR = """
[cameras.front.door_lines.sill]
ends = [[0.5, 0.3], [0.5, 1.0]]
inside = [0.9, 0.7]
"""


def counted(store: Store, day: date, lines: Sequence[LineCounts]) -> None:
    """Quarters of an hour at the door, one after the other from eight o'clock on."""
    source = Source(
        "door", recorded_at=datetime(day.year, day.month, day.day, 8, tzinfo=ZONE), camera="front"
    )
    key = RecordingKey("live", NAME, f"door {day}")
    with store.recordings.begin(key, "s", reader="r", source=source) as run:
        found = [
            FlowQuarter(
                begin_s=900.0 * k,
                end_s=900.0 * (k + 1),
                counts=FlowCounts(watched_s=900.0, lines={"sill": line}),
            )
            for k, line in enumerate(lines)
        ]
        run.commit([], {}, 900.0 * len(lines), {}, counted=found)


def test_people_who_were_counted_are_told_from_sums_and_by_period_where_wanted(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(SITE + DOOR)
    with Store.open(tmp_path / "s.sqlite") as store:
        counted(store, date(2026, 5, 4), (LineCounts(came_in=321, went_out=123),) * 2)
        place = Place(store, site_files=(tmp_path / "shop.toml",))
        place.user("ana", Grant(Role.ANALYST, NAME))
        text = place.browser_of("ana").get(f"/flow?{DAY}").text
        program = place.program({Right.FIGURES}, NAME)
        whole, short = (
            program.get(f"/api/v1/flow?site={NAME}&{DAY}{more}").json()["cameras"][0]
            for more in ("", "&periods=false")
        )
    assert "642 in" in text
    assert [one["lines"]["sill"]["came_in"] for one in whole["periods"]] == [321, 321]
    assert short == whole | {"periods": []}


ONE_DOOR = """
[opening_hours]
monday = ["08:00-09:00"]
[touchpoints.door]
role = "entrance"
[cameras.front]
touchpoint = "door"
webcam = 0
"""


def test_doors_are_told_by_day_up_to_a_quarter_of_a_year_and_by_month_beyond(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(HEAD + ONE_DOOR + DOOR)
    came, went = LineCounts(came_in=1000), LineCounts(went_out=997)
    with Store.open(tmp_path / "s.sqlite") as store:
        for day, lines in {
            date(2026, 3, 2): (came, LineCounts(), LineCounts(), went),  # Mondays
            date(2026, 3, 9): (came, LineCounts(), LineCounts(), LineCounts(went_out=1000)),
            date(2026, 5, 4): (went, LineCounts(), LineCounts(), came),
        }.items():
            counted(store, day, lines)
        place = Place(store, site_files=(tmp_path / "shop.toml",))
        place.user("ana", Grant(Role.ANALYST, NAME))
        short, long = (
            place.browser_of("ana").get(f"/flow?first={first}&last=2026-05-31").text
            for first in ("2026-03-01", "2026-02-28")
        )
    assert rows_of(short) == [
        "Mon 2 Mar 1,000 997 +3 at least 3 of 1,997 crossings are wrong (0.2 %)",
        "Mon 9 Mar 1,000 1,000 0 nothing contradicts the 2,000 crossings",
        *(
            f"Mon {day} – – – no camera at a door watched"
            for day in ("16 Mar", "23 Mar", "30 Mar", "6 Apr", "13 Apr", "20 Apr", "27 Apr")
        ),
        "Mon 4 May 1,000 997 +3 at least 1,997 of 1,997 crossings are wrong (100.0 %)",
    ]
    assert rows_of(long) == [
        "March 2026 2 2,000 1,997 0 to +3 at least 3 of 3,997 crossings are wrong (0.1 %) ; "
        "12 periods were not seen as a whole",
        "April 2026 0 – – – no camera at a door watched",
        "May 2026 1 1,000 997 +3 at least 1,997 of 1,997 crossings are wrong (100.0 %)",
    ]


def rows_of(page: str) -> list[str]:
    """What the table of all doors says, without its hints."""
    table = page.partition("All doors together</h2>")[2].partition("<tbody>")[2].partition("</tbody>")[0]
    bare = re.sub(r'<span class="tip".*?</span>', "", table, flags=re.S)
    rows = bare.split("</tr>")[:-1]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
