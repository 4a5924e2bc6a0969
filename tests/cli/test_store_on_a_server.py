"""The commands on a store of PostgreSQL, whose server is restarted while they work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from mien.runtime.live import Supervisor, plan_of
from mien.site import load_site
from mien.store import Store
from support.postgresql import PASSWORD
from support.sites import HEAD
from support.waiting import DEADLINE_S, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mien.runtime.live import Board
    from support.command import Ran
    from support.postgresql import Server

pytestmark = pytest.mark.once

SITE = (
    HEAD
    + """\
[touchpoints.tills]
role = "checkout"

[cameras.till]
touchpoint = "tills"
file = "{film}"
begins_at = 2026-05-05T10:00:00+02:00

[cameras.till.door_lines.sill]
ends = [[0.1, 0.8], [0.9, 0.8]]
inside = [0.5, 0.2]
"""
)


@pytest.fixture
def address(postgresql: Server) -> Iterator[str]:
    with postgresql.database() as name:
        yield postgresql.by_password(name)


@pytest.fixture
def site_file(tmp_path: Path, busy_clip: Path) -> Path:
    file = tmp_path / "shop.toml"
    file.write_text(SITE.format(film=busy_clip))
    return file


def seen(address: str) -> list[tuple[float, float, int]]:
    with Store.open(address) as store:
        found = store.recordings.interactions()
        told = [entry.event.subject for entry in store.outbox.after(0) if entry.event.thing == "interaction"]
        assert len(told) == len(set(told))
    return [(round(one.start_s, 1), round(one.end_s, 1), one.readings) for one in found]


def test_an_analysis_whose_server_is_restarted_says_so_and_goes_on_by_the_same_command(
    postgresql: Server, address: str, busy_clip: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "mien", "analyze", str(busy_clip), "--json", str(tmp_path / "told.json")]
    environ = {**os.environ, "MIEN_STORE": address}
    with subprocess.Popen(command, stderr=subprocess.PIPE, cwd=tmp_path, env=environ, text=True) as process:
        until(lambda: seen(address), "somebody is stored")
        process.send_signal(signal.SIGSTOP)
        with postgresql.away(crashed=True):
            process.send_signal(signal.SIGCONT)
            _, said = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 2
    (line,) = said.strip().splitlines()
    assert "mien:" in line
    assert "its server" in line
    assert PASSWORD not in line
    assert 1 <= len(seen(address)) < 5
    again = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert len(seen(address)) == 5
    assert PASSWORD not in "".join(path.read_text() for path in tmp_path.iterdir() if path.is_file())


def test_a_run_goes_on_when_its_server_is_back_and_stores_everything_once(
    postgresql: Server, address: str, site_file: Path, mien: Callable[..., Ran]
) -> None:
    plan = plan_of(load_site(site_file), site_file, store=address, pace="replay", speed=None)
    said: list[str] = []

    with ExitStack() as gone:

        def restart(board: Board) -> None:
            if not said and board.rows[0].interactions:
                gone.enter_context(postgresql.away())
                said.append("gone")
            elif len(said) == 1 and board.writer is not None:
                said.append(board.writer)
                gone.close()

        board = Supervisor(plan).run(lambda: False, restart)
    assert board.rows[0].done
    assert "its server" in said[1]
    assert PASSWORD not in said[1]
    assert len(seen(address)) == 5

    on = ("--store", address)
    shown = mien("show", *on)
    assert (shown.code, "complete" in shown.out, PASSWORD in shown.out) == (0, True, False)
    counted = mien("flow", "--site-file", site_file, "--on", "2026-05-05", *on)
    assert (counted.code, "till" in counted.out) == (0, True)
    for command in (["hours", site_file], ["visits", site_file], ["deliver", site_file, "--once"]):
        told = mien(*command, *on)
        assert "Traceback" not in told.err
        assert PASSWORD not in told.out + told.err
    assert (
        mien(
            "consent", "add", "L-1", "--how", "form", "--by", "A", "--on", "2026-05-04T09:30+02:00", *on
        ).code
        == 0
    )
    erased = mien("erase", "L-1", "--yes", *on)
    assert (erased.code, "run VACUUM FULL there" in erased.err) == (0, True)
