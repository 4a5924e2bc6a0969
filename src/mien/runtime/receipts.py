"""Receipts of a site: read from its file, stored, and joined to the interactions at their till."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from mien.journey.receipts import Unjoined, join_receipts
from mien.journey.till_clock import Presence, Printed
from mien.runtime.entering import enter_site
from mien.site import read_receipts
from mien.store import NewJoin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mien.journey.till_clock import TillClock
    from mien.site import Problem, Site
    from mien.store import AddedReceipts, Store, StoredReceipt
    from mien.store.receipt_records import SeenInteraction, SeenSpan

_WITHIN_S: Final = 120.0
_CLOCK_S: Final = 300.0
"""How far off the clock of a till may be, with room to spare, seconds."""


@dataclass(frozen=True, slots=True)
class JoinedSite:
    """What became of the receipts of a site.

    Attributes:
        joined: Receipts that have an interaction, those joined before too.
        new: Those joined now.
        lost: Joins that were taken back, since an analysis done again finds their interaction no more.
        unjoined: How many have none, by reason.
        clocks: What the clock of each till was taken to be on each day on which something was joined or tried.
    """

    joined: int
    new: int
    lost: int
    unjoined: Mapping[str, int]
    clocks: Mapping[tuple[str, date], TillClock]


@dataclass(frozen=True, slots=True)
class ImportedReceipts:
    """What came of a file of receipts.

    Attributes:
        added: What became of its rows.
        other_tills: Rows of tills that no service point has, by till.
        problems: Rows that are wrong and were left out.
        joins: What became of all receipts of the site.
    """

    added: AddedReceipts
    other_tills: Counter[str]
    problems: Sequence[Problem]
    joins: JoinedSite


def import_receipts(store: Store, site: Site, now: datetime | None = None) -> ImportedReceipts:
    """Read the receipts of a site, store what is new, and join what can be joined.

    The same file twice changes nothing twice. Rows that are wrong are left out and told; the others are stored.

    Args:
        store: The open store.
        site: With `[receipts]`; its days of retention are entered in the store.
        now: The moment; that of the clock where left out.

    Returns:
        What came of it.

    Raises:
        SettingError: The site file names no receipts.
        StoreError: The store cannot be used; receipts are stored as a whole or not at all.
    """
    moment = now or datetime.now(UTC)
    file = read_receipts(site, moment)
    enter_site(store, site)
    added = store.receipts.add(site.name, file.rows, site.retention.days)
    return ImportedReceipts(added, file.other_tills, file.problems, join_site(store, site))


def join_site(store: Store, site: Site) -> JoinedSite:
    """Join the receipts of a site that have no interaction yet to those that have no receipt yet.

    What is joined stays joined. A receipt is joined only where the pictures of its time are analysed, since a
    customer who is not in the store yet could else be taken for the next one; until then it waits.

    Args:
        store: The open store.
        site: The site.

    Returns:
        What became of all its receipts.
    """
    lost = store.receipts.drop_lost(site.name)
    known = store.receipts.entries(site.name)
    days: defaultdict[tuple[str, date], list[StoredReceipt]] = defaultdict(list)
    for receipt in known:
        days[receipt.service_point, site.day(receipt.printed_at)].append(receipt)
    spans = store.receipts.analysed(site.name)
    within_s = site.receipts.within_s if site.receipts is not None else _WITHIN_S
    clocks: dict[tuple[str, date], TillClock] = {}
    found: list[NewJoin] = []
    for (point, day), receipts in sorted(days.items()):
        if all(one.interaction is not None for one in receipts) or point not in site.service_points:
            continue
        clock, joins = _join_day(store, site, point, receipts, spans, within_s)
        found += joins
        if clock is not None:
            clocks[receipts[0].till, day] = clock
    new = store.receipts.join(found)
    stored = store.receipts.entries(site.name)
    reasons = Counter(one.unjoined or str(Unjoined.WAITING) for one in stored if one.interaction is None)
    return JoinedSite(sum(one.interaction is not None for one in stored), new, lost, reasons, clocks)


def _join_day(
    store: Store,
    site: Site,
    point: str,
    receipts: Sequence[StoredReceipt],
    spans: Sequence[SeenSpan],
    within_s: float,
) -> tuple[TillClock | None, list[NewJoin]]:
    room = timedelta(seconds=within_s + _CLOCK_S)
    covered: list[StoredReceipt] = []
    waiting: list[StoredReceipt] = []
    for one in receipts:
        analysed = one.interaction is not None or _analysed(site, point, one.printed_at, room, spans)
        (covered if analysed else waiting).append(one)
    found = [NewJoin(one.uid, None, None, None, str(Unjoined.WAITING)) for one in waiting]
    if not any(one.interaction is None for one in covered):
        return None, found
    # A customer may have come long before paying, as at a desk.
    since, until = receipts[0].printed_at - room - timedelta(hours=3), receipts[-1].printed_at + room
    presences = [
        Presence(one.uid, one.began_at.timestamp(), one.ended_at.timestamp())
        for one in _at_point(site, point, store.receipts.seen(site.name, since=since, until=until))
    ]
    done = join_receipts(
        [Printed(one.uid, one.printed_at.timestamp()) for one in covered],
        presences,
        within_s=within_s,
        joined={one.uid: one.interaction for one in covered if one.interaction is not None},
    )
    found += [
        NewJoin(
            one.receipt,
            one.presence,
            one.gap_s,
            one.odds,
            str(one.reason) if one.reason is not None else None,
        )
        for one in done.receipts
    ]
    return done.clock, found


def _at_point(site: Site, point: str, seen: Iterable[SeenInteraction]) -> list[SeenInteraction]:
    """Those at a service point: by its name, or by the touchpoint where it has no other service point."""
    touchpoint = _touchpoint(site, point)
    alone = sum(_touchpoint(site, name) == touchpoint for name in site.service_points) == 1
    return [
        one
        for one in seen
        if one.service_point == point
        or (alone and one.service_point is None and one.touchpoint == touchpoint)
    ]


def _analysed(
    site: Site, point: str, printed_at: datetime, room: timedelta, spans: Iterable[SeenSpan]
) -> bool:
    """Whether the pictures of a service point are analysed around a time."""
    camera, touchpoint = site.service_points[point].camera, _touchpoint(site, point)
    return any(
        span.begin - room <= printed_at <= span.end + (room if span.complete else -room)
        for span in spans
        if (span.camera == camera if span.camera is not None else span.touchpoint == touchpoint)
    )


def _touchpoint(site: Site, point: str) -> str:
    return site.cameras[site.service_points[point].camera].touchpoint
