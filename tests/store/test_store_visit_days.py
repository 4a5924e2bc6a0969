"""Visits by day are what a scan of the visits gives, whatever was done to the store before."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from store_making import moved_back
from visit_making import NOON, SITE, analyse, ended, made, uid, visit_of

from mien.insight import Passage, VisitDay
from mien.privacy import KeepDays
from mien.store import Store
from mien.store.visit_tables import visit_days

DAY = timedelta(days=1)
KEEP = KeepDays(30, 400, 90)


def scanned(store):
    """The days as somebody adds them up who reads visits one by one."""
    zone = ZoneInfo(store.sites.clocks().get(SITE) or "UTC")
    days = defaultdict(list)
    for visit in store.visits.list_visits(SITE):
        if visit.ended is not None:
            ways = [
                Passage(one.touchpoint, one.started_at.timestamp(), one.ended_at.timestamp())
                for one in visit.members
            ]
            days[visit.started_at.astimezone(zone).date()].append(ways)
    return {day: VisitDay.of(those) for day, those in days.items()}


def kept(store):
    with store._database.read() as connection:
        rows = connection.execute(select(visit_days)).all()
    return {row.day: VisitDay.from_json(row.visits, row.joined) for row in rows}


def three_visits(store, *, at=NOON):
    """A visit of 0, 1 and 2, one of 3 and 4 and one of 5 alone; 6 is in one that is open."""
    analyse(store, [made(n) for n in range(9)], at=at)
    store.visits.place(SITE, "a", [*visit_of(0, 1, 2), *visit_of(3, 4), *visit_of(5), *visit_of(6, 7)])
    store.visits.close(SITE, "a", [ended(0), ended(3), ended(5)])


def test_a_day_holds_lengths_and_ways_of_visits_that_have_ended(store):
    three_visits(store)
    assert kept(store) == {
        date(2026, 5, 1): VisitDay(
            visits=3,
            ways={("door", "shelf", "till"): 1, ("door", "shelf"): 1},
            lasted={("door", "shelf"): (280,), ("door", "till"): (480,)},
            stood={"door": (80, 80), "shelf": (80, 80), "till": (80,)},
            passages={"door": 2, "shelf": 2, "till": 1},
        )
    }
    assert store.visits.days(SITE, date(2026, 5, 1), date(2026, 5, 1)) == [*kept(store).values()]
    assert store.visits.days(SITE, date(2026, 5, 2), date(2026, 5, 9)) == []
    assert store.visits.days("elsewhere", date(2026, 5, 1), date(2026, 5, 1)) == []


def test_every_change_of_a_visit_is_in_its_day(store, clock):
    clock.time = NOON + DAY
    store.retention.record(SITE, KEEP)
    three_visits(store)

    def check(visits):
        assert kept(store) == scanned(store)
        assert sum(day.visits for day in kept(store).values()) == visits

    check(3)
    assert store.visits.interrupt(SITE) == 1
    check(4)
    longer = [replace(made(n), end_s=made(n).end_s + 3) for n in range(9)]
    analyse(store, longer, settings="other")  # an analysis that is done again says something else
    check(4)
    assert kept(store)[NOON.date()].lasted["door", "till"] == (510,)
    analyse(store, longer[:7], settings="third")  # and loses one
    check(3)
    store.visits.place(SITE, "b", visit_of(3, 5))  # joined anew: two visits are taken down, one is open
    check(1)
    store.erasures.forget([uid(1)], "a tester")
    check(0)
    assert kept(store) == {}


def test_what_expires_is_gone_from_its_day(store, clock):
    clock.time = NOON + DAY
    store.retention.record(SITE, KeepDays(5, 20, 20))
    three_visits(store)
    first_gone = NOON + timedelta(seconds=8) + 20 * DAY
    assert store.retention.expire(first_gone).removed["visits"] == 1
    assert kept(store) == scanned(store)
    assert kept(store)[NOON.date()].visits == 2
    store.retention.expire(first_gone + DAY)
    assert kept(store) == {}


def test_an_interaction_that_went_alone_leaves_no_length_behind(store, clock):
    clock.time = NOON + DAY
    store.retention.record(SITE, KEEP)
    three_visits(store)
    with store._database.write() as connection:
        connection.exec_driver_sql("UPDATE visits SET expires_at = NULL")
    store.retention.expire(NOON + timedelta(seconds=10) + 400 * DAY)
    assert kept(store)[NOON.date()].lasted == {("door", "shelf"): (280,), ("shelf", "till"): (280,)}


def test_a_day_is_that_of_the_clock_of_the_site(store):
    three_visits(store, at=datetime(2026, 5, 1, 23, 59, tzinfo=UTC))
    assert {day: one.visits for day, one in kept(store).items()} == {
        date(2026, 5, 1): 1,
        date(2026, 5, 2): 2,
    }
    store.sites.set_clock(SITE, "Europe/Riga")
    assert {day: one.visits for day, one in kept(store).items()} == {date(2026, 5, 2): 3}
    assert kept(store) == scanned(store)


def test_an_older_store_has_its_days_when_it_is_opened(blank):
    with Store.open(blank) as store:
        three_visits(store)
        before = kept(store)
    with moved_back(blank, "0012") as tables:
        assert "visit_days" not in tables.get_table_names()
    with Store.open(blank) as store:
        assert before
        assert kept(store) == before
