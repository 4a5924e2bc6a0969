"""The page Flow and the API tell of joined visits, alike and only of ten or more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from mien.privacy.roles import Grant, Right, Role
from mien.store import Store
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
