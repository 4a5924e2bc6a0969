"""A site read by real processes: replayed, killed in the middle, stopped, and started again."""

from __future__ import annotations

import os
import shutil
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import mien
from mien.errors import NoticeError, SettingError
from mien.journey.types import Outcome
from mien.runtime.live import Supervisor, plan_of
from mien.site import load_site
from mien.store import Store
from support.sites import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable

    from mien.journey.types import Interaction
    from mien.runtime.live import Board, Plan
    from mien.runtime.live.children import Child

pytestmark = pytest.mark.once

# Of late, for what is old is removed when a run begins.
DAY = datetime.now(UTC).date() - timedelta(days=10)
SAMPLES = Path(__file__).parents[2] / "samples"
SITE = (
    'interaction_types = ["purchase"]\n'
    + HEAD
    + """\
[touchpoints.entrance]
role = "entrance"

[touchpoints.tills]
role = "checkout"
interaction_type = "purchase"

[cameras.door]
touchpoint = "entrance"
file = "door.mp4"
begins_at = {day}T09:30:00+02:00
rate = 3

[cameras.till]
touchpoint = "tills"
file = "till.mp4"
begins_at = {till_begins}
rate = 3

[cameras.till.zones.customer]
kind = "read"
corners = [[0, 0], [1, 0], [1, 1], [0, 1]]

[service_points."till 1"]
camera = "till"
zone = "customer"

[shifts.early]
hours = "08:00-14:00"
"""
)


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Plan]:
    """A shop with two recordings for cameras: somebody cries, then smiles at the door; somebody smiles at the till."""
    shutil.copy(SAMPLES / "crying_to_smiling.mp4", tmp_path / "door.mp4")
    shutil.copy(SAMPLES / "neutral_to_smiling.mp4", tmp_path / "till.mp4")
    file = tmp_path / "shop.toml"

    def planned(till_begins: str = f"{DAY}T09:40:00+02:00", **how: object) -> Plan:
        file.write_text(SITE.format(till_begins=till_begins, day=DAY))
        chosen = {"pace": "replay", "speed": None, "store": str(tmp_path / "store.sqlite"), **how}
        return plan_of(load_site(file), file, **chosen)  # type: ignore[arg-type]

    return planned


def found(plan: Plan) -> list[Interaction]:
    with Store.open(plan.store, create=False) as store:
        return sorted(store.recordings.interactions(), key=lambda i: str(i.context.touchpoint))


def frames(plan: Plan) -> int:
    """Pictures that were counted."""
    with Store.open(plan.store, create=False) as store:
        return sum(known.counters["frames"] for known in store.recordings.list_recordings())


def same(one: list[Interaction], other: list[Interaction]) -> None:
    assert [i.id for i in one] == [i.id for i in other]
    assert [i.context for i in one] == [i.context for i in other]
    assert [(i.readings, i.by_eyes, i.left_out) for i in one] == [
        (i.readings, i.by_eyes, i.left_out) for i in other
    ]
    for a, b in zip(one, other, strict=True):
        assert a.score.outcome == b.score.outcome
        assert (a.score.eps_mean, a.score.hi_mean) == (b.score.eps_mean, b.score.hi_mean)


class Killer:
    """Kills a process of a run each time the first camera has come three seconds further, some times."""

    def __init__(self, victim: Callable[[Supervisor], Child], times: int) -> None:
        self.killed = 0
        self.victim, self.times = victim, times

    def watch(self, supervisor: Supervisor) -> Callable[[Board], None]:
        def show(board: Board) -> None:
            child = self.victim(supervisor)
            ripe = came_to(board) > 3 * (self.killed + 1)
            if self.killed < self.times and child.pid is not None and ripe:
                os.kill(child.pid, signal.SIGKILL)
                self.killed += 1

        return show


def came_to(board: Board) -> float:
    """Seconds of the first recording that were read."""
    status = board.rows[0].status
    return 0.0 if status is None or status.t_s is None else status.t_s


