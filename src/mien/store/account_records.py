"""What the store tells of users, links, sessions, keys and looks: small frozen results."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from mien.errors import InputError
from mien.privacy.roles import Right, may

if TYPE_CHECKING:
    from datetime import datetime

    from mien.privacy.roles import Grant

LONGEST_NAME: Final = 80
"""Characters of a name."""

_NAME: Final = re.compile(r"[\w.@+-]+")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    FIRST_ADMIN = "first admin"
    """Make the first user, who may make the others."""
    SIGN_IN = "sign in"
    """Sign in once, without a password."""
    SET_PASSWORD = "set password"
    """Choose a password and sign in."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in.

    Attributes:
        id: Number.
        name: For sign-in, in small letters.
        shown_name: As pages show it.
        email: By which a provider's identity is found the first time; `None` where that is not wanted.
        has_password: Whether sign-in by password is possible.
        disabled: Whether they can do nothing for now.
        created_at: When they were made, UTC.
        grants: Their roles at sites.
    """

    id: int
    name: str
    shown_name: str
    email: str | None
    has_password: bool
    disabled: bool
    created_at: datetime
    grants: tuple[Grant, ...] = ()

    @property
    def makes_users(self) -> bool:
        """Whether they may make users and grant roles."""
        return not self.disabled and may(self.grants, Right.USERS, None)


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link, without its secret.

    Attributes:
        id: Number.
        purpose: What for.
        user: Whose it is; `None` for the first admin, who is made by it.
        expires_at: From when on it opens nothing, UTC.
    """

    id: int
    purpose: LinkPurpose
    user: User | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that holds.

    Attributes:
        id: Number.
        user: Who is signed in, with the grants of this moment.
        begun_at: When they signed in, UTC.
        seen_at: When they were last seen, to the minute, UTC.
        expires_at: When it ends however much it is used, UTC.
    """

    id: int
    user: User
    begun_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a program, without its secret.

    Attributes:
        id: Number.
        name: What it is for; the log of looks names it.
        prefix: The part of it that may be shown, to tell it from others.
        rights: What it may be used for.
        site: Where; `None` for every site.
        made_by: Who made it.
        made_at: When, UTC.
        expires_at: From when on it opens nothing, UTC; `None` for never.
        used_at: When it was last used, to the minute, UTC; `None` for never.
        revoked_at: When it was revoked, UTC; `None` while it holds.
    """

    id: int
    name: str
    prefix: str
    rights: frozenset[Right]
    site: str | None
    made_by: str
    made_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it opens something."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked at what, or who changed what of users.

    Attributes:
        id: Number, rising with time.
        at: When, UTC.
        who: A user's name or `key NAME`, as it was then.
        right: By which right.
        subject: What was looked at or changed.
        site: Where; `None` for what belongs to no site.
    """

    id: int
    at: datetime
    who: str
    right: Right
    subject: str
    site: str | None


class Secret(NamedTuple):
    """A new secret: the one time at which it is known.

    Attributes:
        token: To be handed on, and never stored.
        expires_at: From when on it opens nothing; `None` for never.
    """

    token: str
    expires_at: datetime | None

    def __repr__(self) -> str:
        return f"Secret(token=..., expires_at={self.expires_at!r})"


@dataclass(frozen=True, slots=True)
class NewUser:
    """Who is to be made.

    Attributes:
        name: For sign-in: letters, digits and . _ - @ +, at most 80, in whatever case.
        shown_name: As pages show it; the name for sign-in where it is blank.
        email: By which a provider's identity is found the first time.
        grants: Roles at sites.

    Raises:
        InputError: A name or address cannot be one.
    """

    name: str
    shown_name: str = ""
    email: str | None = None
    grants: tuple[Grant, ...] = field(default=())

    def __post_init__(self) -> None:
        given = self.name.strip()
        object.__setattr__(self, "name", sign_in_name(given))
        shown = " ".join(self.shown_name.split()) or given
        if len(shown) > LONGEST_NAME or not shown.isprintable():
            raise InputError(
                "The shown name has %(n)s characters; use at most %(most)s that print.",
                n=len(shown),
                most=LONGEST_NAME,
            )
        object.__setattr__(self, "shown_name", shown)
        email = (self.email or "").strip().casefold() or None
        if email is not None and not (_EMAIL.fullmatch(email) and len(email) <= 254):
            raise InputError(
                "'%(email)s' is no e-mail address; write it as anna@example.org, or leave it out.",
                email=self.email,
            )
        object.__setattr__(self, "email", email)


def sign_in_name(name: str) -> str:
    """A sign-in name in the form in which it is stored and found.

    Raises:
        InputError: It cannot be one.

    Example:
        >>> sign_in_name("Anna.Berg")
        'anna.berg'
    """
    found = unicodedata.normalize("NFKC", name.strip()).casefold()
    if not _NAME.fullmatch(found) or len(found) > LONGEST_NAME:
        raise InputError(
            "'%(name)s' cannot be a sign-in name: use 1 to %(most)s letters, digits and . _ - @ +",
            name=name[:LONGEST_NAME],
            most=LONGEST_NAME,
        )
    return found
