"""What the JSON document of an evaluation holds, and its published schema.

The schema lies beside this module as `evaluation.schema.json`; `python -m mien.evaluation.schema` prints what it
must be.
"""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from mien.evaluation.results import ClusterKind, Verdict
from mien.evaluation.types import Lost, SetKind, SplitName
from mien.expressions import EXPRESSIONS, ScaleName

SCHEMA_ID: Final = "urn:mien:evaluation:1"

Number = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]
Left = Annotated[dict[Lost, Count], Field(description="Pictures by the reason for which they are left out.")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EstimatePart(_Part):
    """A figure with its 95 % interval; null where it is not defined, or rests on too few for an interval."""

    value: Number | None
    low: Number | None
    high: Number | None
    n: Annotated[Count, Field(description="Pictures it rests on.")]


Figures = Annotated[
    dict[str, EstimatePart],
    Field(
        description="By key: accuracy, balanced_accuracy, macro_f1, three_levels (pleasant / neutral with surprise / "
        "unpleasant), leaning (mean level of the answers minus the truth's, above 0 too pleasant), calibration_error "
        "(classwise), valence_concordance, valence_miss (mean absolute), valence_shift (read minus taggers), "
        "residual_mean_square (1 where the predicted variance is right)."
    ),
]


class ViewPart(_Part):
    """Figures of a choice of pictures; empty where it has fewer than 10 persons or pictures."""

    name: str
    pictures: Count
    persons: Annotated[Count, Field(description="Persons, groups of copies or pictures, see drawn_as.")]
    figures: Figures
    calibration_error_by_chance: Annotated[
        Number | None, Field(description="What a perfectly calibrated reader would show on as many votes.")
    ]


class ClassPart(_Part):
    """One expression."""

    name: str
    true: Annotated[Count, Field(description="Pictures of it.")]
    answered: Annotated[Count, Field(description="Pictures named so.")]
    recall: EstimatePart
    precision: EstimatePart
    f1: EstimatePart
    reliability: Annotated[
        list[tuple[Number, Number, Count]],
        Field(
            description="Mean predicted share, mean true share and pictures, in ten bins of predicted share."
        ),
    ]


class PeoplePart(_Part):
    """One tagger, and the reader, against the majority of the other taggers (leave-one-out, expected value)."""

    pictures: Count
    tagger: EstimatePart
    tagger_three_levels: EstimatePart
    reader: EstimatePart
    reader_three_levels: EstimatePart


class BinsPart(_Part):
    """Figures in bins of one quantity."""

    key: str
    name: str
    unit: str
    bins: list[ViewPart]


class GroupPart(_Part):
    """One group of a group column."""

    name: str
    persons: Count
    pictures: Count
    figures: Figures


class DifferencePart(_Part):
    """One figure of a group minus that of the others."""

    group: str
    other: str
    figure: str
    difference: EstimatePart
    excludes_zero: bool


class GroupingPart(_Part):
    """One group column. Groups of fewer than 10 persons are counted, not shown."""

    column: str
    groups: list[GroupPart]
    hidden: Count
    without: Annotated[Count, Field(description="Pictures without a value in the column.")]
    differences: list[DifferencePart]
    warnings: list[str]


class ContaminationPart(_Part):
    """Could the model have seen this set?"""

    verdict: Verdict
    why: str
    among: Annotated[str, Field(description="Where copies were looked for; empty where they could not be.")]
    checked: Count
    copies: Annotated[Count | None, Field(description="Evaluated pictures with a (near) copy in training.")]
    without: Annotated[ViewPart | None, Field(description="Figures without those copies.")]
    training: Annotated[str | None, Field(description="What the model's card says of its training data.")]


class SetPart(_Part):
    """What was evaluated."""

    name: str
    kind: SetKind
    split: SplitName | None
    available: Annotated[Count, Field(description="Pictures of the split.")]
    evaluated: Annotated[Count, Field(description="Pictures that were looked at.")]
    limit: Annotated[Count | None, Field(description="Size of the random sample, null where all were read.")]
    seed: Count
    classes: Annotated[list[str], Field(description="Expressions of the set; only these may be answered.")]
    truth: Literal["labels", "majority of votes"]
    left_out_before: Left
    left_out: Left
    several_faces: Annotated[Count, Field(description="Pictures with several faces: the largest was taken.")]
    remarks: list[str]


class EvaluationDocument(_Part):
    """What `mien evaluate --json` writes."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Mien evaluation", populate_by_name=True)

    schema_: Annotated[Literal[1], Field(alias="schema", description="Version of this layout.")] = 1
    set: SetPart
    reader: Annotated[str, Field(description="Name and version of the expression reader.")]
    scale: Annotated[ScaleName, Field(description="Valence scale of every number.")]
    drawn_as: Annotated[ClusterKind, Field(description="What the intervals draw as a whole.")]
    resamples: Count
    total: Annotated[ViewPart, Field(description="Figures of the faces found.")]
    end_to_end: Annotated[EstimatePart, Field(description="Accuracy, unfound faces counted as wrong.")]
    as_came: Annotated[
        ViewPart | None,
        Field(description="Figures with unfound faces read as the crop came; null without any."),
    ]
    among_all: Annotated[
        dict[str, EstimatePart] | None,
        Field(description="Figures with all eight expressions allowed; null where the set has all."),
    ]
    classes: list[ClassPart]
    confusion: Annotated[
        list[list[Count]],
        Field(description=f"Truth (row) by answer (column), in the order {', '.join(EXPRESSIONS)}."),
    ]
    people: Annotated[PeoplePart | None, Field(description="Null without votes.")]
    bins: list[BinsPart]
    groups: list[GroupingPart]
    contamination: ContaminationPart
    mien_version: str
    made_at: AwareDatetime

    def to_json(self, indent: int | None = None) -> str:
        """The document as JSON text; no NaN, no infinity.

        Args:
            indent: Spaces per level; `None` writes one line.
        """
        return self.model_dump_json(by_alias=True, indent=indent)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that every document fulfils."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **EvaluationDocument.model_json_schema(by_alias=True, mode="serialization"),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
