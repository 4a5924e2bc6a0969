"""What is stored goes when its time is over, beside writers; what a person asks for goes to the last byte."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from store_making import READER
from store_making import interaction as made

from mien.errors import StoreError
from mien.privacy import Consent, KeepDays, MediaGrant, Purpose
from mien.runtime.retention import expire
from mien.site.receipts import ReceiptRow
from mien.store import NewJoin, RecordingKey, Source, Store, retention
from mien.store.tables import curves, interactions, metadata, moments, scores
from mien.store.till_tables import erasures, expiries

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
KEEP = KeepDays(30, 400, 90)
NAME = "L-77-SECRET"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def later(clock):
    clock.time = NOON + DAY


def add(store, numbers, *, key="hour", site="Riga", settings="s", keep=None, recorded_at=NOON):
    source = Source("hour.mp4", recorded_at=recorded_at)
    with store.recordings.begin(
        RecordingKey(key, site, "checkout"), settings, reader=READER, source=source, keep=keep
    ) as run:
        run.commit([made(n, site=site) for n in numbers], {}, 60.0, {})
        run.finish({})


def count(store, table):
    with store._database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def raw(path):
    return b"".join(file.read_bytes() for file in path.parent.glob("mien.sqlite*"))


def test_the_curve_goes_first_and_the_score_stays(store):
    store.retention.record("Riga", KEEP)
    add(store, [1, 2])
    before = store.recordings.interactions()
    assert not store.retention.expire(NOON + 30 * DAY).removed
    assert store.retention.expire(NOON + 31 * DAY, dry_run=True).removed == {"curves": 2, "events": 2}
    assert store.retention.expire(NOON + 31 * DAY).removed == {"curves": 2, "events": 2}
    after = store.recordings.interactions()
    assert [one.score for one in after] == [one.score for one in before]
    assert all(one.curve is None and one.seconds == () for one in after)
    gone = store.retention.expire(NOON + 401 * DAY).removed
    assert gone == {"interactions": 2, "recordings": 1}
    assert [count(store, table) for table in (scores, moments, curves, interactions)] == [0, 0, 0, 0]


def test_days_count_from_when_it_took_place_else_from_when_it_was_stored(store, clock):
    store.retention.record("Riga", KEEP)
    add(store, [1], recorded_at=NOON - 500 * DAY)
    add(store, [2], key="b", recorded_at=None)
    assert store.retention.expire(clock.time).removed["interactions"] == 1
    assert not store.retention.expire(clock.time + 399 * DAY).removed.get("interactions")
    assert store.retention.expire(clock.time + 400 * DAY).removed["interactions"] == 1


def test_files_of_ones_own_stay_unless_days_are_given(store, clock):
    add(store, [1], site=None)
    add(store, [2], key="b", site=None, keep=KeepDays.alike(10))
    assert not store.retention.expire(clock.time + 9 * DAY).removed
    gone = store.retention.expire(clock.time + 10 * DAY).removed
    assert gone == {"curves": 1, "interactions": 1, "recordings": 1}
    assert [one.track_id for one in store.recordings.interactions()] == [1]
    assert not store.retention.expire(clock.time + 3000 * DAY).removed


def test_fewer_days_hold_for_what_is_stored_and_more_do_not(store):
    add(store, [1])
    assert store.retention.expire(NOON + 3000 * DAY).removed == {"events": 1}
    store.retention.record("Riga", KeepDays(10, 20, 20))
    store.retention.record("Riga", KEEP)
    assert store.retention.of("Riga") == KEEP
    assert store.retention.expire(NOON + 11 * DAY).removed == {"curves": 1}
    assert store.retention.expire(NOON + 21 * DAY).removed == {"interactions": 1, "recordings": 1}


def test_an_analysis_that_runs_keeps_its_recording(store, clock):
    store.retention.record("Riga", KEEP)
    source = Source("live", recorded_at=NOON - 500 * DAY)
    with store.recordings.begin(RecordingKey("live", "Riga"), "s", reader=READER, source=source) as run:
        run.commit([made(1)], {}, 60.0, {})
        assert "recordings" not in store.retention.expire(clock.time).removed
        run.commit([made(2)], {}, 70.0, {})
    assert store.retention.expire(clock.time).removed["recordings"] == 1


def test_batches_end_and_writers_come_between(store, address, clock, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 7)
    store.retention.record("Riga", KEEP)
    add(store, range(60))
    failures = []

    def write():
        try:
            with Store.open(address, clock=clock) as other:
                for n in range(100, 105):
                    add(other, [n], key=str(n), recorded_at=clock.time)
        except StoreError as error:
            failures.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    removed = store.retention.expire(NOON + 31 * DAY).removed
    writer.join()
    assert failures == []
    assert removed["curves"] >= 60
    assert count(store, interactions) == 65


def test_every_removal_is_counted_with_nothing_personal_and_idle_days_once(store, clock):
    store.retention.record("Riga", KEEP)
    add(store, [1])
    start = NOON + 31 * DAY
    for hours in (0, 1, 2, 30, 31):
        store.retention.expire(start + timedelta(hours=hours))
    assert [(one.ran_at - start, dict(one.removed)) for one in store.retention.log()] == [
        (timedelta(hours=30), {}),
        (timedelta(0), {"curves": 1, "events": 1}),
    ]
    newest = store.retention.log(limit=1)[0]
    assert [dict(one.removed) for one in store.retention.log(before=newest.id)] == [
        {"curves": 1, "events": 1}
    ]
    store.retention.expire(start + 100 * DAY, dry_run=True)
    assert count(store, expiries) == 2


def test_files_that_show_faces_go_with_the_rest(store, tmp_path):
    until = datetime.now(UTC).date() + DAY
    shown = tmp_path / "faces.mp4"
    shown.write_bytes(b"x")
    store.media.record(shown, MediaGrant("training", until))
    late = datetime.now(UTC) + 3 * DAY
    assert expire(store, late, dry_run=True).removed == {"files that show faces": 1}
    assert shown.exists()
    assert expire(store, late).removed == {"files that show faces": 1}
    assert not shown.exists()


def named(store, numbers=(1, 2, 3)):
    """Interactions of which the first has a receipt with a consented reference."""
    store.retention.record("Riga", KEEP)
    add(store, numbers)
    given = NOON - DAY
    store.consents.record(Consent(NAME, Purpose.VISITS, given, "signed form", "A. Martin", given + 700 * DAY))
    rows = [
        ReceiptRow(2, "POS-01", "receipt-4711", NOON, "till 1", None, NAME),
        ReceiptRow(3, "POS-01", "receipt-4712", NOON, "till 1", None, None),
    ]
    store.receipts.add("Riga", rows, KEEP)
    entries = {one.number: one for one in store.receipts.entries("Riga")}
    store.receipts.join(
        NewJoin(entries[number].uid, made(n).id, -5.0, 40.0, None)
        for number, n in (("receipt-4711", 1), ("receipt-4712", 2))
    )
    return rows


def test_receipts_and_consents_go_in_their_time_the_consent_last(store):
    named(store)
    assert store.retention.expire(NOON + 91 * DAY).removed == {
        "curves": 3,
        "events": 4,
        "joins": 2,
        "receipts": 2,
    }
    assert store.consents.entries()
    assert store.retention.expire(NOON + 699 * DAY).removed["consents"] == 1
    assert store.receipts.of(NAME) == []


def test_erasure_takes_what_is_joined_and_nothing_else(store, backend):
    named(store)
    due = {
        "consents": 1,
        "receipts": 1,
        "joins": 1,
        "events": 2,
        "interactions": 1,
        "scores": 1,
        "moments": 2,
        "curves": 1,
    }
    assert store.erasures.look(NAME) == due
    done = store.erasures.erase(NAME)
    assert (done.number, done.removed, done.files_cleaned) == (1, due, backend == "sqlite")
    assert sorted(one.track_id for one in store.recordings.interactions()) == [2, 3]
    assert [one.number for one in store.receipts.entries("Riga")] == ["receipt-4712"]
    assert store.consents.entries() == []
    (proof,) = store.erasures.proofs()
    assert (proof.number, proof.removed) == (1, due)
    assert store.erasures.erase(NAME).number is None
    assert count(store, erasures) == 1


def test_who_was_told_of_somebody_is_told_to_forget_them_by_an_id_and_nothing_else(store):
    named(store)
    told = {
        entry.event.subject: entry.event.id
        for entry in store.outbox.after(0)
        if entry.event.thing == "interaction"
    }
    store.erasures.erase(NAME)
    left = store.outbox.after(0)
    gone = left[-1].event
    assert (gone.type, gone.subject) == ("mien.interaction.withdrawn", made(1).id)
    assert gone.data["replaces"] == told[made(1).id]
    assert gone.data["reason"] == "erased: forget what was told of it"
    assert [entry.event.subject for entry in left[:-1]] == [made(2).id, made(3).id]
    assert NAME not in gone.to_json()


def test_what_a_receipt_says_an_interaction_was_about_is_told(store):
    add(store, [1])
    store.receipts.add("Riga", [ReceiptRow(2, "POS-01", "7", NOON, "till 1", "return", None)], KEEP)
    [receipt] = store.receipts.entries("Riga")
    store.receipts.join([NewJoin(receipt.uid, made(1).id, -5.0, 40.0, None)])
    first, second = store.outbox.after(0)
    assert second.event.data["replaces"] == first.event.id
    assert second.event.data["context"]["type"] == "return"


def test_events_are_kept_for_no_longer_than_what_they_tell_of(store, clock):
    store.retention.record("Riga", KeepDays(2, 5, 2))
    add(store, [1])
    assert not store.retention.expire(clock.time + 4 * DAY).removed.get("events")
    assert store.retention.expire(clock.time + 5 * DAY).removed["events"] == 1


def test_nothing_of_the_reference_is_left_in_the_bytes_of_the_files(file_store, path):
    # Many of them, so that pages split and what stood there moves about.
    given = NOON - DAY
    names = [f"{NAME}-{n:03}" for n in range(300)]
    for n, name in enumerate(names):
        how = "form " * (1 + n % 40)
        file_store.consents.record(Consent(name, Purpose.VISITS, given, how, "A. Martin", given + 700 * DAY))
    named(file_store)
    assert all(name.encode() in raw(path) for name in names)
    for name in names[::60]:
        file_store.erasures.erase(name)
    left = raw(path)
    assert [name for name in names if name.encode() not in left] == names[::60]
    assert b"receipt-4711" in left
    for name in (*names[1:30], NAME):
        file_store.erasures.erase(name)
    left = raw(path)
    assert not any(name.encode() in left for name in (*names[:30], f"{NAME}visits"))
    assert b"receipt-4711" not in left
    assert made(1).id.encode() in left  # remembered, so that it does not come back
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_what_was_erased_does_not_come_back_when_files_are_read_again(store):
    rows = named(store)
    store.erasures.erase(NAME)
    add(store, [1, 2, 3], settings="other")
    assert sorted(one.track_id for one in store.recordings.interactions()) == [2, 3]
    added = store.receipts.add("Riga", rows, KEEP)
    assert (added.new, added.known, added.erased) == (0, 1, 1)
    # It is remembered for no longer than it would have been kept.
    assert store.retention.expire(NOON + 91 * DAY).removed["withheld"] == 1


def test_who_reads_meanwhile_is_told_of_and_the_same_call_finishes(file_store, path, clock):
    named(file_store)
    with Store.open(path, clock=clock, timeout_s=0.1) as hasty, sqlite3.connect(path) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM consents").fetchone()
        with pytest.raises(StoreError, match=r"The rows are gone, but .* may keep traces"):
            hasty.erasures.erase(NAME)
        reader.execute("COMMIT")
        assert hasty.erasures.proofs()[0].removed["consents"] == 1
        assert hasty.erasures.erase(NAME).files_cleaned
    reader.close()
    assert NAME.encode() not in raw(path)


def test_every_row_that_concerns_a_person_can_expire_by_index():
    for name in ("recordings", "interactions", "curves", "receipts", "receipt_joins", "consents", "withheld"):
        table = metadata.tables[name]
        assert any([c.name for c in index.columns] == ["expires_at"] for index in table.indexes), name
