"""Real hands, cloths and things before mouths: how many pass as whole faces, and how many bare faces do not.

    uv run python -m benchmarks.real_covers --ferplus ferplus.npz

The network that sees covers learned from drawn ones; here are real ones, in pictures of the validation split of
FER2013 that one observer labelled by eye without seeing the network's word (`benchmarks/real_covers.toml` says how).
Each picture goes the way any crop goes: landmarks are looked for, the face is aligned, and one picture alone decides,
while in a video the word is averaged over a track.

What this is: a check on covers that nobody drew, with an interval. What it is not: a test on masks. Nearly all of the
covers are hands, which people hold before the mouth in surprise or thought; there are few cloths and things, and no
surgical mask. With covers drawn over it the split also served to choose `least_full`; its pictures are small, some come
back in other crops among those learned from, and those in which no landmarks were found are left out.

How the whole split is estimated: `first` was looked at in full and counts once; the `random` pick stands for the rest
of the split, each picture for as many as it was drawn from. Intervals take the pictures of either part as drawn from
more of their kind: the counts of each part have a Dirichlet posterior with Jeffreys' prior, the share is formed of
each of many draws, and the middle 95 % of them are given. Rows labelled `part` count for neither side.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy import stats

from mien.training.material import load
from mien.vision.crops import CropAligner
from mien.vision.models import entry
from mien.vision.types import Visibility
from mien.vision.visibility import MODEL, VisibilityDetector

if TYPE_CHECKING:
    from numpy.typing import NDArray

LABELS: Final = Path(__file__).with_suffix(".toml")

_DRAWS: Final = 100_000
_SEED: Final = 11


@dataclass(frozen=True)
class Labels:
    """What the observer saw.

    Attributes:
        hidden: Rows whose mouth is hidden, by what hides it.
        part: Rows with some of the mouth hidden, or that cannot be told.
        first: Rows looked at because the network of the day doubted that they are full.
        random: Rows drawn at random from the others.
        others: How many others there were.
    """

    hidden: dict[str, NDArray[np.intp]]
    part: NDArray[np.intp]
    first: NDArray[np.intp]
    random: NDArray[np.intp]
    others: int

    @property
    def covered(self) -> NDArray[np.intp]:
        """Rows whose mouth is hidden by anything."""
        return np.concatenate(list(self.hidden.values()))

    @property
    def bare(self) -> NDArray[np.intp]:
        """Rows looked at in which nothing is before the mouth."""
        looked_at = np.concatenate([self.first, self.random])
        return np.setdiff1d(looked_at, np.concatenate([self.covered, self.part]))


@dataclass(frozen=True)
class Share:
    """A share of the whole split, estimated.

    Attributes:
        value: The estimate, 0..1.
        low: Lower end of its 95 % interval.
        high: Upper end.
        n: Labelled pictures it rests on.
        stands_for: Pictures of the split that these stand for.
    """

    value: float
    low: float
    high: float
    n: int
    stands_for: float


def read_labels(path: Path = LABELS) -> Labels:
    """The labels of the file beside this module."""
    with path.open("rb") as file:
        told = tomllib.load(file)
    return Labels(
        hidden={kind: np.array(rows, np.intp) for kind, rows in told["hidden"].items()},
        part=np.array(told["part"], np.intp),
        first=np.array(told["looked_at"]["first"], np.intp),
        random=np.array(told["looked_at"]["random"], np.intp),
        others=told["looked_at"]["others"],
    )


def estimate(labels: Labels, of: NDArray[np.intp], among: NDArray[np.intp]) -> Share:
    """The share of `of` in `among` over the whole split, both being rows (any of them) that were looked at.

    Source of the prior: Jeffreys 1946, "An invariant form for the prior probability in estimation problems".
    """
    rng = np.random.default_rng(_SEED)
    hits = total = 0.0
    drawn_hits, drawn_total = np.zeros(_DRAWS), np.zeros(_DRAWS)
    for rows, size in ((labels.first, len(labels.first)), (labels.random, labels.others)):
        inside = np.intersect1d(rows, among)
        hit = len(np.intersect1d(inside, of))
        counts = np.array([hit, len(inside) - hit, len(rows) - len(inside)])
        hits, total = hits + size / len(rows) * hit, total + size / len(rows) * len(inside)
        shares = stats.dirichlet.rvs(counts + 0.5, size=_DRAWS, random_state=rng)
        drawn_hits, drawn_total = (
            drawn_hits + size * shares[:, 0],
            drawn_total + size * shares[:, :2].sum(axis=1),
        )
    low, high = np.quantile(drawn_hits / drawn_total, [0.025, 0.975]).tolist()
    return Share(hits / total, low, high, len(among), total)


def passed(images: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(N, S, S) uint8 grey -> (N,) whether each is taken as full."""
    aligner = CropAligner(entry(MODEL).input_size[0])
    crops = [aligner.align(np.repeat(image[..., None], 3, axis=2)) for image in track(images, "faces")]
    seeing = VisibilityDetector()
    return np.array([seeing.decide(one) is Visibility.FULL for one in seeing.infer(crops)])


def counted(labels: Labels, full: NDArray[np.intp]) -> Table:
    """How many of each kind pass as full (`full`: the rows that do), in either pick."""
    table = Table(title="taken as full")
    for heading in ("before the mouth", "doubted pick", "95 %", "random pick", "95 %"):
        table.add_column(heading)
    hidden = {f"hidden, {kind}": rows for kind, rows in labels.hidden.items()}
    for name, rows in {
        **hidden,
        "hidden, all": labels.covered,
        "part": labels.part,
        "nothing": labels.bare,
    }.items():
        cells = []
        for pick in (labels.first, labels.random):
            inside = np.intersect1d(rows, pick)
            k = len(np.intersect1d(inside, full))
            cells.append(f"{k} of {len(inside)}")
            if len(inside):
                interval = stats.binomtest(k, len(inside)).proportion_ci(method="wilson")
                cells.append(f"{interval.low:.1%} .. {interval.high:.1%}")
            else:
                cells.append("-")
        table.add_row(name, *cells)
    return table


def main(ferplus: Annotated[Path, typer.Option(help="Pictures with votes.")]) -> None:
    console = Console(width=150)
    cv2.setNumThreads(1)
    labels = read_labels()
    rows = np.concatenate([labels.first, labels.random])
    full = rows[passed(load(ferplus).images[rows])]
    console.print(f"visibility {VisibilityDetector().version}")
    console.print(counted(labels, full))
    size = len(labels.first) + labels.others
    shares = {
        "covered faces passed as full": estimate(labels, full, labels.covered),
        "bare faces taken for covered": estimate(labels, np.setdiff1d(rows, full), labels.bare),
        "faces covered, of all": estimate(labels, labels.covered, rows),
    }
    for name, share in shares.items():
        console.print(
            f"{name}: {share.value:.1%} (95 % {share.low:.1%} .. {share.high:.1%}; {share.n} labelled pictures, "
            f"which stand for {share.stands_for:.0f} of {size})"
        )


if __name__ == "__main__":
    typer.run(main)
