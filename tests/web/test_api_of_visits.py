"""The API of joined visits, and of what an officer sees: the same as the pages show, to the same people."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mien.privacy import KeepDays
from mien.privacy.roles import Right
from mien.store import PlacedInteraction, Store
from support.new_store import ready_made
from support.visits import NINE, SITE, shop_day
from support.web_people import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

TODAY = datetime.now(UTC).date()
CHANGES = [0.1, None, 0.2, None, 0.3, -0.1, 0.0]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("day") / "s.sqlite"
    shop_day(made, CHANGES)
    return made


@pytest.fixture
def place(tmp_path: Path, day: Path) -> Iterator[Place]:
    shutil.copy(day, tmp_path / "s.sqlite")
    with Store.open(ready_made(tmp_path / "s.sqlite")) as store:
        yield Place(store)


def pages(program: TestClient, path: str, what: str) -> list[dict[str, Any]]:
    """Everything of a list, page by page, of two each."""
    found: list[dict[str, Any]] = []
    page = program.get(f"/api/v1/{path}&limit=2").json()
    while True:
        found += page[what]
        if page["next"] is None:
            return found
        page = program.get(f"/api/v1/{path}&limit=2&before={page['next']}").json()


def test_visits_come_page_by_page_each_once_the_newest_first(place: Place) -> None:
    program = place.program({Right.VISITS}, SITE)
    stored = [one.uid for one in place.store.visits.list_visits(SITE)]
    assert [one["id"] for one in pages(program, f"visits?site={SITE}", "visits")] == stored[::-1]
    joined = pages(program, f"visits?site={SITE}&joined=true", "visits")
    assert [len(one["interactions"]) for one in joined] == [2] * 5
    assert len(pages(program, f"visits?site={SITE}&joined=false", "visits")) == 2
    assert len(pages(program, f"visits?site={SITE}&ended=exit", "visits")) == 5
    since = (NINE + timedelta(minutes=4)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert len(pages(program, f"visits?site={SITE}&since={since}", "visits")) == 3
    assert "selected sample" in program.get(f"/api/v1/visits?site={SITE}").json()["holds_for"]


def test_a_page_may_end_at_a_visit_that_is_gone_since(place: Place) -> None:
    program = place.program({Right.VISITS}, SITE)
    page = program.get(f"/api/v1/visits?site={SITE}&limit=2").json()
    last = page["visits"][-1]["interactions"][0]
    # As where the recording is played again.
    place.store.visits.place(SITE, "another", [PlacedInteraction(last["id"], last["id"], None)])
    rest = pages(program, f"visits?site={SITE}&before={page['next']}", "visits")
    assert len(rest) == 5


def test_a_look_at_a_single_visit_is_noted_and_through_the_list_is_not(place: Place) -> None:
    program = place.program({Right.VISITS}, SITE)
    first = program.get(f"/api/v1/visits?site={SITE}&joined=true").json()["visits"][0]
    before = len(place.store.looks.entries())
    one = program.get(f"/api/v1/visits/{first['id']}").json()
    assert one == first
    assert [stop["touchpoint"] for stop in one["score"]["stops"]] == ["door", "out"]
    look, *others = place.store.looks.entries()
    assert (look.who, look.right, look.subject, look.site) == (
        "key program",
        Right.VISITS,
        f"visit {first['id']}",
        SITE,
    )
    assert len(others) == before
    single = program.get(f"/api/v1/interactions/{one['interactions'][0]['id']}").json()
    assert (single["visit"], single["reader"], single["with_receipt"]) == (one["id"], "r 1", False)
    assert place.program({Right.VISITS}, "South", "b").get(f"/api/v1/visits/{first['id']}").status_code == 404
    assert place.program({Right.FIGURES}, SITE, "c").get(f"/api/v1/visits/{first['id']}").status_code == 403


def test_a_notice_is_recorded_and_withdrawn_and_both_are_noted(place: Place) -> None:
    officer = place.program({Right.PRIVACY}, SITE)
    asked = f"/api/v1/notices/cameras?site={SITE}"
    assert [one["notice"] for one in officer.get(asked).json()] == [None, None]
    sent = {"site": SITE, "camera": "door", "text_version": "v2", "put_up_by": "A. Ozola"}
    made = officer.post("/api/v1/notices", json=sent)
    assert (made.status_code, made.json()["shown_on"]) == (201, TODAY.isoformat())
    assert officer.post("/api/v1/notices", json=sent).json()["number"] == made.json()["number"]
    assert [one["notice"] for one in officer.get(asked).json()] == ["v2", None]
    place.store.notices.require(SITE, "door", on=TODAY)
    path = f"/api/v1/notices/{made.json()['number']}/withdraw"
    assert officer.post(path, json={}).json()["withdrawn_on"] == TODAY.isoformat()
    again = officer.post(path, json={})
    assert (again.status_code, "already" in again.json()["detail"]) == (422, True)
    assert [one["notice"] for one in officer.get(asked).json()] == [None, None]
    said = [one["subject"] for one in pages(officer, f"looks?site={SITE}", "looks")]
    assert said[:3] == ["notice 1 withdrawn", "notice 1 recorded", "notice 1 recorded"]
    assert [one["number"] for one in pages(officer, f"notices?site={SITE}", "notices")] == [1]


@pytest.mark.parametrize(
    ("changes", "status", "what"),
    [
        ({"camera": "dor"}, 422, "door, out"),
        ({"text_version": " "}, 422, "version of its text"),
        ({"site": "South"}, 404, "no site 'South'"),
        ({"put_up_by": ""}, 422, "put_up_by"),
    ],
)
def test_a_wrong_notice_is_refused_and_nothing_is_recorded(
    place: Place, changes: dict[str, str], status: int, what: str
) -> None:
    officer = place.program({Right.PRIVACY}, SITE)
    sent = {"site": SITE, "text_version": "v2", "put_up_by": "A. Ozola"} | changes
    refused = officer.post("/api/v1/notices", json=sent)
    assert refused.status_code == status
    assert what in refused.json()["detail"]
    assert place.store.notices.entries() == []
    assert list(place.store.sites.entries()) == [SITE]


def test_an_officer_of_one_site_is_told_of_that_one(place: Place) -> None:
    for subject, site in (("one of here", SITE), ("one of the south", "South"), ("somebody made", None)):
        place.store.looks.note("anna", Right.VISITS, subject, site)
    here = place.program({Right.PRIVACY}, SITE)
    everywhere = place.program({Right.PRIVACY}, None, "all")

    def told(program: TestClient) -> list[str]:
        found = program.get("/api/v1/looks", params={"who": "anna"}).json()["looks"]
        return [one["subject"] for one in found]

    assert told(here) == ["one of here"]
    assert told(everywhere) == ["somebody made", "one of the south", "one of here"]
    assert "anna" in here.get("/api/v1/looks/who").json()
    assert here.get("/api/v1/looks?site=South").status_code == 404


def test_how_long_what_is_kept_and_what_was_removed_is_told(place: Place) -> None:
    officer = place.program({Right.PRIVACY}, SITE)
    asked = f"/api/v1/retention?site={SITE}"
    assert officer.get(asked).json()["stated"] is False
    place.store.retention.record(SITE, KeepDays(33, 44, 99))
    kept = {one["kind"]: one for one in officer.get(asked).json()["kept"]}
    assert (kept["curves"]["days"], kept["interactions"]["days"], kept["visits"]["days"]) == (33, 44, None)
    assert kept["interactions"]["first_goes_at"] is not None
    place.store.retention.expire(NINE + timedelta(days=60))
    [removal] = pages(officer, "retention/removals?", "removals")
    assert removal["removed"]["visits"] == 7


def test_what_can_be_asked_for_is_told_to_who_may_see_figures(place: Place) -> None:
    analyst = place.program({Right.FIGURES}, SITE)
    names = analyst.get("/api/v1/names").json()
    assert (names["first"], names["last"], names["touchpoints"]) == (
        "2026-05-04",
        "2026-05-04",
        ["door", "out"],
    )
    assert analyst.get("/api/v1/today").json() == []
