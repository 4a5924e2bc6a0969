"""Eyes read into the chart: how often the colour is right, and which moods may be shown.

    uv run python -m benchmarks.moods --ferplus ferplus.npz --outside outside_dev.npz

Covers are drawn over the lower faces as in `benchmarks/covered.py`, landmarks looked for anew, and what is left is read
by the eyes. Of FER+ it is the validation split, without pictures of which the training split holds the photograph; of
nothing in `--outside` anything was learned. A colour is right where its expressions are pleasant, neutral or unpleasant
as the label is; one tagger against the majority of the others stands beside. A mood may be shown (`SHOWN` in
`mien.journey.moods.reading`) where on both sets at least `FEWEST` faces were shown so and the lower end of the 95 %
interval of how many were right is at least `EVIDENCE` above chance, which is the mood's share of the set.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.table import Table
from scipy.stats import binomtest

from benchmarks.covered import SEED, aligned_crops, draw_covers, find_landmarks
from benchmarks.expression import CACHE, copied_pictures, outside_set
from mien.evaluation.people import leave_one_out
from mien.expressions import LEVELS
from mien.journey.moods import COLOURS, Colour, by_expression, read_mood
from mien.journey.moods.reading import CHANCE, MARGIN, SHOWN
from mien.training.material import VALIDATION, load, majorities
from mien.vision.expression import ExpressionReader
from mien.vision.types import Visibility

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.journey.moods import MoodReading

EVIDENCE: Final = 0.2
FEWEST: Final = 50


def interval(right: int, of: int) -> str:
    """A share with its 95 % interval (Wilson 1927)."""
    if not of:
        return "-"
    low, high = binomtest(right, of).proportion_ci(method="wilson")
    return f"{right / of:.1%} ({low:.1%} to {high:.1%})"


def colours_right(readings: list[MoodReading], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """(M,) 1 where the colour told is the label's, 0 where it is another one, -1 where none is told."""
    return np.array(
        [
            -1 if r.colour is None else r.colour is COLOURS[label]
            for r, label in zip(readings, labels, strict=True)
        ],
        np.int64,
    )


def colour_row(name: str, probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> tuple[str, ...]:
    """How often the colour is right: of all faces by the likeliest expression, and of those for which one is told."""
    right = LEVELS[probabilities.argmax(axis=1)] == LEVELS[labels]
    told = colours_right([read_mood(p) for p in probabilities], labels)
    among = told[told >= 0]
    return (
        name,
        str(len(labels)),
        interval(int(right.sum()), len(right)),
        f"{len(among) / len(told):.1%}",
        interval(int(among.sum()), len(among)),
    )


def mood_table(
    title: str, probabilities: NDArray[np.float64], labels: NDArray[np.int64]
) -> tuple[Table, set[str]]:
    """Each mood that expressions are read as: how many are far enough above chance, how many of those are right."""
    table = Table(title=title)
    for heading in ("mood", "of the set", f"p >= chance + {MARGIN:g}", "right", "certainly above chance by"):
        table.add_column(heading)
    passed = set()
    likeliest = probabilities.argmax(axis=1)
    for k, mood in enumerate(by_expression()):
        shown = (likeliest == k) & (probabilities[:, k] >= CHANCE[mood.key] + MARGIN)
        right, count, share = int((labels[shown] == k).sum()), int(shown.sum()), float((labels == k).mean())
        above = binomtest(right, count).proportion_ci(method="wilson").low - share if count else -1.0
        if count >= FEWEST and above >= EVIDENCE:
            passed.add(mood.key)
        table.add_row(
            mood.key, f"{share:.1%}", str(count), interval(right, count), f"{above:+.2f}" if count else "-"
        )
    return table, passed


def main(
    ferplus: Annotated[Path, typer.Option(help="Pictures with votes.")],
    outside: Annotated[Path, typer.Option(help="Pictures from elsewhere with labels.")],
    cache: Annotated[Path, typer.Option(help="Folder that keeps where the faces are.")] = CACHE,
) -> None:
    """Print how often colours are right, and which moods may be shown."""
    console, reader = Console(width=150), ExpressionReader()
    cv2.setNumThreads(1)
    colours = Table(title="colour of the chart")
    for heading in ("", "n", "right, all faces", "colour told", "right of those"):
        colours.add_column(heading)
    material = load(ferplus)
    rows = material.voted_rows(VALIDATION)
    clear = (majorities(material.votes[rows]) >= 0) & ~copied_pictures(material, cache)[rows]
    rows = rows[clear]
    sets = {
        "FER+ validation": (material.images[rows], majorities(material.votes[rows])),
        "press photographs": outside_set(outside),
    }
    may: list[set[str]] = []
    for name, (pictures, every) in sets.items():
        drawn = draw_covers(pictures, find_landmarks(pictures), np.random.default_rng(SEED), None)
        truth = every[drawn.rows]
        whole = reader.infer(aligned_crops(pictures[drawn.rows]))[0]
        crops = aligned_crops(drawn.images)
        eyes = reader.infer(crops, [Visibility.EYES] * len(crops))[0]
        colours.add_row(*colour_row(f"{name}: whole face, bare", whole, truth))
        colours.add_row(*colour_row(f"{name}: covered, by the eyes", eyes, truth))
        if name.startswith("FER+"):
            votes = material.votes[rows][drawn.rows]
            human = leave_one_out(votes, eyes.argmax(axis=1))
            levels = human.tagger_levels.sum() / human.weight.sum()
            colours.add_row(
                "  one tagger and the majority of the others", str(len(votes)), f"{levels:.1%}", "", ""
            )
        table, passed = mood_table(f"{name}, covered, by the eyes", eyes, truth)
        may.append(passed)
        console.print(table)
    console.print(colours)
    agreed = set.intersection(*may)
    console.print(
        f"moods that may be shown: {', '.join(sorted(agreed))}; those of {', '.join(Colour)} else by colour alone"
    )
    if agreed != set(SHOWN) - {"exhaustion"}:
        console.print(f"SHOWN is {', '.join(sorted(SHOWN))}: change it.", style="bold red")


if __name__ == "__main__":
    typer.run(main)
