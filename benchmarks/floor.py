"""How long the noise of one camera lingers in the readings of faces that do not move.

    uv run python benchmarks/floor.py [--seconds 12]

The five studio faces of the bundled group picture stand still before a simulated camera: a fresh sensor noise in every
picture, 25 pictures a second, each picture encoded by itself (MJPEG) or by H.264 with a key picture every two seconds.
Nothing a face shows changes, so whatever changes in the readings is noise. Every picture is read. `tau` is the
correlation time of the autoregression in continuous time whose correlations fit those at lags of 1 to 5 pictures best;
`sd` is the spread of the readings, `said` the standard deviation that the reader predicts for them, most of which
stays the same for one face throughout.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.optimize import minimize_scalar

from mien.expressions import valence
from mien.video import open_video
from mien.vision.pipeline import FacePipeline

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.clips import write_clip  # type: ignore[import-not-found]

if TYPE_CHECKING:
    from numpy.typing import NDArray

PICTURE: Final = Path(__file__).parents[1] / "samples" / "multi_face.jpg"
FRAME_RATE: Final = 25.0
LAGS: Final = 5
SETTLED_S: Final = 1.0
"""Readings before this are left out: the first pictures of a stream are coded worse than the others."""
FAITHFUL: Final = ("mjpeg", "yuvj420p", {"qscale": "3"})
GOOD: Final = ("libx264", "yuv420p", {"crf": "23", "preset": "veryfast"})
FRUGAL: Final = ("libx264", "yuv420p", {"crf": "30", "preset": "veryfast"})
CODINGS: Final = {"MJPEG": FAITHFUL, "H.264 crf 23": GOOD, "H.264 crf 30": FRUGAL}
GRAINS: Final = (1.0, 4.0, 10.0)
"""Standard deviation of the sensor's noise, grey levels."""


def readings(path: Path) -> dict[int, NDArray[np.float64]]:
    """Time, valence and predicted variance of every reading, (n, 3) per track."""
    found: dict[int, list[tuple[float, float, float]]] = {}
    pipeline = FacePipeline()
    with open_video(path, threads=1) as video:
        for frame in video.frames(rate=FRAME_RATE):
            for seen in pipeline.process(frame).observations:
                if seen.reading is not None and seen.t_s >= SETTLED_S:
                    row = (
                        seen.t_s,
                        float(valence(seen.reading.probabilities)),
                        float(seen.reading.variances[0]),
                    )
                    found.setdefault(seen.track_id, []).append(row)
    return {track: np.array(rows) for track, rows in found.items() if len(rows) > 4 * LAGS}


def correlations(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Autocorrelation at lags 1..LAGS, about the mean of the track."""
    x = values - values.mean()
    return np.array([float((x[lag:] * x[:-lag]).mean()) for lag in range(1, LAGS + 1)]) / float(
        (x * x).mean()
    )


def correlation_time(found: NDArray[np.float64]) -> float:
    """The `tau` (s) whose correlations exp(-lag / tau) miss those found least, in the least squares."""
    lags = np.arange(1, LAGS + 1) / FRAME_RATE

    def miss(log_tau: float) -> float:
        return float(((np.exp(-lags / np.exp(log_tau)) - found) ** 2).sum())

    return float(np.exp(minimize_scalar(miss, bounds=(np.log(0.005), np.log(2.0)), method="bounded").x))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=12.0, help="length of each film")
    seconds = parser.parse_args().seconds
    cv2.setNumThreads(1)
    still = np.asarray(cv2.imread(str(PICTURE)), np.uint8)
    width = 960
    height = 2 * round(still.shape[0] * width / still.shape[1] / 2)
    still = np.asarray(cv2.resize(still, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    times = [number / FRAME_RATE for number in range(round(seconds * FRAME_RATE))]
    table = Table("sensor noise", "coding", "faces", "sd", "said", "r(1)", "r(5)", "tau, s", "least", "most")
    for noise, (name, (codec, pix_fmt, options)) in product(GRAINS, CODINGS.items()):

        def picture(number: int, noise: float = noise) -> NDArray[np.uint8]:
            grain = np.random.default_rng([7, number]).standard_normal(still.shape, np.float32) * np.float32(
                noise
            )
            return np.asarray(np.clip(still + grain, 0, 255), np.uint8)

        with tempfile.TemporaryDirectory() as folder:
            path = write_clip(
                Path(folder) / "still.mkv", times, size=(width, height), draw=picture, gop=50, b_frames=2,
                codec=codec, pix_fmt=pix_fmt, options=options,
            )  # fmt: skip
            tracks = readings(path)
        found = [correlations(rows[:, 1]) for rows in tracks.values()]
        taus = [correlation_time(r) for r in found]
        mean = np.mean(found, axis=0)
        table.add_row(
            f"{noise:g}", name, str(len(tracks)),
            f"{np.mean([rows[:, 1].std() for rows in tracks.values()]):.4f}",
            f"{np.mean([np.sqrt(rows[:, 2]).mean() for rows in tracks.values()]):.3f}",
            f"{mean[0]:.2f}", f"{mean[-1]:.2f}",
            f"{correlation_time(mean):.3f}", f"{min(taus):.3f}", f"{max(taus):.3f}",
        )  # fmt: skip
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
