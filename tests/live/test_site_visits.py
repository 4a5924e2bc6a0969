"""A simulated shop with two cameras, read by real processes: the right people are joined, and no face stays."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from tools.scene.film import make_scene
from tools.scene.script import STAFF

from mien.runtime.live import Supervisor, plan_of
from mien.site import load_site
from mien.store import Store
from mien.video import open_video
from mien.vision.badges import BadgeSettings
from mien.vision.matching import FaceEmbedder, TrackTemplates, no_core_dumps
from mien.vision.matching.template import LENGTH
from mien.vision.pipeline import FacePipeline
from mien.visits import Ended

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from tools.scene.truth import Truth

    from mien.journey.types import Interaction
    from mien.runtime.live import Board, Plan
    from mien.store import StoredVisit

pytestmark = pytest.mark.once

BEGINS = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=10)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """The recordings, and what is true of them."""
    folder = tmp_path_factory.mktemp("scene")
    return folder, make_scene(folder, begins=BEGINS)


@pytest.fixture
def plan(scene: tuple[Path, Truth], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Everything that a run writes is in one folder."""
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    file = tmp_path / "shop.toml"
    for name in (file.name, "entrance.mp4", "exit.mp4"):
        shutil.copy(scene[0] / name, tmp_path / name)
    return plan_of(load_site(file), file, store=str(tmp_path / "s.sqlite"), pace="replay", speed=None)


class Found:
    """What is stored, with the names of the people that the truth gives.

    Args:
        plan: What was read.
        truth: Who stood where, and when.
        late_s: By how much later than by the truth an interaction may begin.
    """

    def __init__(self, plan: Plan, truth: Truth, *, late_s: float = 1.0) -> None:
        self._late_s = late_s
        with Store.open(plan.store, create=False) as store:
            self.interactions = store.recordings.interactions()
            self.visits = store.visits.list_visits()
        self._truth = truth
        self.person = {one.id: self._who(one) for one in self.interactions}

    def _who(self, found: Interaction) -> str:
        """Who stood before that camera from then to then; the end to a second."""
        (name,) = {
            one.person
            for one in self._truth.appearances
            if one.camera == found.context.touchpoint
            and -1.0 < found.start_s - one.from_s < self._late_s
            and abs(one.to_s - found.end_s) < 1.0
        }
        return name

    def people(self, visit: StoredVisit) -> list[str]:
        return [self.person[member.interaction] for member in visit.members]


def test_visits_are_those_of_the_people_who_walked_through_and_nothing_is_read_of_staff(
    plan: Plan, scene: tuple[Path, Truth], capfd: pytest.CaptureFixture[str]
) -> None:
    truth = scene[1]
    board = Supervisor(plan).run(lambda: False, lambda _: None)
    out, err = capfd.readouterr()
    assert [row.done for row in board.rows] == [True, True]
    assert board.matching is not None
    assert board.matching.open_visits == 0
    found = Found(plan, truth)

    # Everybody whom the cameras saw is an interaction, once; the badge wearer is none.
    expected = sorted((one.camera, one.person) for one in truth.appearances if one.person != STAFF)
    assert (
        sorted((str(one.context.touchpoint), found.person[one.id]) for one in found.interactions) == expected
    )
    with Store.open(plan.store, create=False) as store:
        accounts = [known.counters["badges"] for known in store.recordings.list_recordings()]
    # At the entrance the badge shows late: what was read by then is deleted, and counted.
    assert sum(account["staff"] for account in accounts) == 2
    assert sum(account["read_first"] for account in accounts) == 1
    assert sum(account["readings"] for account in accounts) > 0

    # Whom matching can join is one visit from door to door, look-alikes or not; nobody else is joined.
    walked = {one.person: one for one in truth.people if one.visit}
    joined = {found.people(visit)[0]: visit for visit in found.visits if len(visit.members) > 1}
    assert sorted(joined) == sorted(walked)
    for name, visit in joined.items():
        assert found.people(visit) == [name, name]
        assert [member.touchpoint for member in visit.members] == ["entrance", "exit"]
        assert visit.ended is Ended.EXIT
        assert visit.score is not None
        assert visit.score.eps_mean is not None
        moved = {"up": visit.score.eps_mean > 30, "down": visit.score.eps_mean < -30}
        assert moved.get(walked[name].valence, abs(visit.score.eps_mean) < 20), (name, visit.score)
    assert all(visit.ended is not None for visit in found.visits)

    # Nothing of a face is left in any file or in what was said.
    written = b"".join(
        path.read_bytes()
        for path in sorted(plan.site_file.parent.rglob("*"))
        if path.is_file() and path.suffix != ".mp4"
    )
    left = written + out.encode() + err.encode()
    assert b"Simulated shop" in left
    with no_core_dumps():
        faces = templates_of(plan.site_file.with_name("entrance.mp4"))
        assert len(faces) >= 2
        assert [likest(left, face) < 0.6 for face in faces] == [True] * len(faces)
        assert likest(b"x" + left[:1000] + (1.1 * faces[0]).tobytes() + left[:1000], faces[0]) > 0.99


