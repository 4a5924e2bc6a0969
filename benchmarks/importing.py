"""Logs of other tools: how far their readings may miss, and whether a log of the sample clip gives what Mien gives.

    uv run python -m benchmarks.importing miss --baselines DIR --ferplus ferplus.npz --outside outside_dev.npz
    uv run python -m benchmarks.importing clip --baselines DIR [--write samples/crying_to_smiling.fex.csv]

Other tools tell no error of a reading, so the maps assume one. `miss` measures what two networks of other projects
(`benchmarks.expression.BASELINES`: those of `face-api` and `fer`, both MIT) miss: the mean square of their valence less
the taggers' mean on the FER+ validation pictures, with the picture as it came and cut around Mien's landmarks as widely
as suits them; and less the label of one annotator on pictures from elsewhere, which overstates it by what annotators
differ among themselves.

`clip` reads every fifth picture of the clip with each of the two, writes what they say as py-feat would (a Fex saved as
CSV, without its columns of landmarks and action units), takes the log in by the map `py-feat`, and sets the outcome
beside that of Mien's own reading. py-feat's own networks are not used: they come from a server of weights, not from the
package. Faces are found by YuNet in each picture for itself and cut as an upright square around its box.
"""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.expression import BASELINES, MARGINS, baseline_answers, face_regions, outside_set
from mien.expressions import EXPRESSIONS, SCALES
from mien.runtime.analysis import analyze
from mien.runtime.imports import import_readings
from mien.training.calibrate import valences
from mien.training.material import VALIDATION, load, vote_shares
from mien.video import open_video
from mien.vision.region import region_of
from mien.vision.registry import DETECTORS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.runtime.analysis import Analysis

CLIP: Final = Path(__file__).parents[1] / "samples" / "crying_to_smiling.mp4"
_EVERY: Final = 5
_CLASSES: Final = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
"""In the order of py-feat's columns."""
_BOX: Final = ("FaceRectX", "FaceRectY", "FaceRectWidth", "FaceRectHeight", "FaceScore")

app = typer.Typer(add_completion=False, no_args_is_help=True)
Baselines = Annotated[Path, typer.Option(help="Folder of the other networks.")]


@app.command()
def miss(
    baselines: Baselines,
    ferplus: Annotated[Path, typer.Option(help="Pictures with votes.")],
    outside: Annotated[Path, typer.Option(help="Pictures from elsewhere with labels.")],
) -> None:
    """By how much readings of other networks miss."""
    material = load(ferplus)
    rows = material.voted_rows(VALIDATION)
    images, labels = outside_set(outside)
    sets = (
        ("FER+ validation, votes", material.images[rows], vote_shares(material.votes[rows])),
        ("elsewhere, one label", images, np.eye(len(EXPRESSIONS))[labels]),
    )
    table = Table(title="mean square miss of valence (root)")
    for heading in ("pictures", "n", "network", "cut", *SCALES):
        table.add_column(heading)
    for name, pictures, truth in sets:
        regions = face_regions(pictures)
        for network, spec in BASELINES.items():
            for margin in MARGINS:
                told = baseline_answers(spec, baselines, pictures, regions, margin)
                square = ((valences(told) - valences(truth)) ** 2).mean(axis=0)
                table.add_row(
                    name,
                    str(len(pictures)),
                    network,
                    f"box x {margin}" if margin else "as it came",
                    *(f"{value:.3f} ({np.sqrt(value):.2f})" for value in square),
                )
    console = Console(width=130)
    console.print(table)
    votes = material.votes[rows][:, : len(EXPRESSIONS)].astype(float)
    one = valences(np.eye(len(EXPRESSIONS)))
    shares = votes / votes.sum(axis=1, keepdims=True)
    spread = ((one[None] - valences(shares)[:, None]) ** 2 * shares[..., None]).sum(axis=1).mean(axis=0)
    told_spread = ", ".join(f"{scale} {value:.3f}" for scale, value in zip(SCALES, spread, strict=True))
    console.print(f"Variance of one tagger of FER+ about the mean of all: {told_spread}")


@app.command()
def clip(
    baselines: Baselines,
    video: Annotated[Path, typer.Option(help="The clip.")] = CLIP,
    write: Annotated[Path | None, typer.Option(help="Keep the log of `fer` here.")] = None,
) -> None:
    """The sample clip: Mien's own reading, and logs of other networks taken in."""
    table = Table(title=f"{video.name}: {_EVERY} pictures apart")
    for heading in ("reading", "readings", "start", "end", "EPS", "95 %", "index", "outcome"):
        table.add_column(heading)
    _add(table, "Mien, 5 readings/s", analyze(video, rate=5))
    _add(table, "Mien, 10 readings/s", analyze(video))
    boxes, crops, rate = _faces(video)
    for network, spec in BASELINES.items():
        regions = [region_of(box) for box in boxes]
        shares = np.concatenate(
            [
                baseline_answers(spec, baselines, crop[None], [region], 1.0)
                for crop, region in zip(crops, regions, strict=True)
            ]
        )
        with tempfile.TemporaryDirectory() as folder:
            log = write if write is not None and network == "fer" else Path(folder) / "log.csv"
            _write_fex(log, video, boxes, shares, rate)
            found = import_readings(log, "py-feat", fps=rate)
        assert found is not None
        _add(table, f"log of {network}", found)
    Console(width=130).print(table)


def _faces(video: Path) -> tuple[list[Any], list[NDArray[np.uint8]], float]:
    """The largest face of every fifth picture: where the detector saw it, and the grey picture."""
    detector = DETECTORS.make("yunet", threads=1)
    boxes, pictures = [], []
    with open_video(video) as source:
        for frame in track(source.frames(rate=None), description="finding faces"):
            if frame.index % _EVERY == 0:
                boxes.append(max(detector.detect(frame.image), key=lambda one: one.height))
                pictures.append(np.asarray(cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY), np.uint8))
        rate = source.info.frame_rate
    return boxes, pictures, float(rate or 25.0)


def _write_fex(log: Path, video: Path, boxes: list[Any], shares: NDArray[np.float64], rate: float) -> None:
    with log.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow([*_BOX, *_CLASSES, "input", "frame", "approx_time", "Identity"])
        for number, (box, row) in enumerate(zip(boxes, shares, strict=True)):
            x1, y1, x2, y2 = (float(v) for v in box.box)
            seconds = int(number * _EVERY / rate)
            rows.writerow(
                [
                    *(f"{v:.1f}" for v in (x1, y1, x2 - x1, y2 - y1)),
                    f"{box.score:.4f}",
                    *(f"{row[EXPRESSIONS.index(name)]:.6f}" for name in _CLASSES),
                    video.name,
                    number * _EVERY,
                    f"{seconds // 60:02d}:{seconds % 60:02d}",
                    "Person_0",
                ]
            )


def _add(table: Table, name: str, found: Analysis) -> None:
    for one in found.interactions:
        score = one.score
        numbers = (score.initial_valence, score.final_valence, score.eps, score.eps_low, score.eps_high)
        start, end, eps, low, high = ("-" if v is None else f"{v:+.2f}" for v in numbers)
        index = "-" if score.happiness_index is None else f"{score.happiness_index:.0f}"
        table.add_row(name, str(score.n), start, end, eps, f"{low} to {high}", index, score.outcome.value)


if __name__ == "__main__":
    app()