def test_a_replay_finds_what_an_analysis_finds_and_where_and_when_it_was(shop: Callable[..., Plan]) -> None:
    plan = shop()
    board = Supervisor(plan).run(lambda: False, lambda _: None)
    assert [(row.done, row.interactions, row.restarts) for row in board.rows] == [(True, 1, 0)] * 2
    door, till = found(plan)
    alone = mien.analyze(SAMPLES / "crying_to_smiling.mp4", rate=3, role="entrance").interactions[0]
    assert (door.score, door.readings, door.by_eyes) == (alone.score, alone.readings, alone.by_eyes)
    assert door.score.outcome is Outcome.IMPROVED
    assert (door.context.touchpoint, door.context.service_point, door.context.shift) == (
        "entrance",
        None,
        "early",
    )
    assert (till.context.type, till.context.service_point) == ("purchase", "till 1")
    with Store.open(plan.store, create=False) as store:
        assert [str(n.notice.shown_on) for n in store.notices.entries("Lyon 2")] == ["2026-05-04"]


def test_the_same_recording_twice_is_stored_once(shop: Callable[..., Plan]) -> None:
    Supervisor(shop(only=("till",))).run(lambda: False, lambda _: None)
    first = found(shop())
    Supervisor(shop(only=("till",))).run(lambda: False, lambda _: None)
    same(found(shop()), first)


@pytest.mark.parametrize("victim", ["worker", "writer"])
def test_whichever_process_is_killed_nothing_is_lost_or_counted_twice(
    shop: Callable[..., Plan], tmp_path: Path, victim: str
) -> None:
    plan = shop(only=("door",))
    Supervisor(plan).run(lambda: False, lambda _: None)
    whole = found(plan)
    # Twenty seconds in five, so that the run is seen on its way.
    again = shop(only=("door",), store=str(tmp_path / "killed.sqlite"), speed=4.0)
    supervisor = Supervisor(again)
    killer = Killer(lambda s: s.workers["door"] if victim == "worker" else s.writer, 2)
    board = supervisor.run(lambda: False, killer.watch(supervisor))
    assert killer.killed == 2
    assert board.rows[0].restarts == (2 if victim == "worker" else 0)
    assert board.rows[0].interactions == len(whole)
    assert frames(again) == frames(plan) == 472
    same(found(again), whole)


def test_a_stop_keeps_what_was_read_and_the_same_replay_replaces_it(shop: Callable[..., Plan]) -> None:
    plan = shop(only=("door",), speed=4.0)
    seen: list[Board] = []
    Supervisor(plan).run(lambda: bool(seen) and came_to(seen[-1]) > 5, seen.append)
    [part] = found(plan)
    assert part.interrupted
    assert 15 <= part.readings < 59
    whole = shop(only=("door",))
    Supervisor(whole).run(lambda: False, lambda _: None)
    assert [i.readings for i in found(whole)] == [59]


def test_a_camera_whose_notice_did_not_hang_then_is_not_read(shop: Callable[..., Plan]) -> None:
    plan = shop(till_begins="2026-05-03T09:40:00+02:00")
    assert [camera.name for camera in plan.cameras] == ["door"]
    assert "Camera 'till' of site 'Lyon 2' is not read on 2026-05-03" in plan.not_read[0]
    with pytest.raises(NoticeError, match="No camera of site 'Lyon 2' is read"):
        shop(till_begins="2026-05-03T09:40:00+02:00", only=("till",))


def test_wrong_choices_are_told_in_a_sentence(shop: Callable[..., Plan]) -> None:
    with pytest.raises(SettingError, match="has no camera 'dor'; it has door, till"):
        shop(only=("dor",))
    with pytest.raises(SettingError, match=r"0\.1 to 1000 times"):
        shop(speed=0.01)


def test_a_recording_that_is_gone_fails_alone(shop: Callable[..., Plan], tmp_path: Path) -> None:
    plan = shop()
    (tmp_path / "door.mp4").unlink()
    board = Supervisor(plan).run(lambda: False, lambda _: None)
    assert board.rows[0].ended is not None
    assert "door.mp4" in board.rows[0].ended
    assert board.rows[1].done
    assert [i.context.touchpoint for i in found(plan)] == ["tills"]
