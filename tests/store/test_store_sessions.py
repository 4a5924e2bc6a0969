"""Sessions that end, keys that are scoped, attempts that are slow, and the log of looks."""

from datetime import timedelta

import pytest

from mien.errors import InputError
from mien.privacy.roles import Grant, Right, Role
from mien.store import Attempt, NewUser, Wait

MINUTE = 60


@pytest.fixture
def anna(store):
    return store.accounts.add(NewUser("anna", grants=(Grant(Role.MANAGER, "North"),)), by="test")


def test_a_session_ends_half_an_hour_after_the_last_request(store, anna, clock):
    token = store.sessions.begin(anna.id).token
    for _ in range(4):
        clock.forward(29 * MINUTE)
        assert store.sessions.find(token).user == anna
    clock.forward(29 * MINUTE)
    assert store.sessions.find(token, touch=False) is not None
    clock.forward(MINUTE)
    assert store.sessions.find(token) is None
    assert store.sessions.of(anna.id) == []


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(store, anna, clock):
    token = store.sessions.begin(anna.id).token
    for _ in range(71):
        clock.forward(10 * MINUTE)
        assert store.sessions.find(token) is not None
    clock.forward(10 * MINUTE)
    assert store.sessions.find(token) is None


def test_a_session_shows_the_grants_of_this_moment(store, anna):
    token = store.sessions.begin(anna.id).token
    store.accounts.revoke("anna", Grant(Role.MANAGER, "North"), by="boss")
    assert store.sessions.find(token).user.grants == ()


def test_signing_out_ends_one_session_or_all(store, anna):
    one, two, three = (store.sessions.begin(anna.id).token for _ in range(3))
    assert len({one, two, three}) == 3
    store.sessions.end(one)
    assert store.sessions.find(one) is None
    assert store.sessions.find(two) is not None
    assert store.sessions.end_all(anna.id) == 2
    assert store.sessions.find(three) is None
    assert store.sessions.find("no token") is None


def test_a_key_opens_what_it_is_for_until_it_ends_or_is_revoked(store, clock):
    secret = store.keys.make(
        "till  system", {Right.SALES}, by="boss", site="North", expires_at=clock() + timedelta(days=1)
    )
    key = store.keys.find(secret.token)
    assert (key.name, key.rights, key.site, key.used_at) == ("till system", {Right.SALES}, "North", None)
    assert secret.token.startswith(f"mien_{key.prefix}_")
    assert secret.token not in repr(secret)
    clock.forward(MINUTE)
    assert store.keys.find(secret.token).used_at == clock() - timedelta(minutes=1)
    assert store.keys.entries()[0].used_at == clock()
    for wrong in (
        secret.token + "x",
        secret.token[:-1],
        secret.token[5:],
        f"mien_{key.prefix}_",
        "mien_",
        "",
    ):
        assert store.keys.find(wrong) is None
    clock.forward(86400)
    assert store.keys.find(secret.token) is None
    lasting = store.keys.make("other", {Right.EXPORT}, by="boss")
    assert store.keys.revoke("other", by="boss").revoked_at == clock()
    assert store.keys.find(lasting.token) is None
    with pytest.raises(InputError, match="was revoked on"):
        store.keys.revoke("other", by="boss")


@pytest.mark.parametrize(
    ("name", "rights", "why"),
    [
        ("", {Right.SALES}, "say what it is for"),
        ("x", set(), "at least one right"),
        ("x", {Right.USERS, Right.SALES}, "cannot make users"),
        ("taken", {Right.SALES}, "choose another name"),
    ],
)
def test_a_key_that_cannot_be_is_refused(store, name, rights, why):
    store.keys.make("taken", {Right.SALES}, by="boss")
    with pytest.raises(InputError, match=why):
        store.keys.make(name, rights, by="boss")
    assert len(store.keys.entries()) == 1


def tried(store, times, name="anna", address="10.0.0.1", device=None):
    """What becomes of so many wrong attempts in a row."""
    return [store.attempts.begin(name, address, device) for _ in range(times)]


