"""Rows of users with their grants: read and written inside a transaction of whoever has more to do in it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from mien.errors import InputError
from mien.privacy.roles import Grant, Right, Role
from mien.store.account_records import NewUser, User
from mien.store.account_tables import grants, sessions, users
from mien.store.looks import note_look

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection


def add_user(connection: Connection, new: NewUser, now: datetime, *, by: str) -> User:
    """Make a user inside a write transaction.

    Raises:
        InputError: The name or the e-mail address is taken.
    """
    if find_users(connection, users.c.name == new.name):
        raise InputError("There is a user '%(name)s' already; choose another name.", name=new.name)
    if new.email is not None and (known := find_users(connection, users.c.email == new.email)):
        raise InputError(
            "The address %(email)s is that of %(name)s already.", email=new.email, name=known[0].name
        )
    row = {"name": new.name, "shown_name": new.shown_name, "email": new.email, "created_at": now}
    number = connection.execute(insert(users).values(row).returning(users.c.id)).scalar_one()
    insert_grants(connection, number, tuple(dict.fromkeys(new.grants)), now)
    roles = ", ".join(map(told, new.grants)) or "without a role"
    note_look(connection, now, by, Right.USERS, f"{new.name} made, {roles}")
    (user,) = find_users(connection, users.c.id == number)
    return user


def store_password(
    connection: Connection,
    user: User,
    hashed: str,
    now: datetime,
    *,
    by: str,
    keep_session: int | None = None,
) -> None:
    """Store a password's hash inside a write transaction and end the user's sessions, but for one that is named."""
    connection.execute(update(users).where(users.c.id == user.id).values(password=hashed))
    open_ones = [sessions.c.user_id == user.id, sessions.c.ended_at.is_(None)]
    if keep_session is not None:
        open_ones.append(sessions.c.id != keep_session)
    connection.execute(update(sessions).where(*open_ones).values(ended_at=now))
    note_look(connection, now, by, Right.USERS, f"password of {user.name} set")


def find_users(connection: Connection, which: ColumnElement[bool] | None = None) -> list[User]:
    """Users with their grants, by name.

    Args:
        connection: In a transaction.
        which: Which rows of `users`; `None` for all.
    """
    query = select(users).order_by(users.c.name)
    given = select(grants).order_by(grants.c.id)
    if which is not None:
        query = query.where(which)
        given = given.where(grants.c.user_id.in_(select(users.c.id).where(which)))
    roles: dict[int, list[Grant]] = defaultdict(list)
    for row in connection.execute(given):
        roles[row.user_id].append(Grant(Role(row.role), row.site))
    return [
        User(
            id=row.id,
            name=row.name,
            shown_name=row.shown_name,
            email=row.email,
            has_password=row.password is not None,
            disabled=row.disabled_at is not None,
            created_at=row.created_at,
            grants=tuple(roles[row.id]),
        )
        for row in connection.execute(query)
    ]


def insert_grants(connection: Connection, user_id: int, given: tuple[Grant, ...], now: datetime) -> None:
    """Give a user roles that they have not yet, inside a write transaction."""
    rows: list[dict[str, Any]] = [
        {"user_id": user_id, "role": str(one.role), "site": one.site, "granted_at": now} for one in given
    ]
    if rows:
        connection.execute(insert(grants), rows)


def told(grant: Grant) -> str:
    """A role and where it holds, in words for the log and for messages."""
    return f"{grant.role} at {grant.site if grant.site is not None else 'every site'}"
