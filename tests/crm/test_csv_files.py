"""The files hold each record once, whatever ends the process that writes them."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from mien.crm import Again, Done, TaskRecord
from mien.crm.csv_files import CsvConnector
from mien.site import CsvCrm
from support.crm_worlds import NOW, CsvWorld

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 40

WRITER = """
import sys
from datetime import UTC, datetime
from mien.crm import Done, TaskRecord
from mien.crm.csv_files import CsvConnector
from mien.site import CsvCrm

connector = CsvConnector(CsvCrm(folder=sys.argv[1]))
print("ready", flush=True)
for n in range(100000):
    text = "line one\\nline two, é😀 " * 50
    task = TaskRecord(f"task:{n}", n + 1, text, text, datetime(2026, 5, 4, tzinfo=UTC))
    assert isinstance(connector.send(task), Done)
    print(n, flush=True)
"""


def task(n: int) -> TaskRecord:
    return TaskRecord(f"task:{n}", n + 1, "a\nb", "c", NOW)


@pytest.mark.once
def test_a_process_that_is_killed_while_it_writes_leaves_each_row_once(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    for line in writer.stdout:
        if line.strip() == str(ROWS):
            break
    writer.send_signal(signal.SIGKILL)
    confirmed = ROWS + sum(1 for line in writer.stdout if line.endswith("\n"))
    writer.wait()
    writer.stdout.close()
    with closing(CsvConnector(CsvCrm(folder=folder))) as connector:
        assert all(isinstance(connector.send(task(n)), Done) for n in range(confirmed + 5))
    found = CsvWorld(folder).read("tasks.csv")
    assert [one["key"] for one in found[: confirmed + 1]] == [f"task:{n}" for n in range(confirmed + 1)]
    assert len(found) >= confirmed + 5


@pytest.mark.parametrize("cut", [1, 2, 20, 60])
def test_what_a_kill_left_of_a_row_is_cut_off_and_the_record_comes_whole(tmp_path: Path, cut: int) -> None:
    with closing(CsvConnector(CsvCrm(folder=tmp_path))) as connector:
        assert [type(connector.send(task(n))) for n in range(3)] == [Done] * 3
    path = tmp_path / "tasks.csv"
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    with closing(CsvConnector(CsvCrm(folder=tmp_path))) as connector:
        assert isinstance(connector.send(task(2)), Done)
    assert path.read_bytes() == whole


def test_a_file_that_is_moved_away_is_begun_anew(tmp_path: Path) -> None:
    with closing(CsvConnector(CsvCrm(folder=tmp_path))) as connector:
        assert isinstance(connector.send(task(1)), Done)
        (tmp_path / "tasks.csv").rename(tmp_path / "may.csv")
        assert isinstance(connector.send(task(2)), Done)
    assert [one["key"] for one in CsvWorld(tmp_path).read("tasks.csv")] == ["task:2"]
    assert [one["key"] for one in CsvWorld(tmp_path).read("may.csv")] == ["task:1"]


def test_a_full_disk_is_waited_for_and_leaves_nothing_half(tmp_path: Path) -> None:
    with closing(CsvConnector(CsvCrm(folder=tmp_path))) as connector:
        assert isinstance(connector.send(task(1)), Done)
        before = (tmp_path / "tasks.csv").read_bytes()
        old = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, old[1]))
        try:
            full = connector.send(task(2))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, old)
            signal.signal(signal.SIGXFSZ, ignored)
        assert isinstance(full, Again)
        assert "tasks.csv cannot be written (No space left on device)" in full.reason
        assert (tmp_path / "tasks.csv").read_bytes() == before
        assert isinstance(connector.send(task(2)), Done)
    assert len(CsvWorld(tmp_path).read("tasks.csv")) == 2
