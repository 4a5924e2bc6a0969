"""A store with events at a site, a broker, and somebody who listens to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mien.site import MqttDelivery
from mien.store import Store
from mien.store.events import CloudEvent, source_of
from mien.store.outbox import enter
from mien.store.sites import site_id
from support.broker import Broker, Listener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker that has not been started."""
    made = Broker(tmp_path)
    yield made
    made.kill()


@pytest.fixture
def listen(broker: Broker) -> Iterator[Callable[[], Listener]]:
    made: list[Listener] = []

    def begin() -> Listener:
        made.append(Listener(broker))
        return made[-1]

    yield begin
    for one in made:
        one.close()


@pytest.fixture
def settings(broker: Broker) -> Callable[..., MqttDelivery]:
    return lambda **keys: MqttDelivery.model_validate({"host": "127.0.0.1", "port": broker.port, **keys})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


@pytest.fixture
def address(path: Path) -> str:
    return str(path)


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    with Store.open(address) as opened:
        yield opened


@pytest.fixture
def happen(store: Store) -> Callable[..., list[str]]:
    """Enter some more events; their ids."""

    def entered(count: int, *, site: str = "Lyon 2", touchpoint: str | None = "tills") -> list[str]:
        events = [
            CloudEvent(
                source=source_of(site, touchpoint), type="mien.interaction.scored", subject=f"s{n}",
                dataschema="urn:mien:events:1#/$defs/InteractionScored", data={"n": n},
            )
            for n in range(count)
        ]  # fmt: skip
        with store._database.write() as connection:
            enter(connection, site_id(connection, site, NOW), touchpoint, events, now=NOW)
        return [event.id for event in events]

    return entered
