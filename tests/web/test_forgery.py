"""What another site has a browser ask for is not done; programs with keys are not bothered."""

import pytest

from mien.privacy.roles import Grant, Right, Role
from mien.store import Store
from support.new_store import ready_made
from support.web_people import HOST, PASSWORD, Place, token_in


@pytest.fixture
def place(tmp_path):
    with Store.open(ready_made(tmp_path / "mien.sqlite")) as opened:
        made = Place(opened)
        made.user("anna", Grant(Role.STAFF, "North"))
        yield made


@pytest.fixture
def browser(place):
    return place.browser_of("anna")


def signed_in(browser):
    return browser.get("/account").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": None, "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": None, "Origin": "null"},
        {"Sec-Fetch-Site": None, "Origin": f"http://{HOST}.evil.example"},
    ],
)
def test_another_site_is_refused_even_with_the_right_token(browser, headers):
    token = token_in(browser.get("/account"))
    wanted = browser.build_request("POST", "/sign-out", data={"csrf_token": token}, headers={
        name: value for name, value in headers.items() if value
    })  # fmt: skip
    if headers["Sec-Fetch-Site"] is None:
        del wanted.headers["sec-fetch-site"]
    refused = browser.send(wanted)
    assert refused.status_code == 403
    assert "comes from another site" in refused.text
    assert signed_in(browser)


def test_a_form_without_the_token_of_this_session_is_refused(place, browser):
    place.user("eve", Grant(Role.STAFF, "North"))
    others = token_in(place.browser_of("eve").get("/account"))
    for form in ({}, {"csrf_token": ""}, {"csrf_token": "x.y"}, {"csrf_token": others}):
        refused = browser.post("/sign-out", data=form)
        assert refused.status_code == 403
        assert "load it again" in refused.text
    assert (
        browser.post("/sign-out", json={"csrf_token": token_in(browser.get("/account"))}).status_code == 403
    )
    assert signed_in(browser)


def test_the_token_goes_by_form_or_by_header(browser):
    assert browser.post("/choices", data={"csrf_token": token_in(browser.get("/account"))}).status_code == 303
    page = browser.get("/account")
    assert browser.post("/sign-out", headers={"X-CSRF-Token": token_in(page)}).status_code == 303
    assert not signed_in(browser)


def test_tokens_differ_from_page_to_page_and_all_hold(browser):
    first, second = token_in(browser.get("/account")), token_in(browser.get("/account"))
    assert first != second
    for token in (first, second):
        assert browser.post("/choices", data={"csrf_token": token}).status_code == 303


def test_another_site_cannot_sign_somebody_in_as_the_attacker(place):
    place.store.accounts.set_password("anna", PASSWORD, by="test")
    refused = place.browser().post(
        "/sign-in", data={"name": "anna", "password": PASSWORD}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert refused.status_code == 403


def test_a_program_with_a_key_needs_no_token_and_gets_no_account(place):
    program = place.program({Right.LIVE}, "North")
    assert program.post("/choices", data={}, follow_redirects=False).status_code == 303
    page = program.get("/")
    assert page.status_code == 200
    assert 'name="csrf_token"' not in page.text
    assert program.get("/account").status_code == 404


def test_a_wrong_key_is_nobody_whatever_the_cookies_say(place, browser):
    assert browser.get("/account", headers={"Authorization": "Bearer mien_x_y"}).status_code == 303
    answer = browser.get("/account", headers={"Authorization": "Basic YTpi", "Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
