"""Writers side by side on a server: what each read before it wrote still holds when it is stored."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

import pytest
from event_replay import follow, replay, shown
from server_making import DAY, NOON, RECORDED, analyse, begin
from sqlalchemy import event, insert
from store_making import READER, interaction

from mien.errors import StoreError
from mien.privacy import Consent, KeepDays, Purpose
from mien.site.receipts import ReceiptRow
from mien.store import NewJoin, RecordingKey, Store, engine
from mien.store.tables import sites
from support.waiting import DEADLINE_S, until

NAME = "L-77-SECRET"
KEEP = KeepDays(30, 400, 90)


@pytest.fixture
def backend():
    return "postgresql"


@pytest.fixture
def clock():
    return lambda: NOON + DAY


@pytest.fixture
def other(address, clock):
    """The same store, opened by somebody else."""
    with Store.open(address, clock=clock) as opened:
        yield opened


@contextmanager
def before_its_commit(store):
    """The next transaction of a store waits before its commit for the end of the block; what is given is set then."""
    there, go_on = threading.Event(), threading.Event()

    def wait(_connection):
        there.set()
        assert go_on.wait(DEADLINE_S)

    event.listen(store._database.engine, "commit", wait)
    try:
        yield there
    finally:
        go_on.set()


def side_by_side(postgresql, database, store, first, second):
    """Do both, the second begun when the first has done all but commit; what they give."""
    with ThreadPoolExecutor(2) as pool:
        with before_its_commit(store) as there:
            one = pool.submit(first)
            assert there.wait(DEADLINE_S)
            two = pool.submit(second)
            with postgresql.connect(database) as look:
                waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
                until(
                    lambda: two.done() or look.execute(waiting).fetchone()[0], "the second waits or is done"
                )
        return one.result(DEADLINE_S), two.result(DEADLINE_S)


def test_who_follows_by_number_misses_nothing_of_writers_side_by_side(postgresql, database, store, other):
    with begin(store) as slow, begin(other, key=RecordingKey("b", "Riga")) as quick:
        seen = []

        def follow_meanwhile():
            quick.commit([interaction(2)], {}, 1.0, {})
            seen.extend(other.outbox.after(0))

        side_by_side(
            postgresql, database, store, lambda: slow.commit([interaction(1)], {}, 1.0, {}), follow_meanwhile
        )
        seen += other.outbox.after(seen[-1].number)
    assert [entry.event.subject for entry in seen] == [interaction(n).id for n in (1, 2)]


def test_many_writers_at_once_store_everything_once_and_in_order(address):
    def write(writer):
        with Store.open(address, timeout_s=DEADLINE_S) as own:
            key = RecordingKey(f"recording {writer}", "Riga", f"place {writer}")
            with own.recordings.begin(key, "s", reader=READER, source=RECORDED) as run:
                for n in range(10):
                    run.commit(
                        [interaction(100 * writer + n, seconds=2)], {"next": n + 1}, 1.0, {"done": n + 1}
                    )
                run.finish({"done": 10})

    def watch(over):
        seen = []
        with Store.open(address) as own:
            while True:
                ended = over.is_set()
                page = own.outbox.after(seen[-1] if seen else 0, limit=7)
                seen += [entry.number for entry in page]
                if ended and not page:
                    return seen

    over = threading.Event()
    with ThreadPoolExecutor(5) as pool:
        watcher = pool.submit(watch, over)
        try:
            for writer in [pool.submit(write, number) for number in range(4)]:
                writer.result(DEADLINE_S)
        finally:
            over.set()
        seen = watcher.result(DEADLINE_S)
    with Store.open(address) as store:
        everything = follow(store)
        assert seen == [entry.number for entry in everything]
        assert all(before < after for before, after in pairwise(seen))
        found = sorted(one.track_id for one in store.recordings.interactions())
        assert found == [100 * writer + n for writer in range(4) for n in range(10)]
        assert replay(everything) == shown(store)


def test_who_is_erased_while_an_analysis_finds_them_again_does_not_come_back(
    postgresql, database, store, other
):
    analyse(store, [1, 2])
    store.consents.record(Consent(NAME, Purpose.VISITS, NOON - DAY, "form", "A. Martin", NOON + 700 * DAY))
    store.receipts.add("Riga", [ReceiptRow(2, "POS-01", "4711", NOON, "till 1", None, NAME)], KEEP)
    [receipt] = store.receipts.entries("Riga")
    store.receipts.join([NewJoin(receipt.uid, interaction(1).id, -5.0, 40.0, None)])
    with begin(store, "other") as again:
        side_by_side(
            postgresql, database, store,
            lambda: again.commit([interaction(1), interaction(2)], {}, 1.0, {}), lambda: other.erasures.erase(NAME),
        )  # fmt: skip
        again.finish({})
    assert [one.track_id for one in store.recordings.interactions()] == [2]
    told = [entry.event.type for entry in follow(store) if entry.event.subject == interaction(1).id]
    assert told == ["mien.interaction.withdrawn"]


def test_fewer_days_hold_for_what_is_being_stored_too(postgresql, database, store, other):
    store.retention.record("Riga", KEEP)
    with begin(store) as run:
        side_by_side(
            postgresql, database, store,
            lambda: run.commit([interaction(1)], {}, 60.0, {}),
            lambda: other.retention.record("Riga", KeepDays(2, 5, 5)),
        )  # fmt: skip
        run.finish({})
    assert store.retention.expire(NOON + 6 * DAY).removed["interactions"] == 1


def test_what_two_tell_at_once_is_one_story(postgresql, database, store, other):
    """A receipt gives an interaction another type while an analysis that replaces it is finished."""
    analyse(store, [1])
    store.receipts.add("Riga", [ReceiptRow(2, "POS-01", "7", NOON, "till 1", "return", None)], KEEP)
    [receipt] = store.receipts.entries("Riga")
    with begin(store, "other") as again:
        again.commit([replace(interaction(1), readings=99)], {}, 1.0, {})
        side_by_side(
            postgresql, database, store,
            lambda: again.finish({}),
            lambda: other.receipts.join([NewJoin(receipt.uid, interaction(1).id, -5.0, 40.0, None)]),
        )  # fmt: skip
    assert replay(follow(store)) == shown(store)
    assert follow(store)[-1].event.data["context"]["type"] == "return"


def test_what_two_enter_at_once_is_entered_once(postgresql, database, store, other):
    given = Consent(NAME, Purpose.VISITS, NOON, "form", "A. Martin", NOON + 7 * DAY)
    rows = [ReceiptRow(2, "POS-01", "4711", NOON, "till 1", None, NAME)]
    one, two = side_by_side(
        postgresql,
        database,
        store,
        lambda: store.consents.record(given),
        lambda: other.consents.record(given),
    )
    assert (one.id, len(store.consents.entries())) == (two.id, 1)
    first, second = side_by_side(
        postgresql, database, store,
        lambda: store.receipts.add("Riga", rows, KEEP), lambda: other.receipts.add("Riga", rows, KEEP),
    )  # fmt: skip
    assert (first.new, second.new, second.known) == (1, 0, 1)


def test_a_writer_waits_as_long_as_it_was_told_and_a_reader_never(address, store):
    analyse(store, [1])
    with (
        Store.open(address, timeout_s=0.2) as hasty,
        ThreadPoolExecutor(1) as pool,
        before_its_commit(store) as there,
    ):
        pool.submit(begin, store, "other")
        assert there.wait(DEADLINE_S)
        with pytest.raises(StoreError, match="is locked by another program"):
            begin(hasty, "third")
        assert len(hasty.recordings.interactions()) == 1


def test_a_writer_that_hangs_is_given_up_and_stores_nothing(address, store, monkeypatch):
    with Store.open(address, timeout_s=DEADLINE_S) as patient:
        monkeypatch.setattr(engine, "_SILENT_MS", 2000)
        with pytest.raises(StoreError, match="was lost in the middle"), store._database.write() as connection:
            monkeypatch.undo()  # the time holds for the transaction that has begun with it, not for those to come
            connection.execute(insert(sites).values(name="Riga", created_at=NOON))
            begin(
                patient, key=RecordingKey("b", "Oslo")
            ).release()  # waits until the server gives the other up
            connection.execute(insert(sites).values(name="Tartu", created_at=NOON))
        assert list(store.sites.entries()) == ["Oslo"]
        analyse(store, [1])
