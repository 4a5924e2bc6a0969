"""What daily roll-ups say: days of groups for comparisons, and what there is to choose from."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from mien.expressions import check_scale
from mien.insight import COLUMNS, TOTALS, DayPart, Grouping, LeftOut, Totals, Way
from mien.store.announce import VISIBLE
from mien.store.rollup_tables import rollup_days, rollup_groups
from mien.store.rollups import PLACE, Sorting
from mien.store.tables import interactions, sites

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select

    from mien.insight import Measure
    from mien.store.database import Database


PLACE_MARK: Final = "\x1f"
"""Stands between site and touchpoint where groups are touchpoints of sites; no name holds it."""
_OF_A_SITE: Final = frozenset({Grouping.SITE, Grouping.PLACE})
"""What tells the groups of a site from those of every other."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which interactions.

    Attributes:
        sites: At these.
        first: Begun on this day or later, on the clock of each site.
        last: On this day or earlier.
        places: By what they are told apart (`touchpoint`, `type`, `service_point`, `shift`, `protocol`), and the one
            name that is wanted.
    """

    sites: Collection[str]
    first: date
    last: date
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredDay:
    """What the interactions of one group come to on one day.

    Attributes:
        day: The day, on the clock of the site.
        sorting: By what groups are told apart.
        place: What the group is told apart by, in the order of `mien.store.rollups.PLACE`; `None` also where it is not
            sorted by.
        way: How they were read.
        totals: What they come to.
    """

    day: date
    sorting: Sorting
    place: tuple[str | None, ...]
    way: Way
    totals: Totals

    @property
    def name(self) -> str | None:
        """The group, where it is sorted by one thing; `None` for interactions in none."""
        return self.place[PLACE.index(self.sorting)] if self.sorting in PLACE else None


class Rollups:
    """The daily roll-ups of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def days(self, which: Chosen, by: Grouping, measure: Measure) -> list[DayPart]:
        """What the interactions of each group come to on each day, for `mien.insight.compare`.

        Args:
            which: Which interactions.
            by: What groups are told apart by; not by third, which is a matter of measures.
            measure: What is averaged.

        Raises:
            StoreError: The database says no.
        """
        columns, of = COLUMNS[measure], rollup_days.c
        counted: ColumnElement[Any] = of[columns.n[0]]
        for name in columns.n[1:]:
            counted = counted + of[name]
        label = _label(by)
        keys = label, of.day, rollup_groups.c.reader, rollup_groups.c.scale
        values = of.interactions, counted, of[columns.total], of[columns.squares]
        sorting = _sorting(which, by)
        # A row for each already.
        if sorting is not Sorting.CELL and (by in _OF_A_SITE or len(which.sites) == 1):
            query = _from(which, sorting, (*keys, *values))
        else:
            query = _from(which, sorting, (*keys, *map(func.sum, values))).group_by(*keys)
        named = _namer(by)
        ways: dict[tuple[str, str], Way] = {}
        found = []
        with self._database.read() as connection:
            for name, day, reader, scale, seen, n, total, squares in connection.execute(query).all():
                way = ways.get((reader, scale))
                if way is None:
                    way = ways[reader, scale] = Way(reader, check_scale(scale))
                found.append(DayPart(named(name, day), day, way, seen, n, total, squares))
        return found

    def seen(self, which: Chosen) -> dict[str, int]:
        """How many interactions there were at each touchpoint; those at none are left out.

        Args:
            which: Which interactions.

        Raises:
            StoreError: The database says no.
        """
        keys = rollup_groups.c.touchpoint, func.sum(rollup_days.c.interactions)
        query = _from(which, _sorting(which, Grouping.TOUCHPOINT), keys).group_by(rollup_groups.c.touchpoint)
        with self._database.read() as connection:
            return {name: int(n) for name, n in connection.execute(query) if name is not None}

    def stored_days(self, site: str, first: date, last: date) -> list[StoredDay]:
        """All that a site came to on some days, sorted in every way.

        Args:
            site: Its name.
            first: First day.
            last: Last day.

        Raises:
            StoreError: The database says no.
        """
        groups = rollup_groups.c
        query = (
            select(
                rollup_days, groups.sorting, groups.reader, groups.scale, *(groups[name] for name in PLACE)
            )
            .select_from(rollup_days.join(rollup_groups).join(sites))
            .where(sites.c.name == site, rollup_days.c.day.between(first, last))
        )
        with self._database.read() as connection:
            return [
                StoredDay(
                    row["day"],
                    Sorting(row["sorting"]),
                    tuple(row[name] for name in PLACE),
                    Way(row["reader"], check_scale(row["scale"])),
                    Totals(*(row[name] for name in TOTALS)),
                )
                for row in connection.execute(query).mappings()
            ]

    def cells(self, which: Chosen, measure: Measure) -> dict[Way, dict[tuple[str | None, ...], int]]:
        """How many interactions have a measure, by how they were read and by everything that they are told apart by.

        Args:
            which: Which interactions.
            measure: What is averaged.

        Raises:
            StoreError: The database says no.
        """
        groups = rollup_groups.c
        places = [groups[name] for name in PLACE]
        counted = [func.sum(rollup_days.c[name]) for name in COLUMNS[measure].n]
        keys = groups.reader, groups.scale, *places
        query = _from(which, Sorting.CELL, (*keys, *counted)).group_by(*keys)
        found: dict[Way, dict[tuple[str | None, ...], int]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                way = Way(row[0], check_scale(row[1]))
                end = 2 + len(PLACE)
                found.setdefault(way, {})[tuple(row[2:end])] = sum(row[end:])
        return found

    def left_out(self, which: Chosen) -> dict[Way, LeftOut]:
        """How many interactions have no score and why, by how they were read.

        Args:
            which: Which interactions.

        Raises:
            StoreError: The database says no.
        """
        keys = rollup_groups.c.reader, rollup_groups.c.scale
        sums = [func.sum(rollup_days.c[one.name]) for one in fields(LeftOut)]
        query = _from(which, _sorting(which), (*keys, *sums)).group_by(*keys)
        with self._database.read() as connection:
            return {Way(row[0], check_scale(row[1])): LeftOut(*row[2:]) for row in connection.execute(query)}

    def places(self, which: Chosen, by: Grouping, other: Grouping) -> dict[str | None, dict[str, int]]:
        """How the interactions with a Happiness Index of each group are divided among those of another grouping.

        Args:
            which: Which interactions.
            by: What groups are told apart by.
            other: What they are divided by.

        Raises:
            StoreError: The database says no.
        """
        keys = _label(by), _label(other)
        query = _from(which, _sorting(which, by, other), (*keys, func.sum(rollup_days.c.index_n)))
        found: dict[str | None, dict[str, int]] = {}
        with self._database.read() as connection:
            for label, place, n in connection.execute(query.group_by(*keys)):
                if n:
                    found.setdefault(label, {})[str(place)] = n
        return found

    def span(self, names: Collection[str]) -> tuple[date, date] | None:
        """First and last day of some sites of which anything is stored; `None` where nothing is."""
        # By group, since each has its days side by side.
        first, last = (
            select(end(rollup_days.c.day))
            .where(rollup_days.c.group_id == rollup_groups.c.id)
            .scalar_subquery()
            for end in (func.min, func.max)
        )
        query = select(first, last).select_from(rollup_groups.join(sites))
        query = query.where(rollup_groups.c.sorting == Sorting.ALL.value, sites.c.name.in_(list(names)))
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return (min(row[0] for row in rows), max(row[1] for row in rows)) if rows else None

    def names(self, which: Collection[str]) -> dict[Grouping, tuple[str, ...]]:
        """What touchpoints, types, service points, shifts and protocols there are at some sites, in order."""
        columns = [rollup_groups.c[name] for name in PLACE]
        query = select(rollup_groups.c.sorting, *columns).select_from(rollup_groups.join(sites)).distinct()
        query = query.where(rollup_groups.c.sorting.in_(PLACE), sites.c.name.in_(list(which)))
        found: dict[Grouping, set[str]] = {Grouping(name): set() for name in PLACE}
        with self._database.read() as connection:
            for row in connection.execute(query).mappings():
                name = row[row["sorting"]]
                if name is not None:
                    found[Grouping(row["sorting"])].add(name)
        return {by: tuple(sorted(those)) for by, those in found.items()}

    def undated(self, names: Collection[str]) -> int:
        """How many interactions at some sites are in no day, since nobody knows when they were."""
        own = select(sites.c.id).where(sites.c.name.in_(list(names)))
        query = select(func.count()).where(
            interactions.c.site_id.in_(own), interactions.c.started_at.is_(None), VISIBLE
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())


def _label(by: Grouping) -> ColumnElement[Any]:
    if by is Grouping.SITE:
        return sites.c.name
    if by is Grouping.PLACE:
        return sites.c.name + PLACE_MARK + func.coalesce(rollup_groups.c.touchpoint, "")
    # Where nothing tells groups apart, what all rows have in common.
    return rollup_groups.c[by.value if by.value in PLACE else "sorting"]


def _namer(by: Grouping) -> Callable[[str | None, date], str | None]:
    """How a group is called, by what `_label` gives and the day."""
    if by is Grouping.MONTH:
        return lambda _, day: f"{day:%Y-%m}"
    return lambda name, _: name


def _sorting(which: Chosen, *by: Grouping) -> Sorting:
    """The coarsest sorting that tells apart what is asked for."""
    told = {"touchpoint" if one is Grouping.PLACE else one.value for one in by}
    wanted = {name for name in told if name in PLACE} | set(which.places)
    return Sorting.ALL if not wanted else Sorting(wanted.pop()) if len(wanted) == 1 else Sorting.CELL


def _from(which: Chosen, sorting: Sorting, columns: Sequence[Any]) -> Select[Any]:
    return (
        select(*columns)
        .select_from(rollup_days.join(rollup_groups).join(sites))
        .where(
            rollup_groups.c.sorting == sorting.value,
            sites.c.name.in_(list(which.sites)),
            rollup_days.c.day.between(which.first, which.last),
            *(rollup_groups.c[name] == wanted for name, wanted in which.places.items()),
        )
    )
