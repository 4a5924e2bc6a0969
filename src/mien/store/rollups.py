"""Daily roll-ups: what the interactions of a day come to, so that pages never scan interactions.

A day is that of the clock of its site when the interaction began. Every day of a site is sorted in several ways: by
nothing, by each of touchpoint, type, service point, shift and protocol, and by all of them together; always apart by
valence scale and reader, which are never mixed. Interactions at no named site, or whose time nobody knows, are in none.

Roll-ups hold nothing of their own. Whatever changes what is shown (a commit, a re-run, a receipt that says what it was
about, an erasure, the end of its time) makes the days that it concerns anew from the rows, in its transaction. So they
always are what a scan of the rows gives, to the last digit, and what is gone from the rows is gone from the sums: a sum
from which a number is subtracted would keep rounding errors that tell of it, and one that outlived its rows would, less
the sum of the day after, be the score of a single person.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import bindparam, delete, func, insert, select

from mien.errors import StoreError
from mien.insight import TOTALS, Facts, Totals, third_of
from mien.journey.score import CHANGED_VISIBILITY
from mien.journey.types import MomentKind, Outcome
from mien.store.rollup_tables import rollup_days, rollup_groups
from mien.store.tables import interactions, moments, runs, scores, sites
from mien.store.till_tables import receipt_joins, receipts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlalchemy import ColumnElement, Connection, Row, Select


class Sorting(StrEnum):
    """By what the interactions of a day are sorted. `CELL`: by all of the five together."""

    ALL = "all"
    TOUCHPOINT = "touchpoint"
    TYPE = "type"
    SERVICE_POINT = "service_point"
    SHIFT = "shift"
    PROTOCOL = "protocol"
    CELL = "cell"


PLACE: Final = tuple(str(one) for one in Sorting if one not in (Sorting.ALL, Sorting.CELL))
"""What interactions are sorted by, and the columns of `rollup_groups` that say it."""

_MASKS: Final = {
    sorting: tuple(sorting is Sorting.CELL or name == sorting for name in PLACE) for sorting in Sorting
}
"""Which of `PLACE` a sorting keeps."""


class SiteDay(NamedTuple):
    """A day of a site, which is rolled up as a whole."""

    site_id: int
    day: date


class _Key(NamedTuple):
    """What the interactions of a group have in common; `None` also where it is not sorted by."""

    sorting: str
    place: tuple[str | None, ...]
    scale: str
    reader: str


def zone_of(name: str | None) -> ZoneInfo:
    """The clock of a site; UTC where nobody has said what it is.

    Raises:
        StoreError: This machine knows no such zone.
    """
    try:
        return ZoneInfo("UTC" if name is None else name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise StoreError(
            f"This machine knows no time zone '{name}'; write a name like Europe/Riga in the site file, or bring the "
            "package tzdata up to date."
        ) from error


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day on a clock at a moment, with its zone."""
    try:
        return moment.astimezone(zone).date()
    except OverflowError:  # the first or the last day that there is
        return moment.astimezone(UTC).date()


def days_at(connection: Connection, found: Iterable[tuple[int | None, datetime | None]]) -> set[SiteDay]:
    """The days of sites on which something began; what is at no site or at no known time has none.

    Args:
        connection: In a transaction.
        found: Numbers of sites, and moments.
    """
    known = {(site, moment) for site, moment in found if site is not None and moment is not None}
    zones = zones_of(connection, {site for site, _ in known})
    return {SiteDay(site, day_of(moment, zones[site])) for site, moment in known}


def days_of(connection: Connection, which: ColumnElement[bool]) -> set[SiteDay]:
    """The days of some interactions.

    Args:
        connection: In a transaction.
        which: Which rows of `interactions`.
    """
    query = select(interactions.c.site_id, interactions.c.started_at).where(which)
    return days_at(connection, ((row.site_id, row.started_at) for row in connection.execute(query)))


