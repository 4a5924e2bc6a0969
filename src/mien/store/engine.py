"""An engine for an address, and transactions on it that promise the same on every kind of database.

One transaction writes at a time: on SQLite because its file has one writer, on PostgreSQL because each takes the same
lock before it reads anything. So whoever writes may read first and trust what it read to its end, and what is numbered
becomes visible in the order of its numbers. Readers wait for nobody and see a snapshot.
"""

from __future__ import annotations

import json
import math
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json
from sqlalchemy import create_engine, event
from sqlalchemy.exc import NoSuchModuleError
from sqlalchemy.pool import StaticPool

from mien.errors import StoreError
from mien.store.address import DRIVER, display, in_memory
from mien.store.explaining import explained

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection

_WRITE: Final = "mien_write"

_LOCK: Final = 0x4D69656E
"""The advisory lock of whoever writes, 'Mien'. It holds within one database of a server and ends with a transaction."""

_SILENT_MS: Final = 60_000
"""For how long a writer may say nothing in the middle of a transaction. Then the server gives it up and undoes it, lest
others wait for a program that hangs or a machine that is gone."""

_NETWORK: Final = {
    "application_name": "mien",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
"""So that a server that has vanished is noticed within a minute and not after hours; an address may say otherwise."""


def connect(url: URL, timeout_s: float) -> Engine:
    """Make the engine, with the settings on which the store's promises rest.

    SQLite:

    - *WAL*: readers never wait for the writer, and a killed writer leaves nothing half done.
    - *synchronous FULL*: a commit survives a power cut. NORMAL could lose the last ones, and what a live
      camera saw cannot be seen again; commits are few (one per checkpoint), so the price is not felt.
    - *foreign_keys*: SQLite does not hold them unless asked.
    - *secure_delete*: what is erased is overwritten, not only unlinked.

    PostgreSQL:

    - *lock_timeout*: as long as a writer of SQLite waits for another.
    - *timezone UTC*: times come back as they went in, whatever zone the server is set to.

    Args:
        url: From `mien.store.address.resolve`.
        timeout_s: How long a writer waits for another writer, seconds.

    Returns:
        An engine; nothing has been opened yet.

    Raises:
        StoreError: There is no such driver, or it is not installed.
    """
    sqlite = url.get_backend_name() == "sqlite"
    options: dict[str, Any] = {"pool_pre_ping": not sqlite}
    if sqlite:
        options["connect_args"] = {"timeout": timeout_s, "check_same_thread": False}
        if in_memory(url):
            # Each connection to memory would be a store of its own.
            options["poolclass"] = StaticPool
    else:
        usual = _NETWORK | {"connect_timeout": str(max(2, math.ceil(timeout_s)))}
        options["connect_args"] = {name: value for name, value in usual.items() if name not in url.query}
    to_json = partial(json.dumps, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    try:
        engine = create_engine(url, json_serializer=to_json, json_deserializer=from_json, **options)
    except NoSuchModuleError as error:
        raise StoreError(f"There is no driver called '{url.drivername}'; use sqlite or {DRIVER}.") from error
    except ImportError as error:
        raise StoreError(_not_installed(url)) from error
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", partial(_prepare_postgresql, timeout_s=timeout_s))
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _not_installed(url: URL) -> str:
    if url.drivername == DRIVER:
        return (
            f"The store {display(url)} needs psycopg, which is not installed; "
            "install Mien with its extra: pip install 'mien[postgresql]'."
        )
    return f"The driver for {url.drivername} is not installed; write sqlite:///PATH."


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin transactions late and as readers; _begin_sqlite does it.
    connection.isolation_level = None
    for pragma in ("foreign_keys = ON", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer that first reads could find that somebody wrote in between, and would fail without waiting.
    write = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _prepare_postgresql(connection: DBAPIConnection, _record: object, *, timeout_s: float) -> None:
    cursor = connection.cursor()
    # 0 would be without end.
    cursor.execute(f"SET lock_timeout = {max(1, round(1000 * timeout_s))}")
    cursor.execute("SET timezone = 'UTC'")
    cursor.execute("SET client_encoding = 'UTF8'")
    cursor.close()
    connection.commit()


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITE, False):
        connection.exec_driver_sql(
            f"SELECT set_config('idle_in_transaction_session_timeout', '{_SILENT_MS}', true), "
            f"pg_advisory_xact_lock({_LOCK})"
        )


@contextmanager
def transaction(engine: Engine, *, write: bool = False) -> Iterator[Connection]:
    """One transaction: a snapshot for readers, everything or nothing for a writer, who waits for other writers.

    Args:
        engine: From `connect`.
        write: Whether rows will change.

    Yields:
        A connection in the transaction, which commits at the end of the block.

    Raises:
        StoreError: The database says no; the message says what it means and the way out.
    """
    options: dict[str, Any] = {_WRITE: write}
    if engine.dialect.name == "postgresql" and not write:
        options["isolation_level"] = "REPEATABLE READ"
    with (
        explained(engine.url),
        engine.connect().execution_options(**options) as connection,
        connection.begin(),
    ):
        yield connection


def scrub(engine: Engine) -> bool:
    """Rewrite the files of a SQLite store, so that nothing of what was deleted is left in them.

    `secure_delete` overwrites what is deleted, but what moves between pages may leave copies behind, and the
    write-ahead log holds pages as they were. So the file is built anew (VACUUM), then the log is taken over and cut
    to nothing.

    Args:
        engine: From `connect`; nothing may be open on it in this process.

    Returns:
        Whether that was done: `False` on a server, whose files are its own.

    Raises:
        StoreError: Another program reads or writes it, so that the files keep traces.
    """
    if engine.dialect.name != "sqlite":
        return False
    with explained(engine.url):
        raw = engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, _, _ = cursor.fetchone() or (1, 0, 0)
            cursor.close()
        finally:
            raw.close()
    if busy:
        raise StoreError(
            f"The store {display(engine.url)} is read or written by another program, so its log cannot be cut."
        )
    return True
