"""One-time links: how the first admin, a new user and one without a password come in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select, update

from mien.errors import InputError
from mien.marking import N_
from mien.privacy.passwords import check_password, hash_password
from mien.privacy.roles import Grant, Right, Role
from mien.privacy.tokens import digest, new_token
from mien.store.account_records import Link, LinkPurpose, NewUser, Secret, User
from mien.store.account_tables import links, users
from mien.store.looks import note_look
from mien.store.user_rows import add_user, find_users, store_password

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from mien.store.database import Database

USUAL: Final = timedelta(hours=24)
"""For how long a link opens something."""
LONGEST: Final = timedelta(days=7)

_OVER: Final = N_("This link opens nothing any more: it was used, or its time is over; ask for a new one.")


class Links:
    """The one-time links. A link is used up by what it does, not by being looked at: mail programs look at links."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(
        self, name: str, purpose: LinkPurpose = LinkPurpose.SET_PASSWORD, *, by: str, valid: timedelta = USUAL
    ) -> Secret:
        """Make a link for a user; those for the same purpose that they had open nothing any more.

        Args:
            name: Whose.
            purpose: To sign in, or to set a password.
            by: Who makes it.
            valid: For how long, at most 7 days.

        Raises:
            InputError: There is no such user, they are disabled, or the time is out of its range.
        """
        now = self._database.now()
        with self._database.write() as connection:
            found = find_users(connection, users.c.name == NewUser(name).name)
            if not found:
                raise InputError(
                    "There is no user '%(name)s'; mien user list shows those there are.", name=name
                )
            (user,) = found
            if user.disabled:
                raise InputError(
                    "%(name)s is disabled; enable them first: mien user enable %(name)s", name=user.name
                )
            secret = _insert(connection, user.id, purpose, now, valid)
            note_look(connection, now, by, Right.USERS, f"link to {purpose} made for {user.name}")
        return secret

    def make_first(self, *, valid: timedelta = USUAL) -> Secret:
        """Make the link by which the first admin is made; earlier ones open nothing any more.

        Raises:
            InputError: Somebody may make users already.
        """
        now = self._database.now()
        with self._database.write() as connection:
            _refuse_second(connection)
            return _insert(connection, None, LinkPurpose.FIRST_ADMIN, now, valid)

    def look(self, token: str) -> Link | None:
        """What a link opens; `None` where it opens nothing, or nothing any more. It is not used up."""
        with self._database.read() as connection:
            return _find(connection, token, self._database.now())

    def sign_in(self, token: str) -> User:
        """Use up a link to sign in.

        Raises:
            InputError: It opens nothing, or was used meanwhile.
        """
        now = self._database.now()
        with self._database.write() as connection:
            link = _use(connection, token, now, LinkPurpose.SIGN_IN)
            assert link.user is not None
            return link.user

    def set_password(self, token: str, password: str) -> User:
        """Use up a link to set a password; all sessions of the user end.

        Args:
            token: The link's.
            password: As typed. One that is refused does not use up the link.

        Raises:
            InputError: The password is refused, or the link opens nothing or was used meanwhile.
        """
        known = self.look(token)
        if known is None or known.user is None:
            raise InputError(_OVER)
        names = known.user.name, known.user.shown_name, known.user.email or ""
        hashed = hash_password(check_password(password, names=names))
        now = self._database.now()
        with self._database.write() as connection:
            link = _use(connection, token, now, LinkPurpose.SET_PASSWORD)
            assert link.user is not None
            store_password(connection, link.user, hashed, now, by=link.user.name)
            (user,) = find_users(connection, users.c.id == link.user.id)
        return user

    def make_admin(self, token: str, new: NewUser, password: str) -> User:
        """Use up the link for the first admin: make them, admin of every site, with their password.

        Args:
            token: The link's.
            new: Who; their grants are not looked at.
            password: As typed.

        Raises:
            InputError: The name or password is refused, somebody may make users already, or the link opens nothing.
        """
        hashed = hash_password(check_password(password, names=(new.name, new.shown_name, new.email or "")))
        now = self._database.now()
        with self._database.write() as connection:
            _use(connection, token, now, LinkPurpose.FIRST_ADMIN)
            _refuse_second(connection)
            admin = NewUser(new.name, new.shown_name, new.email, (Grant(Role.ADMIN),))
            made = add_user(connection, admin, now, by="link for the first admin")
            store_password(connection, made, hashed, now, by=made.name)
            (user,) = find_users(connection, users.c.id == made.id)
        return user


def _insert(
    connection: Connection, user_id: int | None, purpose: LinkPurpose, now: datetime, valid: timedelta
) -> Secret:
    if not timedelta() < valid <= LONGEST:
        raise InputError(
            "A link is valid for up to %(days)s days, and for more than none.", days=LONGEST.days
        )
    same = links.c.user_id.is_(None) if user_id is None else links.c.user_id == user_id
    connection.execute(delete(links).where(same, links.c.purpose == str(purpose), links.c.used_at.is_(None)))
    secret = Secret(new_token(), now + valid)
    row = {
        "token": digest(secret.token),
        "user_id": user_id,
        "purpose": str(purpose),
        "made_at": now,
        "expires_at": secret.expires_at,
    }
    connection.execute(insert(links).values(row))
    return secret


def _find(connection: Connection, token: str, now: datetime) -> Link | None:
    query = select(links).where(
        links.c.token == digest(token), links.c.used_at.is_(None), links.c.expires_at > now
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    user = None if row.user_id is None else find_users(connection, users.c.id == row.user_id)[0]
    if user is not None and user.disabled:
        return None
    return Link(row.id, LinkPurpose(row.purpose), user, row.expires_at)


def _use(connection: Connection, token: str, now: datetime, purpose: LinkPurpose) -> Link:
    """Use a link up. One transaction writes at a time, so of two uses the second finds it used."""
    link = _find(connection, token, now)
    if link is None or link.purpose is not purpose:
        raise InputError(_OVER)
    connection.execute(update(links).where(links.c.id == link.id).values(used_at=now))
    return link


def _refuse_second(connection: Connection) -> None:
    if any(user.makes_users for user in find_users(connection)):
        raise InputError(
            "Somebody may make users already, so that there is no first admin to make; ask them."
        )
