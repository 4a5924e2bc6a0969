"""Could the model have seen this set?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mien.evaluation.results import Contamination
from mien.training.material import TRAIN
from mien.vision.likeness import alike

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mien.evaluation.results import View
    from mien.evaluation.seen import Card
    from mien.evaluation.sets import Selection
    from mien.evaluation.types import FaceSet, Readings


def contamination(
    faces: FaceSet,
    selection: Selection,
    readings: Readings,
    known: NDArray[np.uint8] | None,
    card: Card | None,
    without: Callable[[NDArray[np.bool_]], View],
) -> Contamination:
    """Look for copies of what was evaluated among what the model learned from.

    Args:
        faces: The set.
        selection: What was evaluated of it.
        readings: With fingerprints.
        known: (K, 48) fingerprints of what the model learned from, where there is a list.
        card: What the model's card says.
        without: Gives the figures of a choice of pictures.
    """
    copied, why, among = _copied(faces, selection, readings, known)
    if copied is None:
        return Contamination("cannot tell", why, "", 0, None, None, card)
    found = readings.found
    copies = int((copied & found).sum())
    rest = without(found & ~copied) if copies else None
    return Contamination(
        "copies found" if copies else "no copies found", why, among, int(found.sum()), copies, rest, card
    )


def _copied(
    faces: FaceSet, selection: Selection, readings: Readings, known: NDArray[np.uint8] | None
) -> tuple[NDArray[np.bool_] | None, str, str]:
    """(M,) which pictures have a copy, `None` where that cannot be told; on what that rests; among what."""
    if known is not None:
        return (
            alike(readings.hashes, known),
            f"Compared with the fingerprints of {len(known):,} photographs that the model is said to have learned "
            "from, also in other crops; about one in twenty of such copies is missed, more where a crop cuts the "
            "face, and one in a hundred and fifty strangers is taken for a copy.",
            "the list of pictures that the model learned from",
        )
    if selection.split in ("train", "all"):
        return (
            None,
            "The evaluated pictures include the set's own training split: a model that learned from this set has seen "
            "them, and the figures would be too kind.",
            "",
        )
    if faces.usage is not None and faces.copies is not None:
        trained = np.unique(faces.copies[faces.usage == TRAIN])
        return (
            np.isin(faces.copies[selection.rows], trained),
            "Compared with the training split of this set, by its own list of copies. They matter if the model learned "
            "from that split and kept them; its card says from what it did.",
            "the set's own training split",
        )
    return (
        None,
        "There is no list of fingerprints of the model's training pictures (--seen gives one), and the set does not "
        "say which of its pictures are copies of which.",
        "",
    )
