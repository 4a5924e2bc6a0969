"""Blinks and looks in clips, read by the whole pipeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.progress import track
from rich.table import Table

from benchmarks.cues.numbers import share_told
from mien.video import open_video
from mien.vision.pipeline import FacePipeline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.cues.labels import Clip
    from mien.vision.types import Observation

RATES: Final = (None, 15.0, 10.0)
NEAR_S: Final = 0.1
"""A blink that was seen belongs to one that was labelled where they are no further apart."""

ASIDE: Final = 10.0
"""Degrees of the eyes in the head from which they look aside or up."""


@dataclass
class Tally:
    """What was seen of the blinks of some clips."""

    blinks: int = 0
    seen: int = 0
    wrong: int = 0
    long: int = 0
    seconds: float = 0.0
    eyes: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def add(self, clip: Clip, told: Sequence[Observation]) -> None:
        """Take in a clip: its observations in order of time."""
        with_lids = [one for one in told if one.tired is not None and one.cues is not None]
        self.blinks += len(clip.blinks)
        self.seconds += with_lids[-1].t_s - with_lids[0].t_s
        hit: set[int] = set()
        before: Observation | None = None
        for one in with_lids:
            if before is not None and before.track_id == one.track_id and one.tired and before.tired:
                self.long += one.tired.long_closures - before.tired.long_closures
                if one.tired.blinks > before.tired.blinks:
                    self._blink(clip, one.t_s, hit)
            before = one
            look = clip.look(one.t_s)
            if (
                look is not None
                and one.cues is not None
                and one.cues.gaze is not None
                and one.pose is not None
            ):
                turn = (one.cues.gaze.yaw - one.pose.yaw, one.cues.gaze.pitch - one.pose.pitch)
                self.eyes.setdefault(look, []).append(turn)
        self.seen += len(hit)

    def _blink(self, clip: Clip, t_s: float, hit: set[int]) -> None:
        """A blink that ended at `t_s` at the latest."""
        mine = [
            i
            for i, (start_s, end_s) in enumerate(clip.blinks)
            if start_s - NEAR_S <= t_s <= end_s + 3 * NEAR_S
        ]
        if mine:
            hit.add(mine[0])
        elif not any(start_s <= t_s <= end_s + 3 * NEAR_S for start_s, end_s in clip.unknown):
            self.wrong += 1


def blinks(clips: Sequence[tuple[Clip, Path]]) -> tuple[Table, Tally]:
    """Blinks found at some rates of reading; the tally of every picture."""
    table = Table(title=f"blinks of {len(clips)} clips")
    for heading in ("readings/s", "watched s", "found", "wrong", "long closures"):
        table.add_column(heading)
    tallies = []
    for rate in RATES:
        tally = Tally()
        for clip, path in track(clips, "every picture" if rate is None else f"{rate:g} readings/s"):
            pipeline = FacePipeline()
            with open_video(path, threads=1) as video:
                told = [
                    one for frame in video.frames(rate=rate) for one in pipeline.process(frame).observations
                ]
            tally.add(clip, told)
        tallies.append(tally)
        table.add_row(
            "all (24-30)" if rate is None else f"{rate:g}",
            f"{tally.seconds:.0f}",
            share_told(tally.seen, tally.blinks),
            str(tally.wrong),
            str(tally.long),
        )
    return table, tallies[0]


def looks(tally: Tally) -> Table:
    """Where eyes were said to look in the head, by where the irises lay."""
    table = Table(title="eyes in the head, degrees")
    for heading in (
        "irises",
        "pictures",
        "yaw median",
        "10 .. 90 %",
        "pitch median",
        "10 .. 90 %",
        "told so",
    ):
        table.add_column(heading)
    for look, turns in sorted(tally.eyes.items()):
        yaw, pitch = np.array(turns).T
        so = {
            "left": yaw < -ASIDE,
            "right": yaw > ASIDE,
            "up": pitch < -ASIDE,
            "middle": np.maximum(abs(yaw), abs(pitch)) <= ASIDE,
        }[look]
        cells = [
            c
            for v in (yaw, pitch)
            for c in (f"{np.median(v):.1f}", "{:.1f} .. {:.1f}".format(*np.quantile(v, [0.1, 0.9])))
        ]
        table.add_row(look, str(len(turns)), *cells, f"{so.mean():.0%}")
    return table
