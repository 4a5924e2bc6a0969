"""A site that is read tells its broker, there or not, and its broker holds nothing up."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mien.runtime.live import Plan, Supervisor, plan_of
from mien.site import load_site
from mien.store import Store
from support.broker import PASSWORD, USER
from support.sites import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.broker import Broker, Listener

pytestmark = pytest.mark.once

SAMPLE = Path(__file__).parents[2] / "samples" / "neutral_to_smiling.mp4"
SITE = (
    HEAD
    + """\
[touchpoints.tills]
role = "checkout"

[cameras.till]
touchpoint = "tills"
file = "till.mp4"
begins_at = 2026-05-05T09:40:00+02:00

[delivery.mqtt]
host = "127.0.0.1"
port = {port}
user = "mien"
password = {{ env = "MQTT" }}
"""
)


@pytest.fixture
def plan(broker: Broker, tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setenv("MQTT", PASSWORD)
    shutil.copy(SAMPLE, tmp_path / "till.mp4")
    file = tmp_path / "shop.toml"
    file.write_text(SITE.format(port=broker.port).replace('"mien"', f'"{USER}"'))
    return plan_of(load_site(file), file, store=str(path), pace="replay", speed=None)


def test_an_interaction_is_told_while_the_site_is_read(
    plan: Plan, broker: Broker, listen: Callable[[], Listener]
) -> None:
    broker.start()
    listener = listen()
    board = Supervisor(plan).run(lambda: False, lambda _: None)
    assert board.rows[0].interactions == 1
    [(topic, payload, _)] = listener.got
    assert topic == "mien/Lyon 2/tills/interaction"
    with Store.open(plan.store, create=False) as store:
        [found] = store.recordings.interactions()
    event = json.loads(payload)
    assert (event["type"], event["subject"]) == ("mien.interaction.scored", found.id)
    assert event["data"]["readings"] == found.readings


def test_without_its_broker_a_site_is_read_and_what_happened_waits(plan: Plan) -> None:
    board = Supervisor(plan).run(lambda: False, lambda _: None)
    assert board.rows[0].done
    [sender] = board.delivery
    assert "cannot be reached" in (sender.trouble or "")
    with Store.open(plan.store, create=False) as store:
        assert store.dispatches.waiting("Lyon 2", "mqtt") == 1
