"""The page of users and keys, as an administrator uses it."""

import html
import re

import pytest

from mien.privacy.roles import Grant, Right, Role
from mien.store import Store
from support.new_store import ready_made
from support.web_people import Place, token_in

PATH = "/settings/users"


@pytest.fixture
def place(tmp_path):
    with Store.open(ready_made(tmp_path / "mien.sqlite")) as opened:
        yield Place(opened)


@pytest.fixture
def boss(place):
    place.user("boss", Grant(Role.ADMIN))
    return place.browser_of("boss")


@pytest.fixture
def send(boss):
    """Send a form of the page."""

    def posted(path, **form):
        return boss.post(path, data={"csrf_token": token_in(boss.get(PATH)), **form})

    return posted


def link_in(page):
    found = re.search(r'<code class="secret">http://localhost:8470(/link/[^<]+)</code>', page.text)
    return found[1]


def test_a_new_user_gets_a_link_that_is_shown_once(place, boss, send):
    page = send(PATH, name="Anna.Berg", shown="Anna Berg", email="anna@x.org", role="manager", site="*")
    assert page.status_code == 200
    assert "data:image/svg+xml" in page.text
    anna = place.store.accounts.get("anna.berg")
    assert (anna.shown_name, anna.email, anna.grants) == ("Anna Berg", "anna@x.org", (Grant(Role.MANAGER),))
    assert place.browser().get(link_in(page)).status_code == 200
    again = boss.get(PATH)
    assert "Anna Berg" in again.text
    assert "/link/" not in again.text


def test_roles_are_given_and_taken_where_they_were_chosen(place, send):
    place.user("anna")
    assert send(f"{PATH}/anna/roles", role="staff", site="North").status_code == 303
    assert send(f"{PATH}/anna/roles", role="officer", site="*").status_code == 303
    assert place.store.accounts.get("anna").grants == (Grant(Role.STAFF, "North"), Grant(Role.OFFICER))
    assert send(f"{PATH}/anna/roles", role="officer", site="*", take="1").status_code == 303
    assert place.store.accounts.get("anna").grants == (Grant(Role.STAFF, "North"),)
    said = [(look.who, look.subject) for look in place.store.looks.entries()]
    assert said[0] == ("boss", "officer at every site taken from anna")


@pytest.mark.parametrize(
    "form", [{"role": "staff"}, {"role": "king", "site": "*"}, {"site": "*"}, {"role": "", "site": ""}]
)
def test_nobody_gets_a_role_by_a_form_that_does_not_say_which_and_where(place, send, form):
    place.user("anna")
    assert send(f"{PATH}/anna/roles", **form).status_code == 422
    assert place.store.accounts.get("anna").grants == ()


def test_who_is_disabled_is_out_and_comes_back(place, send):
    place.user("anna", Grant(Role.STAFF, "North"))
    anna = place.browser_of("anna")
    assert anna.get("/").status_code == 200
    assert send(f"{PATH}/anna/state", disable="1").status_code == 303
    assert anna.get("/").status_code == 303
    assert send(f"{PATH}/anna/link").status_code == 422
    assert send(f"{PATH}/anna/state").status_code == 303
    page = send(f"{PATH}/anna/link", sign_in="1")
    assert anna.post(link_in(page)).status_code == 303
    assert anna.get("/").status_code == 200


def test_the_last_administrator_stays(place, send):
    refused = send(f"{PATH}/boss/roles", role="admin", site="*", take="1")
    assert refused.status_code == 422
    assert "the last one who may make users" in refused.text
    assert place.store.accounts.get("boss").makes_users


def test_an_administrator_of_one_site_makes_no_users(place):
    assert place.signed_in(Role.ADMIN, "North").get(PATH).status_code == 403


def test_a_key_is_shown_once_opens_what_was_ticked_and_is_revoked(place, boss, send):
    page = send("/settings/keys", name="till", site="North", rights=["sales", "live"], until="2999-12-31")
    token = html.unescape(re.search(r'<code class="secret">(mien_[^<]+)</code>', page.text)[1])
    key = place.store.keys.find(token)
    assert (key.rights, key.site, key.expires_at.date().isoformat()) == (
        {Right.SALES, Right.LIVE},
        "North",
        "3000-01-01",
    )
    assert token not in boss.get(PATH).text
    assert send(f"/settings/keys/{key.prefix}/revoke").status_code == 303
    assert place.store.keys.find(token) is None
    assert "revoked" in boss.get(PATH).text


@pytest.mark.parametrize(
    "form",
    [
        {"name": "k", "site": "*"},
        {"name": "k", "rights": ["sales"]},
        {"name": "", "site": "*", "rights": ["sales"]},
        {"name": "k", "site": "*", "rights": ["users"]},
        {"name": "k", "site": "*", "rights": ["sales"], "until": "2020-01-01"},
        {"name": "k", "site": "*", "rights": ["everything"]},
    ],
)
def test_a_key_that_cannot_be_is_refused(place, send, form):
    assert send("/settings/keys", **form).status_code == 422
    assert place.store.keys.entries() == []


def test_what_people_call_themselves_is_text(place, boss, send):
    send(PATH, name="eve", shown="<img src=x onerror=alert(1)>")
    page = boss.get(PATH)
    assert "<img src=x" not in page.text
    assert "&lt;img src=x" in page.text
