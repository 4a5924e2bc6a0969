"""The JSON document of an evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.evaluation.schema import (
    BinsPart,
    ClassPart,
    ContaminationPart,
    DifferencePart,
    EstimatePart,
    EvaluationDocument,
    GroupingPart,
    GroupPart,
    PeoplePart,
    SetPart,
    ViewPart,
)
from mien.expressions import EXPRESSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mien.evaluation.groups import Grouping
    from mien.evaluation.results import BinTable, Contamination, Evaluation, View
    from mien.evaluation.types import Estimate


def build_document(found: Evaluation, *, made_at: datetime, mien_version: str) -> EvaluationDocument:
    """The JSON document of an evaluation; figures rounded to 5 decimals.

    Args:
        found: The evaluation.
        made_at: When it was made, with a time zone.
        mien_version: Version of Mien.
    """
    people = found.people
    return EvaluationDocument(
        set=_set(found),
        reader=found.reader,
        scale=found.wishes.scale,
        drawn_as=found.drawn_as,
        resamples=found.wishes.resamples,
        total=_view(found.total),
        end_to_end=_estimate(found.end_to_end),
        as_came=_view(found.as_came) if found.as_came else None,
        among_all=_figures(found.among_all) if found.among_all else None,
        classes=[
            ClassPart(
                name=row.name,
                true=row.true,
                answered=row.answered,
                recall=_estimate(row.recall),
                precision=_estimate(row.precision),
                f1=_estimate(row.f1),
                reliability=[
                    (round(p.predicted, 5), round(p.true, 5), p.n)
                    for p in found.reliability[EXPRESSIONS.index(row.name)]
                ],
            )
            for row in found.classes
        ],
        confusion=found.confusion.tolist(),
        people=PeoplePart(
            pictures=people.pictures,
            tagger=_estimate(people.tagger),
            tagger_three_levels=_estimate(people.tagger_levels),
            reader=_estimate(people.reader),
            reader_three_levels=_estimate(people.reader_levels),
        )
        if people
        else None,
        bins=[_bins(table) for table in found.bins],
        groups=[_grouping(grouping) for grouping in found.groups],
        contamination=_contamination(found.contamination),
        mien_version=mien_version,
        made_at=made_at,
    )


def _set(found: Evaluation) -> SetPart:
    chosen = found.selection
    return SetPart(
        name=found.faces.name,
        kind=found.faces.kind,
        split=chosen.split,
        available=chosen.available,
        evaluated=len(chosen.rows),
        limit=chosen.limit,
        seed=chosen.seed,
        classes=[EXPRESSIONS[k] for k in chosen.classes],
        truth="labels" if found.faces.votes is None else "majority of votes",
        left_out_before=dict(chosen.lost),
        left_out=dict(found.lost),
        several_faces=found.several,
        remarks=list(found.faces.remarks),
    )


def _estimate(found: Estimate) -> EstimatePart:
    value, low, high = (None if v is None else round(v, 5) for v in (found.value, found.low, found.high))
    return EstimatePart(value=value, low=low, high=high, n=found.n)


def _figures(figures: Mapping[str, Estimate]) -> dict[str, EstimatePart]:
    return {key: _estimate(figure) for key, figure in figures.items()}


def _view(view: View) -> ViewPart:
    return ViewPart(
        name=view.name,
        pictures=view.pictures,
        persons=view.persons,
        figures=_figures(view.figures),
        calibration_error_by_chance=None if view.chance is None else round(view.chance, 5),
    )


def _bins(table: BinTable) -> BinsPart:
    return BinsPart(
        key=table.key, name=table.name, unit=table.unit, bins=[_view(view) for view in table.views]
    )


def _grouping(found: Grouping) -> GroupingPart:
    return GroupingPart(
        column=found.column,
        groups=[
            GroupPart(name=g.name, persons=g.persons, pictures=g.pictures, figures=_figures(g.figures))
            for g in found.groups
        ],
        hidden=found.hidden,
        without=found.without,
        differences=[
            DifferencePart(
                group=d.group,
                other=d.other,
                figure=d.key,
                difference=_estimate(d.estimate),
                excludes_zero=d.estimate.excludes_zero,
            )
            for d in found.differences
        ],
        warnings=list(found.warnings),
    )


def _contamination(found: Contamination) -> ContaminationPart:
    return ContaminationPart(
        verdict=found.verdict,
        why=found.why,
        among=found.among,
        checked=found.checked,
        copies=found.copies,
        without=_view(found.without) if found.without else None,
        training=found.card.training if found.card else None,
    )
