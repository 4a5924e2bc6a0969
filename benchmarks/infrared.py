"""Do readings change when a camera switches to infra-red at dusk? As near as colour clips can tell.

    uv run python benchmarks/infrared.py --clips DIR

Simulated: nobody filmed these people in infra-red. Under 850 nm lamps skin is bright and even, lips are pale and irises
light; of what a colour camera sees, its red channel is nearest to that. `lamp` adds what such cameras add: a lamp in
the middle of the picture, sensor noise, coarse JPEG. Every picture of the labelled clips of `clips.toml` (known by
their sha256) is read as filmed and in both other ways, by the whole pipeline: faces are found, followed and measured
anew in each. Compared are readings of the same moment and place.

*found*: moments read as filmed that were read so, too. *same*: of these, with the same strongest expression, of eight
and of three levels. *valence*: mean and root mean square of the difference. *residual*: its mean square over the sum of
the variances that the reader predicts for both: 1 where it errs as much as it says and the two err apart, far less
where they err alike.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from mien.expressions import LEVELS, valence
from mien.video import open_video
from mien.vision.pipeline import FacePipeline

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.clips import labelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Way = Callable[[NDArray[np.uint8], np.random.Generator], NDArray[np.uint8]]

RATE: Final = 5.0
NOISE_SD, JPEG, SEED = 5.0, 60, 7
NEAR: Final = 0.5
"""Overlap from which two boxes of one moment are one face."""


class Seen(NamedTuple):
    """One reading.

    Attributes:
        t_s: When.
        box: Where, pixels.
        strongest: Index of the strongest expression.
        valence: On `balance`.
        variance: Of that, as predicted.
    """

    t_s: float
    box: tuple[float, ...]
    strongest: int
    valence: float
    variance: float


def as_filmed(image: NDArray[np.uint8], _: np.random.Generator) -> NDArray[np.uint8]:
    """The picture."""
    return image


def red(image: NDArray[np.uint8], _: np.random.Generator) -> NDArray[np.uint8]:
    """Its red channel alone."""
    return np.repeat(image[..., 2:], 3, axis=2)


def lamp(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Its red channel under the lamp of a camera at night."""
    height, width = image.shape[:2]
    across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    light = 1.15 - 0.55 * np.minimum(across**2 + down**2, 1.5)
    noisy = image[..., 2] * light + rng.normal(0.0, NOISE_SD, (height, width))
    _, coded = cv2.imencode(".jpg", np.clip(noisy, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, JPEG])
    coded_grey = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return np.repeat(coded_grey[..., None], 3, axis=2)


def watch(path: Path, way: Way) -> list[Seen]:
    """What the pipeline reads of a file seen in one way."""
    pipeline, rng, found = FacePipeline(), np.random.default_rng(SEED), []
    with open_video(path, threads=1) as video:
        for frame in video.frames(rate=RATE):
            for one in pipeline.process(replace(frame, image=way(frame.image, rng))).observations:
                if one.reading is not None and one.left_out is None:
                    said = one.reading
                    mean = float(valence(said.probabilities, "balance"))
                    strongest = int(said.probabilities.argmax())
                    box = tuple(float(side) for side in one.box)
                    found.append(Seen(one.t_s, box, strongest, mean, float(said.variances[0])))
    return found


def pairs(filmed: list[Seen], other: list[Seen]) -> list[tuple[Seen, Seen]]:
    """Readings of the same moment and place."""
    at: dict[float, list[Seen]] = {}
    for one in other:
        at.setdefault(round(one.t_s, 3), []).append(one)
    found = []
    for one in filmed:
        near = max(at.get(round(one.t_s, 3), []), key=lambda two: overlap(one.box, two.box), default=None)
        if near is not None and overlap(one.box, near.box) >= NEAR:
            found.append((one, near))
    return found


def overlap(one: tuple[float, ...], two: tuple[float, ...]) -> float:
    """Intersection over union of two boxes."""
    width = min(one[2], two[2]) - max(one[0], two[0])
    height = min(one[3], two[3]) - max(one[1], two[1])
    both = max(width, 0.0) * max(height, 0.0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, two))
    return both / (areas - both)


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=Path, required=True, help="folder with the labelled clips")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    console = Console(width=150 if not sys.stdout.isatty() else None)
    there = labelled(chosen.clips, console)
    ways: dict[str, Way] = {"red channel": red, "under a lamp": lamp}
    read = 0
    found: dict[str, list[tuple[Seen, Seen]]] = {name: [] for name in ways}
    for _, path in track(there, console=console, transient=True, disable=not console.is_terminal):
        filmed = watch(path, as_filmed)
        read += len(filmed)
        for name, way in ways.items():
            found[name] += pairs(filmed, watch(path, way))
    table = Table(
        title=f"Simulated infra-red beside colour, {len(there)} clips, {read} readings", title_justify="left"
    )
    for head in (
        "seen as",
        "found",
        "same of 8",
        "same of 3 levels",
        "valence, mean",
        "valence, rms",
        "residual",
    ):
        table.add_column(head, justify="left" if head == "seen as" else "right")
    for name, both in found.items():
        if not both:
            continue
        change = np.array([two.valence - one.valence for one, two in both])
        expected = np.array([one.variance + two.variance for one, two in both])
        table.add_row(
            name,
            f"{len(both) / read:.1%}",
            f"{np.mean([one.strongest == two.strongest for one, two in both]):.1%}",
            f"{np.mean([LEVELS[one.strongest] == LEVELS[two.strongest] for one, two in both]):.1%}",
            f"{change.mean():+.3f}",
            f"{np.sqrt((change**2).mean()):.3f}",
            f"{(change**2 / expected).mean():.2f}",
        )
    console.print(table)
    return 0 if there else 2


if __name__ == "__main__":
    sys.exit(main())