def renew(connection: Connection, days: Collection[SiteDay]) -> None:
    """Roll days up anew from the interactions that are shown. Only what changed is written.

    Args:
        connection: In a write transaction.
        days: Which.
    """
    by_site: defaultdict[int, list[date]] = defaultdict(list)
    for one in sorted(days):
        by_site[one.site_id].append(one.day)
    zones = zones_of(connection, by_site)
    for site, those in by_site.items():
        numbers = _numbers(connection, site)
        emptied = False
        for day in those:
            found = _roll_up(_facts(connection, site, day, zones[site]))
            emptied |= _write(connection, site, day, found, numbers)
        if emptied:
            lasting = (
                select(rollup_days.c.group_id).where(rollup_days.c.group_id == rollup_groups.c.id).exists()
            )
            connection.execute(delete(rollup_groups).where(rollup_groups.c.site_id == site, ~lasting))


def rebuild(connection: Connection, site: int) -> None:
    """Roll all of a site up anew, as where its clock is another.

    Args:
        connection: In a write transaction.
        site: Its number.
    """
    own = select(rollup_groups.c.id).where(rollup_groups.c.site_id == site)
    connection.execute(delete(rollup_days).where(rollup_days.c.group_id.in_(own)))
    connection.execute(delete(rollup_groups).where(rollup_groups.c.site_id == site))
    renew(connection, days_of(connection, interactions.c.site_id == site))


def zones_of(connection: Connection, site_ids: Collection[int]) -> dict[int, ZoneInfo]:
    """The clocks of some sites, by their numbers.

    Raises:
        StoreError: This machine knows no such zone.
    """
    query = select(sites.c.id, sites.c.time_zone).where(sites.c.id.in_(list(site_ids)))
    return {row.id: _cached_zone(row.time_zone) for row in connection.execute(query)}


@lru_cache(maxsize=64)
def _cached_zone(name: str | None) -> ZoneInfo:
    return zone_of(name)


