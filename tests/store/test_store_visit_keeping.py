"""A visit goes when its time is over, and whole when somebody in it asks for that."""

from datetime import timedelta

import pytest
from event_replay import follow, shown
from sqlalchemy import func, select
from visit_making import NOON, SITE, analyse, ended, made, uid, visit_of

from mien.privacy import Consent, KeepDays, Purpose
from mien.site.receipts import ReceiptRow
from mien.store import NewJoin, visit_uid
from mien.store.erasure import BY_INTERACTION
from mien.store.tables import metadata
from mien.store.visit_tables import visit_interactions, visits

DAY = timedelta(days=1)
KEEP = KeepDays(30, 400, 90)
NAME = "L-77-SECRET"


@pytest.fixture(autouse=True)
def later(clock):
    clock.time = NOON + DAY


def two_visits(store):
    """A visit of 0, 1 and 2 and one of 3 and 4; 5 to 8 are in none."""
    analyse(store, [made(n) for n in range(9)])
    store.visits.place(SITE, "a", [*visit_of(0, 1, 2), *visit_of(3, 4)])
    store.visits.close(SITE, "a", [ended(0), ended(3)])


def named(store):
    """The two visits, and a receipt with a consented reference at the till of the first."""
    store.retention.record(SITE, KEEP)
    two_visits(store)
    given = NOON - DAY
    store.consents.record(Consent(NAME, Purpose.VISITS, given, "signed form", "A. Martin", given + 700 * DAY))
    store.receipts.add(SITE, [ReceiptRow(2, "POS-01", "4711", NOON, "till 1", None, NAME)], KEEP)
    [receipt] = store.receipts.entries(SITE)
    store.receipts.join([NewJoin(receipt.uid, uid(2), -5.0, 40.0, None)])


def rows(store, table):
    with store._database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_visit_goes_with_the_first_of_its_interactions_and_is_not_withdrawn(store):
    store.retention.record(SITE, KeepDays(5, 20, 20))
    two_visits(store)
    first_gone = NOON + timedelta(seconds=8) + 20 * DAY
    assert "visits" not in store.retention.expire(first_gone - timedelta(seconds=1)).removed
    assert store.retention.expire(first_gone, dry_run=True).removed["visits"] == 1
    gone = store.retention.expire(first_gone).removed
    assert (gone["visits"], gone["interactions"]) == (1, 1)
    assert [visit.uid for visit in store.visits.list_visits()] == [visit_uid(uid(3))]
    assert [entry for entry in follow(store) if entry.event.type.endswith("withdrawn")] == []
    assert store.retention.expire(first_gone + DAY).removed["visits"] == 1
    assert (rows(store, visits), rows(store, visit_interactions)) == (0, 0)


def test_fewer_days_hold_for_visits_that_are_stored_and_more_do_not(store):
    two_visits(store)
    assert "visits" not in store.retention.expire(NOON + 3000 * DAY).removed
    store.retention.record(SITE, KeepDays(10, 20, 20))
    store.retention.record(SITE, KEEP)
    assert store.retention.expire(NOON + 19 * DAY).removed.get("visits") is None
    assert store.retention.expire(NOON + 21 * DAY).removed["visits"] == 2


def test_a_visit_that_is_open_has_its_date_too(store):
    store.retention.record(SITE, KEEP)
    analyse(store, [made(n) for n in range(3)])
    store.visits.place(SITE, "a", visit_of(0, 1))
    assert store.retention.expire(NOON + 401 * DAY).removed["visits"] == 1
    store.visits.close(SITE, "a", [ended(0)])
    assert store.visits.list_visits() == []


