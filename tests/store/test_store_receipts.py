"""A reference is stored under a consent only, receipts are stored once, and what is joined stays joined."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from store_making import READER
from store_making import interaction as made

from mien.errors import InputError, StoreError
from mien.privacy import Consent, KeepDays, Purpose
from mien.runtime.receipts import import_receipts
from mien.site import check_text
from mien.site.receipts import ReceiptRow
from mien.store import RecordingKey, Source

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
KEEP = KeepDays(30, 400, 90)
NAME = "L-77-SECRET"


def consent(reference=NAME, given=NOON - timedelta(days=1), days=30, **more):
    return Consent(
        reference, Purpose.VISITS, given, "signed form", "A. Martin", given + timedelta(days=days), **more
    )


def row(number=1, at=NOON, reference=None, kind=None):
    return ReceiptRow(2, "POS-01", str(number), at, "till 1", kind, reference)


@pytest.fixture(autouse=True)
def later(clock):
    clock.time = NOON + timedelta(days=2)


@pytest.mark.parametrize(
    "given",
    [
        None,
        consent(given=NOON + timedelta(seconds=1)),
        consent(given=NOON - timedelta(days=2), days=2),
        consent(withdrawn_at=NOON + timedelta(days=1)),
        consent(reference="L-78"),
    ],
)
def test_without_a_consent_at_the_time_a_reference_is_stored_in_no_form(store, stored_bytes, given):
    if given is not None:
        store.consents.record(given)
    added = store.receipts.add("Riga", [row(reference="no-" + NAME), row(2, reference=NAME)], KEEP)
    assert (added.new, added.named, added.no_consent) == (2, 0, 2)
    assert len(store.receipts.entries("Riga")) == 2
    assert store.receipts.of(NAME) == []
    assert b"no-" + NAME.encode() not in stored_bytes()
    if given is None or given.reference != NAME:
        assert NAME.encode() not in stored_bytes()


def test_with_a_consent_it_names_the_receipt_and_once_recorded_later_too(store):
    rows = [row(reference=NAME)]
    assert store.receipts.add("Riga", rows, KEEP).no_consent == 1
    store.consents.record(consent())
    assert store.consents.record(consent()).id == 1
    assert store.receipts.add("Riga", rows, KEEP).named == 1
    assert [one.number for one in store.receipts.of(f" {NAME} ")] == ["1"]
    again = store.receipts.add("Riga", rows, KEEP)
    assert (again.new, again.known, again.named, again.no_consent) == (0, 1, 0, 0)
    assert [one.receipts for one in store.consents.entries()] == [1]


def test_a_file_that_has_grown_adds_what_is_new_only(store):
    rows = [row(n, NOON + timedelta(minutes=n)) for n in range(5)]
    assert store.receipts.add("Riga", rows[:3], KEEP).new == 3
    before = store.receipts.entries("Riga")
    added = store.receipts.add("Riga", rows, KEEP)
    assert (added.new, added.known) == (2, 3)
    assert store.receipts.entries("Riga")[:3] == before
    assert store.receipts.add("Riga", [row(9, NOON - timedelta(days=89))], KEEP).too_old == 1


def test_withdrawing_stops_what_comes_and_says_what_stays(store):
    store.consents.record(consent())
    store.receipts.add("Riga", [row(reference=NAME)], KEEP)
    (gone,) = store.consents.withdraw(NAME, NOON + timedelta(days=1))
    assert (gone.receipts, gone.consent.withdrawn_at) == (1, NOON + timedelta(days=1))
    assert store.receipts.add("Riga", [row(2, reference=NAME)], KEEP).no_consent == 1
    with pytest.raises(StoreError, match="No consent stands for this reference"):
        store.consents.withdraw(NAME, NOON)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reference": "  "}, "The reference is blank"),
        ({"reference": "x" * 81}, "has 81 characters; at most 80"),
        ({"reference": "a\nb"}, "cannot be printed"),
        ({"days": 0}, "cannot end on"),
        ({"days": 4000}, "at most 3650 days after"),
        ({"withdrawn_at": NOON - timedelta(days=2)}, "cannot be withdrawn before"),
    ],
)
def test_a_consent_that_says_nothing_is_refused(change, words):
    with pytest.raises(InputError, match=words):
        consent(**change)


SITE = """
name = "Riga"
time_zone = "Europe/Riga"
[touchpoints.checkout]
role = "checkout"
[cameras.tills]
touchpoint = "checkout"
webcam = 0
[service_points."till 2"]
camera = "tills"
till = "POS-02"
[receipts]
file = "receipts.csv"
[receipts.columns]
type = "kind"
reference = "card"
"""


@pytest.fixture
def shop(tmp_path):
    def written(*rows):
        lines = [
            "receipt,time,till,kind,card",
            *(f"{n},{at.isoformat()},POS-02,{kind},{card}" for n, at, kind, card in rows),
        ]
        (tmp_path / "receipts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return check_text(SITE, tmp_path / "shop.toml").site

    return written


def visit(store, numbers, *, settings="s", position_s=3600.0, finish=True):
    """An hour of a recording with customers of 60 s, ten minutes apart."""
    source = Source("hour.mp4", recorded_at=NOON, duration_s=3600.0)
    with store.recordings.begin(
        RecordingKey("hour", "Riga", "checkout"), settings, reader=READER, source=source
    ) as run:
        run.commit([made(n, start_s=600.0 * n, seconds=60) for n in numbers], {}, position_s, {})
        if finish:
            run.finish({})


def at(number):
    return NOON + timedelta(seconds=600 * number + 50)


def test_receipts_and_interactions_join_when_both_are_there_and_stay(store, shop, clock):
    site = shop(("1", at(1), "return", NAME), ("2", at(2), "", ""), ("3", at(5), "", ""))
    store.consents.record(consent())
    first = import_receipts(store, site, clock.time)
    assert (first.added.new, first.joins.joined) == (3, 0)
    assert dict(first.joins.unjoined) == {"not analysed yet": 3}

    visit(store, [1, 2], position_s=2000.0, finish=False)
    second = import_receipts(store, site, clock.time)
    assert (second.added.new, second.joins.joined, second.joins.new) == (0, 2, 2)
    assert dict(second.joins.unjoined) == {"not analysed yet": 1}
    found = {one.track_id: one for one in store.recordings.interactions()}
    assert (found[1].receipt, found[1].context.type) == ("1", "return")
    assert (found[2].receipt, found[2].context.type) == ("2", "a sale")
    assert store.receipts.name_of(found[1].id) == NAME
    assert store.receipts.name_of(found[2].id) is None
    before = store.receipts.entries("Riga")[:2]

    visit(store, [3, 4])
    third = import_receipts(store, site, clock.time)
    assert (third.joins.joined, third.joins.new) == (2, 0)
    assert dict(third.joins.unjoined) == {"nobody seen there then": 1}
    assert store.receipts.entries("Riga")[:2] == before


def test_a_better_one_that_comes_later_changes_no_join(store, shop, clock):
    site = shop(("1", at(1), "", ""))
    visit(store, [1])
    import_receipts(store, site, clock.time)
    (joined,) = store.receipts.entries("Riga")
    assert joined.interaction == made(1).id
    more = shop(("1", at(1), "", ""), ("2", at(1) + timedelta(seconds=4), "", ""))
    done = import_receipts(store, more, clock.time)
    assert store.receipts.entries("Riga")[0] == joined
    assert (done.joins.new, done.joins.lost) == (0, 0)


def test_a_join_to_what_an_analysis_finds_no_more_is_taken_back_and_told(store, shop, clock):
    site = shop(("1", at(1), "", ""))
    visit(store, [1])
    import_receipts(store, site, clock.time)
    visit(store, [1], settings="other")
    assert import_receipts(store, site, clock.time).joins.lost == 0
    visit(store, [4], settings="third")
    done = import_receipts(store, site, clock.time)
    assert (done.joins.lost, done.joins.joined) == (1, 0)


def test_rows_that_are_wrong_cost_no_others(store, shop, clock):
    site = shop(("1", at(1), "", ""), ("", at(2), "", ""))
    done = import_receipts(store, site, clock.time)
    assert done.added.new == 1
    assert "receipt is empty" in done.problems[0].text
    assert done.other_tills == Counter()
    assert store.retention.of("Riga") == site.retention.days
