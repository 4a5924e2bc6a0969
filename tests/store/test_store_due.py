"""What falls due next is told by kind and site, as it will be removed."""

from dataclasses import replace
from datetime import timedelta

from store_making import READER, SOURCE, interaction

from mien.privacy import KeepDays
from mien.privacy.roles import Right
from mien.store import RecordingKey


def store_one(store, site, number, recorded_at):
    store.retention.record(site, KeepDays(10, 20, 30))
    key = RecordingKey(f"f-{site}-{number}", site, "checkout")
    with store.recordings.begin(
        key, "s", reader=READER, source=replace(SOURCE, recorded_at=recorded_at)
    ) as run:
        run.commit([interaction(number, site=site)], {}, 1.0, {})
        run.finish({})


def test_the_first_of_each_kind_and_how_many_go_within_a_week(store, clock):
    assert all(one.first_at is None and one.soon == 0 for one in store.due.of_site("Riga"))
    begun = clock() - timedelta(days=14)
    store_one(store, "Riga", 1, begun)
    store_one(store, "Riga", 2, clock())
    store_one(store, "Tartu", 3, begun)
    due = {one.kind: one for one in store.due.of_site("Riga")}
    assert due["curves"].soon == 1
    assert due["interactions"].soon == 1
    assert timedelta(days=6) <= due["interactions"].first_at - clock() <= timedelta(days=6, minutes=1)
    assert due["receipts"].first_at is None
    store.retention.expire(due["interactions"].first_at)
    after = {one.kind: one for one in store.due.of_site("Riga")}
    assert after["interactions"].first_at > clock() + timedelta(days=19)
    assert after["curves"].soon == 0


def test_the_log_of_looks_goes_after_a_year(store, clock):
    assert store.due.looks().first_at is None
    store.looks.note("anna", Right.VISITS, "visit 1", "Riga")
    assert store.due.looks().first_at == clock() + timedelta(days=365)
