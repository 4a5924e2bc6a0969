"""Readings beside the truth, and the figures of any choice of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mien.evaluation.bootstrap import Resampler, estimate
from mien.evaluation.figures import FIGURES
from mien.evaluation.reliability import by_chance
from mien.evaluation.results import View
from mien.evaluation.types import FEWEST, Scored
from mien.expressions import EXPRESSIONS, SCALES, ScaleName, valence
from mien.figures import answers
from mien.training.material import vote_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mien.evaluation.results import ClusterKind
    from mien.evaluation.sets import Selection
    from mien.evaluation.types import FaceSet, Readings


def clusters(faces: FaceSet, rows: NDArray[np.intp]) -> tuple[NDArray[np.int64], ClusterKind]:
    """What is drawn as a whole: persons where they are known, else copies of a picture, else pictures.

    A picture without a person stands for itself.
    """
    if faces.person is not None:
        names, code = np.unique(faces.person[rows], return_inverse=True)
        nobody = names[code] == ""
        code = np.where(nobody, len(names) + np.arange(len(rows)), code)
        return code.astype(np.int64), "person"
    if faces.copies is not None:
        return faces.copies[rows], "copies"
    return np.arange(len(rows)), "picture"


def score(
    faces: FaceSet,
    selection: Selection,
    readings: Readings,
    scale: ScaleName,
    classes: tuple[int, ...] | None = None,
) -> Scored:
    """Readings beside the truth.

    Args:
        faces: The set.
        selection: What was read of it.
        readings: The readings.
        scale: Valence scale.
        classes: Expressions that may be answered; those of the selection where left out.
    """
    allowed = selection.classes if classes is None else classes
    p = readings.probabilities
    count = len(selection.rows)
    tagger_valence = np.full(count, np.nan)
    if faces.votes is None:
        shares = np.eye(len(EXPRESSIONS))[np.maximum(selection.truth, 0)] * (selection.truth >= 0)[:, None]
        taggers = (selection.truth >= 0).astype(np.int64)
    else:
        votes = faces.votes[selection.rows]
        shares = vote_shares(votes) * selection.voted[:, None]
        taggers = votes[:, : len(EXPRESSIONS)].sum(axis=1, dtype=np.int64) * selection.voted
        tagger_valence[selection.voted] = valence(shares[selection.voted], scale)
    return Scored(
        truth=selection.truth,
        answer=answers(p, allowed),
        classes=allowed,
        probabilities=p,
        variance=readings.variances[:, SCALES.index(scale)],
        valence=valence(p, scale),
        shares=shares,
        tagger_valence=tagger_valence,
        taggers=taggers,
        found=readings.found,
    )


def views(
    scored: Scored,
    rows: NDArray[np.float64],
    choices: Sequence[tuple[str, NDArray[np.bool_]]],
    resampler: Resampler,
) -> tuple[View, ...]:
    """The figures of each choice of pictures; of one with too few, only how many there are.

    Args:
        scored: Readings beside the truth.
        rows: (M, K) of `mien.evaluation.sums.features`.
        choices: Name and (M,) which pictures.
        resampler: Draws.
    """
    masks = [mask for _, mask in choices]
    drawn = resampler.draw(rows, masks)
    chances = by_chance(scored, masks)
    return tuple(
        View(
            name,
            one.pictures,
            one.clusters,
            {f.key: estimate(f, one) for f in FIGURES} if one.clusters >= FEWEST else {},
            chance if one.clusters >= FEWEST else None,
        )
        for (name, _), one, chance in zip(choices, drawn, chances, strict=True)
    )
