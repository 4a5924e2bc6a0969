"""Covered faces: how many pass as whole ones, and what is made of the rest.

    uv run python -m benchmarks.covered --ferplus ferplus.npz --outside outside_dev.npz --baselines DIR

Covers are drawn over the lower face of the same pictures that `benchmarks/expression.py` reads (`mien.training.covers`,
a fixed seed); then landmarks are looked for anew, as on any picture. `--outside` shows people of whom nothing was
learned. `--masks DIR` puts on masks that others have drawn, such as those of the PyPI package face-mask 0.3.0
(`face_mask/images` in its wheel). `--split test` is opened once per released network. No real mask is in either set.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.expression import (
    BASELINES,
    MARGINS,
    SPLITS,
    baseline_answers,
    class_table,
    face_regions,
    figure_row,
    figure_table,
    outside_set,
)
from mien.expressions import EXPRESSIONS, SCALES
from mien.figures import calibration_error, figures, valence_concordance
from mien.training.calibrate import valences
from mien.training.covers import COVERS, HARMLESS, draw_cover
from mien.training.material import load, majorities, vote_shares
from mien.training.wearing import HIDDEN, SEEN, any_cover
from mien.vision.crops import CropAligner
from mien.vision.expression import ExpressionReader
from mien.vision.landmarks import MediaPipeLandmarker, find_in_crop
from mien.vision.models import entry
from mien.vision.types import Visibility
from mien.vision.visibility import VisibilityDetector

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED: Final = 11
_TRIES: Final = 20


@dataclass(frozen=True)
class Drawn:
    """Pictures with something drawn over each.

    Attributes:
        images: (M, S, S) uint8 grey.
        rows: (M,) which pictures they were.
        kinds: (M,) the last thing drawn on each.
    """

    images: NDArray[np.uint8]
    rows: NDArray[np.intp]
    kinds: tuple[str, ...]


def find_landmarks(images: NDArray[np.uint8]) -> list[NDArray[np.float32] | None]:
    """Landmarks of the face in each crop (M, S, S) uint8 grey, where there are any."""
    landmarker = MediaPipeLandmarker()
    found = []
    for image in track(images, "landmarks"):
        mesh = find_in_crop(landmarker, np.repeat(image[..., None], 3, axis=2))
        found.append(None if mesh is None else mesh.points)
    return found


def draw_covers(
    images: NDArray[np.uint8],
    points: list[NDArray[np.float32] | None],
    rng: np.random.Generator,
    kind: str | None,
    limit: int | None = None,
) -> Drawn:
    """One thing over every face with landmarks: `kind`, or covers as shops see them."""
    made: list[NDArray[np.uint8]] = []
    rows: list[int] = []
    kinds: list[str] = []
    for row in rng.permutation(len(images)):
        where = points[row]
        if where is None or (limit is not None and len(made) >= limit):
            continue
        for _ in range(_TRIES):
            chosen = any_cover(rng) if kind is None else (kind,)
            drawn = draw_cover(rng, images[row], where, chosen)
            if (
                drawn.mouth <= SEEN
                if kind in HARMLESS
                else drawn.mouth >= HIDDEN and drawn.eyes <= 1 - HIDDEN
            ):
                made.append(drawn.image)
                rows.append(row)
                kinds.append(chosen[-1])
                break
    return Drawn(np.stack(made), np.array(rows, np.intp), tuple(kinds))


def _put_on(
    image: NDArray[np.uint8], points: NDArray[np.float32], mask: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """A picture of a mask (H, W, 4) worn from the bridge of the nose to the chin, as wide as the face."""
    p = points[:, :2].astype(np.float64)
    ys, xs = np.nonzero(mask[..., 3] > 80)
    x, y = (xs.min() + xs.max()) / 2, (ys.min() + ys.max()) / 2
    source = [(xs.min(), y, 1), (xs.max(), y, 1), (x, ys.min(), 1), (x, ys.max(), 1)]
    top, chin = (p[197] + p[5]) / 2, p[152] + 0.04 * (p[152] - p[10])
    half = (p[454] - p[234]) / 2
    target = [(top + chin) / 2 - half, (top + chin) / 2 + half, top, chin]
    matrix = 4.0 * np.linalg.lstsq(np.array(source, np.float64), np.array(target), rcond=None)[0].T
    side = (4 * image.shape[1], 4 * image.shape[0])
    grey = cv2.cvtColor(mask[..., :3], cv2.COLOR_BGR2GRAY).astype(np.float32)
    alpha = mask[..., 3].astype(np.float32) / 255.0
    worn, cover = (
        cv2.resize(cv2.warpAffine(v, matrix, side), image.shape[::-1], interpolation=cv2.INTER_AREA)
        for v in (alpha, grey)
    )
    return np.asarray(np.clip(image * (1.0 - worn) + cover * worn, 0.0, 255.0), np.uint8)


def aligned_crops(images: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Canonical crops, each by its own landmarks."""
    aligner = CropAligner(entry("expression").input_size[0])
    return [aligner.align(np.repeat(image[..., None], 3, axis=2)) for image in track(images, "reading")]


