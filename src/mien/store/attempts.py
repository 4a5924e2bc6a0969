"""Attempts to sign in: guessing is made slow, and nobody can lock somebody else out for good.

Each attempt is written down before the password is looked at, so that a thousand at once are a thousand, and taken away
when it was right. Three sliding windows of a quarter of an hour hold those that were wrong:

- one name from one address: 5;
- all names from one address: 30 (a shop behind one router shares it);
- one name from everywhere: 30 (guessing from many machines).

The last would let anybody keep a user out by guessing without end. So a device from which that user has signed in
before shows it, and is counted by itself, 5 in the window, whatever others do (OWASP, "Slow Down Online Guessing
Attacks with Device Cookies"). Who has no such device comes in by a one-time link, which no limit holds up.

Refused attempts are not counted: who waits as told gets in.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, delete, insert, select

from mien.errors import InputError
from mien.privacy.tokens import digest
from mien.store.account_records import sign_in_name
from mien.store.account_tables import attempts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement

    from mien.store.database import Database

WINDOW: Final = timedelta(minutes=15)
PER_NAME_AND_ADDRESS: Final = 5
PER_ADDRESS: Final = 30
PER_NAME: Final = 30
PER_DEVICE: Final = 5

_IPV6_PREFIX: Final = 64
"""Whoever has one address of IPv6 has all of its /64 (RFC 4291, section 2.5.4)."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that may go on.

    Attributes:
        id: Its number, for `Attempts.succeeded`.
    """

    id: int


@dataclass(frozen=True, slots=True)
class Wait:
    """An attempt that may not.

    Attributes:
        seconds: After how many the next one may, at least 1.
    """

    seconds: int


class Attempts:
    """The attempts to sign in that were wrong, for a quarter of an hour."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, name: str, address: str, device: str | None = None) -> Attempt | Wait:
        """Write an attempt down, or tell how long to wait.

        Args:
            name: As typed; it is hashed, for people type passwords into the wrong field.
            address: The network address that it comes from.
            device: What marks a device from which this user has signed in before; `None` where nothing does.
        """
        now = self._database.now()
        row = {
            "name": digest(_plain(name)),
            "address": digest(_network(address)),
            "device": None if device is None else digest(device),
            "tried_at": now,
        }
        with self._database.write() as connection:
            connection.execute(delete(attempts).where(attempts.c.tried_at <= now - WINDOW))
            until = now
            for which, most in _limits(row):
                times = (
                    connection.execute(
                        select(attempts.c.tried_at)
                        .where(which)
                        .order_by(attempts.c.tried_at.desc())
                        .limit(most)
                    )
                    .scalars()
                    .all()
                )
                if len(times) == most:
                    until = max(until, times[-1] + WINDOW)
            if until > now:
                return Wait(_seconds(until - now))
            number = connection.execute(insert(attempts).values(row).returning(attempts.c.id)).scalar_one()
        return Attempt(number)

    def succeeded(self, attempt: Attempt) -> None:
        """Take an attempt that was right away, and what the same user typed wrong from there before."""
        with self._database.write() as connection:
            row = connection.execute(select(attempts).where(attempts.c.id == attempt.id)).one_or_none()
            if row is not None:
                same = attempts.c.device == row.device if row.device else _from_there(row._asdict())
                connection.execute(delete(attempts).where(attempts.c.name == row.name, same))


def _limits(row: dict[str, Any]) -> Iterator[tuple[ColumnElement[bool], int]]:
    name = attempts.c.name == row["name"]
    if row["device"] is not None:
        yield and_(name, attempts.c.device == row["device"]), PER_DEVICE
        return
    yield and_(name, _from_there(row)), PER_NAME_AND_ADDRESS
    yield _from_there(row), PER_ADDRESS
    yield and_(name, attempts.c.device.is_(None)), PER_NAME


def _from_there(row: dict[str, Any]) -> ColumnElement[bool]:
    return and_(attempts.c.address == row["address"], attempts.c.device.is_(None))


def _plain(name: str) -> str:
    try:
        return sign_in_name(name)
    except InputError:
        return name


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, _IPV6_PREFIX), strict=False))
    return str(found)


def _seconds(left: timedelta) -> int:
    return max(1, -int(-left.total_seconds() // 1))
