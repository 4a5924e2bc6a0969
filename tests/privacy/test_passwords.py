"""Passwords are long rather than odd, and are not what is guessed first."""

import pytest

from mien.errors import InputError
from mien.privacy.passwords import check_password, hash_password, matches, outdated

ANNA = ("anna.berg", "Anna Berg", "anna.berg@example.org")


@pytest.mark.parametrize(
    "password",
    ["three grey herons", "correct horse battery", "пять серых цапель", "q8#kf02mXz!p", "x" * 4 + "abcdefgh " * 20,
     "the admin has a blue hat", "anna likes grey herons"],
)  # fmt: skip
def test_long_ones_are_taken_whatever_they_are_made_of(password):
    assert check_password(password, names=ANNA) == password


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "0 characters; use at least 12"),
        ("elevenchars", "11 characters; use at least 12"),
        ("x" * 257, "257 characters; use at most 256"),
        ("aaaaaaaaaaaaaaaa", "first that are guessed"),
        ("121212121212", "first that are guessed"),
        ("123456789012", "first that are guessed"),
        ("Password2026!", "first that are guessed"),
        ("passwordpassword", "first that are guessed"),
        ("пароль123456", "first that are guessed"),
        ("MienMienMien1", "first that are guessed"),
        ("annaberg2026", "little more than the user's name"),
        ("Anna.Berg!2026", "little more than the user's name"),
    ],
)
def test_what_is_guessed_first_is_refused_without_being_repeated(password, why):
    with pytest.raises(InputError, match=why) as refused:
        check_password(password, names=(*ANNA, "annaberg"))
    assert not password or password not in str(refused.value)


def test_the_same_keys_are_the_same_password_on_every_system():
    composed, decomposed = "caf\u00e9 au lait noir", "cafe\u0301 au lait noir"
    hashed = hash_password(check_password(composed))
    assert matches(decomposed, hashed)
    assert not matches("cafe au lait noir", hashed)
    assert not outdated(hashed)
    assert outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$DhDUyU0bKsPzkbI9fkRkKw")


def test_where_there_is_no_password_none_is_right():
    assert not matches("three grey herons", None)
    assert not matches("nobody has this password", None)
    assert not matches("three grey herons", "not a hash")
