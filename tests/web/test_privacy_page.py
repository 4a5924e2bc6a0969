"""The page of a data-protection officer: notices, what is kept, who looked at what."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from mien.privacy import KeepDays, Notice
from mien.privacy.roles import Right, Role
from mien.runtime.call.keeping import confirmed
from mien.store import Store, retention
from mien.store.till_tables import expiries
from support.new_store import ready_made
from support.web_people import Place, token_in

TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)


@pytest.fixture
def place(tmp_path):
    with Store.open(ready_made(tmp_path / "mien.sqlite")) as opened:
        for site, camera in (("North", "door"), ("North", "till"), ("South", "door")):
            known = opened.notices.record(Notice(site, camera, TODAY - 9 * DAY, "v1", "A. Ozola"))
            if camera == "till":
                opened.notices.withdraw(known.id, TODAY)
        yield Place(opened)


@pytest.fixture
def officer(place):
    return place.signed_in(Role.OFFICER, None)


def send(browser, path, **form):
    return browser.post(path, data={"csrf_token": token_in(browser.get("/privacy")), **form})


def cameras(page):
    """Each camera with what is said of it."""
    block = re.search(r'<ul class="cameras">(.*?)</ul>', page.text, re.DOTALL)[1]
    said = re.sub(r"<[^>]+>|\s+", " ", block.replace("</li>", "|"))
    return [" ".join(part.split()) for part in said.split("|") if part.strip()]


def test_what_hangs_for_each_camera_today_is_told(officer):
    door, till = cameras(officer.get("/privacy?site=North"))
    assert "door text v1 since" in door
    assert till == "till No notice hangs for it, so it is not read."


def test_a_notice_is_recorded_and_withdrawn_and_both_are_noted(place, officer):
    form = {
        "site": "North",
        "camera": "till",
        "text_version": "v2",
        "put_up_by": "B",
        "shown_on": TODAY.isoformat(),
    }
    assert send(officer, "/privacy/notices", **form).headers["location"] == "/privacy?site=North#notices"
    assert place.store.notices.require("North", "till", on=TODAY).text_version == "v2"
    number = place.store.notices.entries("North")[-1].id
    done = send(officer, f"/privacy/notices/{number}/withdraw", on=(TODAY + DAY).isoformat())
    assert done.status_code == 303
    (entry,) = [one for one in place.store.notices.entries("North") if one.id == number]
    assert entry.notice.withdrawn_on == TODAY + DAY
    said = [(look.subject, look.site) for look in place.store.looks.entries()]
    assert said[:2] == [(f"notice {number} withdrawn", "North"), (f"notice {number} recorded", "North")]


@pytest.mark.parametrize(
    ("form", "why"),
    [({"text_version": " "}, "version of its text"), ({"put_up_by": ""}, "who put it up")],
)
def test_a_notice_that_nobody_answers_for_is_refused(place, officer, form, why):
    whole = {"site": "North", "text_version": "v2", "put_up_by": "B"} | form
    refused = send(officer, "/privacy/notices", **whole)
    assert refused.status_code == 422
    assert why in refused.text
    assert len(place.store.notices.entries()) == 3


def test_an_officer_of_one_site_sees_and_changes_that_one(place):
    place.store.looks.note("anna", Right.VISITS, "visit of the south", "South")
    place.store.looks.note("anna", Right.VISITS, "visit of the north", "North")
    place.store.looks.note("boss", Right.USERS, "somebody made")
    officer = place.signed_in(Role.OFFICER, "North")
    page = officer.get("/privacy")
    assert "visit of the north" in page.text
    assert "visit of the south" not in page.text
    assert "somebody made" not in page.text
    assert officer.get("/privacy?site=South").status_code == 404
    south = next(one for one in place.store.notices.entries("South"))
    assert send(officer, f"/privacy/notices/{south.id}/withdraw").status_code == 404
    assert send(officer, "/privacy/notices", site="South", text_version="v", put_up_by="B").status_code == 403
    assert place.store.notices.require("South", "door", on=TODAY).text_version == "v1"


def test_the_log_goes_on_to_older_pages_and_can_be_asked_for_one_person(place, officer):
    for number in range(120):
        place.store.looks.note(
            "anna" if number % 2 else "key till", Right.VISITS, f"visit {number:03}", "North"
        )
    seen, path = [], "/privacy?who=anna"
    while path:
        page = officer.get(path)
        seen += re.findall(r"visit (\d{3})", page.text)
        following = re.search(r'rel="next" href="([^"#]+)', page.text)
        path = following and following[1].replace("&amp;", "&")
    assert seen == [f"{number:03}" for number in range(119, 0, -2)]


def test_calls_stand_apart_from_the_cameras_and_their_notices(place, officer):
    confirmed(place.store, "North", "c" * 32, by="ann.lee", language="en", at=datetime.now(UTC))
    page = officer.get("/privacy?site=North")
    assert [one.split()[0] for one in cameras(page)] == ["door", "till"]
    assert page.text.count("ann.lee") == 1
    assert "Video calls whose other side was told" in page.text
    assert "call 1 (en)" not in page.text
    program = place.program({Right.PRIVACY}, "North")
    told = program.get("/api/v1/notices?site=North").json()["notices"]
    assert [one["camera"] for one in told] == ["calls", "till", "door"]
    assert [one["camera"] for one in program.get("/api/v1/notices/cameras?site=North").json()] == [
        "door",
        "till",
    ]
    by_hand = {"site": "North", "camera": "calls", "text_version": "v", "put_up_by": "B"}
    assert program.post("/api/v1/notices", json=by_hand).status_code == 422


def test_days_and_what_falls_due_next_are_told(place, officer):
    assert "Nobody has said for how long" in officer.get("/privacy?site=North").text
    place.store.retention.record("North", KeepDays(33, 444, 99))
    place.store.retention.expire(datetime.now(UTC))
    page = officer.get("/privacy?site=North").text
    assert "Nobody has said" not in page
    for days in (33, 444, 99, 365):
        assert f">{days}<" in page
    assert "nothing was due" in page


def test_what_was_removed_is_counted_as_people_say_it(place, officer):
    kinds = [step.what for step in retention._steps(datetime.now(UTC))]
    with place.store._database.write() as connection:
        for n in (1, 2, 1234):
            row = {"ran_at": datetime.now(UTC), "removed": dict.fromkeys(kinds, n)}
            connection.execute(insert(expiries).values(row))
    many, two, one = removed_lately(officer.get("/privacy").text)
    assert one.startswith("1 visit, 1 curve with its seconds, ")
    assert many.startswith("1,234 visits, ")
    assert len(two.split(", ")) == len(kinds)
    # In another language nothing of it stays English.
    said = removed_lately(officer.get("/privacy", headers={"Accept-Language": "uk"}).text)
    assert not re.search("[A-Za-z]", " ".join(said))
    assert said[2].startswith("1 візит, ")
    assert said[1].startswith("2 візити, ")


def removed_lately(text):
    block = re.search(r'<ul class="runs">(.*?)</ul>', text[text.index('id="kept"') :], re.DOTALL)[1]
    found = re.findall(r"<li><time.*?</time> <span>(.*?)</span></li>", block, re.DOTALL)
    return [" ".join(one.split()) for one in found]


def test_what_was_never_stored_is_said(officer):
    assert "Pictures, films or sound of anybody" in officer.get("/privacy").text


def test_without_any_site_the_page_says_what_comes(tmp_path):
    with Store.open(ready_made(tmp_path / "empty.sqlite")) as store:
        page = Place(store).signed_in(Role.OFFICER, None).get("/privacy")
    assert page.status_code == 200
    assert "No site yet" in page.text


def test_an_officer_cannot_look_at_the_log_with_dates_or_numbers_that_are_none(officer):
    for query in ("before=x", "before=-1", "site=" + "x" * 300):
        assert officer.get(f"/privacy?{query}").status_code == 422
    assert send(officer, "/privacy/notices/1/withdraw", on="yesterday").status_code == 422
