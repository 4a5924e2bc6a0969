"""People are counted while a site is read: replayed, killed in the middle, left out, and held back for the faces."""

from __future__ import annotations

import json
import os
import signal
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mien.errors import SettingError
from mien.runtime.flow import flow_of_recording
from mien.runtime.live import Supervisor, plan_of
from mien.runtime.live.counting import Room
from mien.site import load_site
from mien.store import Store
from support.door_film import door_film
from support.sites import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from mien.runtime.live import Board, Plan
    from mien.store import StoredPeriod

pytestmark = pytest.mark.once

# Of late, for what is old is removed when a run begins. A period ends six seconds after the film began.
DAY = datetime.now(UTC).date() - timedelta(days=10)
BEGINS = f"{DAY}T09:44:54+02:00"
SITE = (
    HEAD
    + f"""\
[touchpoints.entrance]
role = "entrance"

[cameras.door]
touchpoint = "entrance"
file = "door.mp4"
begins_at = {BEGINS}
rate = 4
# flow

[cameras.door.door_lines.sill]
ends = [[0.5, 0.3], [0.5, 1.0]]
inside = [0.9, 0.7]
"""
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site file of a shop whose door camera is a film of 15 s in which two people come in."""
    file = tmp_path_factory.mktemp("shop") / "shop.toml"
    door_film(file.with_name("door.mp4"))
    file.write_text(SITE)
    return file


def planned(file: Path, store: Path, speed: float | None = None) -> Plan:
    return plan_of(load_site(file), file, store=str(store), pace="replay", speed=speed)


def counted(store: Path) -> list[StoredPeriod]:
    with Store.open(store, create=False) as opened:
        return opened.flow.periods("Lyon 2")


def comparable(periods: list[StoredPeriod]) -> list[object]:
    """All that was counted; sums that were saved and gone on with are off by the last digit."""
    return [
        (
            one.begins_at,
            one.ends_at,
            json.loads(one.counts.model_dump_json(), parse_float=lambda text: round(float(text), 6)),
        )
        for one in periods
    ]


def test_a_replay_counts_what_a_recording_counts_also_when_its_worker_is_killed(
    shop: Path, tmp_path: Path
) -> None:
    Supervisor(planned(shop, tmp_path / "whole.sqlite")).run(lambda: False, lambda _: None)
    whole = counted(tmp_path / "whole.sqlite")
    quarter = datetime.fromisoformat(f"{DAY}T09:45:00+02:00")
    assert [one.begins_at for one in whole] == [quarter - timedelta(minutes=15), quarter]
    alone = flow_of_recording(shop.with_name("door.mp4"), load_site(shop), "door")
    assert [one.counts.lines for one in whole] == [one.counts.lines for one in alone.quarters]
    assert sum(one.counts.lines["sill"].came_in for one in whole) == 2
    assert [one.counts.watched_s for one in whole] == pytest.approx([6.0, 8.5])

    killed = 0
    # Fifteen seconds in seven, so that the run is seen on its way: a period has ended, and somebody is on the line.
    supervisor = Supervisor(planned(shop, tmp_path / "killed.sqlite", speed=2.0))

    def kill(board: Board) -> None:
        nonlocal killed
        status, pid = board.rows[0].status, supervisor.workers["door"].pid
        if not killed and pid is not None and status is not None and (status.t_s or 0.0) > 7.0:
            os.kill(pid, signal.SIGKILL)
            killed += 1

    board = supervisor.run(lambda: False, kill)
    assert (killed, board.rows[0].restarts) == (1, 1)
    assert comparable(counted(tmp_path / "killed.sqlite")) == comparable(whole)


def test_a_camera_counts_where_there_is_something_to_count_unless_the_site_file_says_no(
    tmp_path: Path,
) -> None:
    file = tmp_path / "shop.toml"
    for text, counts in (
        (SITE, True),
        (SITE.replace("# flow", "flow = false"), False),
        (SITE.partition("[cameras.door.door_lines")[0], False),
    ):
        file.write_text(text)
        [camera] = planned(file, tmp_path / "s.sqlite").cameras
        assert (camera.flow is not None) == counts
    file.write_text(SITE.replace("# flow", "flow = true").partition("[cameras.door.door_lines")[0])
    with pytest.raises(SettingError, match="nothing to count at"):
        load_site(file)


@pytest.mark.parametrize(
    ("reading_s", "step_s"), [(0.01, 0.5), (0.074, 1.0), (0.078, 2.0), (0.079, None), (0.3, None)]
)
def test_faces_come_first_where_the_processor_cannot_do_both(reading_s: float, step_s: float | None) -> None:
    room = Room()
    for _ in range(60):
        room.read(reading_s, 0.1)
        room.counted(0.032)
    assert room.step_s == step_s
    # Once there is room again people are counted again.
    for _ in range(60):
        room.read(0.01, 0.1)
    assert room.step_s == 0.5


def test_one_hiccup_changes_nothing() -> None:
    room = Room()
    for number in range(60):
        room.read(5.0 if number == 50 else 0.02, 0.1)
        room.counted(3.0 if number == 50 else 0.032)
    assert room.step_s == 0.5
