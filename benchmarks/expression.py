"""The expression reader beside others, on the same pictures in the same run.

    uv run python benchmarks/expression.py --ferplus ferplus.npz --outside outside_dev.npz --baselines DIR

`--ferplus`: pictures with votes, as `mien.training.material` describes. `--outside`: an `.npz` of `images` (N, S, S)
uint8 grey and `label` (N,) in the order of `mien.expressions.EXPRESSIONS`; expressions with fewer than 50 pictures are
left out. `--baselines`: a folder of `faceapi_expression.onnx` and `fer_mini_xception.onnx`; each is shown with the
crop that suits it best on the outside pictures, which is kinder to it than to Mien, whose reader aligns by itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import cv2
import numpy as np
import platformdirs
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from mien.expressions import EXPRESSIONS, SCALES, valence
from mien.figures import Figures, calibration_error, figures, valence_concordance
from mien.training.calibrate import valences
from mien.training.copies import ALIKE, nearest
from mien.training.material import TEST, TRAIN, VALIDATION, Material, align_all, load, majorities, vote_shares
from mien.vision.align import warp
from mien.vision.expression import ExpressionReader
from mien.vision.landmarks import MediaPipeLandmarker, find_in_crop
from mien.vision.likeness import SIDE
from mien.vision.models import load_network
from mien.vision.region import Region, region_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Where the outputs of each net stand among `EXPRESSIONS`. face-api: neutral, happy, sad, angry, fearful, disgusted,
# surprised; fer: angry, disgust, fear, happy, sad, surprise, neutral.
_FACE_API: Final = (0, 1, 3, 4, 6, 5, 2)
_FER: Final = (4, 5, 6, 1, 3, 2, 0)
MARGINS: Final = (0.0, 0.9, 1.0, 1.1, 1.2, 1.4)
"""Sides of the baselines' crops over the landmarks' box; 0 is the picture as it came."""
CACHE: Final = Path(platformdirs.user_cache_dir("mien")) / "benchmarks"
_MIN_PICTURES: Final = 50
SPLITS: Final = {"validation": VALIDATION, "test": TEST}


@dataclass(frozen=True)
class Baseline:
    """Another expression net: its file, input, what its pixels are divided and shifted by, its labels."""

    file: str
    size: int
    channels: int
    divide: float
    shift: float
    labels: tuple[int, ...]


BASELINES: Final = {
    "face-api": Baseline("faceapi_expression.onnx", 112, 3, 1.0, 0.0, _FACE_API),
    "fer": Baseline("fer_mini_xception.onnx", 64, 1, 127.5, -1.0, _FER),
}


def face_regions(images: NDArray[np.uint8]) -> list[Region | None]:
    """Where Mien's landmarks find the face of each picture; `None` where they find none."""
    landmarker = MediaPipeLandmarker()
    meshes = [find_in_crop(landmarker, np.repeat(image[..., None], 3, axis=2)) for image in images]
    return [None if mesh is None else region_of(mesh) for mesh in meshes]


def face_crop(image: NDArray[np.uint8], region: Region | None, margin: float, size: int) -> NDArray[np.uint8]:
    """The upright square of `margin` times the landmarks' box; the whole picture for 0 or without a face."""
    side = image.shape[0]
    if margin == 0.0 or region is None:
        region = Region(side / 2, side / 2, side)
    else:
        region = Region(region.x, region.y, region.side / 1.5 * margin)
    return warp(image, region.matrix(size), size)


def baseline_answers(
    spec: Baseline, folder: Path, images: NDArray[np.uint8], regions: list[Region | None], margin: float
) -> NDArray[np.float64]:
    """(N, 8) what another net says of pictures, each cut by `face_crop`."""
    session = load_network(str(folder / spec.file), spec.file)
    out = np.zeros((len(images), len(EXPRESSIONS)))
    for start in range(0, len(images), 64):
        part = slice(start, start + 64)
        crops = np.stack(
            [face_crop(i, r, margin, spec.size) for i, r in zip(images[part], regions[part], strict=True)]
        )
        x = np.repeat(crops[:, None].astype(np.float32) / spec.divide + spec.shift, spec.channels, axis=1)
        (probabilities,) = session.run(["prob"], {"input": x})
        out[np.arange(len(images))[part, None], spec.labels] = probabilities
    return out


def figure_row(name: str, f: Figures, *more: str) -> tuple[str, ...]:
    """A row of `figure_table`."""
    return (
        name,
        str(f.n),
        f"{f.accuracy:.3f}",
        f"{f.balanced:.3f}",
        f"{f.macro_f1:.3f}",
        f"{f.three_levels:.3f}",
        *more,
    )


def figure_table(title: str, *more: str) -> Table:
    """A table of readers, with columns of one's own after those that all have."""
    table = Table(title=title)
    for heading in ("reader", "n", "accuracy", "balanced", "macro-F1", "3 levels", *more):
        table.add_column(heading)
    return table


def class_table(title: str, f: Figures) -> Table:
    """Recall and F1 of each expression."""
    table = Table(title=title)
    for heading in ("", *f.recall):
        table.add_column(heading)
    table.add_row("recall", *(f"{v:.3f}" for v in f.recall.values()))
    table.add_row("F1", *(f"{v:.3f}" for v in f.f1.values()))
    return table


