"""What a database's errors mean to the user, in one sentence, with the way out."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from mien.errors import StoreError
from mien.masking import masked
from mien.store.address import display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

_LOCKED: Final = "is locked by another program; close that program, or try again"
_READ_ONLY: Final = "may only be read; give yourself the right to write it, or choose another with --store"
_FULL: Final = "has no room left on its disk; make room, nothing stored before is lost"
_LOST: Final = (
    "was lost in the middle: its server ended, or nothing came through; what was stored before stays, so do the same "
    "again, and nothing is stored twice"
)

_BY_STATE: Final = {
    "55P03": _LOCKED,
    "40P01": _LOCKED,
    "25006": _READ_ONLY,
    "42501": "does not give you the right to do this; have its owner grant it, or choose another with --store",
    "53100": _FULL,
    "53300": "takes no more connections; close programs that use its server, or raise its max_connections",
}
"""PostgreSQL's own codes (SQLSTATE), which are the same in every language of the server."""

_BY_TEXT: Final = (
    ("is locked", _LOCKED),
    ("readonly", _READ_ONLY),
    ("read-only", _READ_ONLY),
    ("is full", _FULL),
    ("disk i/o error", "cannot be written: its disk is full or failing; nothing stored before is lost"),
    ("not a database", "is not a database; choose another file with --store, this one was left as it is"),
    ("malformed", "is damaged; put back a copy of it, or choose another file with --store"),
    ("unable to open", "cannot be opened; check that its folder exists and that you may write there"),
)
"""What SQLite says, which has no codes that reach here."""


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn a database's error inside the block into a `StoreError` of one sentence."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, UnicodeError, OverflowError) as error:
        raise StoreError(f"The store {display(url)} {_meaning(error)}.") from error


def _meaning(error: Exception) -> str:
    """What an error says of the store, as the end of a sentence."""
    cause = getattr(error, "orig", None) or error
    text = str(cause).strip()
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return _LOST
    state = getattr(cause, "sqlstate", None)
    if state in _BY_STATE:
        return _BY_STATE[state]
    if isinstance(cause, sqlite3.Error):
        for sign, meaning in _BY_TEXT:
            if sign in text.lower():
                return meaning
    # Later lines repeat the statement or the row, and with them what is stored.
    first = masked(text.splitlines()[0]).rstrip(".: ") if text else type(cause).__name__
    hint = "; check its address and that its server runs" if isinstance(error, OperationalError) else ""
    return f"could not be used: {first}{hint}"
