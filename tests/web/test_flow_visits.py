"""The page Flow and the API tell of joined visits, alike and only of ten or more, and of people who were counted."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mien.journey.flow import FlowCounts, FlowQuarter, LineCounts
from mien.privacy.roles import Grant, Right, Role
from mien.store import RecordingKey, Source, Store
from support.new_store import ready_made
from support.shop import NAME, SITE
from support.visits import shop_day
from support.web_people import Place

if TYPE_CHECKING:
    from pathlib import Path

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


def test_people_who_were_counted_are_told_from_sums_and_by_period_where_wanted(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(SITE + DOOR)
    with Store.open(tmp_path / "s.sqlite") as store:
        source = Source("door", recorded_at=datetime(2026, 5, 4, 8, tzinfo=UTC), camera="front")
        with store.recordings.begin(
            RecordingKey("live", NAME, "door"), "s", reader="r", source=source
        ) as run:
            line = LineCounts(came_in=321, went_out=123)
            found = [
                FlowQuarter(
                    begin_s=s, end_s=s + 900.0, counts=FlowCounts(watched_s=900.0, lines={"sill": line})
                )
                for s in (0.0, 900.0)
            ]
            run.commit([], {}, 1800.0, {}, counted=found)
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
