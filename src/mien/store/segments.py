"""What was counted by segment: parts of days, each held in memory first and then written once, or lost.

A part is entered when the first interaction is counted in it, with no number, so that a writer that is killed leaves a
mark of what was lost with it. Its cells come in one transaction when the day is over, and never again: what is counted
later is another part. Every interaction is in one part at most, since parts of one camera may not overlap in time.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from mien.expressions import check_scale
from mien.insight import Scored, SegmentCell, Sum
from mien.privacy import expiry
from mien.segments import Age, Gender, Segment
from mien.store import dating
from mien.store.segment_tables import segment_cells, segment_parts
from mien.store.sites import site_id
from mien.store.tables import sites
from mien.store.till_tables import withheld

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

    from mien.expressions import ScaleName
    from mien.store.database import Database


class PartState(StrEnum):
    """What became of a part."""

    HELD = "held"
    WRITTEN = "written"
    LOST = "lost"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class PartKey:
    """What the interactions of a part have in common.

    Attributes:
        site: Where.
        touchpoint: At which touchpoint.
        day: On which day they ended, on the clock of the site.
        reader: Name and version of the expression reader.
        scale: Valence scale.
    """

    site: str
    touchpoint: str
    day: date
    reader: str
    scale: ScaleName


@dataclass(frozen=True, slots=True)
class SegmentPart:
    """What is stored of a part.

    Attributes:
        key: Where and when.
        state: What became of it. `twice`: its cameras had been counted before at that time, so that it holds nothing.
        begins_at: When the first interaction that it counts ended, UTC.
        ends_at: When the last one did; `None` where that was never told.
        seen: Interactions by what scores they have, in a cell or not.
        cells: Its cells.
    """

    key: PartKey
    state: PartState
    begins_at: datetime
    ends_at: datetime | None
    seen: Mapping[Scored, int]
    cells: tuple[SegmentCell, ...]


class Segments:
    """Counts and sums by segment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, key: PartKey, begins_at: datetime) -> int:
        """Enter that a part is held in memory; its number.

        Args:
            key: Where and when.
            begins_at: When the first interaction that it counts ended, with zone.

        Raises:
            StoreError: The database says no.
        """
        with self._database.write() as connection:
            site = site_id(connection, key.site, self._database.now())
            row = {
                "site_id": site,
                "touchpoint": key.touchpoint,
                "day": key.day,
                "reader": key.reader,
                "scale": key.scale,
                "state": PartState.HELD,
                "begins_at": begins_at,
                "cameras": [],
                "seen": {},
                "expires_at": _expires(connection, site, begins_at),
            }
            new = insert(segment_parts).values(row).returning(segment_parts.c.id)
            return int(connection.execute(new).scalar_one())

    def write(
        self,
        number: int,
        cells: Sequence[SegmentCell],
        *,
        between: tuple[datetime, datetime],
        cameras: Collection[str],
        seen: Mapping[Scored, int],
    ) -> PartState:
        """Enter what a part came to, once.

        Args:
            number: From `begin`.
            cells: What may be kept of it (`mien.insight.Tallies.kept`).
            between: When its first interaction ended and when its last did, with zone.
            cameras: Names of the cameras that saw them.
            seen: Interactions by what scores they have, in a cell or not.

        Returns:
            What became of it: written; twice, where one of its cameras had been counted at that time before; or what it
            was, where it was written before.

        Raises:
            StoreError: The database says no.
        """
        with self._database.write() as connection:
            of = connection.execute(select(segment_parts).where(segment_parts.c.id == number)).one()
            if of.state in (PartState.WRITTEN, PartState.TWICE):
                return PartState(of.state)
            state = PartState.TWICE if _known(connection, of, between, cameras) else PartState.WRITTEN
            values = {
                "state": state,
                "begins_at": between[0],
                "ends_at": between[1],
                "cameras": sorted(cameras),
                "seen": {str(scored): n for scored, n in seen.items()},
                "expires_at": _expires(connection, of.site_id, between[1]),
            }
            connection.execute(update(segment_parts).where(segment_parts.c.id == number).values(values))
            if cells and state is PartState.WRITTEN:
                connection.execute(insert(segment_cells), [_row(number, cell) for cell in cells])
            return state

    def lose(self, site: str) -> int:
        """Mark what an earlier writer of a site held in memory as lost; how many parts."""
        with self._database.write() as connection:
            own = select(sites.c.id).where(sites.c.name == site).scalar_subquery()
            held = (segment_parts.c.site_id == own) & (segment_parts.c.state == PartState.HELD)
            return connection.execute(update(segment_parts).where(held).values(state=PartState.LOST)).rowcount

    def erased(self, interactions: Collection[str]) -> set[str]:
        """Which of some interactions, by their ids, were erased and are not counted again."""
        with self._database.read() as connection:
            query = select(withheld.c.uid).where(withheld.c.uid.in_(list(interactions)))
            return set(connection.execute(query).scalars())

    def parts(self, site: str, first: date, last: date) -> list[SegmentPart]:
        """What is stored of some days of a site, by day, touchpoint and time.

        Args:
            site: Its name.
            first: First day, on the clock of the site.
            last: Last day.

        Raises:
            StoreError: The database says no.
        """
        wanted = (sites.c.name == site) & segment_parts.c.day.between(first, last)
        joined = segment_parts.join(sites, segment_parts.c.site_id == sites.c.id)
        query = (
            select(segment_parts, sites.c.name.label("site"))
            .select_from(joined)
            .where(wanted)
            .order_by(segment_parts.c.day, segment_parts.c.touchpoint, segment_parts.c.begins_at)
        )
        inside = (
            select(segment_cells)
            .select_from(segment_cells.join(joined, segment_cells.c.part_id == segment_parts.c.id))
            .where(wanted)
            .order_by(segment_cells.c.id)
        )
        with self._database.read() as connection:
            cells: defaultdict[int, list[SegmentCell]] = defaultdict(list)
            for row in connection.execute(inside):
                cells[row.part_id].append(_cell(row))
            return [_part(row, cells[row.id]) for row in connection.execute(query)]

    def last(self, site: str) -> date | None:
        """The last day of a site of which anything is stored or held; `None` where there is none."""
        joined = segment_parts.join(sites, segment_parts.c.site_id == sites.c.id)
        query = select(segment_parts.c.day).select_from(joined).where(sites.c.name == site)
        with self._database.read() as connection:
            days: list[date] = list(connection.execute(query.distinct()).scalars())
        return max(days, default=None)


