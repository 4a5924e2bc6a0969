"""Users and keys from the command line, as the one who sets Mien up makes them."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from mien.privacy.roles import Grant, Right, Role
from mien.store import LinkPurpose, Store


def link_in(ran):
    """The secret of the link that a command printed."""
    return re.search(r"^https?://\S+/link/(\S+)$", ran.out, re.MULTILINE)[1]


def test_a_new_user_gets_a_link_by_which_they_choose_a_password(mien, store):
    ran = mien(
        "user", "add", "Boss", "--role", "admin", "--every-site", "--url", "https://till-pc.local:8470/"
    )
    assert ran.code == 0
    assert "https://till-pc.local:8470/link/" in ran.out
    with Store.open(store) as opened:
        boss = opened.links.set_password(link_in(ran), "three grey herons")
        assert (boss.name, boss.shown_name, boss.grants) == ("boss", "Boss", (Grant(Role.ADMIN),))
    listed = mien("user", "list").out
    assert "admin at every site" in listed
    assert link_in(ran) not in listed


def test_a_link_signs_in_once_for_as_long_as_was_said(mien, store):
    mien("user", "add", "anna", "--role", "staff", "--site", "North")
    ran = mien("user", "link", "ANNA", "--sign-in", "--hours", 2)
    with Store.open(store) as opened:
        link = opened.links.look(link_in(ran))
        assert link.purpose is LinkPurpose.SIGN_IN
        assert timedelta(minutes=119) < link.expires_at - datetime.now(UTC) <= timedelta(hours=2)


def test_roles_are_given_and_taken_by_site(mien, store):
    mien("user", "add", "anna")
    ran = mien("user", "grant", "anna", "Manager", "--site", "Nroth")
    assert "The store knows no site 'Nroth'" in ran.err
    assert "visits" in ran.out
    mien("user", "revoke", "anna", "manager", "--site", "Nroth")
    mien("user", "grant", "anna", "officer", "--every-site")
    with Store.open(store) as opened:
        assert opened.accounts.get("anna").grants == (Grant(Role.OFFICER),)
        said = [look.subject for look in opened.looks.entries()]
    assert said[0] == "officer at every site given to anna"
    mien("user", "disable", "anna")
    assert "anna (disabled)" in mien("user", "list").out
    assert mien("user", "link", "anna").code == 2
    assert mien("user", "enable", "anna").code == 0


def test_a_key_is_shown_once_and_can_be_revoked(mien, store):
    ran = mien(
        "user", "key", "make", "till", "--right", "sales", "--right", "live", "--site", "North", "--days", 30
    )
    token = ran.out.strip()
    with Store.open(store) as opened:
        key = opened.keys.find(token)
        assert (key.rights, key.site) == ({Right.SALES, Right.LIVE}, "North")
        assert timedelta(days=29) < key.expires_at - datetime.now(UTC) <= timedelta(days=30)
    listed = mien("user", "key", "list").out
    assert "till" in listed
    assert token not in listed
    mien("user", "key", "revoke", "till")
    with Store.open(store) as opened:
        assert opened.keys.find(token) is None


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("add", "a b"), "cannot be a sign-in name"),
        (("add", "bo", "--role", "king", "--site", "N"), "one of: staff, manager, analyst, officer, admin"),
        (("add", "bo", "--role", "staff"), "--site S for one site, or --every-site"),
        (("add", "bo", "--site", "N"), "name one with --role"),
        (("add", "bo", "--hours", "1e9"), "up to 168 hours"),
        (("add", "bo", "--hours", "nan"), "up to 168 hours"),
        (("add", "bo", "--url", "mien.local"), "write where they reach the pages"),
        (("add", "bo", "--email", "bo"), "is no e-mail address"),
        (("grant", "bo", "staff", "--site", "N"), "no user 'bo'"),
        (("key", "make", "k", "--right", "users", "--every-site"), "cannot make users"),
        (("key", "make", "k", "--right", "sales", "--every-site", "--days", "0"), "1 to 3650"),
        (("key", "revoke", "k"), "no key 'k'"),
    ],
)
def test_what_cannot_be_is_said_in_one_line_and_changes_nothing(mien, store, arguments, why):
    with Store.open(store):
        pass
    ran = mien("user", *arguments)
    assert ran.code == 2
    assert why in ran.complaint
    with Store.open(store) as opened:
        assert opened.accounts.entries() == []
        assert opened.keys.entries() == []
