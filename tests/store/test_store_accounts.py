"""Users: who they are, what they may do, by which password, and that somebody can always make others."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from mien.errors import InputError, StoreError
from mien.privacy.passwords import matches
from mien.privacy.roles import Grant, Right, Role
from mien.store import LinkPurpose, NewUser, Store

GOOD = "three grey herons"
BOSS = NewUser("Boss", "The Boss", grants=(Grant(Role.ADMIN),))
ANNA = NewUser("Anna.Berg", "Anna Berg", "Anna@Example.org", (Grant(Role.MANAGER, "North"),))


@pytest.fixture
def boss(store):
    return store.accounts.add(BOSS, by="test")


@pytest.fixture
def anna(store, boss):
    return store.accounts.add(ANNA, by=boss.name)


def told(store):
    """What the log of looks says, the oldest first."""
    return [(look.who, look.subject) for look in reversed(store.looks.entries())]


def test_a_user_is_found_in_whatever_case_and_after_reopening(store, anna, address):
    assert (anna.name, anna.shown_name, anna.email) == ("anna.berg", "Anna Berg", "anna@example.org")
    with Store.open(address) as again:
        assert again.accounts.get("ANNA.berg") == anna
        assert again.accounts.of_email("ANNA@example.org") == anna
        assert [user.name for user in again.accounts.entries()] == ["anna.berg", "boss"]


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (NewUser("anna.BERG"), "already; choose another"),
        (NewUser("other", email="anna@example.ORG"), "that of anna.berg already"),
    ],
)
def test_names_and_addresses_belong_to_one(store, anna, new, why):
    with pytest.raises(InputError, match=why):
        store.accounts.add(new, by="test")
    assert len(store.accounts.entries()) == 2


@pytest.mark.parametrize("name", ["", " ", "a b", "a:b", "a/b", "x" * 81, "a\nb", "<b>"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(InputError, match="cannot be a sign-in name"):
        NewUser(name)


def test_roles_come_and_go_by_site_and_are_noted(store, anna):
    accounts = store.accounts
    accounts.grant("anna.berg", Grant(Role.STAFF, "South"), by="boss")
    accounts.grant("anna.berg", Grant(Role.STAFF, "South"), by="boss")
    assert accounts.get("anna.berg").grants == (Grant(Role.MANAGER, "North"), Grant(Role.STAFF, "South"))
    with pytest.raises(
        InputError, match="does not have this role there; they have: manager at North, staff at South"
    ):
        accounts.revoke("anna.berg", Grant(Role.MANAGER, "South"), by="boss")
    with pytest.raises(InputError, match="does not have this role there"):
        accounts.revoke("anna.berg", Grant(Role.STAFF), by="boss")
    assert accounts.revoke("anna.berg", Grant(Role.MANAGER, "North"), by="boss").grants == (
        Grant(Role.STAFF, "South"),
    )
    assert told(store)[-2:] == [
        ("boss", "staff at South given to anna.berg"),
        ("boss", "manager at North taken from anna.berg"),
    ]


def test_the_last_one_who_makes_users_stays(store, boss, anna):
    for attempt in (
        lambda: store.accounts.disable("boss", by="boss"),
        lambda: store.accounts.revoke("boss", Grant(Role.ADMIN), by="boss"),
    ):
        with pytest.raises(InputError, match="boss is the last one who may make users"):
            attempt()
        assert store.accounts.get("boss") == boss
    # An admin of one site makes no users.
    store.accounts.grant("anna.berg", Grant(Role.ADMIN, "North"), by="boss")
    with pytest.raises(InputError, match="last one"):
        store.accounts.disable("boss", by="boss")
    store.accounts.grant("anna.berg", Grant(Role.ADMIN), by="boss")
    assert store.accounts.disable("boss", by="anna.berg").disabled


def test_who_is_disabled_is_out_at_once_and_comes_back_as_they_were(store, anna):
    store.accounts.set_password("anna.berg", GOOD, by="anna.berg")
    session = store.sessions.begin(anna.id).token
    link = store.links.make("anna.berg", by="boss").token
    store.accounts.disable("anna.berg", by="boss")
    assert store.sessions.find(session) is None
    assert store.links.look(link) is None
    assert store.accounts.password_of("anna.berg") is None
    with pytest.raises(StoreError, match="disabled"):
        store.sessions.begin(anna.id)
    with pytest.raises(InputError, match="enable them first"):
        store.links.make("anna.berg", by="boss")
    back = store.accounts.enable("anna.berg", by="boss")
    assert back.grants == anna.grants
    assert store.accounts.password_of("anna.berg") is not None
    # What ended stays ended.
    assert store.sessions.find(session) is None
    assert store.links.look(link) is None


def test_a_password_is_kept_as_a_hash_and_ends_other_sessions(store, anna, stored_bytes):
    here, there = (store.sessions.begin(anna.id).token for _ in range(2))
    store.accounts.set_password("anna.berg", GOOD, by="anna.berg", keep_session=store.sessions.find(here).id)
    assert store.sessions.find(here) is not None
    assert store.sessions.find(there) is None
    user, hashed = store.accounts.password_of("Anna.Berg")
    assert user.has_password
    assert matches(GOOD, hashed)
    assert not matches(GOOD + "!", hashed)
    assert hashed.startswith("$argon2id$")
    assert GOOD.encode() not in stored_bytes()
    assert store.accounts.password_of("boss") is None
    assert store.accounts.password_of("no such name!") is None


def test_an_identity_belongs_to_one_user(store, anna):
    store.accounts.join_identity("anna.berg", "https://id.example", "42", by="boss")
    store.accounts.join_identity("anna.berg", "https://id.example", "42", by="boss")
    assert store.accounts.of_identity("https://id.example", "42").name == "anna.berg"
    assert store.accounts.of_identity("https://other.example", "42") is None
    assert store.accounts.identities_of(anna.id) == [("https://id.example", "42")]
    with pytest.raises(InputError, match=r"that of anna\.berg already"):
        store.accounts.join_identity("boss", "https://id.example", "42", by="boss")


def test_the_first_admin_comes_by_a_link_and_there_is_no_second_first(store):
    assert not store.accounts.any_admin()
    old = store.links.make_first().token
    token = store.links.make_first().token
    assert store.links.look(old) is None
    with pytest.raises(InputError, match="at least 12"):
        store.links.make_admin(token, NewUser("boss"), "short")
    made = store.links.make_admin(token, NewUser("boss", grants=(Grant(Role.STAFF),)), GOOD)
    assert made.grants == (Grant(Role.ADMIN),)
    assert made.has_password
    assert store.accounts.any_admin()
    with pytest.raises(InputError, match="opens nothing any more"):
        store.links.make_admin(token, NewUser("boss2"), GOOD)
    with pytest.raises(InputError, match="already"):
        store.links.make_first()


def test_a_link_that_was_made_before_somebody_else_became_admin_makes_none(store):
    token = store.links.make_first().token
    store.accounts.add(BOSS, by="command line")
    with pytest.raises(InputError, match="may make users already"):
        store.links.make_admin(token, NewUser("late"), GOOD)
    assert [user.name for user in store.accounts.entries()] == ["boss"]


def test_a_link_opens_once_for_its_purpose_and_its_time(store, anna, clock):
    token = store.links.make("anna.berg", LinkPurpose.SIGN_IN, by="boss", valid=timedelta(hours=1)).token
    assert store.links.look(token).user.name == "anna.berg"
    assert store.links.look(token).purpose is LinkPurpose.SIGN_IN
    with pytest.raises(InputError):
        store.links.set_password(token, GOOD)
    assert store.links.sign_in(token).name == "anna.berg"
    with pytest.raises(InputError, match="opens nothing any more"):
        store.links.sign_in(token)
    late = store.links.make("anna.berg", LinkPurpose.SIGN_IN, by="boss", valid=timedelta(hours=1)).token
    clock.forward(3600)
    assert store.links.look(late) is None
    with pytest.raises(InputError, match="opens nothing any more"):
        store.links.sign_in(late)
    with pytest.raises(InputError, match="up to 7 days"):
        store.links.make("anna.berg", by="boss", valid=timedelta(days=8))


def test_a_refused_password_does_not_use_up_the_link(store, anna):
    session = store.sessions.begin(anna.id).token
    token = store.links.make("anna.berg", by="boss").token
    with pytest.raises(InputError, match="little more than the user's name"):
        store.links.set_password(token, "anna.berg.2026")
    assert store.links.set_password(token, GOOD).has_password
    assert store.sessions.find(session) is None
    with pytest.raises(InputError, match="opens nothing any more"):
        store.links.set_password(token, GOOD)


def test_of_many_uses_at_once_one_gets_in(store, anna):
    token = store.links.make("anna.berg", LinkPurpose.SIGN_IN, by="boss").token
    ready = threading.Barrier(6)

    def use():
        ready.wait()
        try:
            return store.links.sign_in(token).name
        except InputError:
            return None

    with ThreadPoolExecutor(6) as pool:
        got = [one.result() for one in [pool.submit(use) for _ in range(6)]]
    assert sorted(got, key=str) == [None] * 5 + ["anna.berg"]


def test_no_secret_can_be_read_from_the_store(store, anna, stored_bytes):
    secrets = [
        store.links.make("anna.berg", by="boss").token,
        store.sessions.begin(anna.id).token,
        store.keys.make("till", {Right.SALES}, by="boss").token,
    ]
    kept = stored_bytes()
    assert b"anna.berg" in kept
    for secret in secrets:
        assert secret[-40:].encode() not in kept
