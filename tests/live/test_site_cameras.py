"""Live cameras: lost, covered, their workers killed, everything switched off at once, and what is told of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mien.errors import MissingStoreError
from mien.runtime.live import Supervisor, plan_of
from mien.site import load_site
from mien.store import Store
from support.cameras import MjpegCamera, mjpeg_camera
from support.live_door import SITE, pictures
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mien.runtime.live import Board
    from mien.store import RecordingSummary

pytestmark = pytest.mark.once


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

    return until(there, f"{readings} readings are stored")


def children(pid: int) -> list[int]:
    """Processes that a process has started."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    """Whether a process still does something."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


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
    assert supervisor.spare is not None
    spares: list[int | None] = []
    workers: list[int | None] = []

    def kill(board: Board) -> bool:
        pid, spare = supervisor.workers["door"].pid, supervisor.spare.pid
        if readings(board) < 10 or pid is None or spare is None:
            return False
        spares.append(spare)
        os.kill(pid, signal.SIGKILL)
        return True

    def is_back(board: Board) -> bool:
        workers.append(supervisor.workers["door"].pid)
        return board.rows[0].restarts == 1

    def leave(board: Board) -> bool:
        if board.rows[0].restarts != 1 or not 5 <= readings(board) < 10**6:
            return False
        camera.pictures = pictures(face=False)
        return True

    script = Script(kill, is_back, leave, lambda b: b.rows[0].interactions >= 1)
    board = supervisor.run(script.over, script.show)
    assert board.rows[0].restarts == 1
    assert workers[-1] == spares[0]
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
        until(lambda: any(s.complete for s in stored(store)), "the first stream is ended")
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


def test_no_process_is_left_when_the_supervisor_is_killed(site_file: Path, tmp_path: Path) -> None:
    store = tmp_path / "s.sqlite"
    with running(site_file, store) as process:
        has_read(store, 10)
        # The writer, the worker, and one that waits for work; multiprocessing has one more of its own.
        left = until(lambda: len(found := children(process.pid)) >= 3 and found, "the spare process is there")
        process.kill()
        until(lambda: not any(is_alive(pid) for pid in left), "all have ended")
    assert [s.complete for s in stored(store)] == [True]
