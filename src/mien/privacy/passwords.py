"""The rule for passwords, and how they are kept: long, in no form that leads back, and without rules of composition.

It follows NIST SP 800-63B, section 3.1.1 (revision 4) and 5.1.1 (revision 3): length counts, every character is
allowed, nobody must mix kinds of characters or change a password without cause, and what is guessed first (the user's
own name, the name of this service, a few words that everybody uses, one character over and over) is refused. Revision
3 asks for at least 8 characters, revision 4 for 15 where nothing else is asked; here it is 12.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from mien.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST: Final = 12
"""Characters."""
LONGEST: Final = 256
"""Characters; NIST asks that at least 64 are taken."""

_DISTINCT: Final = 5
"""Fewer different characters than this are a pattern."""

_USUAL: Final = tuple(
    """
    mien password passwort motdepasse mdp contrasena clave parol пароль parole administrator admin welcome bienvenue
    bienvenido letmein iloveyou qwerty qwertyuiop qwertz qwertzuiop azerty azertyuiop asdfghjkl йцукен changeme secret
    geheim default demo test guest
    """.split()  # noqa: SIM905  (a list of words is read as words)
)
"""Words that guessers try first, in the languages of the pages. Alone or repeated they are refused, with whatever
digits and signs around them; beside another word they do no harm."""

_RUNS: Final = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
)

_hasher: Final = PasswordHasher()
"""Argon2id with the parameters of RFC 9106, section 4, for small memory: 64 MiB, 3 passes."""

_at_once: Final = threading.BoundedSemaphore(2)
"""Each hash takes 64 MiB: without a bound, guessers would take the memory of the cameras."""


def check_password(password: str, *, names: Iterable[str] = ()) -> str:
    """A password that may be used, in the form that is hashed (NFKC, as the same keys give it on every system).

    Args:
        password: As typed.
        names: What is known of its user: sign-in name, shown name, e-mail address.

    Raises:
        InputError: It is too short, too long, or among what is guessed first. The message does not repeat it.

    Example:
        >>> check_password("three grey herons")
        'three grey herons'
    """
    found = unicodedata.normalize("NFKC", password)
    if len(found) < SHORTEST:
        raise InputError(
            f"The password has {len(found)} characters; use at least {SHORTEST}. A few words in a row do well."
        )
    if len(found) > LONGEST:
        raise InputError(f"The password has {len(found)} characters; use at most {LONGEST}.")
    low = found.casefold()
    letters = re.sub(r"[\W\d_]+", "", low)
    if len(set(low)) < _DISTINCT or any(low in run for run in _RUNS) or _is_one_of(letters, _USUAL):
        raise InputError(
            "The password is among the first that are guessed; use a few words that belong to nothing."
        )
    for name in names:
        for part in {name.casefold(), *re.split(r"[\W_]+", name.casefold())}:
            if len(part) > 3 and part in low and len(low) - len(part) < SHORTEST - 4:
                raise InputError("The password is little more than the user's name; use a few other words.")
    return found


def hash_password(password: str) -> str:
    """What is stored of a password: Argon2id with its own salt and parameters.

    Args:
        password: From `check_password`.
    """
    with _at_once:
        return _hasher.hash(password)


def matches(password: str, hashed: str | None) -> bool:
    """Whether a password is the one that was hashed.

    Without a hash it takes as long and says no, so that the time tells nobody which names exist.

    Args:
        password: As typed.
        hashed: From `hash_password`; `None` where there is none.
    """
    typed = unicodedata.normalize("NFKC", password[: 2 * LONGEST])
    with _at_once:
        try:
            _hasher.verify(hashed if hashed is not None else _nobody(), typed)
        except (VerifyMismatchError, InvalidHashError):
            return False
    return hashed is not None


def outdated(hashed: str) -> bool:
    """Whether a hash has other parameters than those of today, so that it is made anew at the next sign-in."""
    return _hasher.check_needs_rehash(hashed)


def _is_one_of(letters: str, words: tuple[str, ...]) -> bool:
    """Whether letters are one of the words, or one word several times."""
    return any(letters and letters == word * (len(letters) // len(word)) for word in words)


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
