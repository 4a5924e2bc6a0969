"""Live cameras: lost, covered, their workers killed, everything switched off at once, and what is told of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from mien.errors import MissingStoreError
from mien.runtime.live import Supervisor, plan_of
from mien.site import load_site
from mien.store import Store
from support.cameras import MjpegCamera, mjpeg_camera, until
from support.command import read_picture
from support.facemesh import PORTRAIT
from support.sites import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mien.runtime.live import Board
    from mien.store import RecordingSummary

SITE = (
    HEAD
    + """\
[touchpoints.entrance]
role = "entrance"

[cameras.door]
touchpoint = "entrance"
url = "{url}"
rate = 5
"""
)


def pictures(*, face: bool) -> tuple[bytes, ...]:
    """A grey wall, or two seconds of somebody before it who sways, as nobody on a poster does."""
    wall = np.random.default_rng(3).integers(90, 160, (480, 640, 3)).astype(np.uint8)
    wall = cv2.GaussianBlur(wall, (0, 0), 6)
    shown = []
    for step in range(40 if face else 1):
        seen = wall.copy()
        if face:
            x = 190 + round(25 * np.sin(2 * np.pi * step / 40))
            seen[100:356, x : x + 256] = cv2.resize(read_picture(PORTRAIT), (256, 256))
        shown.append(bytes(cv2.imencode(".jpg", seen)[1]))
    return tuple(shown)


@pytest.fixture
def camera() -> Iterator[MjpegCamera]:
    with mjpeg_camera() as one:
        one.pictures = pictures(face=True)
        yield one


@pytest.fixture
def site_file(camera: MjpegCamera, tmp_path: Path) -> Path:
    file = tmp_path / "shop.toml"
    file.write_text(SITE.format(url=camera.address))
    return file


def stored(store: Path) -> list[RecordingSummary]:
    with suppress(MissingStoreError), Store.open(store, create=False) as opened:
        return opened.recordings.list_recordings()
    return []


@contextmanager
def running(site_file: Path, store: Path, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """`mien run` in a group of processes of its own, of which none is left."""
    command = [sys.executable, "-m", "mien", "run", str(site_file), "--store", str(store)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environ},
        start_new_session=True,
    )
    try:
        with process:
            yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def has_read(store: Path, readings: int) -> list[RecordingSummary]:
    """Wait until so many readings are stored."""

    def there() -> list[RecordingSummary]:
        streams = stored(store)
        return streams if any(s.counters.get("readings", 0) > readings for s in streams) else []

    return until(there, f"{readings} readings are stored", deadline_s=90.0)


class Script:
    """Goes through steps while a run goes on: each waits for something and then does something."""

    def __init__(self, *steps: Callable[[Board], bool]) -> None:
        self.left = list(steps)

    def show(self, board: Board) -> None:
        if self.left and self.left[0](board):
            self.left.pop(0)

    def over(self) -> bool:
        return not self.left


def readings(board: Board) -> int:
    status = board.rows[0].status
    return 0 if status is None else status.readings


def test_a_worker_that_is_killed_leaves_a_noted_gap_and_nothing_else(
    camera: MjpegCamera, site_file: Path, tmp_path: Path
) -> None:
    plan = plan_of(load_site(site_file), site_file, store=str(tmp_path / "s.sqlite"))
    supervisor = Supervisor(plan)

    def kill(board: Board) -> bool:
        if readings(board) < 10:
            return False
        os.kill(supervisor.workers["door"].pid or 0, signal.SIGKILL)
        return True

    def leave(board: Board) -> bool:
        if board.rows[0].restarts != 1 or not 5 <= readings(board) < 10**6:
            return False
        camera.pictures = pictures(face=False)
        return True

    script = Script(kill, lambda b: b.rows[0].restarts == 1, leave, lambda b: b.rows[0].interactions >= 1)
    board = supervisor.run(script.over, script.show)
    assert board.rows[0].restarts == 1
    [stream] = stored(tmp_path / "s.sqlite")
    assert stream.complete
    [gap] = [t for t in stream.counters["troubles"] if t["what"] == "worker ended"]
    assert gap["reason"] == "The process of camera door ended by signal SIGKILL."
    assert 0 < gap["since_s"] < gap["until_s"]
    with Store.open(tmp_path / "s.sqlite", create=False) as opened:
        found = opened.recordings.interactions()
    # Who is still there after the gap is the same person where it was short, else another interaction.
    assert len(found) in {1, 2}
    assert sum(i.readings for i in found) >= 15
    assert all(i.context.site == "Lyon 2" for i in found)


def test_a_camera_that_falls_silent_is_told_and_its_outage_stored(
    camera: MjpegCamera, site_file: Path, tmp_path: Path
) -> None:
    plan = plan_of(load_site(site_file), site_file, store=str(tmp_path / "s.sqlite"))
    told: list[str] = []

    def silence(board: Board) -> bool:
        if readings(board) < 3:
            return False
        camera.silent.set()
        return True

    def noticed(board: Board) -> bool:
        status = board.rows[0].status
        if status is None or status.phase not in {"stalled", "lost"}:
            return False
        told.append(status.reason or "")
        camera.silent.clear()
        return True

    def live_again(board: Board) -> bool:
        status = board.rows[0].status
        return status is not None and status.phase == "live" and not status.findings

    script = Script(silence, noticed, live_again)
    Supervisor(plan).run(script.over, script.show)
    assert re.search(r"has sent no(thing| picture) for [\d.]+ s", told[0])
    [stream] = stored(tmp_path / "s.sqlite")
    troubles = [t for t in stream.counters["troubles"] if t["what"] in {"stalled", "lost"}]
    assert troubles
    assert all(t["until_s"] >= t["since_s"] for t in troubles)


def test_what_was_in_view_when_everything_was_switched_off_is_stored_at_the_next_start(
    camera: MjpegCamera, site_file: Path, tmp_path: Path
) -> None:
    store = tmp_path / "s.sqlite"
    with running(site_file, store) as process:
        has_read(store, 10)
        os.killpg(process.pid, signal.SIGKILL)
    assert [s.complete for s in stored(store)] == [False]
    camera.pictures = pictures(face=False)
    with running(site_file, store) as process:
        until(lambda: any(s.complete for s in stored(store)), "the first stream is ended", deadline_s=90.0)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=90)
    assert process.returncode == 130
    assert "Stored in" in said
    streams = stored(store)
    assert all(s.complete for s in streams)
    assert "switched off" in streams[0].counters["warnings"][0]
    with Store.open(store, create=False) as opened:
        [found] = opened.recordings.interactions(recording=streams[0].id)
    assert found.interrupted
    assert found.readings > 10


def test_no_password_stands_in_what_is_printed_in_the_list_of_processes_or_in_the_store(
    site_file: Path, tmp_path: Path
) -> None:
    secret = 'rate = 5\nuser = "viewer"\npassword = { env = "DOOR" }'
    site_file.write_text(site_file.read_text().replace("rate = 5", secret))
    store = tmp_path / "s.sqlite"
    with running(site_file, store, DOOR="hunter2hunter2") as process:
        has_read(store, 3)
        listed = subprocess.run(
            ["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True
        ).stdout
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=90)
    assert "door" in said
    assert "hunter2" not in said + listed
    assert not any(b"hunter2" in path.read_bytes() for path in tmp_path.glob("s.sqlite*"))
