"""A real PostgreSQL for the tests: Debian's, in a folder of its own, that can be stopped and started again."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql

from mien.store import Store
from support.waiting import DEADLINE_S, free_port, until

if TYPE_CHECKING:
    from collections.abc import Iterator

OWNER: Final = "mien"
PASSWORD: Final = "hunter2-Zx"
_HOMES: Final = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
_SETTINGS: Final = {
    # Nothing here must outlive the machine, and all of it must outlive the server's processes.
    "fsync": "off",
    "full_page_writes": "off",
    "log_min_messages": "fatal",
    "max_connections": "60",
    "shared_buffers": "32MB",
}


class Server:
    """PostgreSQL behind a socket in its own folder, where nobody is asked for a password, and a port, where one is.

    Attributes:
        port: Where it listens on this machine's own address.
        log: What it logged.
    """

    def __init__(self) -> None:
        assert _HOMES, "PostgreSQL is not there; it is Debian's package postgresql"
        # pytest's folders are their owner's only, and the server refuses to run as root.
        self._folder = Path(tempfile.mkdtemp(prefix="mien-"))
        self._data = self._folder / "data"
        self.log = self._folder / "log"
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count()
        self._template: str | None = None
        self._as: dict[str, Any] = {}
        if os.getuid() == 0:
            shutil.chown(self._folder, "postgres", "postgres")
            self._as = {"user": "postgres", "group": "postgres", "extra_groups": []}
        made = self._start(
            "initdb", "-D", self._data, "-U", OWNER, "-E", "UTF8", "--locale=C.UTF-8",
            "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync",
        )  # fmt: skip
        assert made.wait(DEADLINE_S) == 0, f"initdb failed: {self.log.read_text()}"

    def _start(self, program: str, *arguments: object) -> subprocess.Popen[bytes]:
        command = [str(_HOMES[-1] / program), *(str(one) for one in arguments)]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, cwd="/", stdout=log, stderr=log, **self._as)

    def start(self) -> None:
        settings = _SETTINGS | {"listen_addresses": "127.0.0.1", "unix_socket_directories": self._folder}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._process = self._start("postgres", "-D", self._data, "-p", self.port, *options)
        until(self._answers, "PostgreSQL answers")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"PostgreSQL does not run: {self.log.read_text()}"
        with contextlib.suppress(psycopg.OperationalError), self.connect():
            return True
        return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(DEADLINE_S)
            self._process = None

    @contextlib.contextmanager
    def away(self, *, crashed: bool = False) -> Iterator[None]:
        """It is not there for the time of the block: shut down as for an update, or all of its processes ended at once.

        Whoever is connected is thrown out, and what they are at is undone.
        """
        self._end(signal.SIGQUIT if crashed else signal.SIGINT)
        try:
            yield
        finally:
            self.start()

    def remove(self) -> None:
        self._end(signal.SIGQUIT)
        shutil.rmtree(self._folder)

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        """A connection beside Mien's own, in which each statement is a transaction."""
        return psycopg.connect(
            host=str(self._folder), port=self.port, user=OWNER, dbname=database, autocommit=True
        )

    def address(self, database: str) -> str:
        """What names a store there, as a user would write it."""
        return f"postgresql://{OWNER}@/{database}?host={self._folder}&port={self.port}"

    def by_password(self, database: str, password: str = PASSWORD) -> str:
        """The same over the network, where the server asks for a password."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(OWNER), sql.Literal(PASSWORD))
            )
        return f"postgresql://{OWNER}:{password}@127.0.0.1:{self.port}/{database}"

    @contextlib.contextmanager
    def database(self, *, tables: bool = True, **options: str) -> Iterator[str]:
        """A new database for the time of the block; its name.

        Args:
            tables: Whether it is a store already; a copy, because copying is quick.
            options: More of what `CREATE DATABASE` takes.
        """
        if tables and self._template is None:
            self._template = "whole"
            self._create(self._template, {})
            Store.open(self.address(self._template)).close()
        name = f"test_{next(self._numbers)}"
        self._create(name, {"template": self._template} | options if tables else options)
        yield name
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _create(self, name: str, options: dict[str, str | None]) -> None:
        words = [sql.SQL("{} {}").format(sql.SQL(key), sql.Literal(value)) for key, value in options.items()]
        with self.connect() as connection:
            connection.execute(sql.SQL(" ").join([sql.SQL("CREATE DATABASE"), sql.Identifier(name), *words]))


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A server for the time of the block."""
    server = Server()
    try:
        server.start()
        yield server
    finally:
        server.remove()