def outside_set(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pictures from elsewhere and their labels, of the expressions that have at least `_MIN_PICTURES`."""
    with np.load(path) as file:
        images, labels = file["images"], file["label"].astype(np.int64)
    kept = np.isin(labels, np.flatnonzero(np.bincount(labels, minlength=8) >= _MIN_PICTURES))
    return images[kept], labels[kept]


def copied_pictures(material: Material, cache: Path) -> NDArray[np.bool_]:
    """(N,) pictures of which the training split holds a (near) copy or another crop; the reader learned from none."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("aligning all pictures, once", total=len(material.images))
        matrices, _, _ = align_all(
            material.images,
            SIDE,
            cache / "alignment.npz",
            lambda done, _: progress.update(bar, completed=done),
        )
    rows, split = np.flatnonzero(material.usage != TRAIN), np.flatnonzero(material.usage == TRAIN)
    found = material.copied_rows()
    found[rows] |= nearest(material.images, matrices, rows, split) >= ALIKE
    return found


def _speed(reader: ExpressionReader) -> float:
    """Milliseconds of the network alone for one face on one thread: the least of many, as other work only adds."""
    face = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)
    times = []
    for _ in range(200):
        start = time.perf_counter()
        reader.infer([face])
        times.append(time.perf_counter() - start)
    return 1000.0 * min(times)


def main(
    ferplus: Annotated[Path, typer.Option(help="Pictures with votes.")],
    outside: Annotated[Path, typer.Option(help="Pictures from elsewhere with labels.")],
    baselines: Annotated[Path | None, typer.Option(help="Folder of the other nets.")] = None,
    split: Annotated[
        str, typer.Option(help="validation, or test: opened once per released model.")
    ] = "validation",
    cache: Annotated[Path, typer.Option(help="Folder that keeps where the faces are.")] = CACHE,
) -> None:
    console = Console(width=150)
    cv2.setNumThreads(1)
    reader = ExpressionReader()
    console.print(f"reader {reader.version}: {_speed(reader):.2f} ms per face, one thread, batch 1")

    console.print(_outside(reader, *outside_set(outside), baselines))

    material = load(ferplus)
    rows = material.voted_rows(SPLITS[split])
    probabilities = reader.predict(material.images[rows])
    shares = vote_shares(material.votes[rows])
    labels = majorities(material.votes[rows])
    at = np.flatnonzero(labels >= 0)
    truth = labels[at]
    copied = copied_pictures(material, cache)[rows][at]
    table = figure_table(f"FER+ {split}, majority labels (8 expressions)")
    whole, variances = reader.predict_with_error(material.images[rows], ["full"] * len(rows))
    table.add_row(*figure_row("mien, every face taken for whole", figures(whole[at], truth)))
    table.add_row(
        *figure_row("  no photograph of the training split", figures(whole[at][~copied], truth[~copied]))
    )
    table.add_row(*figure_row("mien, covers looked for", figures(probabilities[at], truth)))
    table.add_row(
        *figure_row(
            "  no photograph of the training split", figures(probabilities[at][~copied], truth[~copied])
        )
    )
    if baselines is not None:
        regions = face_regions(material.images[rows][at])
        for name, spec in BASELINES.items():
            best = max(
                (
                    figures(baseline_answers(spec, baselines, material.images[rows][at], regions, m), truth)
                    for m in MARGINS
                ),
                key=lambda f: f.accuracy,
            )
            table.add_row(*figure_row(name, best))
    console.print(table)
    console.print(class_table("each expression, every face taken for whole", figures(whole[at], truth)))
    square = ((valences(whole) - valences(shares)) ** 2 / variances).mean(axis=0)
    console.print(
        f"{len(rows)} pictures with votes: valence concordance {valence_concordance(whole, shares):.3f}, "
        f"mean absolute miss {np.abs(valence(whole) - valence(shares)).mean():.3f}, classwise calibration "
        f"error {calibration_error(whole, shares):.4f}, residual mean square "
        + ", ".join(f"{scale} {value:.2f}" for scale, value in zip(SCALES, square, strict=True))
    )


def _outside(
    reader: ExpressionReader, images: NDArray[np.uint8], labels: NDArray[np.int64], baselines: Path | None
) -> Table:
    names = [EXPRESSIONS[k] for k in np.unique(labels)]
    table = figure_table(
        "pictures from elsewhere, answers among their own expressions",
        *(f"recall {n}" for n in names),
        "crop",
    )

    def add(name: str, f: Figures, crop: str) -> None:
        table.add_row(*figure_row(name, f, *(f"{f.recall[n]:.3f}" for n in names), crop))

    probabilities = reader.predict(images)
    add("mien, covers looked for", figures(probabilities, labels), "its own")
    add("mien, all whole", figures(reader.predict(images, ["full"] * len(images)), labels), "its own")
    answered = np.array(list(EXPRESSIONS))[probabilities.argmax(axis=1)]
    right = np.array(list(EXPRESSIONS))[labels] == answered
    among_eight = np.mean([right[labels == k].mean() for k in np.unique(labels)])
    table.caption = f"mien, answers among all eight: balanced {among_eight:.3f}"
    if baselines is not None:
        regions = face_regions(images)
        for name, spec in BASELINES.items():
            tried = [
                (figures(baseline_answers(spec, baselines, images, regions, m), labels), m) for m in MARGINS
            ]
            for f, margin in sorted(tried, key=lambda pair: -pair[0].balanced)[:2]:
                add(name, f, f"box x {margin}" if margin else "as it came")
    return table


if __name__ == "__main__":
    typer.run(main)
