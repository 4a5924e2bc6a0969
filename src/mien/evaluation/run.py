"""An evaluation from end to end: choose, read, compare, and look at it from every side."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from mien.errors import InputError
from mien.evaluation.bins import dimensions
from mien.evaluation.bootstrap import Resampler, estimate
from mien.evaluation.contamination import contamination
from mien.evaluation.figures import ACCURACY, BALANCED, END_TO_END, Figure, class_figures, confusion
from mien.evaluation.groups import compare
from mien.evaluation.measured import measure_error
from mien.evaluation.people import leave_one_out
from mien.evaluation.read import read_set
from mien.evaluation.reliability import reliability
from mien.evaluation.results import BinTable, ClassRow, Evaluation, People, Wishes
from mien.evaluation.seen import card_of
from mien.evaluation.sums import features
from mien.evaluation.types import FEWEST, Estimate, Lost
from mien.evaluation.views import clusters, score, views
from mien.expressions import EXPRESSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from mien.evaluation.sets import Selection
    from mien.evaluation.types import FaceSet, Readings, Scored
    from mien.vision.protocols import Reader


def evaluate(
    faces: FaceSet,
    selection: Selection,
    reader: Reader,
    wishes: Wishes | None = None,
    step: Callable[[int], None] | None = None,
) -> Evaluation:
    """Read what was chosen of a set and compare it with labels or votes.

    Args:
        faces: The set.
        selection: What is evaluated of it.
        reader: Whose readings.
        wishes: What else was asked for.
        step: Called after each picture with how many are read.

    Raises:
        InputError: Too few faces were found for any figure.
        ModelError: Weights are missing or altered.
    """
    return judge(faces, selection, read_set(faces, selection.rows, reader, step), reader, wishes or Wishes())


def judge(
    faces: FaceSet, selection: Selection, readings: Readings, reader: Reader, wishes: Wishes
) -> Evaluation:
    """The comparison alone, of what was read.

    Raises:
        InputError: Too few faces were found for any figure.
    """
    cluster, drawn_as = clusters(faces, selection.rows)
    found = readings.found
    if len(np.unique(cluster[found])) < FEWEST:
        lost = Counter(reason for reason in readings.lost if reason is not None)
        told = "".join(f", {count} x {reason}" for reason, count in lost.most_common())
        raise InputError(
            f"{len(np.unique(cluster[found]))} of {len(found)} pictures of {faces.name} could be read{told}; figures "
            f"need at least {FEWEST} persons or pictures."
        )
    scored = score(faces, selection, readings, wishes.scale)
    resampler = Resampler(cluster, wishes.resamples, wishes.seed)
    rows = features(scored)
    (total,) = views(scored, rows, [("faces found", found)], resampler)
    (drawn,) = resampler.draw(rows, [found])
    table = confusion(drawn.sums)
    return Evaluation(
        faces=faces,
        selection=selection,
        reader=f"{reader.name} {reader.version}",
        wishes=wishes,
        lost=_lost(scored, selection, readings),
        examples=readings.examples,
        several=readings.several,
        drawn_as=drawn_as,
        total=total,
        end_to_end=_end_to_end(readings, rows, resampler),
        as_came=views(scored, rows, [("all", found | readings.as_came)], resampler)[0]
        if readings.as_came.any()
        else None,
        among_all=_among_all(faces, selection, readings, resampler, wishes),
        classes=tuple(
            ClassRow(
                EXPRESSIONS[k],
                int(table[k].sum()),
                int(table[:, k].sum()),
                *(estimate(figure, drawn) for figure in class_figures(k)),
            )
            for k in selection.classes
        ),
        confusion=table.round().astype(np.int64),
        reliability=reliability(scored),
        people=_people(faces, selection, scored, resampler),
        bins=tuple(
            BinTable(
                d.key, d.name, d.unit, views(scored, rows, [(b.name, b.chosen) for b in d.bins], resampler)
            )
            for d in dimensions(readings, wishes.scale)
        ),
        groups=tuple(
            compare(name, faces.columns[name][selection.rows], rows, found, resampler)
            for name in wishes.groups
        ),
        contamination=contamination(
            faces,
            selection,
            readings,
            wishes.known,
            card_of(reader),
            lambda chosen: views(scored, rows, [("without copies", chosen)], resampler)[0],
        ),
        measured=measure_error(scored),
    )


def _lost(scored: Scored, selection: Selection, readings: Readings) -> Mapping[Lost, int]:
    lost = Counter(reason for reason in readings.lost if reason is not None)
    disputed = int((scored.found & (selection.truth < 0)).sum())
    if disputed:
        lost[Lost.NO_MAJORITY] = disputed
    return {reason: lost[reason] for reason in Lost if lost[reason]}


def _end_to_end(readings: Readings, rows: NDArray[np.float64], resampler: Resampler) -> Estimate:
    """Over every picture that could be opened."""
    opened = np.array([reason not in (Lost.MISSING, Lost.UNREADABLE) for reason in readings.lost], np.bool_)
    (drawn,) = resampler.draw(rows, [opened])
    return estimate(END_TO_END, drawn)


def _among_all(
    faces: FaceSet, selection: Selection, readings: Readings, resampler: Resampler, wishes: Wishes
) -> Mapping[str, Estimate] | None:
    """With every expression allowed as an answer, where the set has fewer."""
    if len(selection.classes) == len(EXPRESSIONS):
        return None
    free = score(faces, selection, readings, wishes.scale, tuple(range(len(EXPRESSIONS))))
    (drawn,) = resampler.draw(features(free), [readings.found])
    return {figure.key: estimate(figure, drawn) for figure in (ACCURACY, BALANCED)}


def _people(faces: FaceSet, selection: Selection, scored: Scored, resampler: Resampler) -> People | None:
    if faces.votes is None:
        return None
    answer = np.where(scored.found & selection.voted, scored.answer, -1)
    left = leave_one_out(faces.votes[selection.rows], answer)
    rows = np.stack([left.weight, left.tagger, left.tagger_levels, left.reader, left.reader_levels], axis=1)
    counted = left.weight > 0
    if not counted.any():
        return None
    (drawn,) = resampler.draw(rows, [counted])

    def agreement(column: int) -> Estimate:
        figure = Figure(
            "agreement", "agreement", lambda sums: sums[..., column] / sums[..., 0], lambda sums: sums[..., 0]
        )
        return estimate(figure, drawn)

    return People(int(counted.sum()), agreement(1), agreement(2), agreement(3), agreement(4))
