"""API keys: what programs show instead of signing in."""

from __future__ import annotations

import secrets
import string
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select, update

from mien.errors import InputError
from mien.privacy.roles import Right
from mien.privacy.tokens import digest, new_token
from mien.store.account_records import LONGEST_NAME, ApiKey, Secret
from mien.store.account_tables import keys
from mien.store.looks import note_look

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Row

    from mien.store.database import Database

MARK: Final = "mien_"
"""How every key begins, so that people and scanners for leaked secrets know one when they see it."""

_PREFIX: Final = 8
_ALPHABET: Final = string.ascii_lowercase + string.digits
_USED_EVERY: Final = timedelta(minutes=1)


class Keys:
    """The keys of programs: `mien_` + a prefix that may be shown + `_` + the secret, of which only a hash is stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(
        self,
        name: str,
        rights: Collection[Right],
        *,
        by: str,
        site: str | None = None,
        expires_at: datetime | None = None,
    ) -> Secret:
        """Make a key.

        Args:
            name: What it is for, at most 80 characters; no two that hold are called alike.
            rights: What it may be used for; at least one, and not `users`, which nobody can hold to account.
            by: Who makes it.
            site: Where; `None` for every site.
            expires_at: From when on it opens nothing; `None` for never.

        Returns:
            The key, the one time at which it is known.

        Raises:
            InputError: One of these cannot be.
        """
        called = " ".join(name.split())
        now = self._database.now()
        if not called or len(called) > LONGEST_NAME or not called.isprintable():
            raise InputError(
                "The key's name has %(n)s characters; say what it is for in 1 to %(most)s.",
                n=len(called),
                most=LONGEST_NAME,
            )
        if not rights:
            raise InputError(
                "A key needs at least one right: %(rights)s.",
                rights=", ".join(r for r in Right if r is not Right.USERS),
            )
        if Right.USERS in rights:
            raise InputError(
                "A key cannot make users: it would make itself whatever it likes. Sign in for that."
            )
        if expires_at is not None and expires_at <= now:
            raise InputError(
                "The key would end on %(expires_at)s, which is over; give a later day.",
                expires_at=f"{expires_at:%Y-%m-%d %H:%M %Z}",
            )
        prefix = "".join(secrets.choice(_ALPHABET) for _ in range(_PREFIX))
        secret = Secret(f"{MARK}{prefix}_{new_token()}", expires_at)
        row: dict[str, Any] = {
            "name": called,
            "prefix": prefix,
            "token": digest(secret.token),
            "rights": sorted(map(str, rights)),
            "site": site,
            "made_by": by,
            "made_at": now,
            "expires_at": expires_at,
        }
        with self._database.write() as connection:
            taken = select(func.count()).select_from(keys).where(keys.c.name == called)
            if connection.execute(taken).scalar_one():
                raise InputError(
                    "There is a key called '%(called)s', or was one; choose another name.", called=called
                )
            connection.execute(insert(keys).values(row))
            where = "every site" if site is None else site
            told = f"key {called} made for {', '.join(row['rights'])} at {where}"
            note_look(connection, now, by, Right.USERS, told, site)
        return secret

    def find(self, token: str) -> ApiKey | None:
        """The key that is shown; `None` where there is none, it was revoked or its time is over."""
        parts = token.removeprefix(MARK).split("_", 1)
        if not token.startswith(MARK) or len(parts) != 2:
            return None
        now = self._database.now()
        with self._database.read() as connection:
            row = connection.execute(select(keys).where(keys.c.prefix == parts[0])).one_or_none()
        if row is None or not secrets.compare_digest(row.token, digest(token)):
            return None
        found = _key(row)
        if not found.holds(now):
            return None
        if found.used_at is None or now - found.used_at >= _USED_EVERY:
            with self._database.write() as connection:
                connection.execute(update(keys).where(keys.c.id == found.id).values(used_at=now))
        return found

    def entries(self) -> list[ApiKey]:
        """All keys, those that were revoked too, the latest first."""
        with self._database.read() as connection:
            return [_key(row) for row in connection.execute(select(keys).order_by(keys.c.id.desc()))]

    def revoke(self, name: str, *, by: str) -> ApiKey:
        """Have a key open nothing any more, for good.

        Args:
            name: Its name or its prefix.
            by: Who revokes it.

        Raises:
            InputError: There is no such key, or it was revoked before.
        """
        now = self._database.now()
        with self._database.write() as connection:
            which = (keys.c.name == name) | (keys.c.prefix == name)
            row = connection.execute(select(keys).where(which)).first()
            if row is None:
                raise InputError(
                    "There is no key '%(name)s'; mien user key list shows those there are.", name=name
                )
            if row.revoked_at is not None:
                raise InputError(
                    "The key '%(name)s' was revoked on %(revoked_at)s already.",
                    name=row.name,
                    revoked_at=f"{row.revoked_at:%Y-%m-%d}",
                )
            connection.execute(update(keys).where(keys.c.id == row.id).values(revoked_at=now))
            note_look(connection, now, by, Right.USERS, f"key {row.name} revoked", row.site)
            done = connection.execute(select(keys).where(keys.c.id == row.id)).one()
        return _key(done)


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        rights=frozenset(map(Right, row.rights)),
        site=row.site,
        made_by=row.made_by,
        made_at=row.made_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )
