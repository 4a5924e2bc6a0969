"""What a comparison of groups gives. Values are points of EPS or index, or per cent where the measure is a share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mien.insight.measures import Grouping, Measure
    from mien.insight.ranking import Ranked
    from mien.insight.types import Estimate, OtherWay, Unit, Way


class Standing(StrEnum):
    """What the interval of a difference carries."""

    HIGHER = "higher"
    LOWER = "lower"
    NONE = "no difference shown"
    UNKNOWN = "cannot tell"


class Against(StrEnum):
    """What a group is compared with."""

    OTHERS = "all others together"
    BEFORE = "the month before"


@dataclass(frozen=True, slots=True)
class Change:
    """A difference of two means.

    Attributes:
        value: The difference.
        low: Lower end of its 95 % interval, which holds for it alone.
        high: Upper end.
        joint_low: Lower end of the wider interval that the verdict comes from: those of all rows hold together with
            95 %.
        joint_high: Upper end.
    """

    value: float
    low: float
    high: float
    joint_low: float
    joint_high: float

    @property
    def standing(self) -> Standing:
        """What it carries."""
        if self.joint_low > 0:
            return Standing.HIGHER
        return Standing.LOWER if self.joint_high < 0 else Standing.NONE


@dataclass(frozen=True, slots=True)
class Group:
    """One group in one period.

    Attributes:
        interactions: Interactions, read in the way that is compared.
        counted: Those that have the measure.
        days: Days on which there are any.
        mean: Mean with its 95 % interval; `None` where it cannot be shown.
        reason: Why there is none, one clause in plain words; `None` where there is one.
        unit: What counts once in the interval: the day, or, where too few days tell of their spread, the interaction;
            then it speaks of these days only.
    """

    interactions: int
    counted: int
    days: int
    mean: Estimate | None
    reason: str | None
    unit: Unit


@dataclass(frozen=True, slots=True)
class Row:
    """A group and how it compares.

    Attributes:
        label: Its name, a month as `2026-05`; `None` for interactions that have no such name.
        found: The group.
        change: It minus what it is compared with; `None` where there is none.
        reason: Why there is none; `None` where there is one.
        standing: What the difference carries.
        ranked: Where it stands among all; `None` for months, and where groups are too few.
    """

    label: str | None
    found: Group
    change: Change | None
    reason: str | None
    standing: Standing
    ranked: Ranked | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Groups compared in one period.

    Attributes:
        by: What they are told apart by.
        measure: What is averaged; for thirds that of the first stands for all.
        against: What each is compared with.
        way: How the interactions that are compared were read; `None` where there are none.
        rows: The groups: months in order, others with the highest mean first, those without a mean last.
        whole: All groups together; `None` for thirds, which every interaction has three of.
        camera_sd: What is assumed that two cameras differ by, points, and is in all differences; 0 where it is in none.
        others: Interactions that were read in another way and are left out.
    """

    by: Grouping
    measure: Measure
    against: Against
    way: Way | None
    rows: tuple[Row, ...]
    whole: Group | None
    camera_sd: float
    others: tuple[OtherWay, ...]


@dataclass(frozen=True, slots=True)
class TrendRow:
    """A group in a period and in the one before.

    Attributes:
        label: Its name.
        now: In the period.
        before: In the one before.
        change: Now minus before; `None` where there is none.
        reason: Why there is none; `None` where there is one.
        standing: What the change carries.
    """

    label: str | None
    now: Group
    before: Group
    change: Change | None
    reason: str | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class Trend:
    """Groups in a period against the one before.

    Attributes:
        measure: What is averaged.
        way: How the interactions that are compared were read; `None` where there are none.
        rows: The groups, the largest fall of the mean first, those without a change last.
        others: Interactions that were read in another way and are left out.
    """

    measure: Measure
    way: Way | None
    rows: tuple[TrendRow, ...]
    others: tuple[OtherWay, ...]

    @property
    def worst(self) -> TrendRow | None:
        """Of the groups that are shown to have got worse, the one that did by most; `None` where none is."""
        bad = Standing.LOWER if self.measure in ("index", "eps", "improved") else Standing.HIGHER
        got_worse = [row for row in self.rows if row.standing is bad]
        return max(got_worse, key=lambda row: abs(row.change.value) if row.change else 0.0, default=None)
