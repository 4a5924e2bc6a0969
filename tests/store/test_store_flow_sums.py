"""What is kept by day and month is what adding up the periods gives, whatever was done to the store before."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from store_making import READER, moved_back

from mien.journey.flow import Durations, FlowCounts, FlowQuarter, LineCounts, QueueCounts, ZoneCounts, balance
from mien.privacy import KeepDays
from mien.store import RecordingKey, Source, Store
from mien.store.flow_tables import flow_sums

SITE = "Riga"
MARCH = datetime(2026, 3, 28, 21, tzinfo=UTC)
"""Two nights before the end of a month, with the night in which the clock is put on."""
DAY = timedelta(days=1)
LAST = date(2026, 4, 3)
RANGES = [
    (date(2026, 3, 28), LAST),
    (date(2026, 3, 1), date(2026, 4, 30)),
    (date(2026, 3, 29), date(2026, 3, 29)),
    (date(2026, 3, 1), date(2026, 4, 1)),
    (date(2026, 3, 31), date(2026, 5, 31)),
    (date(2027, 1, 1), date(2027, 12, 31)),
]


def counts(n):
    """Something else in every part of every period; whole numbers, so that sums are exact in any order."""
    return FlowCounts(
        watched_s=900.0 if n % 5 else 450.0,
        gap_s=float(n % 3),
        people=n % 7,
        lines={"sill": LineCounts(came_in=n % 4, went_out=n % 3, unclear=n % 2)},
        zones={"queue": ZoneCounts(stays=Durations.of([12.0 + n % 9], cut=[8.0]), person_s=60.0)},
        queues={"queue": QueueCounts(joined=3, served=Durations.of([12.0]), length_s={n % 4: 800.0})},
        paths={"sill (in)": {f"shelf {n % 3}": 2}},
        heat={n % 50: 12.0},
    )


def analyse(store, camera="door", *, key="live", at=MARCH, settings="s", numbers=range(0, 480, 11), add=0):
    """Some periods of five days, by one stream."""
    source = Source(camera, recorded_at=at, camera=camera)
    with store.recordings.begin(
        RecordingKey(f"{key}:{camera}", SITE, "hall"), settings, reader=READER, source=source
    ) as run:
        quarters = [
            FlowQuarter(begin_s=900.0 * n, end_s=900.0 * (n + 1), counts=counts(n + add)) for n in numbers
        ]
        run.commit([], {}, 900.0 * (max(numbers) + 1), {}, counted=quarters)
        run.finish({})


def zone_of(store):
    return ZoneInfo(store.sites.clocks()[SITE] or "UTC")


def check(store):
    """Sums are as somebody finds them who reads every period; gives those of the first range."""
    zone = ZoneInfo(store.sites.clocks()[SITE] or "UTC")
    found = store.flow.quarters(SITE, since=MARCH - 400 * DAY, until=MARCH + 800 * DAY)
    began = {
        name: [(datetime.fromtimestamp(one.begin_s, zone), one) for one in those]
        for name, those in found.items()
    }
    for first, last in RANGES:
        by_hand = {
            name: chosen
            for name, those in began.items()
            if (chosen := [(at, one) for at, one in those if first <= at.date() <= last])
        }
        kept = store.flow.sums(SITE, first, last)
        doors = store.flow.doors(SITE, first, last, ["door", "back"])
        assert list(kept) == list(by_hand)
        for name, those in by_hand.items():
            assert kept[name].counts == FlowCounts.total([one.counts for _, one in those])
            assert kept[name].periods == len(those)
            assert kept[name].partly == sum(one.counts.watched_s < 800.0 for _, one in those)
            came_in = Counter()
            for at, one in those:
                came_in["hour", at.hour] += one.counts.lines["sill"].came_in
                came_in["day", at.date()] += one.counts.lines["sill"].came_in
            assert {hour: line.came_in for hour, line in kept[name].hours.items()} == {
                hour: n for (kind, hour), n in came_in.items() if kind == "hour"
            }
            assert {day: balance(one, empty=False).came_in for day, one in doors[name].items()} == {
                day: n for (kind, day), n in came_in.items() if kind == "day"
            }
            assert sum(one.begin_s.size for one in doors[name].values()) == len(those)
    return store.flow.sums(SITE, *RANGES[0])


def test_sums_follow_the_periods_through_everything_that_changes_them(store):
    store.sites.set_clock(SITE, "Europe/Riga")
    analyse(store)
    analyse(store, "back", numbers=range(100, 120))
    first = check(store)
    assert first["back"].periods == 20
    analyse(store, settings="other", add=1)
    second = check(store)
    assert second["door"] != first["door"]
    assert second["back"] == first["back"]
    # A second stream that saw the same time as the first for less of it, and one that followed.
    analyse(store, key="second", numbers=range(6, 480, 44))
    analyse(store, key="third", numbers=range(0, 480, 55), add=5)
    third = check(store)
    assert third["door"].twice > 0
    store.sites.set_clock(SITE, "Pacific/Auckland")
    assert check(store) != third
    store.sites.set_clock(SITE, "Europe/Riga")
    assert check(store) == third


def test_sums_go_with_the_periods_when_their_time_is_over(store):
    store.sites.set_clock(SITE, "Europe/Riga")
    store.retention.record(SITE, KeepDays(30, 400, 90))
    analyse(store)
    before = check(store)
    store.retention.expire(MARCH + 402 * DAY)
    after = check(store)
    assert 0 < after["door"].periods < before["door"].periods
    store.retention.expire(MARCH + 500 * DAY)
    assert check(store) == {}
    with store._database.read() as connection:
        assert connection.execute(select(flow_sums)).all() == []


def test_an_analysis_that_is_not_shown_yet_changes_no_sum(store):
    analyse(store)
    before = check(store)
    key = RecordingKey("live:door", SITE, "hall")
    source = Source("door", recorded_at=MARCH, camera="door")
    with store.recordings.begin(key, "other", reader=READER, source=source) as run:
        run.commit([], {}, 900.0, {}, counted=[FlowQuarter(begin_s=0.0, end_s=900.0, counts=counts(3))])
        assert check(store) == before
        run.finish({})
    assert check(store)["door"].periods == 1


def test_an_older_store_has_its_sums_when_it_is_opened(blank):
    with Store.open(blank) as store:
        analyse(store)
        before = check(store)
    with moved_back(blank, "0013") as tables:
        assert "flow_sums" not in tables.get_table_names()
    with Store.open(blank) as store:
        assert check(store) == before


def test_doors_of_a_year_keep_times_to_the_second(store):
    analyse(store, numbers=[0, 1])
    [(day, periods)] = store.flow.doors(SITE, *RANGES[0], ["door"])["door"].items()
    assert day == MARCH.date()
    assert periods.begin_s.tolist() == [MARCH.timestamp(), MARCH.timestamp() + 900.0]
    assert periods.whole.tolist() == [False, True]
    assert periods.gap_s.tolist() == pytest.approx([0.0, 1.0])
