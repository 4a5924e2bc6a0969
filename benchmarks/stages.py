"""What each stage of the chain costs: one 720p camera, three faces, ten readings a second.

    uv run python benchmarks/stages.py [--seconds 20]

Three real faces of the bundled group picture move gently through a 720p room at 25 frames a second. The film is
decoded and read as a recording is. Figures are processor time of this process, so other work on the machine hardly
shows: milliseconds per reading tick for each stage, and the share of one core that keeping up with the film takes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.video import open_video
from mien.vision.pipeline import FacePipeline

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.facemesh import Actor, Stance, background, faces, film  # type: ignore[import-not-found]

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mien.video.types import Frame

FRAME_RATE: Final = 25.0
RATE: Final = 10.0
CAST: Final = ((1, 260.0, 0.8), (3, 640.0, 1.1), (4, 1020.0, 0.6))
"""Number of each face in the group, its place and its speed."""


def actor(who: int, x: float, speed: float) -> Actor:
    def stance(t_s: float) -> Stance:
        sway = float(np.sin(speed * t_s))
        return Stance(x=x + 60.0 * sway, y=350.0, height=130.0, yaw=15.0 * sway, pitch=6.0 * sway)

    return Actor(faces()[who], stance)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="length of the film")
    seconds = parser.parse_args().seconds
    times = [number / FRAME_RATE for number in range(round(seconds * FRAME_RATE))]
    with tempfile.TemporaryDirectory() as folder:
        path = film(Path(folder) / "room.mp4", times, [actor(*part) for part in CAST], background(1280, 720))
        pipeline = FacePipeline()
        with open_video(path, threads=1) as video:
            measure(pipeline, video.frames(rate=RATE), seconds)


def measure(pipeline: FacePipeline, frames: Iterator[Frame], seconds: float) -> None:
    cv2.setNumThreads(1)
    counted = seen = 0
    start = process_time()
    for frame in frames:
        observations = pipeline.process(frame).observations
        seen += len(observations)
        counted += sum(o.reading is not None for o in observations)
    spent = process_time() - start
    ticks = pipeline.clock.ticks
    stages = dict(pipeline.clock.seconds)
    stages["decode"] = spent - sum(stages.values())
    print(f"{ticks} ticks, {seen / ticks:.2f} faces and {counted / ticks:.2f} readings per tick")
    for stage, cost in sorted(stages.items(), key=lambda item: -item[1]):
        print(f"{stage:>10} {cost / ticks * 1e3:7.2f} ms per tick")
    print(f"{'all':>10} {spent / ticks * 1e3:7.2f} ms per tick, {spent / seconds:.2f} of one core")


if __name__ == "__main__":
    main()