def _numbers(connection: Connection, site: int) -> dict[_Key, int]:
    """The groups of a site by what they have in common."""
    query = select(rollup_groups).where(rollup_groups.c.site_id == site)
    return {
        _Key(row.sorting, tuple(row._mapping[name] for name in PLACE), row.scale, row.reader): row.id
        for row in connection.execute(query)
    }


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Moments between which a day of a clock lies; where the clock is put on at midnight there may be more between.

    Args:
        day: The day.
        zone: The clock.

    Returns:
        Its first moment, and the first after it, UTC.
    """

    def midnights(of: date) -> list[datetime]:
        return [datetime.combine(of, time(fold=fold), zone).astimezone(UTC) for fold in (0, 1)]

    try:
        return min(midnights(day)), max(midnights(day + timedelta(days=1)))
    except OverflowError:
        return (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


_FACTS: Final[Select[Any]] = (
    select(
        interactions.c.id,
        interactions.c.started_at,
        interactions.c.touchpoint,
        # As `mien.store.rows` has it: what the till says it was about is surer than what the place is for.
        func.coalesce(receipts.c.type, interactions.c.type).label("type"),
        interactions.c.service_point,
        interactions.c.shift,
        interactions.c.protocol,
        interactions.c.scale,
        interactions.c.reader,
        interactions.c.by_eyes,
        scores.c.n,
        scores.c.usable_s,
        scores.c.outcome,
        scores.c.reason,
        scores.c.eps,
        scores.c.eps_mean,
        scores.c.hi_mean,
        scores.c.initial_valence,
        scores.c.final_valence,
    )
    .select_from(
        interactions.join(scores)
        .join(runs, interactions.c.run_id == runs.c.id)
        .outerjoin(receipt_joins, receipt_joins.c.interaction_uid == interactions.c.uid)
        .outerjoin(receipts, receipt_joins.c.receipt_id == receipts.c.id)
    )
    .where(runs.c.visible)
    .where(interactions.c.site_id == bindparam("site"))
    .where(interactions.c.started_at >= bindparam("since"), interactions.c.started_at < bindparam("until"))
)
_FALLS: Final[Select[Any]] = (
    select(interactions.c.id, interactions.c.start_s, interactions.c.end_s, moments.c.t_s)
    .select_from(moments.join(interactions).join(runs, interactions.c.run_id == runs.c.id))
    .where(runs.c.visible, moments.c.kind == MomentKind.FALL.value)
    .where(interactions.c.site_id == bindparam("site"))
    .where(interactions.c.started_at >= bindparam("since"), interactions.c.started_at < bindparam("until"))
)


def _facts(
    connection: Connection, site: int, day: date, zone: ZoneInfo
) -> dict[tuple[tuple[str | None, ...], str, str], list[Facts]]:
    """The interactions of a day that are shown, by place, scale and reader."""
    since, until = bounds(day, zone)
    asked = {"site": site, "since": since, "until": until}
    falls: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in connection.execute(_FALLS, asked):
        falls[row.id][third_of(row.t_s, row.start_s, row.end_s)] += 1
    found: defaultdict[tuple[tuple[str | None, ...], str, str], list[Facts]] = defaultdict(list)
    for row in connection.execute(_FACTS, asked):
        if day_of(row.started_at, zone) == day:
            place = (row.touchpoint, row.type, row.service_point, row.shift, row.protocol)
            begin, middle, end = falls.get(row.id, (0, 0, 0))
            found[place, row.scale, row.reader].append(_fact(row, (begin, middle, end)))
    return found


def _fact(row: Row[Any], falls: tuple[int, int, int]) -> Facts:
    return Facts(
        row.n,
        row.by_eyes,
        row.usable_s,
        Outcome(row.outcome),
        row.eps_mean,
        row.eps is not None,
        row.hi_mean,
        row.initial_valence,
        row.final_valence,
        row.reason is not None and CHANGED_VISIBILITY in row.reason,
        falls,
    )


def _roll_up(facts: Mapping[tuple[tuple[str | None, ...], str, str], list[Facts]]) -> dict[_Key, Totals]:
    sorted_: defaultdict[_Key, list[Facts]] = defaultdict(list)
    for (place, scale, reader), those in facts.items():
        for sorting, mask in _MASKS.items():
            kept = tuple(name if keep else None for name, keep in zip(place, mask, strict=True))
            sorted_[_Key(sorting.value, kept, scale, reader)] += those
    return {key: Totals.of(those) for key, those in sorted_.items()}


def _write(
    connection: Connection, site: int, day: date, found: Mapping[_Key, Totals], numbers: dict[_Key, int]
) -> bool:
    """Bring the rows of a day to what was found; whether a group lost the day."""
    there = rollup_days.join(rollup_groups)
    query = select(rollup_days).select_from(there)
    query = query.where(rollup_groups.c.site_id == site, rollup_days.c.day == day)
    known = {
        row.group_id: Totals(*(row._mapping[name] for name in TOTALS)) for row in connection.execute(query)
    }
    wanted = {_number(connection, site, key, numbers): totals for key, totals in found.items()}
    stale = [number for number, totals in known.items() if wanted.get(number) != totals]
    if stale:
        of_day = rollup_days.c.day == day
        connection.execute(delete(rollup_days).where(of_day, rollup_days.c.group_id.in_(stale)))
    fresh = [
        {"group_id": number, "day": day, **{name: getattr(totals, name) for name in TOTALS}}
        for number, totals in wanted.items()
        if known.get(number) != totals
    ]
    if fresh:
        connection.execute(insert(rollup_days), fresh)
    return any(number not in wanted for number in stale)


def _number(connection: Connection, site: int, key: _Key, numbers: dict[_Key, int]) -> int:
    if key not in numbers:
        row = {
            "site_id": site,
            "sorting": key.sorting,
            **dict(zip(PLACE, key.place, strict=True)),
            "scale": key.scale,
            "reader": key.reader,
        }
        new = insert(rollup_groups).values(row).returning(rollup_groups.c.id)
        numbers[key] = connection.execute(new).scalar_one()
    return numbers[key]
