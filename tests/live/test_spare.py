"""The process that waits for work: it takes the next one, and nothing hangs on it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mien.runtime.live.spare import Spare
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mien.runtime.live.process import Reporter

pytestmark = pytest.mark.once


def leave_a_note(path: str, reporter: Reporter) -> None:
    """Work that is done at once: who does it, whether it shall stop, and whether all was loaded before."""
    loaded = {f"mien.runtime.live.{part}" for part in ("camera", "matcher", "writer")} <= set(sys.modules)
    Path(path).write_text(f"{os.getpid()} {reporter.stopped} {loaded}")


@pytest.fixture
def spare() -> Iterator[Spare]:
    one = Spare("mien.runtime.live.supervisor")
    yield one
    one.kill()


def ready(spare: Spare) -> int:
    """Tend it until it waits for work; its number."""

    def waits() -> int | None:
        spare.tend()
        return spare.pid

    return until(waits, "the spare process waits")


def test_it_takes_the_work_of_another_and_is_followed_by_a_new_one(spare: Spare, tmp_path: Path) -> None:
    note = tmp_path / "note"
    assert spare.take(leave_a_note, (str(note),)) is None
    first = ready(spare)
    taken = spare.take(leave_a_note, (str(note),))
    assert taken is not None
    process, line = taken
    process.join()
    line.close()
    assert (note.read_text(), process.exitcode) == (f"{first} False True", 0)
    assert spare.pid is None
    assert ready(spare) != first


def test_one_that_died_is_given_no_work(spare: Spare, tmp_path: Path) -> None:
    os.kill(ready(spare), signal.SIGKILL)
    process = spare.take(leave_a_note, (str(tmp_path / "note"),))
    if process is not None:  # it was given work before it was seen to be dead: whoever gave it sees that
        process[0].join()
        assert process[0].exitcode == -signal.SIGKILL
        process[1].close()
    else:
        spare.tend()
        assert spare.pid is None
    assert not (tmp_path / "note").exists()