def _seen(images: NDArray[np.uint8]) -> list[Visibility]:
    seeing = VisibilityDetector()
    return [seeing.decide(one) for one in seeing.infer(aligned_crops(images))]


def visibility_table(images: NDArray[np.uint8], limit: int, masks: Path | None) -> Table:
    """How bare, covered and harmlessly accompanied faces are taken."""
    points = find_landmarks(images[: 4 * limit])
    images = images[: 4 * limit]
    table = Table(title="people of whom nothing was learned: taken as")
    for heading in ("drawn", "n", "full", "eyes", "unusable"):
        table.add_column(heading)
    total = np.zeros(3, np.int64)

    def add(name: str, seen: list[Visibility]) -> NDArray[np.int64]:
        counts = np.array([seen.count(v) for v in Visibility])
        table.add_row(name, str(len(seen)), *(f"{c / len(seen):.1%}" for c in counts))
        return counts

    add("nothing", _seen(images))
    small = [cv2.resize(image, (40, 40), interpolation=cv2.INTER_AREA) for image in images]
    add("nothing, 40 px", _seen(np.asarray(small, np.uint8)))

    def drawn(kind: str) -> NDArray[np.int64]:
        return add(kind, _seen(draw_covers(images, points, np.random.default_rng(SEED), kind, limit).images))

    for kind in COVERS:
        total += drawn(kind)
    for path in sorted(masks.glob("*.png")) if masks is not None else ():
        mask = np.asarray(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), np.uint8)
        pairs = zip(images, points, strict=True)
        worn = [_put_on(image, where, mask) for image, where in pairs if where is not None]
        add(path.stem, _seen(np.stack(worn[:limit])))
    for harmless in HARMLESS:
        drawn(harmless)
    table.caption = f"covered faces passed as full: {total[0] / total.sum():.2%} of {total.sum()}"
    return table


def _ways(
    reader: ExpressionReader, drawn: Drawn, bare: NDArray[np.uint8]
) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """The same faces read in every way there is: distributions and variances."""
    covered, open_faces = aligned_crops(drawn.images), aligned_crops(bare[drawn.rows])
    seeing = VisibilityDetector()
    seen = [seeing.decide(one) for one in seeing.infer(covered)]
    every = len(covered)
    return {
        "covered, by the eyes": reader.infer(covered, [Visibility.EYES] * every),
        "covered, as Mien finds them": reader.infer(covered, seen),
        "covered, taken for whole": reader.infer(covered, [Visibility.FULL] * every),
        "the same faces bare": reader.infer(open_faces, [Visibility.FULL] * every),
        "the same faces bare, by the eyes": reader.infer(open_faces, [Visibility.EYES] * every),
    }


