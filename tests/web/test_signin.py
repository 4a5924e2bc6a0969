"""Signing in as people do: by password, by link, out again, and what the browser keeps of it."""

import html
import re

import pytest

from mien.errors import StoreError
from mien.privacy.roles import Grant, Role
from mien.store import LinkPurpose, Store
from mien.web.signin.forgery import token_for
from support.clock import Clock
from support.new_store import ready_made
from support.web_people import PASSWORD, Place, token_in


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    with Store.open(ready_made(tmp_path / "mien.sqlite"), clock=clock) as opened:
        yield opened


@pytest.fixture
def place(store):
    return Place(store)


@pytest.fixture
def anna(place):
    place.user("anna", Grant(Role.STAFF, "North"), password=PASSWORD)
    return "anna"


def sign_in(browser, name="anna", password=PASSWORD, **more):
    return browser.post("/sign-in", data={"name": name, "password": password, **more})


def next_in(page):
    """Where the form of the sign-in page leads."""
    return re.search(r'action="/sign-in".*?name="next" value="([^"]+)"', page.text, re.DOTALL)[1]


def test_the_first_admin_comes_by_a_link_and_from_then_on_by_password(place):
    browser = place.browser()
    assert "Nobody may sign in yet" in browser.get("/sign-in").text
    link = f"/link/{place.store.links.make_first().token}"
    page = browser.get(link)
    assert "The first administrator" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    form = {"name": "Boss", "shown": "The Boss", "password": "short", "again": "short"}
    refused = browser.post(link, data=form)
    assert refused.status_code == 422
    assert "too short" in refused.text
    assert 'value="Boss"' in refused.text
    differ = browser.post(link, data=form | {"password": PASSWORD, "again": PASSWORD + "!"})
    assert "The two passwords differ" in differ.text
    done = browser.post(link, data=form | {"password": PASSWORD, "again": PASSWORD})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert "The Boss" in browser.get("/").text
    assert browser.get(link).status_code == 410
    other = place.browser()
    assert "Nobody may sign in yet" not in other.get("/sign-in").text
    assert sign_in(other, "boss").status_code == 303


def test_a_link_is_not_used_up_by_being_looked_at(place, anna):
    token = place.store.links.make(anna, LinkPurpose.SIGN_IN, by="boss").token
    for _ in range(3):
        assert place.browser().get(f"/link/{token}").status_code == 200
    browser = place.browser()
    assert browser.post(f"/link/{token}").status_code == 303
    assert browser.get("/").status_code == 200
    assert place.browser().post(f"/link/{token}").status_code == 410


def test_a_link_for_a_password_keeps_it(place):
    place.user("bo", Grant(Role.STAFF, "North"))
    token = place.store.links.make("bo", by="boss").token
    page = place.browser().get(f"/link/{token}")
    assert "Welcome, bo" in page.text
    form = {"password": "password2026!", "again": "password2026!"}
    assert "among the first that are guessed" in place.browser().post(f"/link/{token}", data=form).text
    assert (
        place.browser().post(f"/link/{token}", data={"password": PASSWORD, "again": PASSWORD}).status_code
        == 303
    )
    assert sign_in(place.browser(), "bo").status_code == 303


def test_whoever_is_not_signed_in_comes_back_to_the_page_they_asked_for(place, anna):
    browser = place.browser()
    away = browser.get("/account?x=1")
    assert (away.status_code, away.headers["location"]) == (303, "/sign-in?next=%2Faccount%3Fx%3D1")
    page = browser.get(away.headers["location"])
    back = sign_in(browser, next=next_in(page))
    assert back.headers["location"] == "/account?x=1"
    assert browser.get("/account?x=1").status_code == 200
    assert browser.get("/sign-in?next=/account").headers["location"] == "/account"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_signing_in_leads_nowhere_else(place, anna, target):
    browser = place.browser()
    assert next_in(browser.get("/sign-in", params={"next": target})) == "/"
    assert sign_in(browser, next=target).headers["location"] == "/"


def test_who_may_not_see_today_lands_on_a_page_that_they_may_see(place):
    place.user("ana", Grant(Role.ANALYST), password=PASSWORD)
    browser = place.browser()
    landed = sign_in(browser, "ana").headers["location"]
    assert landed != "/"
    assert browser.get(landed).status_code == 200


def test_wrong_name_and_wrong_password_are_told_alike_and_disabled_users_too(place, anna):
    place.user("gone", Grant(Role.STAFF, "North"), Grant(Role.STAFF), password=PASSWORD)
    place.store.accounts.disable("gone", by="boss")
    pages = [
        sign_in(place.browser(address=f"10.0.0.{number}"), name, password)
        for number, (name, password) in enumerate(
            [("anna", "wrong password!"), ("nobody", "wrong password!"), ("gone", PASSWORD), ("<b>", "x")]
        )
    ]
    assert {page.status_code for page in pages} == {401}
    said = {re.sub(r'name="name" value="[^"]*"', "", page.text) for page in pages}
    assert len(said) == 1
    assert "<b>" not in pages[3].text


