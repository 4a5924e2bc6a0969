"""From what the user said to the address of a database, and what to call it in messages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from platformdirs import user_data_path
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from mien.errors import MissingStoreError, StoreError
from mien.masking import SECRET_KEY

SETTING: Final = "MIEN_STORE"
"""Environment variable that names the store."""

BACKENDS: Final = ("sqlite", "postgresql")
"""Kinds of database that can hold the store's promises (one writer at a time, transactional tables)."""

DRIVER: Final = "postgresql+psycopg"
"""By what PostgreSQL is reached; the extra `postgresql` brings it."""

_FORMS: Final = "write a file's path, sqlite:///PATH or postgresql://USER@HOST/NAME"
_MEMORY: Final = (None, "", ":memory:")
_COMPANIONS: Final = ("-wal", "-shm", "-journal")


def default_path() -> Path:
    """Where the store is unless told otherwise: `mien.sqlite` in the user's data folder."""
    return user_data_path("mien", appauthor=False) / "mien.sqlite"


def resolve(address: str | Path | None, *, create: bool = True) -> URL:
    """Turn what the user said into a database URL.

    Args:
        address: A database URL, or the path of a SQLite file. `None` takes the environment variable
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
            raise StoreError(f"The store's address is not a database URL; {_FORMS}.") from error
    backend = url.get_backend_name()
    if backend not in BACKENDS:
        raise StoreError(f"Mien keeps its store in {' or '.join(BACKENDS)}, not in '{backend}'; {_FORMS}.")
    if backend == "sqlite":
        _check_place(url)
        return url
    return _by_psycopg(url)


def _by_psycopg(url: URL) -> URL:
    if url.drivername not in ("postgresql", DRIVER):
        raise StoreError(
            f"Mien reaches PostgreSQL by psycopg and not by '{url.drivername.partition('+')[2]}'; "
            "write postgresql://USER@HOST/NAME."
        )
    if "@" in (url.host or ""):
        # The first @ ended the password, so that the rest of it would be taken for the host, and be shown.
        raise StoreError(
            "The store's address has more than one '@'; write an '@' in its password as %40, or keep the password in "
            "~/.pgpass."
        )
    return url.set(drivername=DRIVER)


def display(url: URL) -> str:
    """Name a store in messages: the file's path, or the URL without its password, wherever in it that stands."""
    if url.get_backend_name() == "sqlite":
        return "in memory" if in_memory(url) else str(url.database)
    secret = [name for name in url.query if SECRET_KEY.search(name)]
    return url.difference_update_query(secret).render_as_string(hide_password=True)


def in_memory(url: URL) -> bool:
    """Whether it is SQLite without a file, which goes with its connection."""
    return url.get_backend_name() == "sqlite" and url.database in _MEMORY


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite store; `None` in memory, in SQLite's own `file:` notation and on a server."""
    name = url.database
    if url.get_backend_name() != "sqlite" or name is None or in_memory(url) or name.startswith("file:"):
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
