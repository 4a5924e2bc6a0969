from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import count

import pytest

from mien.store import Store
from mien.store.tables import metadata
from support.clock import Clock
from support.new_store import ready_made


@pytest.fixture
def clock():
    return Clock(datetime(2026, 5, 1, 9, 0, tzinfo=UTC))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.once)])
def backend(request):
    """What a store promises holds on each; of what both Pythons show on SQLite, one shows it on a server, too."""
    return request.param


@pytest.fixture
def path(tmp_path):
    """The file of a store on SQLite, for what is true of files alone."""
    return tmp_path / "mien.sqlite"


@pytest.fixture
def file_store(path, clock):
    """A store on SQLite, for what is true of files alone."""
    with Store.open(ready_made(path), clock=clock) as opened:
        yield opened


@pytest.fixture
def database(postgresql):
    """The name of a store on PostgreSQL, for what is true of servers alone."""
    with postgresql.database() as name:
        yield name


@pytest.fixture
def address(backend, request):
    """Where an empty store is."""
    if backend == "sqlite":
        yield str(ready_made(request.getfixturevalue("path")))
    else:
        server = request.getfixturevalue("postgresql")
        yield server.address(request.getfixturevalue("database"))


@pytest.fixture
def blank(backend, request, tmp_path):
    """Where a store may be made, and nothing is yet."""
    if backend == "sqlite":
        yield str(tmp_path / "blank.sqlite")
    else:
        server = request.getfixturevalue("postgresql")
        with server.database(tables=False) as name:
            yield server.address(name)


@pytest.fixture
def store(address, clock):
    with Store.open(address, clock=clock) as opened:
        yield opened


@pytest.fixture
def new_store(backend, request, tmp_path):
    """Opens a new store on each call, for tests that need many."""
    server = None if backend == "sqlite" else request.getfixturevalue("postgresql")
    numbers = count()

    @contextmanager
    def opened(**options):
        with ExitStack() as stack:
            if server is None:
                address = str(ready_made(tmp_path / f"{next(numbers)}.sqlite"))
            else:
                address = server.address(stack.enter_context(server.database()))
            yield stack.enter_context(Store.open(address, **options))

    return opened


@pytest.fixture
def stored_bytes(backend, request):
    """Reads all that a store holds: the bytes of its files, or whatever a server gives of its tables."""

    def read():
        if backend == "sqlite":
            path = request.getfixturevalue("path")
            return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        with request.getfixturevalue("postgresql").connect(request.getfixturevalue("database")) as plain:
            return "\n".join(
                row[0]
                for table in metadata.tables
                for row in plain.execute(f"SELECT whole::text FROM {table} AS whole")
            ).encode()

    return read
