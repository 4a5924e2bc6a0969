"""Users, their roles at sites, their passwords, and who they are elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from mien.errors import InputError
from mien.privacy.passwords import check_password, hash_password
from mien.privacy.roles import Grant, Right
from mien.store.account_records import NewUser, User, sign_in_name
from mien.store.account_tables import grants, identities, links, sessions, users
from mien.store.looks import note_look
from mien.store.user_rows import add_user, find_users, insert_grants, store_password, told

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mien.store.database import Database


class Accounts:
    """The users. Every change is noted among the looks, in the same transaction, with who made it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: NewUser, *, by: str) -> User:
        """Make a user, without a password: they get a one-time link.

        Args:
            new: Who.
            by: Who makes them.

        Raises:
            InputError: The name or the e-mail address is taken.
        """
        with self._database.write() as connection:
            return add_user(connection, new, self._database.now(), by=by)

    def entries(self) -> list[User]:
        """All users, by name."""
        with self._database.read() as connection:
            return find_users(connection)

    def get(self, name: str) -> User:
        """The user of a sign-in name, in whatever case.

        Raises:
            InputError: There is none.
        """
        with self._database.read() as connection:
            return _named(connection, name)

    def any_admin(self) -> bool:
        """Whether somebody may make users; else a link for the first admin is needed."""
        return any(user.makes_users for user in self.entries())

    def grant(self, name: str, grant: Grant, *, by: str) -> User:
        """Give a user a role at a site; the same one twice is one.

        Raises:
            InputError: There is no such user.
        """
        now = self._database.now()
        with self._database.write() as connection:
            user = _named(connection, name)
            if grant not in user.grants:
                insert_grants(connection, user.id, (grant,), now)
                note_look(connection, now, by, Right.USERS, f"{told(grant)} given to {user.name}", grant.site)
            return _named(connection, name)

    def revoke(self, name: str, grant: Grant, *, by: str) -> User:
        """Take a role at a site away.

        Raises:
            InputError: There is no such user, they have not this role there, or nobody would be left who may make
                users.
        """
        now = self._database.now()
        with self._database.write() as connection:
            user = _named(connection, name)
            if grant not in user.grants:
                if not user.grants:
                    raise InputError(
                        "%(name)s does not have this role there; they have none.", name=user.name
                    )
                has = ", ".join(map(told, user.grants))
                raise InputError(
                    "%(name)s does not have this role there; they have: %(has)s.", name=user.name, has=has
                )
            where = grants.c.site.is_(None) if grant.site is None else grants.c.site == grant.site
            connection.execute(
                delete(grants).where(grants.c.user_id == user.id, grants.c.role == str(grant.role), where)
            )
            _keep_an_admin(connection, user)
            note_look(connection, now, by, Right.USERS, f"{told(grant)} taken from {user.name}", grant.site)
            return _named(connection, name)

    def disable(self, name: str, *, by: str) -> User:
        """Let a user do nothing until they are enabled again: sessions end, links open nothing.

        Raises:
            InputError: There is no such user, or nobody would be left who may make users.
        """
        now = self._database.now()
        with self._database.write() as connection:
            user = _named(connection, name)
            if not user.disabled:
                connection.execute(update(users).where(users.c.id == user.id).values(disabled_at=now))
                _keep_an_admin(connection, user)
                connection.execute(
                    update(sessions)
                    .where(sessions.c.user_id == user.id, sessions.c.ended_at.is_(None))
                    .values(ended_at=now)
                )
                connection.execute(delete(links).where(links.c.user_id == user.id, links.c.used_at.is_(None)))
                note_look(connection, now, by, Right.USERS, f"{user.name} disabled")
            return _named(connection, name)

    def enable(self, name: str, *, by: str) -> User:
        """Let a user in again, with the roles and the password that they had.

        Raises:
            InputError: There is no such user.
        """
        now = self._database.now()
        with self._database.write() as connection:
            user = _named(connection, name)
            if user.disabled:
                connection.execute(update(users).where(users.c.id == user.id).values(disabled_at=None))
                note_look(connection, now, by, Right.USERS, f"{user.name} enabled")
            return _named(connection, name)

    def set_password(self, name: str, password: str, *, by: str, keep_session: int | None = None) -> User:
        """Give a user a new password; all their sessions end, but for one that is named.

        Args:
            name: Whose.
            password: As typed.
            by: Who sets it.
            keep_session: Number of the session by which it is set.

        Raises:
            InputError: There is no such user, or the password is refused by `check_password`.
        """
        known = self.get(name)
        hashed = hash_password(check_password(password, names=_names(known)))
        now = self._database.now()
        with self._database.write() as connection:
            user = _named(connection, name)
            store_password(connection, user, hashed, now, by=by, keep_session=keep_session)
            return _named(connection, name)

    def password_of(self, name: str) -> tuple[User, str] | None:
        """A user with what is stored of their password; `None` where they cannot sign in by one."""
        try:
            wanted = sign_in_name(name)
        except InputError:
            return None
        with self._database.read() as connection:
            row = connection.execute(
                select(users.c.id, users.c.password).where(users.c.name == wanted)
            ).one_or_none()
            if row is None or row.password is None:
                return None
            (user,) = find_users(connection, users.c.id == row.id)
        return None if user.disabled else (user, row.password)

    def rehash(self, user_id: int, hashed: str) -> None:
        """Put a hash with the parameters of today in the place of an older one of the same password."""
        with self._database.write() as connection:
            connection.execute(update(users).where(users.c.id == user_id).values(password=hashed))

    def join_identity(self, name: str, issuer: str, subject: str, *, by: str) -> User:
        """Say who a user is at a provider; the same twice is one.

        Args:
            name: Whose.
            issuer: The provider, as it calls itself.
            subject: The user, as it calls them.
            by: Who says so.

        Raises:
            InputError: There is no such user, or the identity is another's.
        """
        if not issuer.strip() or not subject.strip():
            raise InputError("An identity has an issuer and a subject, and one of them is blank.")
        now = self._database.now()
        with self._database.write() as connection:
            user = _named(connection, name)
            known = _of_identity(connection, issuer, subject)
            if known is not None and known.id != user.id:
                raise InputError(
                    "This identity at %(issuer)s is that of %(name)s already.", issuer=issuer, name=known.name
                )
            if known is None:
                row = {"user_id": user.id, "issuer": issuer, "subject": subject, "joined_at": now}
                connection.execute(insert(identities).values(row))
                note_look(connection, now, by, Right.USERS, f"identity at {issuer} joined to {user.name}")
            return user

    def of_identity(self, issuer: str, subject: str) -> User | None:
        """The user of an identity at a provider, disabled or not; `None` where it is joined to nobody."""
        with self._database.read() as connection:
            return _of_identity(connection, issuer, subject)

    def of_email(self, email: str) -> User | None:
        """The user of an e-mail address, in whatever case."""
        with self._database.read() as connection:
            found = find_users(connection, users.c.email == email.strip().casefold())
        return found[0] if found else None

    def identities_of(self, user_id: int) -> list[tuple[str, str]]:
        """Issuer and subject of each identity of a user."""
        query = select(identities.c.issuer, identities.c.subject).where(identities.c.user_id == user_id)
        with self._database.read() as connection:
            return [(row.issuer, row.subject) for row in connection.execute(query.order_by(identities.c.id))]