def main(
    ferplus: Annotated[Path, typer.Option(help="Pictures with votes.")],
    outside: Annotated[Path, typer.Option(help="Pictures from elsewhere with labels.")],
    baselines: Annotated[Path | None, typer.Option(help="Folder of the other nets.")] = None,
    masks: Annotated[Path | None, typer.Option(help="Pictures of masks, PNG with alpha.")] = None,
    split: Annotated[
        str, typer.Option(help="validation, or test: opened once per released model.")
    ] = "validation",
    limit: Annotated[int, typer.Option(min=20, help="Faces for each kind of cover.")] = 400,
) -> None:
    console = Console(width=150)
    cv2.setNumThreads(1)
    reader = ExpressionReader()
    console.print(f"reader {reader.version}")
    images = np.load(outside)["images"]
    order = np.random.default_rng(SEED).permutation(len(images))
    console.print(visibility_table(images[order], limit, masks))

    images, labels = outside_set(outside)
    drawn = draw_covers(images, find_landmarks(images), np.random.default_rng(SEED), None)
    table = figure_table("pictures from elsewhere, answers among their own expressions")
    for name, (p, _) in _ways(reader, drawn, images).items():
        table.add_row(*figure_row(name, figures(p, labels[drawn.rows])))
    _peers(table, baselines, drawn.images, labels[drawn.rows])
    console.print(table)

    material = load(ferplus)
    rows = material.voted_rows(SPLITS[split])
    images = material.images[rows]
    drawn = draw_covers(images, find_landmarks(images), np.random.default_rng(SEED), None)
    shares, wanted = (
        vote_shares(material.votes[rows])[drawn.rows],
        majorities(material.votes[rows])[drawn.rows],
    )
    clear = wanted >= 0
    table = figure_table(
        f"FER+ {split}, covers drawn, majority labels (8 expressions)", "valence CCC", "calibration error"
    )
    ways = _ways(reader, drawn, images)
    for name, (p, _) in ways.items():
        more = f"{valence_concordance(p, shares):.3f}", f"{calibration_error(p, shares):.4f}"
        table.add_row(*figure_row(name, figures(p[clear], wanted[clear]), *more))
    _peers(table, baselines, drawn.images[clear], wanted[clear])
    console.print(table)
    p, variances = ways["covered, by the eyes"]
    _details(console, p, variances, shares, wanted, drawn.kinds)


def _peers(
    table: Table, baselines: Path | None, images: NDArray[np.uint8], labels: NDArray[np.int64]
) -> None:
    """Other nets on the covered faces, each with the crop that suits it best there."""
    if baselines is None:
        return
    regions = face_regions(images)
    for name, spec in BASELINES.items():
        tried = [baseline_answers(spec, baselines, images, regions, margin) for margin in MARGINS]
        best = max((figures(p, labels) for p in tried), key=lambda f: f.balanced)
        table.add_row(*figure_row(f"covered, {name}", best))


def _details(
    console: Console,
    p: NDArray[np.float64],
    variances: NDArray[np.float64],
    shares: NDArray[np.float64],
    wanted: NDArray[np.int64],
    kinds: tuple[str, ...],
) -> None:
    """Each expression and each kind of cover, read by the eyes."""
    clear = wanted >= 0
    console.print(class_table("covered, by the eyes: each expression", figures(p[clear], wanted[clear])))
    worn = np.array(kinds)
    covers = Table(title="covered, by the eyes: each cover")
    for heading in ("", *COVERS):
        covers.add_column(heading)
    of = [clear & (worn == kind) for kind in COVERS]
    covers.add_row("n", *(str(int(chosen.sum())) for chosen in of))
    covers.add_row("accuracy", *(f"{figures(p[c], wanted[c]).accuracy:.3f}" for c in of))
    covers.add_row("3 levels", *(f"{figures(p[c], wanted[c]).three_levels:.3f}" for c in of))
    console.print(covers)
    square = ((valences(p) - valences(shares)) ** 2 / variances).mean(axis=0)
    console.print(
        f"{len(p)} pictures with votes, {len(EXPRESSIONS)} expressions: residual mean square "
        + ", ".join(f"{scale} {value:.2f}" for scale, value in zip(SCALES, square, strict=True))
    )


if __name__ == "__main__":
    typer.run(main)
