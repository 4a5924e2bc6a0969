"""`mien deliver` from a store of PostgreSQL whose server is restarted meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mien.site import template
from support.postgresql import PASSWORD
from support.waiting import DEADLINE_S, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mien.store import Store
    from support.broker import Broker, Listener
    from support.postgresql import Server

pytestmark = pytest.mark.once


@pytest.fixture
def address(postgresql: Server) -> Iterator[str]:
    with postgresql.database() as name:
        yield postgresql.by_password(name)


def test_every_event_arrives_once_whatever_becomes_of_the_server_between(
    postgresql: Server,
    address: str,
    store: Store,
    broker: Broker,
    listen: Callable[[], Listener],
    happen: Callable[[int], list[str]],
    tmp_path: Path,
) -> None:
    file = tmp_path / "shop.toml"
    table = f'\n[delivery.mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\n'
    file.write_text(template("Lyon 2", "Europe/Paris") + table, encoding="utf-8")
    command = [sys.executable, "-m", "mien", "deliver", str(file), "--once", "--store", address]

    def deliver() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=DEADLINE_S)

    broker.start()
    listener = listen()
    sent = happen(3)
    done = deliver()
    assert (done.returncode, "3 delivered to" in done.stdout) == (0, True), done.stderr
    sent += happen(2)
    with postgresql.away():
        failed = deliver()
    assert (failed.returncode, failed.stdout) == (2, "")
    assert len(failed.stderr.strip().splitlines()) == 1
    assert PASSWORD not in failed.stderr
    done = deliver()
    assert (done.returncode, "2 delivered to" in done.stdout) == (0, True), done.stderr
    until(lambda: [json.loads(payload)["id"] for _, payload, _ in listener.got] == sent, "five messages")
    assert store.dispatches.waiting("Lyon 2", "mqtt") == 0
