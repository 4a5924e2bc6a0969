"""How many are inside by the doors: counted while cameras are read, begun anew when nobody can be there."""

from __future__ import annotations

import dataclasses
import json
import shutil
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from mien.runtime.live import Supervisor, plan_of
from mien.runtime.live.counting import FlowCount
from mien.site import load_site
from mien.video import Anchor, open_video
from support.door_film import door_film
from support.sites import HEAD

if TYPE_CHECKING:
    from mien.runtime.live import Board, Plan
    from mien.runtime.live.plan import CameraPlan

pytestmark = pytest.mark.once

# Of late, for what is old is removed when a run begins.
DAY = datetime.now(UTC).date() - timedelta(days=10)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS = "\n".join(f'{day} = ["09:00-19:00"]' for day in DAYS)
SITE = (
    HEAD.replace("Europe/Paris", "UTC")
    + f"""\
[touchpoints.entrance]
role = "entrance"

[opening_hours]
{HOURS}

[cameras.door]
touchpoint = "entrance"
file = "door.mp4"
begins_at = {DAY}T10:00:00Z
rate = 4

[touchpoints.shelf]
role = "department"

[cameras.aisle]
touchpoint = "shelf"
file = "aisle.mp4"
begins_at = {DAY}T10:00:00Z
rate = 4

[cameras.door.door_lines.sill]
ends = [[0.5, 0.3], [0.5, 1.0]]
inside = [0.9, 0.7]

[matching]
enabled = true
legal_basis = "consent at the door, record 12"
decided_on = 2026-05-04
decided_by = "A. Martin"
"""
)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """A shop whose door camera is a film of 15 s in which two people come in."""
    file = tmp_path_factory.mktemp("shop") / "shop.toml"
    shutil.copy(door_film(file.with_name("door.mp4")), file.with_name("aisle.mp4"))
    file.write_text(SITE)
    return plan_of(load_site(file), file, store=str(file.with_name("s.sqlite")), pace="replay", speed=None)


def beginning(plan: Plan, hour: int, minute: int, second: int) -> CameraPlan:
    """The camera with its film begun at another time of the day."""
    utc = datetime.combine(DAY, time(hour, minute, second), UTC)
    return dataclasses.replace(plan.cameras[0], begins=Anchor(utc, 0.0))


def nets(camera: CameraPlan, *, stop_s: float | None = None) -> list[int | None]:
    """In minus out after each picture; where it is stopped, another process goes on from what JSON kept."""
    assert camera.flow is not None
    assert camera.file is not None
    counting, found = FlowCount(camera, camera.flow), []
    with open_video(camera.file, threads=1) as video:
        for frame in video.frames(rate=4):
            if stop_s is not None and frame.t_s > stop_s:
                state, stop_s = json.loads(json.dumps(counting.state())), None
                counting = FlowCount(camera, camera.flow)
                counting.restore(state)
            counting.take(frame, 0.01)
            found.append(counting.net)
    return found


def test_who_comes_in_is_inside_also_when_the_process_is_another_one(plan: Plan) -> None:
    found = nets(plan.cameras[0])
    assert (found[0], found[-1]) == (0, 2)
    assert found == sorted(found)  # type: ignore[type-var]
    assert nets(plan.cameras[0], stop_s=7.0) == found


@pytest.mark.parametrize(
    ("begins", "left"),
    [
        ((8, 30, 0), 0),  # before the site opens: who comes then is staff, or will have gone
        ((8, 59, 53), 1),  # it opens between the two
        ((18, 59, 53), 0),  # it closes between them
    ],
)
def test_nobody_is_inside_while_the_site_is_closed(
    plan: Plan, begins: tuple[int, int, int], left: int
) -> None:
    assert nets(beginning(plan, *begins))[-1] == left


def test_a_day_begins_with_nobody_inside_where_the_hours_are_not_known(plan: Plan) -> None:
    camera = dataclasses.replace(beginning(plan, 23, 59, 53), hours=None)
    found = nets(camera)
    assert max(net for net in found if net is not None) == 1
    assert found[-1] == 1
    assert 0 in found[found.index(1) :]


def test_a_camera_without_a_door_line_counts_nobody_in(plan: Plan) -> None:
    camera = plan.cameras[0]
    assert camera.flow is not None
    counting = FlowCount(camera, dataclasses.replace(camera.flow, lines=()))
    assert counting.net is None


def test_the_matcher_of_a_site_knows_who_is_inside(plan: Plan) -> None:
    last: list[Board] = []
    Supervisor(plan).run(lambda: False, last.append)
    told = [board.matching.inside for board in last if board.matching is not None]
    assert told[-1] == 2