def _known(
    connection: Connection, of: Row[Any], between: tuple[datetime, datetime], cameras: Collection[str]
) -> bool:
    """Whether a camera was counted before at a touchpoint in some time."""
    query = select(segment_parts.c.cameras).where(
        segment_parts.c.site_id == of.site_id,
        segment_parts.c.touchpoint == of.touchpoint,
        segment_parts.c.state == PartState.WRITTEN,
        segment_parts.c.begins_at <= between[1],
        segment_parts.c.ends_at >= between[0],
    )
    return any(set(known) & set(cameras) for known in connection.execute(query).scalars())


def _expires(connection: Connection, site: int, at: datetime) -> datetime | None:
    keep = dating.dates(connection, [site], None)[site]
    return None if keep is None else expiry(at, keep.interactions)


def _row(number: int, cell: SegmentCell) -> dict[str, Any]:
    change, state = cell.change, cell.state
    return {
        "part_id": number,
        "age": cell.segment.age,
        "gender": cell.segment.gender,
        "scored": cell.scored,
        "interactions": cell.interactions,
        "change_sum": None if change is None else change.total,
        "change_sd": None if change is None else change.sd,
        "state_sum": None if state is None else state.total,
        "state_sd": None if state is None else state.sd,
    }


def _cell(row: Row[Any]) -> SegmentCell:
    return SegmentCell(
        Segment(
            None if row.age is None else Age(row.age), None if row.gender is None else Gender(row.gender)
        ),
        Scored(row.scored),
        row.interactions,
        None if row.change_sum is None else Sum(row.change_sum, row.change_sd),
        None if row.state_sum is None else Sum(row.state_sum, row.state_sd),
    )


def _part(row: Row[Any], cells: Sequence[SegmentCell]) -> SegmentPart:
    return SegmentPart(
        PartKey(row.site, row.touchpoint, row.day, row.reader, check_scale(row.scale)),
        PartState(row.state),
        row.begins_at,
        row.ends_at,
        {Scored(scored): n for scored, n in row.seen.items()},
        tuple(cells),
    )
