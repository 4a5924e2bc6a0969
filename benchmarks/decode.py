"""How fast recordings are decoded: frames per second with and without conversion, beside OpenCV's own reader.

Run `uv run python benchmarks/decode.py [--seconds 20] [--threads 2] [VIDEO]`. Without a video, noisy moving
pictures are encoded first at 720p and 1080p, about 4 Mbit/s, 30 pictures per second. The columns:

- `sampled`: `VideoFile.frames(rate=10)`, as `mien analyze` does: all decoded, one in three converted.
- `every`: `VideoFile.frames(rate=None)`, every picture converted to BGR.
- `decoded only`: `VideoFile.frames(rate=0.001)`, none but the first converted: the ceiling.
- `OpenCV`: `cv2.VideoCapture`, which converts every picture and knows no true times; the last column is
  `every` / `OpenCV`.

`cores` is processor time over wall time while sampling; `real time` how many such cameras it keeps up with.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np

from mien.video import VideoWriter, open_video

if TYPE_CHECKING:
    from collections.abc import Callable

_RATE = 30


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("video", nargs="?", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    versions = f"PyAV {av.__version__}, OpenCV {cv2.__version__}, {options.threads} decoder threads"
    print(f"{versions}\n")
    print("| clip | sampled 10/s | every | decoded only | OpenCV | every / OpenCV | cores | real time |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for clip in [options.video] if options.video else _clips(Path(folder), options.seconds):
            print(_row(clip, options.threads), flush=True)


def _row(clip: Path, threads: int) -> str:
    with open_video(clip, threads=threads) as video:
        info = video.info

        def through(rate: float | None) -> Callable[[], int]:
            def run() -> int:
                for _ in video.frames(rate=rate):
                    pass
                return video.decoded

            return run

        busy_s, began_s = time.process_time(), time.perf_counter()
        sampled = _frames_per_second(through(10.0))
        cores = (time.process_time() - busy_s) / (time.perf_counter() - began_s)
        every = _frames_per_second(through(None))
        bare = _frames_per_second(through(0.001))
    cells = [f"{info.width}x{info.height} {info.codec}", f"{sampled:.0f}", f"{every:.0f}", f"{bare:.0f}"]
    if cv2.videoio_registry.hasBackend(cv2.CAP_FFMPEG):
        opencv = _frames_per_second(lambda: _with_opencv(clip, threads))
        cells += [f"{opencv:.0f}", f"{every / opencv:.2f}"]
    else:
        cells += ["no backend", "-"]
    cells += [f"{cores:.2f}", f"{sampled / info.frame_rate:.1f}x" if info.frame_rate else "-"]
    return f"| {' | '.join(cells)} |"


def _with_opencv(clip: Path, threads: int) -> int:
    capture = cv2.VideoCapture(str(clip), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, threads])
    count = 0
    while capture.read()[0]:
        count += 1
    capture.release()
    return count


def _frames_per_second(run: Callable[[], int]) -> float:
    began_s = time.perf_counter()
    count = run()
    return count / (time.perf_counter() - began_s)


def _clips(folder: Path, seconds: float) -> list[Path]:
    clips = []
    for width, height in ((1280, 720), (1920, 1080)):
        path = folder / f"{height}p.mp4"
        texture = np.random.default_rng(0).normal(0, 1, (height // 8 + 40, width // 8 + 40, 3))
        scene = cv2.resize((texture * 40 + 128).clip(0, 255).astype(np.uint8), (width + 320, height + 320))
        grain = np.random.default_rng(1).integers(0, 8, (4, height, width, 3), dtype=np.uint8)
        with VideoWriter(path, width, height) as writer:
            for number in range(round(seconds * _RATE)):
                x, y = (160 + round(100 * wave) for wave in (np.sin(number / 20), np.cos(number / 31)))
                picture = cv2.add(scene[y : y + height, x : x + width], grain[number % 4])
                writer.write(picture.astype(np.uint8), number / _RATE)
        clips.append(path)
    return clips


if __name__ == "__main__":
    main()