def templates_of(video: Path) -> list[NDArray[np.float32]]:
    """The numbers of the faces at the beginning of a recording, such as a leak would hold."""
    templates = TrackTemplates(FaceEmbedder(legal_basis="simulated people"))
    pipeline = FacePipeline(beside=[templates])
    tracks: list[int] = []
    with open_video(video) as source:
        for frame in source.frames(rate=2):
            tracks += pipeline.process(frame).ended
            if frame.t_s > 20.0:
                break
    found = [templates.take(track) for track in [*tracks, *pipeline.finish()]]
    return [
        np.array(one._numbers.values) for one in found if one is not None and one._numbers.values is not None
    ]


def likest(content: bytes, face: NDArray[np.float32]) -> float:
    """The largest cosine between a face and any run of 128 numbers of single precision in some bytes.

    Two pictures of one person are above 0.8, two people below 0.6.
    """
    unit = face / np.linalg.norm(face)
    best = 0.0
    for shift in range(4):
        numbers = np.frombuffer(content[shift : shift + (len(content) - shift) // 4 * 4], np.float32)
        numbers = np.where(np.isfinite(numbers) & (np.abs(numbers) < 10.0), numbers, 0.0)
        for part in range(0, len(numbers) - LENGTH, 100_000):
            windows = sliding_window_view(numbers[part : part + 100_000 + LENGTH], LENGTH)
            norms = np.sqrt((windows**2).sum(axis=1))
            cosines = np.where(norms > 0.1, windows @ unit / np.maximum(norms, 0.1), 0.0)
            best = max(best, float(cosines.max()))
    return best


class Killer:
    """Kills the worker of the exit, the writer, then the matcher, as the recordings go on."""

    def __init__(self, supervisor: Supervisor) -> None:
        assert supervisor.matcher is not None
        self.left = [
            (15.0, supervisor.workers["exit"]),
            (25.0, supervisor.writer),
            (45.0, supervisor.matcher),
        ]

    def watch(self, board: Board) -> None:
        came = [row.status.t_s or 0.0 if row.status is not None else 0.0 for row in board.rows]
        if len(self.left) == 1 and not (board.matching is not None and board.matching.open_visits):
            return  # the matcher dies while somebody is inside
        if self.left and min(came) > self.left[0][0] and (pid := self.left[0][1].pid) is not None:
            os.kill(pid, signal.SIGKILL)
            self.left.pop(0)


def test_whoever_is_killed_no_interaction_is_lost_and_nobody_is_joined_to_another(
    plan: Plan, scene: tuple[Path, Truth]
) -> None:
    truth = scene[1]
    supervisor = Supervisor(plan)
    killer = Killer(supervisor)
    board = supervisor.run(lambda: False, killer.watch)
    assert killer.left == []
    assert all(row.done for row in board.rows)
    # Faces that waited for badges go with a worker: who had just come is read from then on.
    found = Found(plan, truth, late_s=1.0 + BadgeSettings().wait_s)
    expected = sorted((one.camera, one.person) for one in truth.appearances if one.person != STAFF)
    assert (
        sorted((str(one.context.touchpoint), found.person[one.id]) for one in found.interactions) == expected
    )
    assert [visit for visit in found.visits if len(set(found.people(visit))) > 1] == []
    # Who had come in and not gone out when the matcher died is known to have been interrupted.
    ended = [visit.ended for visit in found.visits]
    assert Ended.INTERRUPTED in ended
    assert None not in ended
