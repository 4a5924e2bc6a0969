"""What the report of a month says, of a store and of a chain, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from mien.insight import Comparison, Group, Grouping, LeftOut, Measure, OtherWay, Trend, TrendRow
    from mien.privacy import KeepDays
    from mien.report.hours import WatchedCameras
    from mien.runtime.compare import Worsening
    from mien.runtime.monthly.month import Month


@dataclass(frozen=True, slots=True)
class Headline:
    """One measure of the month, and how it changed.

    Attributes:
        measure: What is averaged.
        now: The month, as a comparison of its sites has it.
        before: It against the month before; `None` where nothing is stored of that.
        year: It against the same month a year before; `None` likewise.
    """

    measure: Measure
    now: Group
    before: TrendRow | None
    year: TrendRow | None


@dataclass(frozen=True, slots=True)
class Section:
    """The month by something: touchpoint, shift, type, protocol.

    Attributes:
        by: By what.
        index: Its groups compared by the Happiness Index.
        eps: The same by EPS.
        trend: Each group against itself in the month before, by the Happiness Index.
    """

    by: Grouping
    index: Comparison
    eps: Comparison
    trend: Trend


@dataclass(frozen=True, slots=True)
class Week:
    """Weekdays by shift.

    Attributes:
        shifts: Names of the shifts, in order; `None` for interactions in none.
        cells: What was found, by weekday (0 Monday .. 6 Sunday) and shift; by all shifts together where there are none.
    """

    shifts: tuple[str | None, ...]
    cells: Mapping[tuple[int, str | None], Group]


@dataclass(frozen=True, slots=True)
class ReceiptTie:
    """Receipts of the month.

    Attributes:
        receipts: How many are stored.
        joined: Those joined to an interaction.
    """

    receipts: int
    joined: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What both kinds of report begin with.

    Attributes:
        sites: Names of the sites that it is of, in order of the alphabet.
        month: The month.
        span: First and last day of it that anything is stored of; `None` where nothing is.
        over: Whether the month is over.
        simulated: Those of the sites of which nothing is real.
        made_at: When it was made, with zone.
        headlines: Happiness Index, EPS, and the shares that left happier and unhappier.
        worsening: Where it got worse, by the Happiness Index.
        thirds: The share with a critical moment in each third of the interaction.
        left_out: Interactions without a score, by reason.
        undated: Interactions of which nobody knows when they were.
        others: Interactions that were read otherwise and are not compared.
    """

    sites: tuple[str, ...]
    month: Month
    span: tuple[date, date] | None
    over: bool
    simulated: frozenset[str]
    made_at: datetime
    headlines: Mapping[Measure, Headline]
    worsening: Worsening
    thirds: Comparison
    left_out: LeftOut
    undated: int
    others: tuple[OtherWay, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing is stored of the month."""
        return self.span is None


@dataclass(frozen=True, slots=True)
class StoreMonth:
    """The report of one store.

    Attributes:
        frame: What all reports begin with.
        time_zone: Its clock; `None` where nobody has said, which counts as UTC.
        days: The Happiness Index by day, in order.
        week: It by weekday and shift.
        sections: By touchpoint, shift, type, service point and protocol; those that nothing is named of are left out.
        receipts: Receipts of the tills; `None` where there are none.
        watched: Whether the cameras were read; `None` where no site file is known.
        keep: For how long what is kept; `None` where nobody has said.
    """

    frame: Frame
    time_zone: str | None
    days: Mapping[date, Group]
    week: Week
    sections: tuple[Section, ...]
    receipts: ReceiptTie | None
    watched: WatchedCameras | None
    keep: KeepDays | None

    @property
    def site(self) -> str:
        """Name of the site."""
        return self.frame.sites[0]


@dataclass(frozen=True, slots=True)
class Better:
    """Stores that are shown to do better than the others at one touchpoint.

    Attributes:
        touchpoint: The touchpoint, which two stores have at least.
        found: The stores compared there, by EPS: a face against itself, so that cameras drop out.
    """

    touchpoint: str
    found: Comparison


@dataclass(frozen=True, slots=True)
class ChainMonth:
    """The report of several stores.

    Attributes:
        frame: What all reports begin with.
        index: The stores compared by the Happiness Index, with ranks.
        eps: The same by EPS.
        trend: Each store against itself in the month before, by the Happiness Index.
        eps_trend: The same by EPS.
        protocols: Ways of serving compared by EPS; `None` where none is named.
        better: Where stores do better than the others.
        keep: For how long what is kept, by site.
    """

    frame: Frame
    index: Comparison
    eps: Comparison
    trend: Trend
    eps_trend: Trend
    protocols: Comparison | None
    better: Sequence[Better]
    keep: Mapping[str, KeepDays]
