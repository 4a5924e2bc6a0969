"""Who is signed in: sessions that end when nobody is there, and after half a day in any case."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select, update

from mien.errors import StoreError
from mien.privacy.tokens import digest, new_token
from mien.store.account_records import Secret, Session
from mien.store.account_tables import sessions, users
from mien.store.user_rows import find_users

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from mien.store.database import Database

IDLE: Final = timedelta(minutes=30)
"""After so long without a request it ends."""
LONGEST: Final = timedelta(hours=12)
"""After so long it ends however much it is used: a working day. NIST SP 800-63B asks for at most 30 days at its first
level, 12 hours at its second."""
SEEN_EVERY: Final = timedelta(minutes=1)
"""So often it is written down that somebody is there; each request would be a write."""


class Sessions:
    """The sessions. A session holds while its token is shown, its user is not disabled and it has not ended."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, user_id: int) -> Secret:
        """Sign a user in: always a new token, so that one that was planted before is worth nothing.

        Raises:
            StoreError: There is no such user, or they are disabled.
        """
        now = self._database.now()
        secret = Secret(new_token(), now + LONGEST)
        row = {
            "token": digest(secret.token),
            "user_id": user_id,
            "begun_at": now,
            "seen_at": now,
            "expires_at": secret.expires_at,
        }
        with self._database.write() as connection:
            known = find_users(connection, users.c.id == user_id)
            if not known or known[0].disabled:
                raise StoreError("This user was disabled meanwhile; ask an administrator.")
            connection.execute(insert(sessions).values(row))
        return secret

    def find(self, token: str, *, touch: bool = True) -> Session | None:
        """The session of a token; `None` where it has ended or never was.

        Args:
            token: As the browser shows it.
            touch: Whether this counts as being there; not for what a page asks for by itself.
        """
        now = self._database.now()
        query = select(sessions).where(
            sessions.c.token == digest(token),
            sessions.c.ended_at.is_(None),
            sessions.c.expires_at > now,
            sessions.c.seen_at > now - IDLE,
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
            found = None if row is None else _session(connection, row)
        if found is None or found.user.disabled:
            return None
        if touch and now - found.seen_at >= SEEN_EVERY:
            with self._database.write() as connection:
                connection.execute(update(sessions).where(sessions.c.id == found.id).values(seen_at=now))
        return found

    def end(self, token: str) -> None:
        """Sign out; what has ended stays so."""
        self._end(sessions.c.token == digest(token))

    def end_all(self, user_id: int) -> int:
        """Sign a user out everywhere.

        Returns:
            How many sessions held.
        """
        return self._end(sessions.c.user_id == user_id)

    def of(self, user_id: int) -> list[Session]:
        """The sessions of a user that hold, the latest first."""
        now = self._database.now()
        query = (
            select(sessions)
            .where(
                sessions.c.user_id == user_id,
                sessions.c.ended_at.is_(None),
                sessions.c.expires_at > now,
                sessions.c.seen_at > now - IDLE,
            )
            .order_by(sessions.c.id.desc())
        )
        with self._database.read() as connection:
            return [_session(connection, row) for row in connection.execute(query).all()]

    def last_seen(self) -> dict[int, datetime]:
        """When users were last seen, by their number, of those whose sessions are still known."""
        query = select(sessions.c.user_id, func.max(sessions.c.seen_at)).group_by(sessions.c.user_id)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def _end(self, which: ColumnElement[bool]) -> int:
        now = self._database.now()
        with self._database.write() as connection:
            done = connection.execute(
                update(sessions).where(which, sessions.c.ended_at.is_(None)).values(ended_at=now)
            )
        return done.rowcount


def _session(connection: Connection, row: Row[Any]) -> Session:
    (user,) = find_users(connection, users.c.id == row.user_id)
    return Session(row.id, user, row.begun_at, row.seen_at, row.expires_at)
