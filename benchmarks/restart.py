"""For how long a live camera is not read when its worker is killed, and whether who stands there stays one interaction.

    uv run python benchmarks/restart.py [--kills 20] [--cold]

A camera that sends Motion JPEG shows one face that sways; its worker is killed again and again. `--cold` takes the
process away that waits to take the worker's place, as it was before there was one.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from mien.runtime.live import Supervisor, plan_of
from mien.site import load_site
from mien.store import Store

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.cameras import mjpeg_camera  # type: ignore[import-not-found]
from support.live_door import SITE, pictures  # type: ignore[import-not-found]

if TYPE_CHECKING:
    from mien.runtime.live import Board

APART = 25
"""Readings of a worker before it is killed: five seconds."""


class Killer:
    """Kills the worker whenever it has read for a while."""

    def __init__(self, supervisor: Supervisor, kills: int, *, cold: bool) -> None:
        self.supervisor, self.left, self.cold = supervisor, kills, cold

    def watch(self, board: Board) -> None:
        """Look at the board, and kill where it is time."""
        spare, worker = self.supervisor.spare, self.supervisor.workers["door"]
        status = board.rows[0].status
        if (
            status is None
            or status.readings < APART
            or worker.pid is None
            or (spare is not None and spare.pid is None)
        ):
            return
        self.left -= 1
        if spare is not None and self.cold:
            spare.kill()
        if self.left >= 0:
            os.kill(worker.pid, signal.SIGKILL)

    def over(self) -> bool:
        """Whether the last worker was killed, and another one has read."""
        return self.left < 0


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--cold", action="store_true")
    chosen = parser.parse_args()
    console = Console(width=150 if not sys.stdout.isatty() else None)
    with tempfile.TemporaryDirectory() as folder, mjpeg_camera() as camera:
        camera.pictures = pictures(face=True)
        file, store = Path(folder) / "shop.toml", Path(folder) / "s.sqlite"
        file.write_text(SITE.format(url=camera.address))
        supervisor = Supervisor(plan_of(load_site(file), file, store=str(store)))
        killer = Killer(supervisor, chosen.kills, cold=chosen.cold)
        supervisor.run(killer.over, killer.watch)
        with Store.open(store, create=False) as opened:
            [stream] = opened.recordings.list_recordings()
            found = opened.recordings.interactions()
    gaps = [t["until_s"] - t["since_s"] for t in stream.counters["troubles"] if t["what"] == "worker ended"]
    low, middle, high = np.quantile(gaps, (0, 0.5, 1))
    console.print(
        f"{len(gaps)} kills{', without a spare process' if chosen.cold else ''}: pictures missing for {middle:.1f} s "
        f"(median; {low:.1f} to {high:.1f}); the one person is {len(found)} interaction{'s' * (len(found) != 1)}."
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
