"""Bring a database to the tables of this Mien: make them, move them on, or refuse what is not ours."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, select, text
from sqlalchemy.exc import OperationalError

from mien.errors import MissingStoreError, StoreError
from mien.store import flow_sums, rollups, visit_days
from mien.store.address import display, sqlite_file
from mien.store.engine import transaction
from mien.store.explaining import explained
from mien.store.tables import SCHEMA, VERSION_TABLE, metadata, sites

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine

MIGRATIONS: Final = Path(__file__).parent / "migrations"
"""Alembic's folder, part of the package."""
_ROLLED_UP: Final = (("0008", rollups.rebuild), ("0013", visit_days.rebuild), ("0014", flow_sums.rebuild))
"""From which schema on roll-ups are kept, and what makes those of an older store: with the newest tables, not within a
migration, which would have to keep a copy of how that is done."""


def prepare(engine: Engine, *, create: bool = True, timeout_s: float = 10.0) -> None:
    """Make sure that the store has the tables of this Mien.

    A new database gets them, an older one is moved on, in one transaction; nothing else is ever touched.

    Args:
        engine: From `mien.store.engine.connect`.
        create: Whether a database that is not there may be made.
        timeout_s: How long to wait for somebody who is doing the same, seconds.

    Raises:
        MissingStoreError: There is none and none may be made.
        StoreError: The database holds something else, was written by a newer Mien, or cannot be opened.
    """
    name = display(engine.url)
    path = sqlite_file(engine.url)
    if path is not None and not path.exists():
        if not create:
            raise MissingStoreError(
                f"There is no store at {name} yet; analyse a recording first, or name another."
            )
        with explained(engine.url):
            _make_private_file(path)
    with transaction(engine) as connection:
        found = _schema(connection, name)
    if found == SCHEMA:
        return
    if found is None and not create:
        raise MissingStoreError(
            f"The database {name} holds no store yet; analyse a recording first, or name another."
        )
    if engine.dialect.name == "sqlite":
        _switch_to_wal(engine, timeout_s)
    with transaction(engine, write=True) as connection:
        # Somebody may have done it while we waited to write.
        now = _schema(connection, name)
        if now is None and engine.dialect.name == "postgresql":
            _check_encoding(connection, name)
        if now != SCHEMA:
            upgrade(connection, "head")
        for since, rebuild in _ROLLED_UP:
            if now is not None and now < since:
                for site in connection.execute(select(sites.c.id)).scalars().all():
                    rebuild(connection, site)


def _make_private_file(path: Path) -> None:
    """Make the empty file readable by its owner only; SQLite gives its companions the same rights."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise StoreError(
            f"The store {path} cannot be made ({error.strerror}); choose another place with --store."
        ) from error


def _switch_to_wal(engine: Engine, timeout_s: float) -> None:
    # SQLite does not wait for others when it changes the journal, so this does. The mode stays with the file.
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            with explained(engine.url):
                raw = engine.raw_connection()
                try:
                    raw.cursor().execute("PRAGMA journal_mode = WAL").close()
                finally:
                    raw.close()
        except StoreError as error:
            cause = error.__cause__
            waits = isinstance(cause, sqlite3.OperationalError | OperationalError) and "locked" in str(cause)
            if not waits or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _check_encoding(connection: Connection, name: str) -> None:
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise StoreError(
            f"The database {name} keeps texts as {encoding}, which cannot hold every name; make one for Mien with "
            "createdb --encoding=UTF8 --template=template0."
        )


def _schema(connection: Connection, name: str) -> str | None:
    """The schema of a store; `None` for a database without one that may become one."""
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in tables:
        others = tables if connection.dialect.name == "sqlite" else tables & set(metadata.tables)
        if others:
            listed = ", ".join(sorted(others)[:3])
            raise StoreError(
                f"The database {name} belongs to something else (it holds the table{'s'[: len(others) - 1]} "
                f"{listed}); choose another with --store, this one was left as it is."
            )
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one_or_none()
    if found is not None and found > SCHEMA:
        raise StoreError(
            f"The store {name} was written by a newer Mien (schema {found}, this one knows up to {SCHEMA}); "
            "use the newer Mien, or another store."
        )
    return found


def upgrade(connection: Connection, revision: str) -> None:
    """Move the tables on to a revision, inside the connection's transaction."""
    from alembic import command  # noqa: PLC0415  (costs more than opening a store, and is rarely needed)

    command.upgrade(_config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Move the tables back to a revision, `base` for none, inside the connection's transaction."""
    from alembic import command  # noqa: PLC0415  (as above)

    command.downgrade(_config(connection), revision)


def _config(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415  (as above)

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
