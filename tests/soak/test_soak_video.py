"""Two hours of real video at its own speed, with random kills of worker and writer: what an analysis finds, no more."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from weighing import held_mb

import mien
from mien.runtime.live import Supervisor, plan_of
from mien.site import load_site
from mien.store import Store
from mien.video import open_video
from mien.video.writer import VideoWriter
from support.sites import HEAD

if TYPE_CHECKING:
    from mien.journey.types import Interaction
    from mien.runtime.live import Board

HOURS = float(os.environ.get("MIEN_SOAK_VIDEO_HOURS", "2"))
RATE, FPS = 3, 12
PAUSE_S = 6
SAMPLE = Path(__file__).parents[2] / "samples" / "crying_to_smiling.mp4"
DAY = datetime.now(UTC).date() - timedelta(days=2)
SITE = (
    HEAD
    + f"""\
[touchpoints.entrance]
role = "entrance"

[cameras.door]
touchpoint = "entrance"
file = "day.mp4"
begins_at = {DAY}T09:30:00+02:00
rate = {RATE}
"""
)


def film(path: Path) -> None:
    """The clip again and again, each time after a pause in which nobody is there."""
    with open_video(SAMPLE) as source:
        clip = [frame.image for frame in source.frames(rate=FPS)]
    height, width = clip[0].shape[:2]
    empty = np.full((height, width, 3), 120, np.uint8)
    part = [empty] * (PAUSE_S * FPS) + clip
    with VideoWriter(path, width, height) as writer:
        for n in range(round(HOURS * 3600 * FPS)):
            writer.write(part[n % len(part)], n / FPS)


def analysed(video: Path) -> tuple[Interaction, ...]:
    """What reading the film once, without any kill, gives."""
    return mien.analyze(video, rate=RATE, role="entrance").interactions


class Killer:
    """Kills worker or writer every one to three minutes of the first half; weighs them in the second, undisturbed."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.rng = np.random.default_rng(11)
        self.next_s, self.killed = 60.0, 0
        self.held_mb: list[float] = []

    def watch(self, board: Board) -> None:
        status = board.rows[0].status
        now_s = 0.0 if status is None or status.t_s is None else status.t_s
        victims = [*self.supervisor.workers.values(), self.supervisor.writer]
        if now_s < self.next_s:
            return
        if now_s < HOURS * 1800:
            victim = victims[int(self.rng.integers(len(victims)))]
            if victim.pid is not None:
                os.kill(victim.pid, signal.SIGKILL)
                self.killed += 1
            self.next_s = now_s + float(self.rng.uniform(60.0, 180.0))
        elif now_s > HOURS * 2000 and not board.rows[0].done:
            held = held_mb(victims)
            if held is not None:
                self.held_mb.append(held)
                self.next_s = now_s + 30.0


@pytest.mark.long
def test_hours_of_video_with_kills_give_what_an_analysis_gives(tmp_path: Path) -> None:
    film(tmp_path / "day.mp4")
    file = tmp_path / "shop.toml"
    file.write_text(SITE)
    store_path = str(tmp_path / "s.sqlite")
    plan = plan_of(load_site(file), file, store=store_path, pace="replay", speed=1.0)
    supervisor = Supervisor(plan)
    killer = Killer(supervisor)
    with ProcessPoolExecutor(1, get_context("spawn")) as beside:
        analysis = beside.submit(analysed, tmp_path / "day.mp4")
        board = supervisor.run(lambda: False, killer.watch)
        alone = analysis.result()
    assert board.rows[0].done
    begin, end = np.array_split(killer.held_mb, 2)
    print(
        f"{HOURS:g} h of video, {killer.killed} kills, {board.rows[0].interactions} interactions; worker and "
        f"writer hold {begin.mean():.0f} MB, later {end.mean():.0f} MB"
    )
    assert killer.killed >= 10 * HOURS
    assert end.mean() < 1.05 * begin.mean()
    with Store.open(store_path, create=False) as store:
        found = store.recordings.interactions()
    assert board.rows[0].interactions == len(found)
    assert len(found) == len(alone) >= HOURS * 3600 / (PAUSE_S + 21)
    assert [(i.start_s, i.end_s, i.readings) for i in found] == [
        (i.start_s, i.end_s, i.readings) for i in alone
    ]
    for one, other in zip(found, alone, strict=True):
        assert (one.score.eps_mean, one.score.hi_mean) == (other.score.eps_mean, other.score.hi_mean)
