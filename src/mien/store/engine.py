"""From an address to an engine: which database, opened how, and what its errors mean to the user."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from platformdirs import user_data_path
from sqlalchemy import create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from mien.errors import MissingStoreError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine

SETTING: Final = "MIEN_STORE"
"""Environment variable that names the store."""

BACKENDS: Final = ("sqlite", "postgresql")
"""Kinds of database that can hold the store's promises (partial unique indexes, transactional tables)."""

_WRITE: Final = "mien_write"
_MEMORY: Final = (None, "", ":memory:")

_COMPANIONS: Final = ("-wal", "-shm", "-journal")

_MEANINGS: Final = (
    ("is locked", "is locked by another program; close that program, or try again"),
    ("readonly", "may only be read; give yourself the right to write it, or choose another with --store"),
    ("read-only", "may only be read; give yourself the right to write it, or choose another with --store"),
    ("is full", "has no room left on its disk; make room, nothing stored before is lost"),
    ("disk i/o error", "cannot be written: its disk is full or failing; nothing stored before is lost"),
    ("not a database", "is not a database; choose another file with --store, this one was left as it is"),
    ("malformed", "is damaged; put back a copy of it, or choose another file with --store"),
    ("unable to open", "cannot be opened; check that its folder exists and that you may write there"),
)


def default_path() -> Path:
    """Where the store is unless told otherwise: `mien.sqlite` in the user's data folder."""
    return user_data_path("mien", appauthor=False) / "mien.sqlite"


def resolve(address: str | Path | None, *, create: bool = True) -> URL:
    """Turn what the user said into a database URL.

    Args:
        address: A SQLAlchemy URL, or the path of a SQLite file. `None` takes the environment variable
            `MIEN_STORE`, else `default_path()`.
        create: Whether the folder of `default_path()` may be made.

    Returns:
        The URL.

    Raises:
        MissingStoreError: The folder of `default_path()` is missing and may not be made.
        StoreError: It is not a database URL of a kind that exists here, or the file's folder is missing.
    """
    if address is None:
        address = os.environ.get(SETTING) or None
    if address is None:
        address = default_path()
        if not create and not address.parent.is_dir():
            raise MissingStoreError(
                f"There is no store at {address} yet; analyse a recording first, or name another."
            )
        try:
            address.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The folder {address.parent} for the store cannot be made ({error.strerror}); "
                f"choose another place with --store or {SETTING}."
            ) from error
    if isinstance(address, Path) or "://" not in address:
        # The shell has done this on a command line, but not in an environment variable.
        path = Path(address).expanduser() if str(address).startswith("~/") else Path(address)
        path = path.absolute()
        url = make_url("sqlite://").set(database=str(path))
    else:
        try:
            url = make_url(address)
        except (ArgumentError, ValueError) as error:
            raise StoreError(
                "The store's address is not a database URL; write a file's path, sqlite:///PATH or "
                "postgresql+psycopg://USER:PASSWORD@HOST/NAME."
            ) from error
    backend = url.get_backend_name()
    if backend not in BACKENDS:
        raise StoreError(
            f"Mien keeps its store in {' or '.join(BACKENDS)}, not in '{backend}'; write a file's path, "
            "sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME."
        )
    if backend == "sqlite":
        _check_place(url)
    return url


def display(url: URL) -> str:
    """Name a store in messages: the file's path, or the URL without its password."""
    if url.get_backend_name() == "sqlite":
        return "in memory" if url.database in _MEMORY else str(url.database)
    return url.render_as_string(hide_password=True)


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite store; `None` in memory, in SQLite's own `file:` notation and on a server."""
    name = url.database
    if url.get_backend_name() != "sqlite" or name is None or name in _MEMORY or name.startswith("file:"):
        return None
    return Path(name)


def store_files(url: URL) -> tuple[Path, ...]:
    """The files that a SQLite store lives in, made or not; none in memory and on a server."""
    path = sqlite_file(url)
    if path is None and url.get_backend_name() == "sqlite" and (url.database or "").startswith("file:"):
        path = Path(unquote(urlsplit(url.database).path))
    if path is None:
        return ()
    # SQLite puts these beside the file itself, not beside a link to it.
    real = os.path.realpath(path)
    return (path, *(Path(f"{real}{companion}") for companion in _COMPANIONS))


def _check_place(url: URL) -> None:
    path = sqlite_file(url)
    if path is None:
        return
    if not path.parent.is_dir():
        raise StoreError(f"The folder {path.parent} of the store does not exist; make it, or choose another.")
    if path.is_dir():
        raise StoreError(f"The store {path} is a folder; name a file in it, such as {path / 'mien.sqlite'}.")


def connect(url: URL, timeout_s: float) -> Engine:
    """Make the engine. SQLite gets the pragmas on which the store's promises rest.

    - *WAL*: readers never wait for the writer, and a killed writer leaves nothing half done.
    - *synchronous FULL*: a commit survives a power cut. NORMAL could lose the last ones, and what a live
      camera saw cannot be seen again; commits are few (one per checkpoint), so the price is not felt.
    - *foreign_keys*: SQLite does not hold them unless asked.
    - *secure_delete*: what is erased is overwritten, not only unlinked.

    Args:
        url: From `resolve`.
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
        if url.database in _MEMORY:
            # Each connection to memory would be a store of its own.
            options["poolclass"] = StaticPool
    to_json = partial(json.dumps, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    try:
        engine = create_engine(url, json_serializer=to_json, **options)
    except NoSuchModuleError as error:
        raise StoreError(
            f"There is no driver called '{url.drivername}'; use sqlite or postgresql+psycopg."
        ) from error
    except ImportError as error:
        raise StoreError(
            f"The driver for {url.drivername} is not installed; install the package '{error.name}'."
        ) from error
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin transactions late and as readers; _begin_sqlite does it.
    connection.isolation_level = None
    for pragma in ("foreign_keys = ON", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer that first reads could find that somebody wrote in between, and would fail without waiting.
    write = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def transaction(engine: Engine, *, write: bool = False) -> Iterator[Connection]:
    """One transaction: a snapshot for readers, everything or nothing for a writer.

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


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn a database's error inside the block into a `StoreError` of one sentence."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, UnicodeError, OverflowError) as error:
        text = str(getattr(error, "orig", None) or error)
        first = text.strip().splitlines()[0] if text.strip() else type(error).__name__
        for sign, meaning in _MEANINGS:
            if sign in text.lower():
                raise StoreError(f"The store {display(url)} {meaning}.") from error
        hint = "; check its address and that its server runs" if isinstance(error, OperationalError) else ""
        raise StoreError(f"The store {display(url)} could not be used: {first.rstrip('.')}{hint}.") from error


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
