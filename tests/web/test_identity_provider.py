"""Signing in by an identity provider that is a real one, and by none that is not."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from pydantic import ValidationError

from mien.errors import SettingError
from mien.privacy.roles import Grant, Role
from mien.store import NewUser, Store
from mien.web.settings import Provider, WebSettings
from mien.web.signin.provider_file import load_provider
from support.identity_provider import CLIENT_ID, CLIENT_SECRET, new_key, running
from support.new_store import ready_made
from support.web_people import HOST, Place

ANNA = {"sub": "42", "email": "Anna@Example.org", "email_verified": True, "name": "Anna Berg"}


@pytest.fixture(scope="module")
def provider():
    with running(f"http://{HOST}/sign-in/provider/back") as made:
        yield made


@pytest.fixture(autouse=True)
def as_it_should_be(provider):
    provider.person, provider.bent = ANNA, {}
    yield
    provider.published = [provider.key]


@pytest.fixture
def open_place(tmp_path, provider):
    stores = []

    def made(**settings):
        stores.append(Store.open(ready_made(tmp_path / f"{len(stores)}.sqlite")))
        place = Place(
            stores[-1],
            provider=Provider(
                issuer=provider.issuer,
                client_id=CLIENT_ID,
                client_secret=CLIENT_SECRET,
                name="Acme",
                **settings,
            ),
        )
        place.user("anna", Grant(Role.STAFF, "North"))
        return place

    yield made
    for store in stores:
        store.close()


@pytest.fixture
def place(open_place):
    """Where Anna is a user, known by her address."""
    place = open_place()
    place.store.accounts.add(named("berg", "anna@example.org"), by="test")
    return place


def named(name, email=None):
    return NewUser(name, email=email, grants=(Grant(Role.STAFF, "North"),))


def there(browser, target="/"):
    """Go to the provider; where it sends the browser back to."""
    sent = browser.get("/sign-in/provider", params={"next": target})
    assert sent.status_code == 303
    return httpx2.get(sent.headers["location"]).headers["location"]


def round_trip(browser, target="/"):
    return browser.get(there(browser, target))


def test_whoever_the_provider_vouches_for_is_signed_in_and_lands_where_they_wanted(place):
    browser = place.browser()
    assert "Sign in with Acme" in browser.get("/sign-in").text
    back = round_trip(browser, "/account?x=1")
    assert (back.status_code, back.headers["location"]) == (303, "/account?x=1")
    assert "berg" in browser.get("/account").text
    assert ("berg", "signed in by Acme") in [(look.who, look.subject) for look in place.store.looks.entries()]


def test_the_browser_goes_with_pkce_a_state_and_a_nonce(place, provider):
    first, second = (
        parse_qs(urlsplit(place.browser().get("/sign-in/provider").headers["location"]).query)
        for _ in range(2)
    )
    assert first["code_challenge_method"] == ["S256"]
    assert first["scope"] == ["openid email profile"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 32
        assert first[name] != second[name]


def test_an_address_finds_its_user_once_and_then_the_identity_does(place, provider):
    round_trip(place.browser())
    provider.person = ANNA | {"email": "married@example.org"}
    assert round_trip(place.browser()).status_code == 303
    # Somebody new got the address of somebody who left.
    provider.person = ANNA | {"sub": "43"}
    assert round_trip(place.browser()).status_code == 403


@pytest.mark.parametrize("verified", [False, None, "no"])
def test_an_address_that_was_not_verified_finds_nobody_unless_that_is_set(
    place, open_place, provider, verified
):
    provider.person = ANNA | {"email_verified": verified}
    refused = round_trip(place.browser())
    assert refused.status_code == 403
    assert "was not verified" in refused.text
    trusting = open_place(trust_email=True)
    trusting.store.accounts.add(named("berg", "anna@example.org"), by="test")
    assert round_trip(trusting.browser()).status_code == 303


def test_whom_nobody_made_a_user_is_told_so_once_and_not_sent_round(open_place, provider):
    place = open_place()
    browser = place.browser()
    refused = round_trip(browser)
    assert refused.status_code == 403
    assert "You are known there, but not here." in refused.text
    assert "Anna@Example.org" in refused.text
    assert browser.get("/").headers["location"] == "/sign-in"
    assert [user.name for user in place.store.accounts.entries()] == ["anna"]


def test_where_it_is_set_whoever_is_new_becomes_a_user_without_any_role(open_place):
    place = open_place(new_users=True)
    browser = place.browser()
    assert round_trip(browser).headers["location"] != "/"
    (made,) = [user for user in place.store.accounts.entries() if user.email]
    assert (made.name, made.shown_name, made.grants) == ("anna@example.org", "Anna Berg", ())
    assert browser.get("/").status_code == 403


def test_who_is_disabled_here_stays_out(place):
    round_trip(place.browser())
    place.store.accounts.disable("berg", by="boss")
    assert round_trip(place.browser()).status_code == 403


@pytest.mark.parametrize(
    "bent",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": ["another client"]},
        {"aud": ["another client"], "azp": "mien"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"sub": None},
        {"at_hash": "x"},
    ],
    ids=lambda bent: next(iter(bent)),
)
def test_a_token_that_does_not_hold_signs_nobody_in(place, provider, bent):
    provider.bent = bent
    browser = place.browser()
    refused = round_trip(browser)
    assert refused.status_code == 403
    assert "could not sign you in" in refused.text
    assert "mien-session" not in browser.cookies


def test_a_token_signed_by_another_is_refused_and_new_keys_are_taken(place, provider):
    assert round_trip(place.browser()).status_code == 303
    old, provider.key = provider.key, new_key()
    assert round_trip(place.browser()).status_code == 403
    provider.published = [old, provider.key]
    assert round_trip(place.browser()).status_code == 303


def test_only_the_browser_that_left_comes_back_and_once(place):
    mine, other = place.browser(), place.browser()
    back = there(mine)
    assert other.get(back).status_code == 403
    assert "mien-session" not in other.cookies
    assert mine.get(back).status_code == 303
    again = mine.get(back)
    assert again.status_code == 403
    forged = there(mine).replace("state=", "state=x")
    assert mine.get(forged).status_code == 403


def test_two_windows_at_once_both_arrive(place):
    browser = place.browser()
    first, second = there(browser), there(browser, "/account")
    assert browser.get(second).headers["location"] == "/account"
    assert browser.get(first).headers["location"] == "/"


def test_whoever_says_no_there_is_told_so(place, provider):
    provider.person = None
    refused = round_trip(place.browser())
    assert refused.status_code == 403
    assert "access_denied" in refused.text


def test_a_provider_that_is_away_or_calls_itself_otherwise_is_said(open_place, provider, tmp_path):
    for issuer in ("http://localhost:9", provider.issuer + "/"):
        with Store.open(ready_made(tmp_path / "away.sqlite")) as store:
            place = Place(store, provider=Provider(issuer=issuer, client_id=CLIENT_ID))
            refused = place.browser().get("/sign-in/provider")
            assert refused.status_code == 403
            assert "could not sign you in" in refused.text


def test_without_a_provider_there_is_no_button_and_no_way(tmp_path):
    with Store.open(ready_made(tmp_path / "none.sqlite")) as store:
        browser = Place(store).browser()
        assert "Sign in with" not in browser.get("/sign-in").text
        assert browser.get("/sign-in/provider").status_code == 404


def test_a_provider_in_the_open_network_is_refused():
    with pytest.raises(ValidationError, match="must begin with https://"):
        WebSettings(provider=Provider(issuer="http://id.example", client_id="mien"))


def test_the_file_of_a_provider_is_read_and_its_secret_comes_from_the_environment(tmp_path, monkeypatch):
    path = tmp_path / "provider.toml"
    path.write_text('issuer = "https://id.example"\nclient_id = "mien"\n')
    assert load_provider(path).client_secret.get_secret_value() == ""
    monkeypatch.setenv("MIEN_PROVIDER_SECRET", "from outside")
    assert load_provider(path).client_secret.get_secret_value() == "from outside"
    for text, why in (
        ("", "'issuer'"),
        ('issuer = "http://id.example"\nclient_id = "mien"', "must begin with https://"),
        ('issuer = "https://x"\nclient_id = "m"\ntypo = 1', "'typo'"),
        ("not toml", "cannot be read"),
    ):
        path.write_text(text)
        with pytest.raises(SettingError, match=why) as refused:
            load_provider(path)
        assert "from outside" not in str(refused.value)
    with pytest.raises(SettingError, match="cannot be read"):
        load_provider(tmp_path / "none.toml")
