"""Roll-ups are what a scan of the shown interactions gives, whatever was done to the store before."""

import math
from collections import defaultdict
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select
from store_making import READER, moved_back
from store_making import interaction as made

from mien.errors import StoreError
from mien.insight import Totals
from mien.journey.types import Moment, MomentKind, Outcome
from mien.privacy import Consent, KeepDays, Purpose
from mien.site.receipts import ReceiptRow
from mien.store import NewJoin, RecordingKey, Source, Store, rollups
from mien.store.rollup_tables import rollup_days, rollup_groups
from mien.store.tables import sites

NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEEP = KeepDays(5, 40, 20)
ZONES = ("Pacific/Auckland", "America/Los_Angeles", "Europe/Riga", "UTC")
PLACE = ("touchpoint", "type", "service_point", "shift", "protocol")


def one(number, *, variant=0, site="Riga"):
    """Interaction `number`, read in one of several ways with one of several results, over several days."""
    base = made(number, site=site, touchpoint=("till", "door", None)[number % 3], start_s=20_000.0 * number)
    kind = (number + variant) % 6
    start = base.start_s
    score = replace(
        base.score,
        eps_mean=10.1 * number - 30.7 * variant,
        hi_mean=40.3 + number,
        initial_valence=0.1 * (number % 4),
        final_valence=0.07 * number - 0.2,
        outcome=list(Outcome)[(number + variant) % 4],
        moments=tuple(
            Moment(start + at, what, -0.3, 0.99)
            for at, what in ((0.5, MomentKind.FALL), (4.0, MomentKind.RISE), (7.5, MomentKind.FALL))[
                : number % 4
            ]
        ),
    )
    none = {"eps": None, "eps_mean": None, "initial_valence": None, "final_valence": None}
    score = replace(
        score,
        **(
            {},
            {"eps": None, "initial_valence": None, "final_valence": None},
            {**none, "hi_mean": None, "n": 0, "usable_s": 0.0, "reason": "no usable reading"},
            {**none, "usable_s": 0.7 + number % 3, "reason": "too short"},
            {**none, "reason": "visibility changed"},
            {**none, "reason": "under 1 s usable"},
        )[kind],
    )
    return replace(
        base,
        score=score,
        by_eyes=score.n // (3 if number % 5 == 4 else 20),
        scale="balance" if number % 7 else "strongest",
        reader=READER if variant < 2 else "reader 2.0",
        context=replace(base.context, shift=("early", "late")[number % 2], protocol=None),
    )


def scanned(store):
    """The roll-ups as somebody counts who has only what the store shows, and never heard of roll-ups."""
    found = defaultdict(list)
    clocks = store.sites.clocks()
    for recording in store.recordings.list_recordings():
        began = recording.source.recorded_at
        for each in store.recordings.interactions(recording=recording.id, curves=False):
            if each.context.site is None or began is None:
                continue
            zone = ZoneInfo(clocks[each.context.site] or "UTC")
            day = (began + timedelta(seconds=each.start_s)).astimezone(zone).date()
            place = [getattr(each.context, name) for name in PLACE]
            whole = (each.context.site, day, each.scale, each.reader)
            found["all", *whole, *[None] * 5].append(each)
            found["cell", *whole, *place].append(each)
            for at, name in enumerate(PLACE):
                found[name, *whole, *(value if k == at else None for k, value in enumerate(place))].append(
                    each
                )
    return {key: added_up(those) for key, those in found.items()}


def added_up(those):
    scores = [each.score for each in those]
    covered = [each.score.n > 0 and each.by_eyes > 0.1 * each.score.n for each in those]
    told = [s for s, hidden in zip(scores, covered, strict=True) if not hidden]
    eps = [s for s in told if s.eps_mean is not None]
    index = [s.hi_mean for s in told if s.hi_mean is not None and s.n >= 8 and s.usable_s >= 1]
    ends = [s for s in eps if s.final_valence is not None]
    without = [s for s in told if s.eps_mean is None and s.n > 0]
    turned = [s for s in without if s.usable_s >= 3 and s.reason == "visibility changed"]
    short = [s for s in without if s.usable_s < 3]
    spans = [
        [(m.t_s - each.start_s) / (each.end_s - each.start_s) for m in each.score.moments if m.kind == "fall"]
        for each in those
        if each.score in eps
    ]
    falls = [[sum(k / 3 <= t < (k + 1) / 3 for t in ts) for ts in spans] for k in range(3)]
    return Totals(
        len(those), sum(s.n == 0 for s in scores), sum(covered), len(short), len(turned),
        len(without) - len(turned) - len(short), sum(s.eps is None for s in eps),
        *(sum(s.outcome == what for s in eps) for what in ("improved", "worsened", "unchanged", "unclear")),
        math.fsum(s.eps_mean for s in eps), math.fsum(s.eps_mean**2 for s in eps),
        len(index), math.fsum(index), math.fsum(x**2 for x in index), len(ends),
        *(
            math.fsum(getattr(s, name) ** power for s in ends)
            for name in ("initial_valence", "final_valence") for power in (1, 2)
        ),
        *(sum(counts) for counts in falls), *(sum(map(bool, counts)) for counts in falls),
        math.fsum(s.usable_s for s in scores),
    )  # fmt: skip