def test_erasure_takes_the_whole_visit_of_who_is_named(store):
    named(store)
    due = store.erasures.look(NAME)
    assert {what: due[what] for what in ("visits", "places in visits", "interactions", "events", "joins")} == {
        "visits": 1, "places in visits": 3, "interactions": 3, "events": 5, "joins": 1
    }  # fmt: skip
    done = store.erasures.erase(NAME)
    assert done.removed == due
    assert [visit.uid for visit in store.visits.list_visits()] == [visit_uid(uid(3))]
    assert sorted(one.track_id for one in store.recordings.interactions()) == [3, 4, 5, 6, 7, 8]
    assert (rows(store, visits), rows(store, visit_interactions)) == (1, 2)
    assert store.erasures.look(NAME) == {}


def test_what_earlier_visits_told_of_who_is_erased_goes_too(store):
    named(store)
    # Joined anew, by a replay: who is named is alone now, and the first event of the others' visit still tells of them.
    store.visits.place(SITE, "b", [*visit_of(0, 1), *visit_of(2)])
    store.visits.close(SITE, "b", [ended(0), ended(2)])
    assert any(uid(2) in entry.event.to_json() for entry in follow(store) if "visit" in entry.event.type)
    due = store.erasures.look(NAME)
    assert store.erasures.erase(NAME).removed == due
    telling = [entry.event for entry in follow(store) if uid(2) in entry.event.to_json()]
    assert [event.type for event in telling] == ["mien.interaction.withdrawn"]
    assert [visit.uid for visit in store.visits.list_visits()] == [visit_uid(uid(0)), visit_uid(uid(3))]


def test_who_was_told_of_an_erased_visit_is_told_to_forget_it_by_ids_alone(store):
    named(store)
    told = {entry.event.subject: entry.event.id for entry in follow(store)}
    last = follow(store)[-1].number
    store.erasures.erase(NAME)
    gone = {entry.event.subject: entry.event for entry in follow(store) if entry.number > last}
    assert set(gone) == {uid(0), uid(1), uid(2), visit_uid(uid(0))}
    event = gone[visit_uid(uid(0))]
    assert event.type == "mien.visit.withdrawn"
    assert event.data == {
        "replaces": told[event.subject], "site": SITE, "reason": "erased: forget what was told of it"
    }  # fmt: skip
    assert all(NAME not in one.to_json() for one in gone.values())
    left = [entry.event for entry in follow(store) if entry.event.subject == event.subject]
    assert left == [event]


def test_what_was_erased_joins_no_visit_when_a_recording_is_played_again(store):
    named(store)
    store.erasures.erase(NAME)
    analyse(store, [made(n) for n in range(9)], settings="other")
    store.visits.place(SITE, "b", [*visit_of(0, 1, 2), *visit_of(3, 4), *visit_of(5, 2)])
    store.visits.close(SITE, "b", [ended(0), ended(3), ended(5)])
    assert [[one.interaction for one in visit.members] for visit in store.visits.list_visits()] == [
        [uid(3), uid(4)], [uid(5)]
    ]  # fmt: skip
    untold = [entry.event for entry in follow(store) if entry.event.type.endswith("scored")]
    assert not {uid(n) for n in range(3)} & {event.subject for event in untold}


def test_an_erasure_of_who_is_in_no_visit_touches_none(store):
    named(store)
    store.consents.record(Consent("L-9", Purpose.VISITS, NOON - DAY, "form", "A. Martin", NOON + 700 * DAY))
    store.receipts.add(SITE, [ReceiptRow(2, "POS-01", "4712", NOON, "till 1", None, "L-9")], KEEP)
    receipt = next(one for one in store.receipts.entries(SITE) if one.number == "4712")
    store.receipts.join([NewJoin(receipt.uid, uid(8), -5.0, 40.0, None)])
    assert "visits" not in store.erasures.erase("L-9").removed
    assert len(store.visits.list_visits()) == 2
    assert shown(store).keys() >= {visit_uid(uid(0)), visit_uid(uid(3))}


def test_visits_expire_by_index_and_every_table_that_names_interactions_is_erased():
    assert any([c.name for c in index.columns] == ["expires_at"] for index in visits.indexes)
    naming = {table.name for table in metadata.tables.values() if "interaction_uid" in table.c}
    assert naming <= {table.name for _, table, _ in BY_INTERACTION}
