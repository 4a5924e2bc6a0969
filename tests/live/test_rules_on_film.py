"""A film of four people at a counter, through the whole pipeline: who rings the checkout rule, and who does not.

One face plays all four parts: that of the clip in which somebody goes from tears to a smile.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tools.scene.people import face_of_video
from tools.scene.room import background

from mien.runtime.live import Supervisor, plan_of
from mien.site import load_site
from mien.store import Store
from support.clips import steady, write_clip
from support.facemesh import Stance
from support.yawn import draw_yawn

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tools.scene.mesh import MeshFace

    from mien.action import Alert
    from mien.journey.types import Interaction

pytestmark = pytest.mark.once

BEGINS = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=10)
SIZE = (960, 360)
RATE, SECONDS = 6, 15.5
TURNS_S, FROWNS_S, YAWNS_S = 5.5, 2.0, 5.0
PLAYERS = ("turns bad", "frowns", "yawns", "phone")

SITE = f"""\
name = "Film"
time_zone = "UTC"

[[notices]]
shown_on = 2026-01-01
text_version = "1"
put_up_by = "A. Martin"

[touchpoints.counter]
role = "counter"

[cameras.counter]
touchpoint = "counter"
file = "film.mp4"
begins_at = {BEGINS:%Y-%m-%dT%H:%M:%SZ}
rate = {RATE}

[rules.checkout]
cooldown_s = 0.0

""" + "".join(
    f"""\
[cameras.counter.zones."{name}"]
kind = "read"
corners = [[{k / 4}, 0], [{(k + 1) / 4}, 0], [{(k + 1) / 4}, 1], [{k / 4}, 1]]

[service_points."{name}"]
camera = "counter"
zone = "{name}"

"""
    for k, name in enumerate(PLAYERS)
)


def play(canvas: NDArray[np.uint8], shown: tuple[MeshFace, MeshFace, MeshFace], t_s: float) -> None:
    """Draw all four at a time, from the smiling face, the even one and the tearful one."""
    smiling, even, tearful = shown

    def stance(place: int, *, lowered: float = 0.0) -> Stance:
        return Stance(
            x=120 + 240 * place + 3 * np.sin(t_s + place),
            y=180 + 2 * np.sin(1.1 * t_s + place),
            height=150,
            yaw=4 * np.sin(0.9 * t_s + place),
            pitch=lowered + 2 * np.sin(1.3 * t_s + place),
            roll=2 * np.sin(0.8 * t_s + place),
        )

    since = t_s - TURNS_S
    (even if since < 0 else tearful).draw(canvas, stance(0))
    (tearful if 0 <= since < FROWNS_S else smiling).draw(canvas, stance(1))
    if 0 <= since < YAWNS_S:
        draw_yawn(canvas, tearful, stance(2), float(np.clip(min(since, YAWNS_S - since) / 0.8, 0, 1)))
    else:
        smiling.draw(canvas, stance(2))
    # Smiles at a phone; what is seen of the face once it is raised is how it looks by itself.
    (smiling if since < 0 else tearful).draw(canvas, stance(3, lowered=42.0 if since < 0 else 0.0))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Alert], dict[str, Interaction]]:
    """The alerts, and everybody's interaction."""
    folder = tmp_path_factory.mktemp("film")
    smiling, tearful = (face_of_video("crying_to_smiling.mp4", t_s) for t_s in (17.5, 0.8))
    smiling = smiling.blended(tearful, 0.35, 0.4)
    even = smiling.blended(tearful, 0.5, 0.5)
    room = background(*SIZE)
    times = steady(RATE, SECONDS)

    def draw(number: int) -> NDArray[np.uint8]:
        canvas = room.copy()
        play(canvas, (smiling, even, tearful), times[number])
        return canvas

    write_clip(folder / "film.mp4", times, size=SIZE, draw=draw)
    file = folder / "film.toml"
    file.write_text(SITE)
    plan = plan_of(load_site(file), file, store=str(folder / "s.sqlite"), pace="replay", speed=None)
    with pytest.MonkeyPatch.context() as patched:
        for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            patched.setenv(name, str(folder))
        patched.setattr(tempfile, "tempdir", None)
        board = Supervisor(plan).run(lambda: False, lambda _: None)
    assert [row.done for row in board.rows] == [True]
    with Store.open(plan.store, create=False) as store:
        alerts = [alert for _, alert in store.alerts.listed(["Film"])]
        interactions = store.recordings.interactions()
    return alerts, {str(one.context.service_point): one for one in interactions}


def test_who_turns_bad_and_stays_so_rings_once(
    found: tuple[list[Alert], dict[str, Interaction]],
) -> None:
    alerts, people = found
    (alert,) = [one for one in alerts if one.signal.subject == people["turns bad"].id]
    assert alert.count == 1
    assert alert.signal.service_point == "turns bad"
    crossed_s = (alert.signal.at - BEGINS).total_seconds()
    assert TURNS_S + 4.0 < crossed_s < SECONDS, "while the customer is there"
    assert alert.signal.values["first"] > -0.1
    assert alert.signal.values["now"] < -0.4


def test_what_rings_nothing_was_seen(found: tuple[list[Alert], dict[str, Interaction]]) -> None:
    _, people = found
    # The frown was read as what it is; of the smile at the phone nothing was.
    frown = [one.valence for one in people["frowns"].seconds if TURNS_S < one.t_s + 0.5 < TURNS_S + FROWNS_S]
    assert min(value for value in frown if value is not None) < -0.4
    left_out = people["phone"].left_out
    assert left_out.get("head or gaze down", 0) + left_out.get("phone", 0) > 0.8 * RATE * TURNS_S
    assert people["yawns"].by_eyes > 0


@pytest.mark.parametrize("name", ["frowns", "yawns", "phone"])
def test_a_short_frown_a_yawn_and_a_smile_at_a_phone_ring_nothing(
    found: tuple[list[Alert], dict[str, Interaction]], name: str
) -> None:
    alerts, people = found
    assert name in people, "they were seen"
    assert [one for one in alerts if one.signal.subject == people[name].id] == []


def test_nobody_else_rings(found: tuple[list[Alert], dict[str, Interaction]]) -> None:
    alerts, people = found
    assert sorted(people) == sorted(PLAYERS)
    assert len(alerts) == 1