def kept(store):
    """What stands in the tables."""
    names = [field.name for field in fields(Totals)]
    query = select(rollup_groups, rollup_days, sites.c.name.label("site"))
    query = query.select_from(rollup_groups.join(sites).outerjoin(rollup_days))
    with store._database.read() as connection:
        rows = connection.execute(query).mappings().all()
    found = {
        (
            row["sorting"],
            row["site"],
            row["day"],
            row["scale"],
            row["reader"],
            *(row[n] for n in PLACE),
        ): Totals(*(row[n] for n in names))
        for row in rows
    }
    assert len(found) == len(rows)
    return found


def analyse(store, key, found, *, settings="s", site="Riga", recorded_at=NOON, finish=True):
    source = Source(f"{key}.mp4", recorded_at=recorded_at)
    with store.recordings.begin(RecordingKey(key, site), settings, reader=READER, source=source) as run:
        for each in found:
            run.commit([each], {}, each.end_s, {})
        if finish:
            run.finish({})


def join(store, number, kind, reference=None, site="Riga"):
    """A receipt for an interaction, which says what it was about."""
    row = ReceiptRow(2, "POS-01", str(number), NOON, "till 2", kind, reference)
    store.receipts.add(site, [row], KEEP)
    receipt = next(r for r in store.receipts.entries(site) if r.number == str(number))
    store.receipts.join([NewJoin(receipt.uid, one(number).id, -5.0, 40.0, None)])


class Operations(RuleBasedStateMachine):
    """Whatever may be done to a store, in any order."""

    now = NOON + DAY
    few = st.lists(st.integers(0, 11), min_size=1, max_size=5, unique=True)

    @initialize()
    def open(self):
        self.store = Store.open("sqlite://", clock=lambda: self.now)
        self.given = 0
        for site in ("Riga", "Oslo"):
            self.store.retention.record(site, KEEP)

    def teardown(self):
        self.store.close()

    @rule(numbers=few, variant=st.integers(0, 2), key=st.sampled_from("abc"), finish=st.booleans())
    def analyse(self, numbers, variant, key, finish):
        # The same settings go on where the last analysis was not finished, others begin anew.
        site, recorded_at = {"a": ("Riga", NOON), "b": ("Oslo", NOON + DAY), "c": ("Riga", None)}[key]
        found = [replace(one(n, variant=variant, site=site), id=f"{key}{one(n).id[1:]}") for n in numbers]
        analyse(
            self.store, key, found, settings=f"s{variant}", site=site, recorded_at=recorded_at, finish=finish
        )

    @rule(number=st.integers(0, 11), key=st.sampled_from("ab"), named=st.booleans())
    def join(self, number, key, named):
        self.given += 1
        name = f"L-{self.given}" if named else None
        if name is not None:
            given = NOON - DAY
            self.store.consents.record(
                Consent(name, Purpose.VISITS, given, "form", "A. Martin", given + 700 * DAY)
            )
        row = ReceiptRow(2, "POS-01", str(self.given), NOON, "till 2", ("sale", "return")[number % 2], name)
        site = {"a": "Riga", "b": "Oslo"}[key]
        self.store.receipts.add(site, [row], KEEP)
        for receipt in self.store.receipts.entries(site):
            if receipt.number == row.number:
                uid = f"{key}{one(number).id[1:]}"
                self.store.receipts.join([NewJoin(receipt.uid, uid, -5.0, 40.0, None)])

    @rule(which=st.integers(1, 5))
    def erase(self, which):
        self.store.erasures.erase(f"L-{which}")

    @rule(number=st.integers(0, 11), key=st.sampled_from("abc"))
    def forget(self, number, key):
        self.store.erasures.forget([f"{key}{one(number).id[1:]}"], "a tester")

    @rule(days=st.integers(0, 15))
    def expire(self, days):
        self.now += days * DAY
        self.store.retention.expire(self.now)

    @rule(site=st.sampled_from(["Riga", "Oslo"]), zone=st.sampled_from(ZONES))
    def set_clock(self, site, zone):
        self.store.sites.set_clock(site, zone)

    @invariant()
    def equal_a_scan(self):
        if hasattr(self, "store"):
            assert kept(self.store) == scanned(self.store)


TestOperations = Operations.TestCase
TestOperations.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)


