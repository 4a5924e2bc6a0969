"""Customers who agreed are known by their receipts alone, and only while the consent stands."""

from datetime import UTC, datetime, timedelta

import pytest
from store_making import READER, interaction

from mien.crm.segments import segment_of
from mien.journey import Outcome
from mien.privacy import Consent, KeepDays, Purpose
from mien.site.receipts import ReceiptRow
from mien.store import RecordingKey, Source, Store
from mien.store.receipt_records import NewJoin
from mien.store.receipt_rows import receipt_uid

NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
KEEP = KeepDays.alike(30)
WORSENED, IMPROVED, UNCLEAR = Outcome.WORSENED, Outcome.IMPROVED, Outcome.UNCLEAR


@pytest.fixture
def store(address, clock):
    clock.time = NOON + timedelta(hours=1)
    with Store.open(address, clock=clock) as opened:
        yield opened


def agree(store, reference="C-17"):
    given = NOON - timedelta(days=1)
    consent = Consent(reference, Purpose.VISITS, given, "form", "Ada", given + timedelta(days=90))
    return store.consents.record(consent).consent


def seen(number, outcome):
    return interaction(number, start_s=60.0 * number, outcome=outcome)


def put(store, *found):
    source = Source("till", recorded_at=NOON)
    with store.recordings.begin(
        RecordingKey("k", "Riga", "checkout"), "s", reader=READER, source=source
    ) as run:
        run.commit(found, {}, 3600.0, {})
        run.finish({})


def pay(store, number, reference="C-17"):
    row = ReceiptRow(
        1, "POS", str(number), NOON + timedelta(seconds=60 * number + 8), "till 2", None, reference
    )
    store.receipts.add("Riga", [row], KEEP)
    store.receipts.join([NewJoin(receipt_uid("Riga", row), seen(number, UNCLEAR).id, 1.0, 9.0, None)])
    return row


def known(store):
    return [one.event.subject for one in store.outbox.after(0) if one.event.type == "mien.customer.known"]


def test_a_customer_is_known_from_the_receipt_on_and_the_event_names_nobody(store):
    put(store, seen(0, WORSENED), seen(1, IMPROVED))
    first = seen(0, WORSENED).id
    assert store.customers.naming([first], NOON) is None
    consent = agree(store)
    pay(store, 0)
    assert store.customers.naming([first], NOON).consent == consent
    assert known(store) == [first]
    assert not any("C-17" in one.event.to_json() for one in store.outbox.after(0))
    pay(store, 1)
    outcomes = [one.outcome for one in store.customers.visits("C-17")]
    assert outcomes == [WORSENED, IMPROVED]


def test_nobody_is_named_without_a_consent_that_stands_or_where_two_paid(store):
    put(store, seen(0, WORSENED), seen(1, IMPROVED))
    pay(store, 0)
    assert known(store) == []
    agree(store)
    agree(store, "C-18")
    pay(store, 1, "C-18")
    both = [seen(0, UNCLEAR).id, seen(1, UNCLEAR).id]
    # The receipt that came before the consent is handed in again, and named now.
    pay(store, 0)
    assert known(store) == [both[1], both[0]]
    assert store.customers.naming(both, NOON) is None, "two people's receipts"
    assert store.customers.naming(both[:1], NOON - timedelta(days=2)) is None, "before it was given"
    store.consents.withdraw("C-17", NOON + timedelta(minutes=1))
    assert store.customers.naming(both[:1], NOON) is None, "withdrawn"


@pytest.mark.parametrize(
    ("outcomes", "segment"),
    [
        ([], None),
        ([IMPROVED], "left happier"),
        ([Outcome.UNCHANGED], "left unchanged"),
        ([IMPROVED, WORSENED], "left unhappier"),
        ([WORSENED, WORSENED], "left unhappier"),
        ([WORSENED, IMPROVED], "returned after a bad visit"),
        ([WORSENED, UNCLEAR, UNCLEAR], "unclear"),
    ],
)
def test_the_segment_follows_from_the_last_two_visits(outcomes, segment):
    assert segment_of(outcomes) == segment
