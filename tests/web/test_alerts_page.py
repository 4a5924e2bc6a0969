"""Alerts on pages and by the API: who sees what, who may answer, and how right the rules were."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mien.action import Answer, Situation
from mien.action.playbook import Entry
from mien.privacy.roles import Grant, Right, Role
from mien.store import Store
from mien.store.alerts import SEEN_TO
from mien.store.live import Now
from support.alerts import raised
from support.new_store import ready_made
from support.web_people import Place, token_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def place(tmp_path: Path, clock: Clock) -> Iterator[Place]:
    with Store.open(ready_made(tmp_path / "s.sqlite"), clock=clock) as store:
        yield Place(store)


def answered(place: Place, right: int, wrong: int) -> None:
    for number in range(right + wrong):
        alert = raised(place.store)
        place.store.alerts.answer(alert.uid, Answer.RIGHT if number < right else Answer.WRONG, "jo")


def test_staff_see_why_how_sure_and_what_to_do_and_no_shares(place: Place) -> None:
    answered(place, 9, 1)
    raised(place.store)
    text = place.signed_in(Role.STAFF, None).get("/alerts").text
    for said in (
        "A face falls at the till",
        "The face shows 0.42 less.",
        "97 % sure",
        "Pause, look up",
        "I see to it",
    ):
        assert said in text
    assert "How right the rules were" not in text


def test_a_manager_sees_shares_from_ten_answers_on_an_analyst_nothing_else(place: Place) -> None:
    answered(place, 8, 1)
    manager = place.signed_in(Role.MANAGER, None)
    assert "needs 10 answers" in manager.get("/alerts").text
    answered(place, 1, 0)
    assert "90 %" in manager.get("/alerts").text
    text = place.signed_in(Role.ANALYST, None).get("/alerts").text
    assert "90 %" in text
    assert "The face shows" not in text
    assert "I see to it" not in text


def test_who_belongs_to_one_site_neither_sees_nor_answers_those_of_another(place: Place) -> None:
    alert = raised(place.store, site="South")
    raised(place.store)
    place.user("north", Grant(Role.MANAGER, "North"))
    browser = place.browser_of("north")
    page = browser.get("/alerts")
    assert alert.uid not in page.text
    assert browser.get("/alerts?site=South").status_code == 404
    sent = {"csrf_token": token_in(page), "answer": "wrong"}
    assert browser.post(f"/alerts/{alert.uid}/answer", data=sent).status_code == 404
    program = place.program({Right.ACT}, "North")
    assert program.post(f"/api/v1/alerts/{alert.uid}/acknowledge").status_code == 404
    unchanged = place.store.alerts.of(alert.uid)
    assert unchanged is not None
    assert unchanged.acknowledged_at is None


def test_filters_find_what_is_asked_for(place: Place) -> None:
    till, door = raised(place.store), raised(place.store, Situation.ARRIVAL_TIRED, touchpoint="door")
    browser = place.signed_in(Role.MANAGER, None)
    for query, seen, unseen in (
        ("touchpoint=door", door, till),
        ("rule=checkout", till, door),
        ("rule=nothing&site=", till, None),
    ):
        text = browser.get(f"/alerts?{query}").text
        assert seen.uid in text
        assert unseen is None or unseen.uid not in text


def test_who_sees_no_single_visits_sees_alerts_of_the_last_day(place: Place, clock: Clock) -> None:
    clock.now -= timedelta(days=3)
    old = raised(place.store, at=clock.now)
    clock.now += timedelta(days=3)
    assert old.uid not in place.signed_in(Role.STAFF, None).get("/alerts").text
    assert old.uid in place.signed_in(Role.MANAGER, None).get("/alerts").text


def test_the_tablet_keeps_what_is_seen_to_until_it_is_answered(place: Place, clock: Clock) -> None:
    clock.now = datetime(2026, 5, 4, 9, tzinfo=UTC)
    at_hand = place.store.alerts.at_hand
    here = raised(place.store, at=clock.now)
    whole = raised(place.store, Situation.CAMERA_TROUBLE, touchpoint=None, at=clock.now)
    raised(place.store, touchpoint="door", at=clock.now)
    assert [one.uid for one in at_hand("North", "tills")] == [whole.uid, here.uid]
    place.store.alerts.acknowledge(here.uid, "jo")
    clock.now = here.expires_at + SEEN_TO - timedelta(seconds=1)
    assert [one.uid for one in at_hand("North", "tills")] == [whole.uid, here.uid]
    place.store.alerts.answer(here.uid, Answer.DONE, "jo")
    assert [one.uid for one in at_hand("North", "tills")] == [whole.uid]


def test_today_leads_to_what_is_open(place: Place) -> None:
    browser = place.signed_in(Role.STAFF, None)
    raised(place.store)
    assert "1 alert is open" in browser.get("/").text


def test_a_program_lists_acknowledges_and_answers(place: Place) -> None:
    first, second = raised(place.store), raised(place.store)
    program = place.program({Right.LIVE, Right.ACT}, None)
    page = program.get("/api/v1/alerts?limit=1").json()
    assert [one["id"] for one in page["alerts"]] == [second.uid]
    older = program.get(f"/api/v1/alerts?before={page['next']}").json()
    assert [(one["id"], one["state"]) for one in older["alerts"]] == [(first.uid, "open")]
    assert older["next"] is None
    seen = program.post(f"/api/v1/alerts/{first.uid}/acknowledge").json()
    assert (seen["state"], seen["acknowledged_by"]) == ("acknowledged", "key program")
    said = program.post(f"/api/v1/alerts/{first.uid}/answer", json={"answer": "right"}).json()
    assert said["answer"] == "right"
    assert program.post(f"/api/v1/alerts/{first.uid}/answer", json={"answer": "no"}).status_code == 422
    assert [one["id"] for one in program.get("/api/v1/alerts?open=true").json()["alerts"]] == [second.uid]


def test_advice_of_managers_is_shown_escaped_where_its_playbook_is_in_force(place: Place) -> None:
    place.store.live.say("North", {"till": Now(touchpoint="tills")})
    manager = place.signed_in(Role.MANAGER, "North")
    page = manager.get("/playbook?site=North&touchpoint=")
    form = {"csrf_token": token_in(page), "site": "North", "language": "en", "opened": "0"}
    written = {"about": ["checkout falling", "queue sour"], "text": [" Ask <b>Jo</b>\nfirst. ", ""]}
    assert manager.post("/playbook", data={**form, **written}).status_code == 303
    raised(place.store)
    text = manager.get("/tablet?site=North&touchpoint=tills").text
    assert "Ask &lt;b&gt;Jo&lt;/b&gt; first." in text
    assert (
        manager.post("/playbook", data={**form, **written}).status_code == 422
    )  # version 1 is there already
    staff = place.signed_in(Role.STAFF, "North")
    assert "Ask &lt;b&gt;Jo" in staff.get("/playbook?language=en").text
    refused = staff.post("/playbook", data=form | {"csrf_token": token_in(staff.get("/alerts"))})
    assert refused.status_code == 403


def test_an_earlier_version_comes_back_as_a_new_one(place: Place) -> None:
    save = place.store.playbooks.save
    one, other = (Entry("queue sour", None, "en", text) for text in ("Open till 2.", "Call Jo."))
    raised(place.store)
    save("North", None, [one], "jo", opened=0)
    save("North", None, [other], "ann", opened=1)
    assert save("North", None, [other], "ann", opened=2).version == 2  # the same makes none
    manager = place.signed_in(Role.MANAGER, "North")
    page = manager.get("/playbook?language=en")
    assert "Open till 2." in page.text  # as what version 2 took away
    form = {"csrf_token": token_in(page), "site": "North", "version": "1", "opened": "2"}
    assert manager.post("/playbook/back", data=form).status_code == 303
    newest = place.store.playbooks.newest("North")[None]
    assert (newest.version, newest.made_by, newest.entries) == (3, "manager-north", (one,))
    assert [book.version for book in place.store.playbooks.versions("North", None)] == [3, 2, 1]


def test_advice_about_what_this_version_does_not_know_hinders_no_save_and_can_be_removed(
    place: Place,
) -> None:
    raised(place.store)
    old = [Entry("anger", None, "en", "Call <b>Jo</b>."), Entry("queue sour", "tills", "xx", "Hm.")]
    place.store.playbooks.save(
        "North", None, [*old, Entry("queue sour", None, "en", "Open.")], "jo", opened=0
    )
    manager = place.signed_in(Role.MANAGER, "North")
    page = manager.get("/playbook?language=fr")
    shown = re.findall(
        r'<p class="about">([^<]*)</p>\s*<p lang="..">(.*?)</p>.*?value="(\d)"', page.text, re.DOTALL
    )
    assert [(about.split(" · ")[0], text) for about, text, _ in shown] == [
        ("The queue turns sour", "Hm."), ("anger", "Call &lt;b&gt;Jo&lt;/b&gt;.")
    ]  # fmt: skip
    form = {"csrf_token": token_in(page), "site": "North", "language": "fr", "opened": "1"}
    written = {"about": ["arrival tired"], "text": ["Une chaise."]}
    assert manager.post("/playbook", data={**form, **written}).status_code == 303
    kept = place.store.playbooks.newest("North")[None].entries
    assert set(old) < set(kept)
    gone = next(number for number, one in enumerate(kept) if one.about == "anger")
    data = {**form, "opened": "2", "remove": [str(gone)]}
    assert manager.post("/playbook", data=data).status_code == 303
    left = place.store.playbooks.newest("North")[None].entries
    assert [one.text for one in left] == [one.text for one in kept if one.about != "anger"]
    assert "Call &lt;b&gt;Jo" in manager.get("/playbook?language=fr").text  # as what version 3 took away
    program = place.program({Right.LIVE, Right.ADVICE}, "North")
    entries = [{"about": "anger", "language": "en", "text": "Another."}]
    sent = {"site": "North", "opened": 3, "entries": entries}
    assert program.post("/api/v1/playbooks", json=sent).status_code == 422
    back = {"csrf_token": form["csrf_token"], "site": "North", "version": "1", "opened": "3"}
    assert manager.post("/playbook/back", data=back).status_code == 303
    assert old[0] in place.store.playbooks.newest("North")[None].entries


def test_a_program_writes_a_playbook_and_is_told_what_it_cannot_hold(place: Place) -> None:
    raised(place.store)
    program = place.program({Right.LIVE, Right.ADVICE}, "North")
    entry = {"about": "arrival tired", "language": "en", "text": "A chair."}
    sent = {"site": "North", "opened": 0, "entries": [entry]}
    assert program.post("/api/v1/playbooks", json=sent).json()["version"] == 1
    for wrong, said in (
        ({"about": "rain"}, "no situation or mood 'rain'"),
        ({"touchpoint": "roof"}, "no touchpoint 'roof'"),
        ({"text": "a\tb"}, "one line"),
    ):
        answer = program.post(
            "/api/v1/playbooks", json={**sent, "opened": 1, "entries": [{**entry, **wrong}]}
        )
        assert answer.status_code == 422
        assert said in answer.json()["detail"]
    known = program.get("/api/v1/playbooks?site=North").json()
    assert [one["entries"][0]["text"] for one in known] == ["A chair."]
    assert len(program.get("/api/v1/playbooks/versions?site=North").json()) == 1
