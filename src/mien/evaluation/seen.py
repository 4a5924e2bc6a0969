"""Could the model have seen this set? Fingerprints of pictures, and what the model's card says.

    python -m mien.evaluation.seen SET OUT.npz

writes the fingerprints of a set's pictures (of its training split, if it is split), to be given to `mien evaluate
--seen`. A fingerprint is no picture and leads back to none.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
from rich.console import Console
from rich.progress import Progress

from mien.errors import ImageError, InputError, MienError
from mien.evaluation.read import FaceSeeker
from mien.evaluation.sets import open_set
from mien.training.material import TRAIN
from mien.vision.crops import canonical_crop
from mien.vision.likeness import BYTES, SIDE, fingerprint
from mien.vision.models import WEIGHTS, manifest, verified_companion

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mien.evaluation.types import FaceSet
    from mien.vision.models import ModelEntry
    from mien.vision.protocols import Reader


@dataclass(frozen=True, slots=True)
class Card:
    """What is said of a model's training pictures.

    Attributes:
        model: Its name in the manifest.
        training: The card's paragraph on training data; "" where the card has none.
    """

    model: str
    training: str


def load_fingerprints(path: Path) -> NDArray[np.uint8]:
    """Read a file that `write_fingerprints` wrote: (K, 48) uint8.

    Raises:
        InputError: It is none.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            known = file["fingerprints"]
    except (OSError, ValueError, KeyError, BadZipFile, AttributeError) as error:
        raise InputError(
            f"'{path}' holds no fingerprints; make them with: python -m mien.evaluation.seen SET {path.name}."
        ) from error
    if known.ndim != 2 or known.shape[1] != BYTES or known.dtype != np.uint8:
        raise InputError(
            f"The fingerprints in '{path}' are {known.shape} {known.dtype}, not (N, {BYTES}) uint8."
        )
    return np.asarray(known, np.uint8)


def write_fingerprints(faces: FaceSet, path: Path, step: Callable[[int, int], None] | None = None) -> int:
    """Write the fingerprints of a set's faces, of its training split if it is split; returns how many.

    Args:
        faces: The set.
        path: File to write.
        step: Called after each picture with (done, all).
    """
    seeker = FaceSeeker()
    rows = np.arange(len(faces.labels)) if faces.usage is None else np.flatnonzero(faces.usage == TRAIN)
    known = []
    for done, row in enumerate(rows, 1):
        try:
            image = faces.pictures.open(int(row))
        except (FileNotFoundError, ImageError):
            continue
        mesh, _ = seeker.find(image, faces.pictures.box(int(row)), crop=faces.pictures.crops)
        known.append(fingerprint(canonical_crop(image, mesh, SIDE)))
        if step is not None:
            step(done, len(rows))
    np.savez_compressed(path, fingerprints=np.array(known, np.uint8).reshape(-1, BYTES))
    return len(known)


def _model_of(reader: Reader) -> ModelEntry | None:
    """The manifest's entry of a reader; `None` where it is not one of those that ship with Mien."""
    same = [m for m in manifest().values() if m.kind == "expression" and m.version == reader.version]
    return same[0] if len(same) == 1 else None


def card_of(reader: Reader) -> Card | None:
    """What the manifest and the card say of a reader's training; `None` where it is not in the manifest."""
    model = _model_of(reader)
    if model is None:
        return None
    if model.card is None:
        return Card(model.name, "")
    text = (WEIGHTS / model.card).read_text(encoding="utf-8")
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    about = [part for part in paragraphs if part.lower().startswith("**training data")]
    return Card(model.name, about[0].replace("**", "").replace("`", "") if about else "")


def known_to(reader: Reader) -> NDArray[np.uint8] | None:
    """Fingerprints of the pictures that a reader of Mien's own learned from; `None` where there is no list.

    Raises:
        ModelError: The list is missing or altered.
    """
    model = _model_of(reader)
    if model is None or model.seen is None:
        return None
    return load_fingerprints(verified_companion(model, model.seen))


def main(arguments: list[str]) -> int:
    """Write fingerprints, as the module's text says."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m mien.evaluation.seen SET OUT.npz\n")
        return 2
    try:
        # what classes are called does not matter here, so any order of numbers will do
        with Progress(console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task("finding faces", total=None)
            count = write_fingerprints(
                open_set(Path(arguments[0]), "ferplus"),
                Path(arguments[1]),
                lambda done, total: progress.update(bar, completed=done, total=total),
            )
    except MienError as error:
        sys.stderr.write(f"mien: {error}\n")
        return 2
    sys.stdout.write(f"{count} fingerprints\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
