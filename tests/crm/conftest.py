"""Customer systems to write into, each with its independent other side."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from mien.runtime import tls
from support.crm_worlds import WORLDS, CsvWorld, DataverseWorld, Hosts, Switch, WebhookWorld
from support.dataverse import served
from support.faults import between
from support.lyon import clock, site, store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mien.crm import Connector
    from support.crm_worlds import World
    from support.faults import Proxy


__all__ = ["clock", "site", "store"]


@pytest.fixture(scope="session")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    made = tls.make(tmp_path_factory.mktemp("tls"), ("localhost", "127.0.0.1"), now=datetime.now(UTC))
    tokens, system, pair = Switch(), Switch(), (made.server, made.server_key)
    with served(tokens, *pair) as authority, served(system) as crm, served(system, *pair) as secure:
        yield Hosts(authority, crm, secure, made.authority, tokens, system)


@pytest.fixture
def proxy(hosts: Hosts) -> Iterator[Proxy]:
    with between(hosts.crm) as made:
        yield made


@pytest.fixture
def dataverse(hosts: Hosts, proxy: Proxy) -> DataverseWorld:
    """An environment in which nothing of ours is yet."""
    return DataverseWorld(hosts, proxy, new=True)


@pytest.fixture
def ready(hosts: Hosts, proxy: Proxy) -> DataverseWorld:
    """An environment in which all is made, and which knows one contact."""
    made = DataverseWorld(hosts, proxy)
    made.set_up()
    return made


class Opener:
    """Opens connectors of a world, and closes them."""

    def __init__(self) -> None:
        self._made: list[Connector] = []

    def __call__(self, world: World, **keys: Any) -> Connector:
        self._made.append(world.connector(**keys))
        return self._made[-1]

    def anew(self, world: World) -> Connector:
        """One that remembers nothing, after those before were let go."""
        self.close()
        return self(world)

    def close(self) -> None:
        while self._made:
            self._made.pop().close()


@pytest.fixture
def open_() -> Iterator[Opener]:
    made = Opener()
    yield made
    made.close()


@pytest.fixture(params=list(WORLDS))
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """Every kind of customer system, ready to be written to."""
    made: World
    if request.param == "csv":
        made = CsvWorld(tmp_path / "out")
    else:
        kind: type[DataverseWorld | WebhookWorld] = WORLDS[request.param]
        made = kind(request.getfixturevalue("hosts"), request.getfixturevalue("proxy"))
    made.set_up()
    return made