def _named(connection: Connection, name: str) -> User:
    wanted = sign_in_name(name)
    found = find_users(connection, users.c.name == wanted)
    if not found:
        some = connection.execute(select(users.c.name).order_by(users.c.name).limit(5)).scalars().all()
        more = connection.execute(select(func.count()).select_from(users)).scalar_one() - len(some)
        if not some:
            raise InputError("There is no user '%(wanted)s'; there is none yet.", wanted=wanted)
        names = f"{', '.join(some)}{f' + {more}' if more else ''}"
        raise InputError("There is no user '%(wanted)s'; there are: %(names)s.", wanted=wanted, names=names)
    return found[0]


def _of_identity(connection: Connection, issuer: str, subject: str) -> User | None:
    theirs = select(identities.c.user_id).where(
        identities.c.issuer == issuer, identities.c.subject == subject
    )
    found = find_users(connection, users.c.id.in_(theirs))
    return found[0] if found else None


def _keep_an_admin(connection: Connection, before: User) -> None:
    """Refuse what leaves nobody who may make users, in the transaction that did it."""
    if before.makes_users and not any(user.makes_users for user in find_users(connection)):
        raise InputError(
            "%(name)s is the last one who may make users; make another admin of every site first.",
            name=before.name,
        )


def _names(user: User) -> tuple[str, ...]:
    return (user.name, user.shown_name, *([user.email] if user.email else []))