def test_after_five_wrong_attempts_one_waits_and_is_told_how_long(place, anna, clock):
    browser = place.browser()
    for _ in range(5):
        assert sign_in(browser, password="wrong password!").status_code == 401
    held = sign_in(browser)
    assert held.status_code == 429
    assert held.headers["Retry-After"] == "900"
    assert "15 minutes" in held.text
    clock.forward(900)
    assert sign_in(browser).status_code == 303


def test_who_signed_in_from_a_device_before_is_not_locked_out_by_others(place, anna):
    own = place.browser(address="10.0.0.9")
    assert sign_in(own).status_code == 303
    own.post("/sign-out", data={"csrf_token": token_in(own.get("/account"))})
    for number in range(40):
        place.store.attempts.begin("anna", f"10.0.1.{number}")
    assert sign_in(place.browser(address="10.0.2.1")).status_code == 429
    assert sign_in(own).status_code == 303


def test_the_session_is_out_of_reach_of_scripts_and_other_sites(place, anna, store):
    cookie = sign_in(place.browser()).headers.get_list("set-cookie")[0]
    assert cookie.startswith("mien-session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    secure = Place(store, plain=True)
    for cookie in sign_in(secure.browser(https=True)).headers.get_list("set-cookie"):
        assert cookie.startswith("__Host-mien-")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


def test_signing_in_makes_a_new_session_and_ends_the_one_before(place, anna):
    planted = place.store.sessions.begin(place.store.accounts.get(anna).id).token
    browser = place.browser()
    answer = browser.post(
        "/sign-in",
        data={"name": anna, "password": PASSWORD},
        headers={"Cookie": f"mien-session={planted}", "X-CSRF-Token": token_for(planted)},
    )
    assert answer.status_code == 303
    assert browser.cookies["mien-session"] != planted
    assert place.store.sessions.find(planted) is None


def test_signing_out_ends_the_session_itself(place, anna):
    browser = place.browser()
    sign_in(browser)
    kept = browser.cookies["mien-session"]
    out = browser.post("/sign-out", data={"csrf_token": token_in(browser.get("/account"))})
    assert out.headers["location"] == "/sign-in"
    assert "mien-session" not in browser.cookies
    thief = place.browser()
    thief.cookies.set("mien-session", kept)
    assert thief.get("/").headers["location"] == "/sign-in"


def test_a_session_ends_when_nobody_is_there(place, anna, clock):
    browser = place.browser()
    sign_in(browser)
    clock.forward(29 * 60)
    assert browser.get("/").status_code == 200
    clock.forward(30 * 60)
    assert browser.get("/").headers["location"] == "/sign-in"
    part = browser.get("/account", headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"].startswith("/sign-in")


def test_a_password_is_changed_by_who_knows_it_and_others_are_signed_out(place, anna):
    here, there = place.browser(), place.browser()
    for browser in (here, there):
        sign_in(browser)
    form = {
        "csrf_token": token_in(here.get("/account")),
        "password": "four blue kites",
        "again": "four blue kites",
    }
    for current, again, why in (
        ("wrong", "four blue kites", "not your password of now"),
        (PASSWORD, "four blue kite", "The two passwords differ"),
    ):
        refused = here.post("/account/password", data=form | {"current": current, "again": again})
        assert refused.status_code == 422
        assert why in refused.text
    assert here.post("/account/password", data=form | {"current": PASSWORD}).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert sign_in(place.browser(), password=PASSWORD).status_code == 401
    assert sign_in(place.browser(), password="four blue kites").status_code == 303


def test_who_signed_in_how_is_in_the_log_and_no_password(place, anna, tmp_path):
    browser = place.browser()
    sign_in(browser)
    browser.post("/account/sign-out", data={"csrf_token": token_in(browser.get("/account"))})
    assert browser.get("/account").status_code == 303
    said = [(look.who, look.subject) for look in place.store.looks.entries()]
    assert ("anna", "signed in by password") in said
    assert PASSWORD.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_pages_answer_to_names_of_this_machine_only(place):
    assert place.browser().get("/sign-in", headers={"Host": "evil.example"}).status_code == 400
    assert place.browser().get("/sign-in", headers={"Host": "127.0.0.1:8470"}).status_code == 200


def test_a_refusal_is_said_in_the_language_of_the_page(place):
    manager = place.signed_in(Role.MANAGER, "North")
    for language, said in (
        ("en", "There is no site 'South' here that you may see."),
        ("fr", "South"),  # named in every language
        ("ru", "South"),
    ):
        manager.cookies.set("mien_language", language)
        page = manager.get("/visits", params={"site": "South"}).text
        assert said in html.unescape(page)
        assert ("There is no site" in page) == (language == "en")


def test_what_nobody_translated_is_told_in_english_and_says_so(place):
    def fails():
        raise StoreError("The disk at <x> is full; make room.")

    place.app.add_api_route("/broken-for-a-test", fails, tags=["public"])
    page = place.browser().get("/broken-for-a-test", headers={"Accept": "text/html", "Accept-Language": "fr"})
    assert page.status_code == 500
    assert '<span lang="en">The disk at &lt;x&gt; is full; make room.</span>' in page.text