def test_guessing_one_name_is_slow_and_who_waits_as_told_gets_in(store, clock):
    *first, last = tried(store, 6)
    assert all(isinstance(one, Attempt) for one in first)
    assert last == Wait(15 * MINUTE)
    # In whatever case; and refused attempts do not make it longer.
    clock.forward(14 * MINUTE)
    assert store.attempts.begin("ANNA", "10.0.0.1") == Wait(MINUTE)
    clock.forward(MINUTE)
    assert isinstance(store.attempts.begin("anna", "10.0.0.1"), Attempt)


def test_a_right_password_forgets_what_was_typed_wrong_before(store):
    for _ in range(3):
        *_, last = tried(store, 5)
        store.attempts.succeeded(last)


def test_one_address_cannot_try_many_names(store):
    assert all(isinstance(store.attempts.begin(f"n{k}", "10.0.0.1"), Attempt) for k in range(30))
    assert isinstance(store.attempts.begin("another", "10.0.0.1"), Wait)
    assert isinstance(store.attempts.begin("another", "10.0.0.2"), Attempt)


def test_a_name_is_guessed_slowly_from_many_addresses_but_its_user_gets_in(store, clock):
    for hour in range(3):
        outcomes = [store.attempts.begin("anna", f"10.0.{hour}.{k}") for k in range(40)]
        assert sum(isinstance(one, Attempt) for one in outcomes) == 30
        assert isinstance(store.attempts.begin("anna", "192.168.1.5"), Wait)
        # Anna's own tablet was signed in before, and shows it.
        assert isinstance(store.attempts.begin("anna", "10.0.0.1", "tablet of anna"), Attempt)
        clock.forward(15 * MINUTE)


def test_a_device_that_was_signed_in_before_may_not_guess_either(store):
    *_, last = tried(store, 6, device="stolen")
    assert isinstance(last, Wait)
    assert all(isinstance(one, Attempt) for one in tried(store, 5))


def test_whoever_has_one_address_of_ipv6_has_a_network(store):
    for k in range(5):
        store.attempts.begin("anna", f"2001:db8:0:1::{k:x}")
    assert isinstance(store.attempts.begin("anna", "2001:db8:0:1:ffff::9"), Wait)
    assert isinstance(store.attempts.begin("anna", "2001:db8:0:2::1"), Attempt)
    tried(store, 5, name="bo", address="::ffff:10.0.0.1")
    assert isinstance(store.attempts.begin("bo", "10.0.0.1"), Wait)


def test_what_was_typed_into_the_wrong_field_is_not_kept(store, stored_bytes):
    store.attempts.begin("my secret password", "10.9.8.7")
    assert b"my secret password" not in stored_bytes()
    assert b"10.9.8.7" not in stored_bytes()


def test_looks_are_told_by_site_by_whom_and_page_by_page(store, clock):
    for k in range(5):
        store.looks.note("anna", Right.VISITS, f"visit {k}", "North")
        clock.forward(1)
    store.looks.note("key till", Right.EXPORT, "interactions of May", "South")
    store.looks.note("boss", Right.USERS, "anna made")
    assert [look.subject for look in store.looks.entries()][:2] == ["anna made", "interactions of May"]
    assert {look.site for look in store.looks.entries(sites=["North"])} == {"North"}
    assert store.looks.entries(sites=[]) == []
    assert store.looks.whos() == ["anna", "boss", "key till"]
    assert store.looks.whos(sites=["North"]) == ["anna"]
    page = store.looks.entries(who="anna", limit=3)
    rest = store.looks.entries(who="anna", limit=3, before=page[-1].id)
    assert [look.subject for look in (*page, *rest)] == [f"visit {k}" for k in (4, 3, 2, 1, 0)]
    assert page[0].right is Right.VISITS
    assert len(store.looks.entries(since=page[0].at)) == 3


def test_what_is_over_is_removed_and_what_holds_stays(store, anna, clock):
    store.sessions.begin(anna.id)
    store.links.make("anna", by="boss")
    store.attempts.begin("anna", "10.0.0.1")
    held = len(store.looks.entries())
    clock.forward(86400)
    kept = store.sessions.begin(anna.id).token
    assert store.retention.expire(clock()).removed == {"sessions": 1, "links": 1, "attempts to sign in": 1}
    assert store.sessions.find(kept) is not None
    clock.forward(364 * 86400)
    assert store.retention.expire(clock()).removed == {"sessions": 1, "looks": held}
    assert store.accounts.get("anna") == anna
