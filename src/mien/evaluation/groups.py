"""Differences between groups of people, with intervals; never a ranking of people.

A group is shown from `FEWEST` persons on (pictures, where persons are not known). Each is compared with all others
together, on the same draws. Groups differ in what they show, so recall is averaged over the expressions that both sides
have enough of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.errors import SettingError
from mien.evaluation.bootstrap import Drawn, Resampler, difference, estimate
from mien.evaluation.figures import (
    ACCURACY,
    FIGURES,
    LEANING,
    MISS,
    SHIFT,
    THREE_LEVELS,
    Figure,
    balanced_among,
    confusion,
)
from mien.evaluation.types import FEWEST, Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mien.evaluation.types import FaceSet

MOST_GROUPS: Final = 40
"""Most values of a group column; more are names or measurements, not groups."""

COMPARED: Final = (ACCURACY, THREE_LEVELS, LEANING, MISS, SHIFT)
"""Figures whose differences are shown, besides recall over shared expressions."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group.

    Attributes:
        name: Value in the column.
        persons: Persons in it (pictures, where persons are not known).
        pictures: Pictures in it.
        figures: By key.
    """

    name: str
    persons: int
    pictures: int
    figures: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of one group minus that of the others together.

    Attributes:
        group: Name of the group.
        other: What it is compared with: "all others", or the one other group.
        key: Figure.
        name: Figure, for people.
        estimate: The difference with its interval.
    """

    group: str
    other: str
    key: str
    name: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Grouping:
    """One group column.

    Attributes:
        column: Its name.
        groups: Those that are large enough to be shown, in the order of their names.
        hidden: Number of groups that are not.
        without: Pictures without a value.
        differences: Every figure of every group against the others.
        warnings: What must be known, one sentence each.
    """

    column: str
    groups: tuple[Group, ...]
    hidden: int
    without: int
    differences: tuple[Difference, ...]
    warnings: tuple[str, ...]


def check_columns(faces: FaceSet, text: str | None) -> tuple[str, ...]:
    """The names in a list such as "age,light".

    Raises:
        SettingError: The set has no such column, it tells persons apart, or it has too many values to be groups.
    """
    names = tuple(dict.fromkeys(part.strip() for part in text.split(","))) if text else ()
    for name in names:
        if name not in faces.columns:
            has = f"it has {', '.join(faces.columns)}" if faces.columns else "it has none"
            raise SettingError(
                f"{faces.name} has no column '{name}' to group by; {has} (persons are never groups)."
            )
        values = len(np.unique(faces.columns[name]))
        if values > MOST_GROUPS:
            raise SettingError(
                f"Column '{name}' of {faces.name} has {values} values, groups have at most {MOST_GROUPS}; write bands "
                "into it, such as 20-39."
            )
    return names


def compare(
    column: str,
    values: NDArray[np.str_],
    rows: NDArray[np.float64],
    found: NDArray[np.bool_],
    resampler: Resampler,
) -> Grouping:
    """Figures of the groups of one column, and their differences.

    Args:
        column: Name of the column.
        values: (M,) the group of each picture, "" where it has none.
        rows: (M, K) of `mien.evaluation.sums.features`.
        found: (M,) which pictures count.
        resampler: Draws.
    """
    known = found & (values != "")
    names = [str(name) for name in np.unique(values[known])]
    persons = {name: len(np.unique(resampler.cluster[known & (values == name)])) for name in names}
    shown = [name for name in names if persons[name] >= FEWEST]
    drawn = resampler.draw(rows, [known & (values == name) for name in shown])
    rests = resampler.draw(rows, [known & (values != name) for name in shown])
    pair = len(shown) == 2 and len(names) == 2
    differences: list[Difference] = []
    for i, name in enumerate(shown[:1] if pair else shown):
        other = shown[1] if pair else "all others"
        if rests[i].clusters >= FEWEST:
            differences += _differences(name, other, drawn[i], rests[i])
    return Grouping(
        column,
        tuple(
            Group(name, d.clusters, d.pictures, {f.key: estimate(f, d) for f in FIGURES})
            for name, d in zip(shown, drawn, strict=True)
        ),
        len(names) - len(shown),
        int((found & (values == "")).sum()),
        tuple(differences),
        tuple(_warnings(column, differences, len(names) - len(shown), len(shown))),
    )


def _differences(name: str, other: str, one: Drawn, rest: Drawn) -> list[Difference]:
    counts = [confusion(d.sums).sum(axis=-1) for d in (one, rest)]
    shared = np.flatnonzero((counts[0] >= FEWEST) & (counts[1] >= FEWEST)).tolist()
    figures = list(COMPARED)
    if len(shared) > 1:
        figures.insert(
            1,
            Figure(
                "shared_recall",
                f"mean recall of {len(shared)} shared expressions",
                balanced_among(shared),
                ACCURACY.count,
                every=tuple(shared),
            ),
        )
    return [
        Difference(name, other, f.key, f.name, found)
        for f in figures
        if (found := difference(f, one, rest)).value is not None
    ]


def _warnings(column: str, differences: list[Difference], hidden: int, shown: int) -> list[str]:
    warnings = []
    apart = [d for d in differences if d.estimate.excludes_zero]
    if apart:
        told = "; ".join(f"{d.name} of '{d.group}' against {_quoted(d.other)}" for d in apart[:6])
        more = f" and {len(apart) - 6} more" if len(apart) > 6 else ""
        warnings.append(
            f"Groups of '{column}' differ: {told}{more}. Of {len(differences)} such intervals about "
            f"{0.05 * len(differences):.1f} would exclude 0 by chance alone."
        )
    if hidden:
        noun = "group" if hidden == 1 else "groups"
        warnings.append(
            f"{hidden} {noun} of '{column}' with fewer than {FEWEST} persons, or pictures where persons are not known, "
            f"{'is' if hidden == 1 else 'are'} not shown."
        )
    if not differences:
        warnings.append(f"'{column}' has {shown} groups large enough to be shown: nothing can be compared.")
    return warnings


def _quoted(name: str) -> str:
    return name if name == "all others" else f"'{name}'"