def test_every_change_of_what_is_shown_is_in_the_sums(store, clock):
    store.retention.record("Riga", KEEP)
    clock.time = NOON + DAY

    def check(*, days):
        assert kept(store) == scanned(store)
        assert len({key[2] for key in kept(store)}) == days

    analyse(store, "a", [one(n) for n in range(12)])
    check(days=4)
    analyse(store, "a", [one(3, variant=1)], settings="other", finish=False)  # not shown yet
    store.sites.set_clock("Riga", "Europe/Riga")
    check(days=4)
    analyse(store, "a", [one(n, variant=1) for n in range(9)], settings="other")
    check(days=3)
    join(store, 3, "return")
    assert any(key[0] == "type" and key[6] == "return" for key in kept(store))
    check(days=3)
    store.erasures.forget([one(1).id], "a tester")
    check(days=3)
    store.retention.expire(NOON + 21 * DAY)  # the receipt
    assert not any(key[6] == "return" for key in kept(store))
    assert store.retention.expire(NOON + 41 * DAY).removed["interactions"] == 4
    check(days=2)
    assert store.retention.expire(NOON + 60 * DAY).removed["interactions"] == 4
    check(days=0)


def test_a_day_is_that_of_the_clock_of_the_site(store):
    # Night in Riga, 28 to 29 March 2026, when clocks are put on at 3; evening of the 28th in UTC.
    late = [one(0), one(1), one(2)]
    analyse(store, "a", late, recorded_at=datetime(2026, 3, 28, 21, 30, tzinfo=UTC))
    before = {key[2]: totals.interactions for key, totals in kept(store).items() if key[0] == "all"}
    assert before[date(2026, 3, 28)] == 1
    store.sites.set_clock("Riga", "Europe/Riga")
    after = {key[2]: totals.interactions for key, totals in kept(store).items() if key[0] == "shift"}
    assert date(2026, 3, 28) in after
    store.sites.set_clock("Riga", "Asia/Tokyo")
    assert {key[2] for key in kept(store)} == {date(2026, 3, 29)}
    assert kept(store) == scanned(store)
    with pytest.raises(StoreError, match="knows no time zone 'Europe/Nowhere'"):
        store.sites.set_clock("Riga", "Europe/Nowhere")
    assert store.sites.clocks() == {"Riga": "Asia/Tokyo"}


@pytest.mark.parametrize("zone", [*ZONES, "Pacific/Apia", "America/Havana", "Asia/Beirut"])
def test_each_moment_lies_in_one_day(zone):
    clock = ZoneInfo(zone)
    # Years with days that are lacking (Apia, end of 2011) and clocks that are put on at midnight.
    for year, month, length in ((2011, 12, 40), (2026, 3, 40), (2026, 10, 40)):
        first = datetime(year, month, 1, tzinfo=UTC)
        for moment in (first + timedelta(minutes=30 * k) for k in range(48 * length)):
            since, until = rollups.bounds(rollups.day_of(moment, clock), clock)
            assert since <= moment < until


def test_times_at_the_end_of_all_times_stop_nothing(store):
    far = datetime(9999, 12, 31, 23, tzinfo=UTC)
    store.sites.set_clock("Riga", "Asia/Tokyo")
    analyse(store, "a", [replace(one(0), start_s=1.0)], recorded_at=far)
    assert {key[2] for key in kept(store)} == {date(9999, 12, 31)}


def test_what_is_at_no_site_or_at_no_known_time_is_in_none(store):
    analyse(store, "a", [one(1)], recorded_at=None)
    analyse(store, "b", [one(2, site=None)], site=None)
    assert kept(store) == {}


def test_an_older_store_is_rolled_up_when_it_is_opened(blank):
    with Store.open(blank) as store:
        analyse(store, "a", [one(n) for n in range(8)])
        analyse(store, "a", [one(n, variant=1) for n in range(4)], settings="other", finish=False)
        before = kept(store)
    with moved_back(blank, "0007") as tables:
        assert "rollup_days" not in tables.get_table_names()
    with Store.open(blank) as store:
        assert before
        assert kept(store) == before == scanned(store)


def test_a_change_that_breaks_off_leaves_the_sums_as_they_were(store):
    analyse(store, "a", [one(n) for n in range(4)])
    before = kept(store)
    wrong = replace(one(6), score=replace(one(6).score, outcome="splendid"))
    source = Source("b.mp4", recorded_at=NOON)
    with store.recordings.begin(RecordingKey("b", "Riga"), "s", reader=READER, source=source) as run:
        with pytest.raises(StoreError, match="outcome"):
            run.commit([one(5), wrong], {}, 60.0, {})
        assert kept(store) == before
        run.commit([one(5)], {}, 60.0, {})
    assert kept(store) == scanned(store) != before
