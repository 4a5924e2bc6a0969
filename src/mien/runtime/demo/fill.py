"""Fill a store with the simulated chain, day by day, the last day first, through the store's own functions.

What a day consists of is the same whenever it is made. The stream of the last camera of a day is finished after all
else of that day is stored: where it is finished the day is whole, and otherwise it is made again, which changes nothing
that was stored of it. So a stop costs a day at most, and running twice doubles nothing.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from mien.errors import StoreError
from mien.journey.camera_pair import CameraPair, MeasuredPair
from mien.journey.types import Context
from mien.runtime.account import Account
from mien.runtime.demo.alerts import fill_alerts, fill_tasks
from mien.runtime.demo.bank import PER_ROLE, Bank
from mien.runtime.demo.counting import counted
from mien.runtime.demo.day import ZONE, plan_day
from mien.runtime.demo.files import READINGS_DAYS, RECEIPT_DAYS, write_files
from mien.runtime.demo.kept import check_demo
from mien.runtime.demo.story import DAYS, PLACES, READER, SITES, Story, hours_on
from mien.runtime.entering import enter_site
from mien.runtime.receipts import import_receipts
from mien.runtime.stream_names import LIVE
from mien.site import load_site
from mien.store import ClosedVisit, PlacedInteraction, RecordingKey, Source
from mien.visits import Ended

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from mien.journey.types import Interaction
    from mien.runtime.demo.day import Day, Passage, Visitor
    from mien.runtime.demo.story import DemoSite
    from mien.site import Site
    from mien.store import Store

_NAMESPACE: Final = uuid.UUID("6d69656e-6465-4d6f-8000-73696d756c61")
_ALONE: Final = 0.12
"""Share of interactions that were joined to nothing, and yet were told to the matcher."""
_FLOW_DAYS: Final = 62
_OFFSET: Final = CameraPair(offset=-0.02, variance=0.0045, offset_variance=0.0004, testers=6)


@dataclass(frozen=True, slots=True)
class DemoFilled:
    """What a demo store holds.

    Attributes:
        story: What is simulated in it.
        site_files: The site files beside it.
        days: Days of stores that are stored, those on which a store is closed too.
        of: How many there are in all.
        complete: Whether all is stored.
    """

    story: Story
    site_files: tuple[Path, ...]
    days: int
    of: int
    complete: bool


def build_demo(  # noqa: PLR0913  (each is named)
    store: Store,
    folder: Path,
    *,
    last_day: date | None = None,
    days: int | None = None,
    sites: int | None = None,
    first: int | None = None,
    per_role: int = PER_ROLE,
    now: datetime | None = None,
    progress: Callable[[float, float | None], None] = lambda _done, _of: None,
    stop: Callable[[], bool] = lambda: False,
) -> DemoFilled:
    """Fill a store with the simulated chain, or go on with it.

    Args:
        store: An empty store, or one that this began to fill.
        folder: Where the site files go; it is there.
        last_day: The last day, on the clock of the sites; where left out that of what is there, else yesterday.
        days: How many days; 90 where left out.
        sites: How many stores of the chain; all where left out.
        first: Stop after so many days, the last ones; `None` for all.
        per_role: Interactions of each role that are drawn from.
        now: The moment, with zone; that of the clock where left out. Curves that are over their time are not made.
        progress: Told how many days of stores are done, and of how many.
        stop: Asked before each day.

    Returns:
        What is there now.

    Raises:
        StoreError: The store holds something real, was filled up to another day, or says no.
        OutputError: The site files cannot be written.
        BusyError: Another process fills it.
    """
    moment = now or datetime.now(UTC)
    story = _story(store, moment, last_day, days, sites)
    every, total = story.days_back(), story.days * len(story.sites)
    files = tuple(folder / site.file_name for site in story.sites)
    if all(path.exists() for path in files) and _whole(store, story):
        return DemoFilled(story, files, total, total, complete=True)
    bank = Bank(per_role)
    for of in story.sites:
        store.sites.enter_simulated(of.name)
        write_files(story, of, bank, folder, moment)
    loaded = [load_site(path) for path in files]
    for of, site in zip(story.sites, loaded, strict=True):
        _prepare(store, story, of, site)
    fill_alerts(store, story)
    done = 0
    for number, day in enumerate(every if first is None else every[:first], start=1):
        for of in story.sites:
            if stop():
                return DemoFilled(story, files, done, total, complete=False)
            _fill_day(store, story, of, day, bank, moment)
            done += 1
            progress(done, total)
        if number == min(RECEIPT_DAYS + 1, story.days):
            for site in loaded:
                _receipts(store, site, moment)
            fill_tasks(store, story)
    return DemoFilled(story, files, done, total, complete=done == total)


def _receipts(store: Store, site: Site, now: datetime) -> None:
    """Take the receipts of a site in, once: looked at again, more of them would find their interactions."""
    known = store.receipts.entries(site.name)
    if not known or any(one.interaction is None and one.unjoined is None for one in known):
        import_receipts(store, site, now)


def _whole(store: Store, story: Story) -> bool:
    """Whether the days to the first one are stored, which is stored last, with the receipts that come before it."""
    oldest = [
        _key(site, PLACES[-1].name, PLACES[-1].camera, day)
        for site in story.sites
        for day in [next(day for day in reversed(story.days_back()) if hours_on(site, day) is not None)]
    ]
    known = [store.recordings.find(key) for key in oldest]
    return story.days > RECEIPT_DAYS + 1 and all(one is not None and one.complete for one in known)


def _story(store: Store, now: datetime, last_day: date | None, days: int | None, sites: int | None) -> Story:
    known = check_demo(store)
    if known is None:
        yesterday = now.astimezone(ZONE).date() - timedelta(days=1)
        return Story(last_day or yesterday, days or DAYS, SITES[: sites or len(SITES)])
    wanted = replace(
        known,
        last_day=last_day or known.last_day,
        days=days or known.days,
        sites=known.sites if sites is None else SITES[:sites],
    )
    if wanted != known:
        raise StoreError(
            f"The demo store {store.address} holds {known.days} days up to {known.last_day}, not {wanted.days} up to "
            f"{wanted.last_day}; add --rebuild to make it anew."
        )
    return known


def _prepare(store: Store, story: Story, of: DemoSite, site: Site) -> None:
    """What a site has before anything is read: its notices, how long things are kept, its measured cameras."""
    for notice in site.recorded_notices():
        store.notices.record(notice)
    enter_site(store, site)
    if of.calibrated and not store.pairs.entries(site.name):
        at = datetime(story.first_day.year, story.first_day.month, story.first_day.day, 8, tzinfo=ZONE)
        pair = MeasuredPair(site.name, "door", "way out", "balance", READER, _OFFSET, at)
        store.pairs.record(pair)


def _fill_day(store: Store, story: Story, site: DemoSite, date: date, bank: Bank, now: datetime) -> None:
    """Store a day of a store, if it is not whole yet."""
    last = _key(site, PLACES[-1].name, PLACES[-1].camera, date)
    known = store.recordings.find(last)
    if known is not None and known.complete:
        return
    day = plan_day(story, site, date, bank)
    if day is None:
        return
    curves = now - timedelta(days=READINGS_DAYS) < day.at(0.0)
    found: defaultdict[str, list[Interaction]] = defaultdict(list)
    visits = [_interactions(day, number, one, bank, curves=curves) for number, one in enumerate(day.visitors)]
    for those in visits:
        for one in those:
            found[one.context.touchpoint or ""].append(one)
    flow = (story.last_day - date).days < _FLOW_DAYS
    for place in PLACES:
        key = _key(site, place.name, place.camera, date)
        source = Source(f"simulated {place.camera} {date}", day.begins_at, day.length_s, place.camera)
        counters = _counters(day, place.camera, found[place.name])
        with store.recordings.begin(key, story.digest, reader=READER, source=source) as run:
            periods = counted(day, place.camera) if flow else []
            run.commit(found[place.name], {}, day.length_s, counters, counted=periods)
            if place is PLACES[-1]:
                _join(store, story, day, visits)
            run.finish(counters)


def _key(site: DemoSite, touchpoint: str, camera: str, day: date) -> RecordingKey:
    return RecordingKey(f"{LIVE}simulated:{site.name}:{camera}:{day}", site.name, touchpoint)


def _interactions(day: Day, number: int, visitor: Visitor, bank: Bank, *, curves: bool) -> list[Interaction]:
    """What is stored of a visitor, in order of time."""
    return [_interaction(day, number, passage, bank, curves=curves) for passage in visitor.seen]


def _interaction(day: Day, number: int, passage: Passage, bank: Bank, *, curves: bool) -> Interaction:
    """A drawn interaction at its place and time."""
    drawn, shift_s = bank.interaction(passage.drawn), passage.begin_s
    score = drawn.score
    moments = tuple(replace(one, t_s=one.t_s + shift_s) for one in score.moments)
    curve = drawn.curve
    if curve is not None and curves:
        curve = replace(curve, t_s=curve.t_s + shift_s)
    name = f"{day.site.name}\x1f{day.day}\x1f{passage.place.camera}\x1f{number}"
    return replace(
        drawn,
        id=str(uuid.uuid5(_NAMESPACE, name)),
        track_id=number + 1,
        context=Context(
            site=day.site.name,
            touchpoint=passage.place.name,
            type=passage.place.kind,
            service_point=passage.point,
            shift=passage.shift,
            protocol=passage.protocol,
        ),
        start_s=drawn.start_s + shift_s,
        end_s=drawn.end_s + shift_s,
        score=replace(score, moments=moments),
        curve=curve if curves else None,
        seconds=tuple(replace(one, t_s=one.t_s + shift_s) for one in drawn.seconds) if curves else (),
        # Read by the eyes alone from end to end, the same readings give the same score.
        by_eyes=score.n if passage.covered else drawn.by_eyes,
    )


def _counters(day: Day, camera: str, found: Sequence[Interaction]) -> dict[str, object]:
    """What a stream has counted and noted, as the writer of a run notes it."""
    left_out: Counter[str] = Counter()
    for one in found:
        left_out.update(one.left_out)
    account = Account(
        frames=round(10 * day.length_s),
        readings=sum(one.readings for one in found),
        left_out=left_out,
        remarks=["Simulated: no camera was read."],
        length_s=day.length_s,
        context=Context(site=day.site.name),
    )
    troubles = [
        {"what": one.what, "since_s": one.begin_s, "until_s": one.end_s, "reason": "simulated"}
        for one in day.gaps
        if one.camera == camera
    ]
    return {**account.as_counters(), "run": READER, "troubles": troubles, "badges": None}


def _join(store: Store, story: Story, day: Day, visits: Sequence[Sequence[Interaction]]) -> None:
    """Enter the visits of a day, and how they ended, as a matcher tells them."""
    rng = story.chance(day.site, day.day, 4)
    placed: list[PlacedInteraction] = []
    closed: list[ClosedVisit] = []
    for visitor, found in zip(day.visitors, visits, strict=True):
        if visitor.joined:
            groups = [list(found)] if found else []
        else:
            groups = [[one] for one in found if rng.random() < _ALONE]
        for group in groups:
            first = group[0].id
            placed.append(PlacedInteraction(first, first, None))
            placed += [
                PlacedInteraction(one.id, first, round(float(rng.beta(30, 1)), 4)) for one in group[1:]
            ]
            left = group[-1].context.touchpoint == PLACES[-1].name
            closed.append(ClosedVisit(first, Ended.EXIT if left else Ended.EXPIRED, day.at(group[-1].end_s)))
    session = f"{READER} {day.day}"
    store.visits.place(day.site.name, session, placed)
    store.visits.close(day.site.name, session, closed)
