"""The gate on rendered video: real faces turned and lowered, from a file through the whole pipeline."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from mien.errors import SettingError
from mien.video import open_video
from mien.vision.gate import GateSettings, check_role
from mien.vision.pipeline import FacePipeline
from mien.vision.settings import CameraView, PipelineSettings
from mien.vision.types import LeftOut
from support.clips import steady
from support.facemesh import Actor, Stance, faces, film

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mien.vision.gate import Role
    from mien.vision.types import Observation

WOMAN, PORTRAIT = 1, 5


def watch(
    path: Path,
    pose: Callable[[float], tuple[float, float]],
    seconds: float,
    *,
    who: int = WOMAN,
    rate: float = 5.0,
    role: Role | None = None,
    gate: GateSettings | None = None,
) -> list[Observation]:
    """Film one face whose yaw and pitch follow `pose`, and read the film."""

    def stance(t_s: float) -> Stance:
        yaw, pitch = pose(t_s)
        return Stance(x=320 + 4 * t_s, y=180, height=110, yaw=yaw, pitch=pitch)

    film(path, steady(rate, seconds), [Actor(faces()[who], stance)])
    pipeline = FacePipeline(PipelineSettings(gate=gate or GateSettings()), CameraView(role=role))
    with open_video(path) as video:
        return [seen for frame in video.frames(rate=None) for seen in pipeline.process(frame).observations]


def lowered(t_s: float, since: float, until: float, degrees: float = 40.0) -> float:
    """Pitch of a head that goes down within 0.3 s after `since` and comes up within 0.3 s before `until`."""
    return degrees * float(np.clip(min(t_s - since, until - t_s) / 0.3, 0.0, 1.0))


def reasons(seen: list[Observation], since: float = 0.0, until: float = 1e9) -> Counter[LeftOut | None]:
    return Counter(o.left_out for o in seen if since <= o.t_s < until)


@pytest.mark.parametrize("who", [WOMAN, PORTRAIT])
def test_a_face_seen_from_the_front_counts(tmp_path: Path, who: int) -> None:
    seen = watch(tmp_path / "v.mp4", lambda _: (0.0, 0.0), 2.0, who=who)
    assert reasons(seen) == {None: 10}
    assert all(o.reading is not None for o in seen)


def test_a_slightly_turned_face_counts(tmp_path: Path) -> None:
    assert reasons(watch(tmp_path / "v.mp4", lambda _: (20.0, 8.0), 1.0)) == {None: 5}


@pytest.mark.parametrize("yaw", [-50.0, 50.0, 60.0])
def test_a_face_turned_away_is_left_out(tmp_path: Path, yaw: float) -> None:
    # It turns away within a second, as people do.
    seen = watch(tmp_path / "v.mp4", lambda t: (yaw * min(t, 1.0), 0.0), 3.0)
    assert reasons(seen, until=0.3) == {None: 2}
    away = reasons(seen, since=1.0)
    assert set(away) <= {LeftOut.TURNED_AWAY, LeftOut.UNUSABLE}
    assert away[LeftOut.TURNED_AWAY] >= 0.8 * away.total()
    assert all(o.reading is None for o in seen if o.left_out)


def test_a_face_lowered_for_long_is_on_the_phone(tmp_path: Path) -> None:
    seen = watch(tmp_path / "v.mp4", lambda t: (0.0, lowered(t, 1.0, 3.5)), 4.0, rate=10.0)
    assert reasons(seen, until=1.05) == {None: 11}
    assert reasons(seen, 1.25, 2.15) == {LeftOut.LOOKING_DOWN: 9}
    assert reasons(seen, 2.35, 3.25) == {LeftOut.PHONE: 9}
    assert reasons(seen, since=3.55) == {None: 4}


def test_a_glance_down_is_no_phone(tmp_path: Path) -> None:
    seen = watch(tmp_path / "v.mp4", lambda t: (0.0, lowered(t % 2.0, 0.8, 1.8)), 4.0, rate=10.0)
    assert reasons(seen)[LeftOut.PHONE] == 0
    assert reasons(seen)[LeftOut.LOOKING_DOWN] >= 8
    assert reasons(seen)[None] >= 22


def test_a_counter_lets_people_look_down(tmp_path: Path) -> None:
    def form(t_s: float) -> tuple[float, float]:
        return 0.0, lowered(t_s, 1.0, 9.0, degrees=30.0)

    assert reasons(watch(tmp_path / "a.mp4", form, 3.0, role="counter")) == {None: 15}
    assert reasons(watch(tmp_path / "b.mp4", form, 3.0, role="entrance"), since=1.5)[None] == 0


def test_a_camera_that_hangs_high_keeps_its_faces(tmp_path: Path) -> None:
    seen = watch(tmp_path / "v.mp4", lambda _: (0.0, 32.0), 24.0, rate=2.0)
    assert reasons(seen, until=4.0)[None] == 0
    assert reasons(seen, since=16.0) == {None: 16}


def test_a_camera_known_to_hang_high_needs_no_time_to_learn_it(tmp_path: Path) -> None:
    gate = GateSettings(usual_pitch=30.0)
    assert reasons(watch(tmp_path / "v.mp4", lambda _: (0.0, 32.0), 1.0, gate=gate)) == {None: 5}


def test_one_customer_on_the_phone_does_not_become_what_is_usual(tmp_path: Path) -> None:
    seen = watch(tmp_path / "v.mp4", lambda t: (0.0, lowered(t, 3.0, 99.0)), 20.0, rate=2.0)
    assert reasons(seen, since=5.0) == {LeftOut.PHONE: 30}


def test_an_unknown_role_is_refused_with_those_that_exist() -> None:
    with pytest.raises(SettingError, match=r"'lobby'; choose one of entrance, department, counter"):
        check_role("lobby")
