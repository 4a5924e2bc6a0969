"""Twelve hours of four cameras at sixty times the speed, with random kills: nothing is lost or counted twice."""

from __future__ import annotations

import json
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from recorded import CAMERAS, RATE, day, play, read_sample
from weighing import held_mb

from mien.runtime.live import Plan, Supervisor, plan_of
from mien.site import load_site
from mien.store import Store
from support.broker import PASSWORD, USER, Broker
from support.sites import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mien.runtime.live import Board

HOURS = float(os.environ.get("MIEN_SOAK_HOURS", "12"))
SPEED = float(os.environ.get("MIEN_SOAK_SPEED", "60"))
SEED = 7
QUIET_FROM = 0.6
"""Share of the day after which nothing is killed any more, so that memory can be compared."""
GROWTH_MB = 25.0
SAMPLE = Path(__file__).parents[2] / "samples" / "crying_to_smiling.mp4"
BEGINS = datetime.combine(datetime.now(UTC).date() - timedelta(days=2), datetime.min.time(), UTC).replace(
    hour=6
)
ROLES = {"door": "entrance", "aisle": "department", "till": "checkout", "out": "exit"}
SITE = (
    HEAD
    + "\n".join(
        f'[touchpoints.{name}-place]\nrole = "{role}"\n'
        f'[cameras.{name}]\ntouchpoint = "{name}-place"\nfile = "{name}.json"\nbegins_at = {BEGINS.isoformat()}\n'
        for name, role in ROLES.items()
    )
    + """
[matching]
enabled = true
legal_basis = "simulated people"
decided_on = 2026-05-04
decided_by = "a test"

[delivery.mqtt]
host = "127.0.0.1"
port = {port}
user = "{user}"
password = {{ env = "MQTT" }}
"""
)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path)
    yield made
    made.kill()


@pytest.fixture
def plan(tmp_path: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setenv("MQTT", PASSWORD)
    faces = [face.model_dump(mode="json") for face in read_sample(SAMPLE)]
    for name in CAMERAS:
        given = {"seed": SEED, "hours": HOURS, "faces": faces}
        (tmp_path / f"{name}.json").write_text(json.dumps(given))
    file = tmp_path / "shop.toml"
    file.write_text(SITE.format(port=broker.port, user=USER))
    return plan_of(load_site(file), file, store=str(tmp_path / "s.sqlite"), pace="replay", speed=SPEED)


class Chaos:
    """Kills a process of a run, or its broker, every few minutes of the day."""

    def __init__(self, supervisor: Supervisor, broker: Broker) -> None:
        self.supervisor, self.broker = supervisor, broker
        self.rng = np.random.default_rng(SEED)
        self.next_s = 600.0
        self.killed: dict[str, int] = {}
        self.memory: list[tuple[float, float]] = []
        self.broker_back_s: float | None = None

    def watch(self, board: Board) -> None:
        came = [row.status.t_s or 0.0 for row in board.rows if row.status is not None]
        now_s = min(came, default=0.0) if len(came) == len(board.rows) else 0.0
        if self.broker_back_s is not None and now_s > self.broker_back_s:
            self.broker.start()
            self.broker_back_s = None
        if now_s < self.next_s:
            return
        self.next_s = now_s + float(self.rng.uniform(300.0, 1500.0))
        if now_s > QUIET_FROM * HOURS * 3600.0:
            assert self.supervisor.matcher is not None
            held = held_mb((self.supervisor.writer, self.supervisor.matcher))
            if held is not None:
                self.memory.append((now_s, held))
            return
        self._kill(now_s)

    def _kill(self, now_s: float) -> None:
        supervisor = self.supervisor
        assert supervisor.matcher is not None
        victims = [*supervisor.workers.values(), supervisor.writer, supervisor.matcher, None]
        victim = victims[int(self.rng.integers(len(victims)))]
        if victim is None:
            if self.broker_back_s is not None:
                return
            self.broker.kill()
            self.broker_back_s = now_s + 600.0
        else:
            if victim.pid is None:
                return
            os.kill(victim.pid, signal.SIGKILL)
        name = "the broker" if victim is None else victim.name
        self.killed[name] = self.killed.get(name, 0) + 1


@pytest.mark.long
def test_nothing_is_lost_or_counted_twice_in_a_day_of_kills(plan: Plan, broker: Broker) -> None:
    broker.start()
    seen = day(SEED, HOURS)
    supervisor = Supervisor(plan, read=play)
    chaos = Chaos(supervisor, broker)
    board = supervisor.run(lambda: False, chaos.watch)
    if chaos.broker_back_s is not None:
        broker.start()
    print(f"killed: {chaos.killed}; memory of writer and matcher, MB: {chaos.memory}")
    assert all(row.done for row in board.rows)
    assert sum(chaos.killed.values()) >= min(HOURS, 10)

    touchpoint = {name: f"{name}-place" for name in CAMERAS}
    expected = {
        (touchpoint[name], one.track): (one.first / RATE, one.last - one.first, one.person)
        for name in CAMERAS
        for one in seen[name]
    }
    with Store.open(plan.store, create=False) as store:
        found = store.recordings.interactions()
        visits = store.visits.list_visits(limit=None)
        told = {entry.event.subject for entry in store.outbox.after(0, site="Lyon 2", limit=10**6)}
        waiting = store.outbox.waiting("Lyon 2", "mqtt")
    at = {(str(one.context.touchpoint), one.track_id): one for one in found}
    assert len(at) == len({one.id for one in found}) == len(found)
    assert {key: (one.start_s, one.readings) for key, one in at.items()} == {
        key: (start_s, readings) for key, (start_s, readings, _) in expected.items()
    }
    assert {one.id for one in found} <= told
    assert waiting == 0

    person = {one.id: expected[str(one.context.touchpoint), one.track_id][2] for one in found}
    members = [[member.interaction for member in visit.members] for visit in visits]
    assert len({uid for those in members for uid in those}) == sum(map(len, members))
    wrong = [those for those in members if len({person[uid] for uid in those}) > 1]
    joined = sum(len(those) - 1 for those in members)
    print(
        f"{len(found)} interactions, {len(visits)} visits, {joined} joins, {len(wrong)} visits of two people"
    )
    assert wrong == []
    assert all(visit.ended is not None for visit in visits)
    # A matcher that is killed takes with it the faces of those who are not placed yet, which nobody else has.
    assert joined > 0.5 * (len(found) - len({*person.values()}))
    first, last = chaos.memory[0][1], chaos.memory[-1][1]
    assert last - first < GROWTH_MB
