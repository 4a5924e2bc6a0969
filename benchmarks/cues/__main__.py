"""See the package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from rich.console import Console

from benchmarks.cues import faces, films, sources
from benchmarks.cues.labels import read_labels
from mien.training.material import load

REPEATED, MASKED, SEED = 300, 900, 29


def main(
    outside: Annotated[Path | None, typer.Option(help="Labelled faces of known people.")] = None,
    ferplus: Annotated[Path | None, typer.Option(help="Pictures with votes.")] = None,
    clips: Annotated[Path | None, typer.Option(help="Folder of the labelled clips.")] = None,
) -> None:
    console, labels, rng = Console(width=190), read_labels(), np.random.default_rng(SEED)
    cv2.setNumThreads(1)
    brows = ("brow_lowering", "brow_raising")
    if outside is not None:
        with np.load(outside) as file:
            images, truth, person = (
                file["images"],
                file["label"].astype(np.int64),
                file["person"].astype(np.intp),
            )
        told = faces.read(list(images), "outside faces")
        console.print(faces.expressions("outside faces", told, truth, person, ("smile", *brows)))
        some = np.flatnonzero((truth == 2) | (truth == 4))
        rows = np.concatenate(
            [some, rng.choice(np.setdiff1d(np.arange(len(truth)), some), MASKED, replace=False)]
        )
        hidden = faces.masked(images, told, rows)
        console.print(
            faces.expressions("outside faces, drawn masks", hidden, truth[rows], person[rows], brows)
        )
        console.print("sources", *sources.brows(told, truth), *sources.lids(told, labels.lids), sep="\n  ")
        console.print("lids", *faces.lids(told, person, labels.lids), sep="\n  ")
        console.print("tired", *faces.tired(images, told, person, labels.tired), sep="\n  ")
        found = np.flatnonzero(np.isfinite(told.cue("lid_closure")))
        console.print(faces.repeatability(images, told, rng.choice(found, REPEATED, replace=False)))
    if ferplus is not None:
        material = load(ferplus)
        rows = np.flatnonzero(material.usage == 1)
        votes = np.where(material.votes[rows] <= 1, 0, material.votes[rows].astype(np.int64))
        first = votes.argmax(axis=1)
        truth = np.where((2 * votes.max(axis=1) > votes.sum(axis=1)) & (first < 8), first, -1)
        told = faces.read(list(material.images[rows]), "FER+ validation")
        console.print(faces.expressions("FER+ validation", told, truth, None, ("smile", *brows)))
        console.print("sources", *sources.brows(told, truth), sep="\n  ")
    if clips is not None:
        table, tally = films.blinks(labels.found(clips))
        console.print(table, films.looks(tally))


if __name__ == "__main__":
    typer.run(main)
